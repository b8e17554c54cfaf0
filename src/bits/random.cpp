// SPDX-License-Identifier: Apache-2.0
#include <caligo/random.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <numbers>

#include "bits/philox.hpp"

namespace caligo {

namespace {

__extension__ using Uint128 = unsigned __int128;

constexpr std::uint32_t low_half(std::uint64_t x) noexcept { return static_cast<std::uint32_t>(x); }
constexpr std::uint32_t high_half(std::uint64_t x) noexcept { return static_cast<std::uint32_t>(x >> 32); }

void clear_pad(MutableBitView bits) noexcept {
  if (bits.size() % 64 != 0) bits.words().back() &= (std::uint64_t{1} << (bits.size() % 64)) - 1;
}

}  // namespace

CounterRandom::CounterRandom(std::uint64_t seed, std::uint64_t stream, std::uint64_t block) noexcept
    : key_{low_half(seed), high_half(seed)},
      counter_{low_half(block), high_half(block), low_half(stream), high_half(stream)} {}

void CounterRandom::refill() noexcept {
  constexpr std::size_t lanes = std::tuple_size_v<decltype(buffer_)> / 2;
  const std::uint64_t first = counter_[0] | (std::uint64_t{counter_[1]} << 32);
  std::array<std::array<std::uint32_t, lanes>, 4> block;
  for (std::size_t lane = 0; lane < lanes; ++lane) {
    block[0][lane] = low_half(first + lane);
    block[1][lane] = high_half(first + lane);
    block[2][lane] = counter_[2];
    block[3][lane] = counter_[3];
  }
  bits::philox4x32_10(block, key_);
  for (std::size_t lane = 0; lane < lanes; ++lane) {
    buffer_[2 * lane] = block[0][lane] | (std::uint64_t{block[1][lane]} << 32);
    buffer_[2 * lane + 1] = block[2][lane] | (std::uint64_t{block[3][lane]} << 32);
  }
  counter_[0] = low_half(first + lanes);
  counter_[1] = high_half(first + lanes);
  used_ = 0;
}

std::uint64_t CounterRandom::next() noexcept {
  if (used_ == buffer_.size()) refill();
  return buffer_[used_++];
}

double CounterRandom::uniform() noexcept {
  // With 53 random bits the top midpoint would need 54 and round to 1.
  return (static_cast<double>(next() >> 12) + 0.5) * 0x1p-52;
}

double CounterRandom::gaussian() noexcept {
  if (has_spare_) {
    has_spare_ = false;
    return spare_;
  }
  const double radius = std::sqrt(-2.0 * std::log(uniform()));
  const double angle = 2.0 * std::numbers::pi * uniform();
  spare_ = radius * std::sin(angle);
  has_spare_ = true;
  return radius * std::cos(angle);
}

// D. Lemire, "Fast random integer generation in an interval", ACM TOMACS 29 (2019): the high half of a product, with
// the few low halves rejected that would favour some results.
std::uint64_t CounterRandom::below(std::uint64_t bound) noexcept {
  assert(bound > 0);
  Uint128 product = static_cast<Uint128>(next()) * bound;
  if (static_cast<std::uint64_t>(product) < bound) {
    const std::uint64_t rejected = (0 - bound) % bound;
    while (static_cast<std::uint64_t>(product) < rejected) product = static_cast<Uint128>(next()) * bound;
  }
  return static_cast<std::uint64_t>(product >> 64);
}

void CounterRandom::fill(MutableBitView bits) noexcept {
  for (std::span<std::uint64_t> left = bits.words(); !left.empty();) {
    if (used_ == buffer_.size()) refill();
    const std::size_t count = std::min(left.size(), buffer_.size() - used_);
    std::copy_n(buffer_.begin() + static_cast<std::ptrdiff_t>(used_), count, left.begin());
    used_ += count;
    left = left.subspan(count);
  }
  clear_pad(bits);
}

/// 64 comparisons U < threshold at once, each U drawn bit by bit from the top: a lane is decided at the first bit in
/// which U and the threshold differ, so that about log2(64) + 1.3 words suffice instead of 64.
std::uint64_t CounterRandom::bernoulli_word(std::uint64_t threshold) noexcept {
  std::uint64_t result = 0;
  std::uint64_t undecided = ~std::uint64_t{0};
  for (; threshold != 0 && undecided != 0; threshold <<= 1) {
    const std::uint64_t draw = next();
    if (std::countl_zero(threshold) == 0) {
      result |= undecided & ~draw;
      undecided &= draw;
    } else {
      undecided &= ~draw;
    }
  }
  return result;  // lanes still undecided have U >= threshold
}

void CounterRandom::fill_bernoulli(MutableBitView bits, double p) noexcept {
  const std::span<std::uint64_t> words = bits.words();
  if (p >= 1.0) {
    std::fill(words.begin(), words.end(), ~std::uint64_t{0});
  } else {
    // Below 1 the product is at most 2^64 - 2^11; a NaN or a negative p gives zeros.
    const std::uint64_t threshold = p > 0.0 ? static_cast<std::uint64_t>(std::nearbyint(std::ldexp(p, 64))) : 0;
    for (std::uint64_t& word : words) word = bernoulli_word(threshold);
  }
  clear_pad(bits);
}

}  // namespace caligo
