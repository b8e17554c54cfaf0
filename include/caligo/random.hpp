// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Counter-based random numbers for simulation: Philox4x32-10 (Salmon et al., SC'11). Values depend on (seed, stream,
/// position) only, never on threads, batches or the instruction set. Never use them for keys.

#include <caligo/bits.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

namespace caligo {

class CounterRandom {
 public:
  /// Streams of one seed are independent; a simulated frame is a stream. block: where in the stream to begin, in units
  /// of 128 bits.
  CounterRandom(std::uint64_t seed, std::uint64_t stream, std::uint64_t block = 0) noexcept;

  std::uint64_t next() noexcept;
  /// In (0, 1): the midpoint of one of 2^52 equal cells, so that neither end occurs.
  double uniform() noexcept;
  /// Standard normal (Box–Muller, both values used).
  double gaussian() noexcept;
  /// In [0, bound), unbiased; bound > 0.
  std::uint64_t below(std::uint64_t bound) noexcept;
  /// Fills with fair bits.
  void fill(MutableBitView bits) noexcept;
  /// Fills with bits that are 1 with probability p (rounded to a multiple of 2^-64, then exact).
  void fill_bernoulli(MutableBitView bits, double p) noexcept;

 private:
  void refill() noexcept;
  std::uint64_t bernoulli_word(std::uint64_t threshold) noexcept;
  std::array<std::uint32_t, 2> key_{};
  std::array<std::uint32_t, 4> counter_{};  ///< block number, then stream, each low word first
  std::array<std::uint64_t, 16> buffer_{};  ///< eight blocks at a time, so that the rounds vectorise
  std::size_t used_ = 16;
  double spare_ = 0;
  bool has_spare_ = false;
};

}  // namespace caligo
