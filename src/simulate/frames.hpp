// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Random frames of a decoding problem: message, code word, and the LLRs that come out of the channel.

#include <caligo/encode.hpp>
#include <caligo/random.hpp>

#include <cstdint>
#include <vector>

#include "kernels/noise_kernels.hpp"
#include "simulate/problem.hpp"

namespace caligo::simulate {

/// In the stream of a frame the message begins at block 0 and the noise here, so that one does not move the other.
inline constexpr std::uint64_t noise_block = std::uint64_t{1} << 63U;

/// Makes one frame after the other; the scratch memory of one thread. Allocates at construction only.
class FrameMaker {
 public:
  explicit FrameMaker(const DecodeProblem& problem);
  /// Draws a message and encodes it.
  void encode(std::uint64_t seed, std::uint64_t frame);
  /// LLRs of the frame encoded last, in internal units: sent_bits() of them. BSC: ±1 in 8 bits, else rounded
  /// ±nats·scale, at most 2047. BEC: 0 and the largest LLR. AWGN: 2y/σ² times the scale, rounded to the nearest and
  /// clipped.
  void add_noise(std::uint64_t seed, std::uint64_t frame, std::int8_t* llr);
  void add_noise(std::uint64_t seed, std::uint64_t frame, std::int16_t* llr);
  [[nodiscard]] BitView message() const noexcept { return message_; }
  [[nodiscard]] BitView codeword() const noexcept { return codeword_; }
  /// Of the message, for codes whose CRC is external.
  [[nodiscard]] std::uint32_t checksum() const noexcept { return crc_.compute(message_); }
  [[nodiscard]] std::size_t memory_bytes() const noexcept;

 private:
  template <class Llr>
  void gaussian(std::uint64_t seed, std::uint64_t frame, Llr* llr) noexcept;
  template <class Llr>
  void discrete(std::uint64_t seed, std::uint64_t frame, Llr* llr) noexcept;
  const kernels::NoiseKernels* kernels_;
  Channel channel_;
  Encoder encoder_;
  Crc crc_;
  BitString message_;
  BitString codeword_;
  BitString noise_;  ///< flipped or erased bits
  float mean_ = 0;   ///< of an LLR, in internal units, given that 0 was sent
  float deviation_ = 0;
  std::vector<float> normal_;
};

}  // namespace caligo::simulate
