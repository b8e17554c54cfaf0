// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Successive cancellation of one frame at a time.

#include "decode/frame_engine.hpp"
#include "kernels/sc_kernels.hpp"

namespace caligo::decode {

class ScEngine final : public FrameEngine {
 public:
  /// lender: see Arena. Throws std::bad_alloc.
  ScEngine(const CodeSpec& code, Isa isa, const Arena* lender, Arena spare);

  Result<DecodeVerdict> decode(const DecodePlan& plan, const DecodeInput& input) noexcept override;
  [[nodiscard]] std::size_t memory_bytes() const noexcept override;

 private:
  const kernels::KernelTable* kernels_;
  const kernels::ScFrameKernel* frame_kernel_;
  kernels::ScWorkspace workspace_{};
  std::int8_t* channel_ = nullptr;
};

}  // namespace caligo::decode
