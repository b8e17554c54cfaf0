// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The working half of a list decoder: buffers, one frame's run, choice of the path that is given out.

#include "decode/frame_engine.hpp"
#include "decode/program.hpp"
#include "kernels/kernels.hpp"

namespace caligo::decode {

class Engine final : public FrameEngine {
 public:
  /// List sizes of 2 and more. lender: see Arena. Throws std::bad_alloc.
  Engine(const DecodePlan& plan, Isa isa, const Arena* lender, Arena spare);

  Result<DecodeVerdict> decode(const DecodePlan& plan, const DecodeInput& input) noexcept override;
  [[nodiscard]] std::size_t memory_bytes() const noexcept override;

 private:
  void lay_out(const DecodePlan& plan, const Arena* lender);
  void start_lanes() noexcept;
  DecodeVerdict choose_path(const DecodePlan& plan, const DecodeInput& input) noexcept;
  static constexpr std::uint32_t no_path = ~0U;
  [[nodiscard]] std::uint32_t next_path(std::uint32_t key) const noexcept;
  static unsigned lane_of(std::uint32_t key) noexcept { return (key - 1) & 0xff; }
  void read_path(const DecodePlan& plan, unsigned lane) noexcept;

  const kernels::ListKernel* kernel_;
  unsigned list_size_;
  kernels::Workspace workspace_{};
  std::int8_t* channel_ = nullptr;  ///< N LLRs, signs flipped by the coset of the frozen values
};

}  // namespace caligo::decode
