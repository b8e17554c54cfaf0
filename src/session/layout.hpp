// SPDX-License-Identifier: Apache-2.0
#pragma once
/// How an input is cut: the sample, then blocks, and where each block lies in memory.

#include <caligo/bits.hpp>
#include <caligo/session.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace caligo::session {

/// Both sides compute the same blocks from the settings alone.
class Layout {
 public:
  Layout(const SessionSettings& settings, std::uint64_t bits);

  struct Place {
    std::size_t bits = 0;
    std::size_t code_bits = 0;  ///< what the code is made for, ≥ bits; the difference is padding that both know
    std::uint64_t start = 0;    ///< first bit, sample left out
  };
  [[nodiscard]] std::size_t blocks() const noexcept { return ramp_.size() + static_cast<std::size_t>(rest_.count); }
  [[nodiscard]] Place place(std::size_t block) const noexcept;
  /// Without the sample.
  [[nodiscard]] std::uint64_t bits() const noexcept { return bits_; }
  [[nodiscard]] std::size_t shortest_code() const noexcept {
    return ramp_.empty() ? rest_.length : std::min(rest_.length, ramp_.front());
  }
  /// Code bits of the longest block.
  [[nodiscard]] std::size_t longest() const noexcept;

 private:
  std::uint64_t bits_;
  std::vector<std::size_t> ramp_;  ///< short blocks first, while the QBER is hardly known
  std::uint64_t ramp_bits_ = 0;
  BlockLengths rest_;
};

/// Sorted positions of the sample: `count` different ones of `bits`, from a public seed.
[[nodiscard]] std::vector<std::uint64_t> sample_positions(std::uint64_t seed, std::uint64_t bits, std::size_t count);

/// The bits of all blocks, each from a word boundary on. Wiped on destruction. Different blocks may be used by
/// different threads.
class BlockStore {
 public:
  BlockStore(const Layout& layout, BitView input, std::span<const std::uint64_t> left_out);
  ~BlockStore();
  BlockStore(const BlockStore&) = delete;
  BlockStore& operator=(const BlockStore&) = delete;

  [[nodiscard]] MutableBitView block(std::size_t index) noexcept;

 private:
  Layout layout_;
  std::vector<std::size_t> first_word_;
  std::vector<std::uint64_t> words_;
};

}  // namespace caligo::session
