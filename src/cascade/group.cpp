// SPDX-License-Identifier: Apache-2.0
#include "cascade/group.hpp"

#include <sodium.h>

#include <algorithm>
#include <numeric>

namespace caligo::cascade {

namespace {

unsigned all_subsets(const CascadeParameters& parameters) noexcept {
  return parameters.subsets + parameters.retries * parameters.retry_subsets;
}

}  // namespace

Group::Group(const CascadeParameters& parameters, std::size_t max_bits, bool corrects)
    : parameters_(parameters),
      max_bits_(max_bits),
      layout_(parameters.log2_block, all_subsets(parameters), parameters.shuffle) {
  const std::size_t words = layout_.words();
  const std::size_t count = (max_bits - 1) / layout_.bits() + 1;
  const std::size_t at = arena_.reserve(2 * words * count * sizeof(Cell));
  arena_.allocate();
  cells_ = arena_.at<Cell>(at);
  const Plan plan{parameters.log2_first, parameters.log2_second, parameters.subsets, parameters.breadth};
  blocks_.reserve(count);
  for (std::size_t i = 0; i < count; ++i) blocks_.emplace_back(layout_, plan, cells_ + 2 * words * i, corrects);
  live_.resize(count);
  scratch_.resize(words * std::min<std::size_t>(count, parameters.unit_blocks));
}

Group::~Group() { sodium_memzero(scratch_.data(), scratch_.size() * sizeof(std::uint64_t)); }

void Group::load(BitView bits) {
  const std::size_t words = layout_.words();
  used_blocks_ = (bits.size() - 1) / layout_.bits() + 1;
  due_parities_ = 0;
  for (std::size_t i = 0; i < used_blocks_; ++i) {
    const std::size_t left = bits.size() - i * layout_.bits();
    const std::uint64_t* source = bits.words().data() + i * words;
    if (left < layout_.bits()) {
      std::fill_n(scratch_.begin(), words, 0U);
      std::copy_n(source, words_for(left), scratch_.begin());
      source = scratch_.data();
    }
    blocks_[i].load(source, static_cast<std::uint32_t>(std::min<std::size_t>(left, layout_.bits())));
    due_parities_ += blocks_[i].due();
  }
  due_tags_.clear();
  std::iota(live_.begin(), live_.end(), 0U);
  units_.clear();
  progress_.clear();
  for (std::size_t first = 0; first < used_blocks_; first += parameters_.unit_blocks) {
    const std::size_t count = std::min<std::size_t>(parameters_.unit_blocks, used_blocks_ - first);
    const std::size_t offset = first * layout_.bits();
    units_.push_back({.offset = offset, .bits = std::min(bits.size() - offset, count * layout_.bits())});
    progress_.push_back({.first = static_cast<std::uint32_t>(first),
                         .count = static_cast<std::uint32_t>(count),
                         .live = static_cast<std::uint32_t>(count)});
  }
}

BitView Group::unit_bits(std::uint32_t unit) {
  const Progress& progress = progress_[unit];
  const std::size_t words = layout_.words();
  std::uint64_t corrected = 0;
  for (std::uint32_t i = 0; i < progress.count; ++i) {
    layout_.store(cells_ + 2 * words * (progress.first + i), scratch_.data() + words * i);
    corrected += blocks_[progress.first + i].corrected();
  }
  units_[unit].corrected = corrected;
  return {scratch_.data(), units_[unit].bits};
}

/// The tag did not match: an even number of errors is left in some block, in every known interval of it. More random
/// halves in all blocks find it.
void Group::reopen(Progress& progress) {
  ++progress.retries;
  progress.state = State::searching;
  progress.live = progress.count;
  for (std::uint32_t i = 0; i < progress.count; ++i) {
    live_[progress.first + i] = progress.first + i;
    blocks_[progress.first + i].open_subsets(parameters_.subsets + progress.retries * parameters_.retry_subsets);
  }
}

std::size_t Group::memory_bytes() const noexcept {
  std::size_t bytes = arena_.size() + (blocks_.capacity() * sizeof(Block)) + (units_.capacity() * sizeof(CascadeUnit)) +
                      (progress_.capacity() * sizeof(Progress)) + (live_.capacity() * sizeof live_[0]) +
                      (scratch_.capacity() * sizeof scratch_[0]) + (due_tags_.capacity() * sizeof due_tags_[0]);
  for (const Block& block : blocks_) bytes += block.memory_bytes();
  return bytes;
}

}  // namespace caligo::cascade
