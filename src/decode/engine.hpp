// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The working half of a Decoder: buffers, one frame's run, choice of the path that is given out.

#include <caligo/crc.hpp>
#include <caligo/decode.hpp>
#include <caligo/isa.hpp>

#include "decode/arena.hpp"
#include "decode/program.hpp"
#include "kernels/kernels.hpp"

namespace caligo::decode {

class Engine {
 public:
  /// Throws std::bad_alloc.
  Engine(const DecodePlan& plan, Isa isa);
  /// Wipes the bits of the last path; the arena wipes itself.
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  /// The input's sizes have been checked.
  DecodeVerdict decode(const DecodePlan& plan, const DecodeInput& input) noexcept;

  [[nodiscard]] MutableBitView message() noexcept { return message_; }
  [[nodiscard]] MutableBitView codeword() noexcept { return {codeword_.words().data(), sent_bits_}; }
  [[nodiscard]] MutableBitView u() noexcept { return u_; }
  [[nodiscard]] std::size_t memory_bytes() const noexcept;

 private:
  void lay_out(const DecodePlan& plan);
  void load_channel(const DecodePlan& plan, const DecodeInput& input) noexcept;
  void start_lanes() noexcept;
  DecodeVerdict choose_path(const DecodePlan& plan, const DecodeInput& input) noexcept;
  static constexpr std::uint32_t no_path = ~0U;
  [[nodiscard]] std::uint32_t next_path(std::uint32_t key) const noexcept;
  static unsigned lane_of(std::uint32_t key) noexcept { return (key - 1) & 0xff; }
  void read_path(const DecodePlan& plan, unsigned lane) noexcept;
  [[nodiscard]] bool checksum_holds(const DecodePlan& plan, const DecodeInput& input) const noexcept;
  [[nodiscard]] std::uint32_t path_metric() noexcept;

  const kernels::KernelTable* table_;
  const kernels::ListKernel* kernel_;
  unsigned list_size_;
  std::size_t sent_bits_;
  Crc crc_;
  Arena arena_;
  kernels::Workspace workspace_{};
  std::int8_t* channel_ = nullptr;  ///< N LLRs, signs flipped by coset_
  BitString coset_;                 ///< frozen values · G: x of the coset that is decoded
  BitString information_;           ///< message and, if embedded, CRC of the path being read
  BitString codeword_;
  BitString u_;
  BitString message_;
  bool coset_is_zero_ = true;
};

}  // namespace caligo::decode
