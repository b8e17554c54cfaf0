// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Random frames to decode: random messages, encoded and sent over a random channel.

#include <caligo/bits.hpp>
#include <caligo/channel.hpp>
#include <caligo/code.hpp>
#include <caligo/encode.hpp>
#include <caligo/random.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace caligo::cli {

/// Draws int8 LLRs of a channel, given that 0 was sent, from their exact distribution, rounding and clipping included.
/// One table lookup per LLR (A. J. Walker's alias method, Electronics Letters 10 (1974)) where a Gaussian variate would
/// take longer than the decoding of the bit. Probabilities are kept to 2^-32.
class LlrLaw {
 public:
  /// scale: LLR units per nat, AWGN only; BSC gives ±1 (min-sum knows no scale), BEC 0 and 127. The channel is no
  /// AwgnEbN0.
  LlrLaw(const Channel& channel, float scale);
  /// bits: 32 random bits.
  [[nodiscard]] std::int8_t draw(std::uint32_t bits) const noexcept {
    const Cell& cell = cells_[bits & 0xFFU];
    return (bits >> 8U) < cell.threshold ? cell.below : cell.above;
  }

 private:
  struct Cell {
    std::uint32_t threshold;  ///< of 2^24
    std::int8_t below;
    std::int8_t above;
  };
  void build(std::array<double, 256> probability);
  std::array<Cell, 256> cells_{};
};

/// Frames side by side; they are made anew before every measurement, so that no frame is ever timed twice.
class FramePool {
 public:
  FramePool(const CodeSpec& code, std::size_t capacity);
  [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] std::span<const std::int8_t> llrs() const noexcept { return {llrs_.data(), size_ * sent_bits_}; }
  [[nodiscard]] std::span<const std::int8_t> llr(std::size_t frame) const noexcept {
    return {llrs_.data() + frame * sent_bits_, sent_bits_};
  }
  [[nodiscard]] BitView message(std::size_t frame) const noexcept { return messages_[frame]; }
  /// One per frame if the code's CRC is external, else none.
  [[nodiscard]] std::span<const std::uint32_t> checksums() const noexcept {
    return {checksums_.data(), checksums_.empty() ? 0 : size_};
  }
  [[nodiscard]] std::optional<std::uint32_t> checksum(std::size_t frame) const noexcept {
    return checksums_.empty() ? std::nullopt : std::optional(checksums_[frame]);
  }

 private:
  friend class FrameSource;
  std::size_t capacity_;
  std::size_t size_ = 0;
  std::size_t sent_bits_;
  std::vector<std::int8_t> llrs_;  ///< frame-major, shape (capacity, sent bits)
  std::vector<BitString> messages_;
  std::vector<std::uint32_t> checksums_;
};

/// Fills pools. A frame depends on (seed, stream) alone.
class FrameSource {
 public:
  FrameSource(const CodeSpec& code, const LlrLaw& law, std::uint64_t seed);
  /// The frames of the streams first ... first + count - 1; count <= pool.capacity().
  Result<void> fill(FramePool& pool, std::uint64_t first, std::size_t count);

 private:
  Encoder encoder_;
  Crc crc_;
  const LlrLaw* law_;
  std::uint64_t seed_;
  BitString codeword_;
};

}  // namespace caligo::cli
