// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The CRC of 64 interleaved frames at once, as polynomial division of words (bit f of a word belongs to frame f).

#include <caligo/code.hpp>

#include <array>
#include <cstdint>
#include <span>

#include "kernels/sc_kernels.hpp"

namespace caligo::decode {

class BatchCrc {
 public:
  explicit BatchCrc(const CodeSpec& code);

  /// Words that must be readable before the first position, all zero.
  static constexpr std::size_t margin = std::size_t{8} * 32;
  /// Words behind the information bits that failures() may need.
  static constexpr std::size_t tail = 32;

  /// words: information bits in order (message, embedded CRC), then room for `tail` words; overwritten. checksums: of
  /// the frames, for an external CRC. Bit f of the result: the CRC of frame f does not hold.
  std::uint64_t failures(const kernels::ScBatchKernel& kernel, std::uint64_t* words,
                         std::span<const std::uint32_t> checksums) const noexcept;

 private:
  /// Appends the given checksums as words; returns frames whose checksum has bits beyond the CRC's width.
  std::uint64_t append(const kernels::ScBatchKernel& kernel, std::uint64_t* words,
                       std::span<const std::uint32_t> checksums) const noexcept;

  CrcPlacement placement_;
  std::size_t information_;
  unsigned width_;
  std::size_t taps_ = 0;
  std::array<std::uint16_t, 32> distance_{};   ///< from the leading coefficient to each other one
  std::array<std::uint16_t, 32> eightfold_{};  ///< the same of the polynomial's eighth power
};

}  // namespace caligo::decode
