// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Random frames to decode: random messages, encoded and sent over a random channel.

#include <caligo/bits.hpp>
#include <caligo/channel.hpp>
#include <caligo/code.hpp>
#include <caligo/encode.hpp>
#include <caligo/llr.hpp>
#include <caligo/random.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace caligo::cli {

/// Draws integer LLRs of a channel, given that 0 was sent, from their exact distribution, rounding and clipping
/// included. One table lookup per LLR (A. J. Walker's alias method, Electronics Letters 10 (1974)) where a Gaussian
/// variate would take longer than the decoding of the bit. Probabilities are kept to 2^-32.
class LlrLaw {
 public:
  /// scale: LLR units per nat. For 8 bits it counts for AWGN only: BSC gives ±1 (min-sum knows no scale). BEC gives 0
  /// and the largest LLR. Those of 16 bits are drawn from -2047 … 2047, the ends standing for all that lies beyond. The
  /// channel is no AwgnEbN0.
  LlrLaw(const Channel& channel, float scale, LlrWidth width);
  /// bits: 32 random bits.
  [[nodiscard]] std::int16_t draw(std::uint32_t bits) const noexcept {
    const Cell& cell = cells_[bits & (cells_.size() - 1)];
    return (bits >> cell_bits_) < cell.threshold ? cell.below : cell.above;
  }
  [[nodiscard]] LlrWidth width() const noexcept { return width_; }
  [[nodiscard]] float scale() const noexcept { return scale_; }

 private:
  struct Cell {
    std::uint32_t threshold;  ///< of 2^(32 - cell_bits)
    std::int16_t below;
    std::int16_t above;
  };
  void build(std::vector<double> probability);
  LlrWidth width_;
  float scale_;
  unsigned cell_bits_ = 0;
  std::vector<Cell> cells_;
};

/// Frames side by side; they are made anew before every measurement, so that no frame is ever timed twice.
class FramePool {
 public:
  /// law: of the LLRs that will be filled in.
  FramePool(const CodeSpec& code, const LlrLaw& law, std::size_t capacity);
  [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] LlrView llrs() const noexcept { return view(0, size_); }
  [[nodiscard]] LlrView llr(std::size_t frame) const noexcept { return view(frame, 1); }
  /// Units per nat.
  [[nodiscard]] float scale() const noexcept { return scale_; }
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
  [[nodiscard]] LlrView view(std::size_t first, std::size_t count) const noexcept {
    const std::size_t begin = first * sent_bits_;
    if (!bytes_.empty()) return std::span(bytes_).subspan(begin, count * sent_bits_);
    return {std::span(shorts_).subspan(begin, count * sent_bits_), scale_};
  }
  std::size_t capacity_;
  std::size_t size_ = 0;
  std::size_t sent_bits_;
  float scale_;
  std::vector<std::int8_t> bytes_;  ///< frame-major, shape (capacity, sent bits); one of the two is used
  std::vector<std::int16_t> shorts_;
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
  template <class Llr>
  void draw(std::span<Llr> llr, CounterRandom& random) const noexcept;
  Encoder encoder_;
  Crc crc_;
  const LlrLaw* law_;
  std::uint64_t seed_;
  BitString codeword_;
};

}  // namespace caligo::cli
