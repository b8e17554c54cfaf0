// SPDX-License-Identifier: Apache-2.0
#include "session/layout.hpp"

#include <sodium.h>
#include <caligo/random.hpp>

#include <algorithm>
#include <bit>

namespace caligo::session {

namespace {

/// As OneWayReconciler::next_blocks(): a first block of 16 times the sample teaches most for least.
constexpr std::uint64_t ramp = 16;
constexpr std::uint64_t smallest_first_block = 1 << 12;
/// Random stream of the sample; blocks use their numbers.
constexpr std::uint64_t sample_stream = std::uint64_t{1} << 63;

}  // namespace

Layout::Layout(const SessionSettings& settings, std::uint64_t bits) : bits_(bits - settings.sample_bits) {
  std::uint64_t observed = settings.sample_bits;
  std::uint64_t left = bits_;
  while (!settings.qber) {
    const std::uint64_t next = std::max(std::bit_floor(ramp * observed), smallest_first_block);
    if (next >= std::uint64_t{1} << settings.max_log2_block || left < 2 * next) break;
    ramp_.push_back(static_cast<std::size_t>(next));
    observed += next;
    left -= next;
  }
  ramp_bits_ = bits_ - left;
  rest_ = split_blocks(left, settings.max_log2_block);
}

Layout::Place Layout::place(std::size_t block) const noexcept {
  if (block < ramp_.size()) {
    std::uint64_t start = 0;
    for (std::size_t i = 0; i < block; ++i) start += ramp_[i];
    return {.bits = ramp_[block], .code_bits = ramp_[block], .start = start};
  }
  const std::uint64_t start = ramp_bits_ + (block - ramp_.size()) * rest_.length;
  const auto bits = static_cast<std::size_t>(std::min<std::uint64_t>(rest_.length, bits_ - start));
  return {.bits = bits, .code_bits = rest_.length, .start = start};
}

std::size_t Layout::longest() const noexcept {
  return ramp_.empty() ? rest_.length : std::max(rest_.length, ramp_.back());
}

std::vector<std::uint64_t> sample_positions(std::uint64_t seed, std::uint64_t bits, std::size_t count) {
  CounterRandom random(seed, sample_stream);
  std::vector<std::uint64_t> positions;
  positions.reserve(count);
  while (positions.size() < count) {  // at most a quarter is drawn, so a few rounds do
    while (positions.size() < count) positions.push_back(random.below(bits));
    std::ranges::sort(positions);
    const auto repeated = std::ranges::unique(positions);
    positions.erase(repeated.begin(), repeated.end());
  }
  return positions;
}

BlockStore::BlockStore(const Layout& layout, BitView input, std::span<const std::uint64_t> left_out) : layout_(layout) {
  std::size_t total = 0;
  for (std::size_t i = 0; i < layout.blocks(); ++i) {
    first_word_.push_back(total);
    total += words_for(layout.place(i).bits);
  }
  words_.assign(total, 0);
  std::size_t block = 0;
  std::size_t filled = 0;
  const auto append = [&](std::uint64_t from, std::uint64_t to) {
    while (from < to) {
      const MutableBitView target = this->block(block);
      const std::size_t part = std::min<std::size_t>(to - from, target.size() - filled);
      copy_bits(input, from, target, filled, part);
      from += part;
      filled += part;
      if (filled < target.size()) continue;
      ++block;
      filled = 0;
    }
  };
  std::uint64_t from = 0;
  for (const std::uint64_t position : left_out) {
    append(from, position);
    from = position + 1;
  }
  append(from, input.size());
}

BlockStore::~BlockStore() {
  if (!words_.empty()) sodium_memzero(words_.data(), words_.size() * sizeof words_[0]);
}

MutableBitView BlockStore::block(std::size_t index) noexcept {
  return {words_.data() + first_word_[index], layout_.place(index).bits};
}

}  // namespace caligo::session
