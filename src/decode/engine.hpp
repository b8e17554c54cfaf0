// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The working half of a list decoder: buffers, one frame's run, choice of the path that is given out.

#include "decode/frame_engine.hpp"
#include "decode/program.hpp"
#include "kernels/kernels.hpp"

namespace caligo::decode {

/// Llr: int8 or int16, the width that the plan asks for.
template <class Llr>
class ListEngine : public FrameEngine {
 public:
  /// List sizes of 2 and more. lender: see Arena. Throws std::bad_alloc.
  ListEngine(const CodeSpec& code, const Program& program, unsigned list_size, Isa isa, const Arena* lender,
             Arena spare);

  Result<DecodeVerdict> decode(const DecodePlan& plan, const DecodeInput& input) noexcept override;
  [[nodiscard]] std::size_t memory_bytes() const noexcept override;

 protected:
  void start_lanes() noexcept;
  static constexpr std::uint32_t no_path = ~0U;
  [[nodiscard]] std::uint32_t next_path(std::uint32_t key) const noexcept;
  static unsigned lane_of(std::uint32_t key) noexcept { return (key - 1) & 0xff; }
  void read_path(const CodeSpec& code, unsigned lane) noexcept;

  const kernels::ListKernels<Llr>* kernels_;
  const kernels::ListKernel<Llr>* kernel_;
  unsigned list_size_;
  kernels::Workspace<Llr> workspace_{};
  Llr* channel_ = nullptr;  ///< N LLRs, signs flipped by the coset of the frozen values

 private:
  static const kernels::ListKernels<Llr>& kernels_of(Isa isa) noexcept;
  void lay_out(const CodeSpec& code, const Program& program, const Arena* lender);
  DecodeVerdict choose_path(const CodeSpec& code, const DecodeInput& input) noexcept;
};

}  // namespace caligo::decode
