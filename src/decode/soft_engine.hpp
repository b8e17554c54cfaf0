// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The working half of a SoftDecoder: buffers, one frame's run, and the list that comes of it.

#include <caligo/crc.hpp>
#include <caligo/soft.hpp>

#include <vector>

#include "decode/arena.hpp"
#include "decode/soft_kernel.hpp"

namespace caligo::decode {

class SoftEngine {
 public:
  /// weigh: false leaves out the account of what was pruned. No limit on memory here. Throws std::bad_alloc.
  SoftEngine(const CodeSpec& code, unsigned list_size, SoftArithmetic arithmetic, bool weigh = true);
  /// Wipes the bits of the last path; the arena wipes itself.
  ~SoftEngine();
  SoftEngine(const SoftEngine&) = delete;
  SoftEngine& operator=(const SoftEngine&) = delete;
  /// Bytes of the arena, without allocating it; saturates instead of overflowing.
  static std::size_t arena_bytes(const CodeSpec& code, unsigned list_size) noexcept;

  /// The input has been checked. Afterwards the path that is given out can be read.
  SoftVerdict decode(const SoftInput& input) noexcept;
  /// After decode(): N - shortened values.
  void write_extrinsic(std::span<float> extrinsic) const noexcept;

  [[nodiscard]] const CodeSpec& code() const noexcept { return code_; }
  [[nodiscard]] unsigned list_size() const noexcept { return workspace_.paths.list_size; }
  [[nodiscard]] MutableBitView message() noexcept { return message_; }
  [[nodiscard]] MutableBitView codeword() noexcept { return {codeword_.words().data(), code_.sent_bits()}; }
  [[nodiscard]] std::size_t memory_bytes() const noexcept;

  // For experiments and tests: the list and what stands beside it.
  /// Lanes with a path, and with one of right CRC (bit l: lane l).
  [[nodiscard]] std::uint32_t alive() const noexcept { return workspace_.paths.alive; }
  [[nodiscard]] std::uint32_t passing() const noexcept { return passing_; }
  /// -ln P(path | input); with max-log up to a constant.
  [[nodiscard]] double metric(unsigned lane) const noexcept { return workspace_.paths.metric[lane]; }
  /// ln of the estimated probability of the pruned part of the codebook, the CRC not considered.
  [[nodiscard]] double log_unvisited() const noexcept { return workspace_.paths.unvisited.logarithm(); }
  /// Code bit i of all lanes' paths.
  [[nodiscard]] std::uint32_t code_bits(std::size_t i) const noexcept {
    return coset_[i] ? ~workspace_.sums[i] : workspace_.sums[i];
  }
  /// The clipped sum of channel and prior LLR of code bit i.
  [[nodiscard]] float input_llr(std::size_t i) const noexcept { return coset_[i] ? -channel_[i] : channel_[i]; }

 private:
  void lay_out();
  void load(const SoftInput& input) noexcept;
  SoftVerdict choose_path(const SoftInput& input) noexcept;
  void read_path(unsigned lane) noexcept;
  [[nodiscard]] bool checksum_holds(const SoftInput& input) const noexcept;
  void weigh_list(SoftVerdict& verdict, unsigned chosen) noexcept;
  [[nodiscard]] double path_metric() const noexcept;

  CodeSpec code_;
  Crc crc_;
  std::vector<SoftOp> ops_;
  void (*run_)(SoftWorkspace&, const SoftOp*, const SoftOp*) noexcept;
  Arena arena_;
  SoftWorkspace workspace_;
  float* channel_ = nullptr;  ///< N LLRs, signs flipped by coset_
  BitString coset_;           ///< frozen values · G: x of the coset that is decoded
  BitString information_;     ///< message and, if embedded, CRC of the path being read
  BitString codeword_;
  BitString u_;
  BitString message_;
  std::uint32_t passing_ = 0;
  std::array<double, soft_lanes> weight_{};  ///< of the paths that count, relative to the largest weight
  double unvisited_weight_ = 0;              ///< likewise
};

}  // namespace caligo::decode
