// SPDX-License-Identifier: Apache-2.0
#pragma once
/// A list decoder that can run a segment again.

#include <caligo/segmented.hpp>

#include "decode/engine.hpp"

namespace caligo::decode {

class SegmentedEngine final : public ListEngine<std::int8_t> {
 public:
  /// Throws std::bad_alloc.
  SegmentedEngine(const SegmentedPlan& plan, Isa isa, Arena spare);
  ~SegmentedEngine() override;
  SegmentedEngine(const SegmentedEngine&) = delete;
  SegmentedEngine& operator=(const SegmentedEngine&) = delete;

  Result<void> start(const SegmentedPlan& plan, const LlrView& llr, BitView frozen_values,
                     std::span<const std::uint32_t> checksums);
  std::optional<std::size_t> advance(const SegmentedPlan& plan) noexcept;
  Result<void> disclose(const SegmentedPlan& plan, BitView mask, BitView values);

 private:
  /// What is done next.
  enum class State { idle, ahead, waiting, again };

  void run(const SegmentedPlan& plan, std::size_t begin, std::size_t end) noexcept;
  void enter(const SegmentedPlan& plan) noexcept;
  void repeat(const SegmentedPlan& plan) noexcept;
  bool choose(const SegmentedPlan& plan) noexcept;
  void keep_only(unsigned lane) noexcept;
  void flip_llrs(const Segment& segment, bool single) noexcept;
  void flip_sums(const Segment& segment) noexcept;

  State state_ = State::idle;
  std::size_t segment_ = 0;
  std::size_t next_op_ = 0;
  std::vector<std::uint32_t> checksums_;
  kernels::Workspace<std::int8_t> entry_{};  ///< as the current segment was entered
  std::vector<kernels::Op> again_;
  Crc segment_crc_;
  // Of the current segment, in whole words; the first 2^level bits count.
  BitString information_mask_;  ///< its positions without a known value
  BitString known_;             ///< disclosed since, on the coset that is decoded
  BitString added_;             ///< of known_ · G, what the LLRs do not show yet
  BitString path_;              ///< a lane's partial sums, then u
  BitString bits_;              ///< information bits of a lane
};

}  // namespace caligo::decode
