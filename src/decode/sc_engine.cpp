// SPDX-License-Identifier: Apache-2.0
#include "decode/sc_engine.hpp"

#include <algorithm>

#include "kernels/dispatch.hpp"
#include "kernels/sc_dispatch.hpp"

namespace caligo::decode {

ScEngine::ScEngine(const CodeSpec& code, Isa isa, const Arena* lender, Arena spare)
    : FrameEngine(code, std::move(spare)),
      kernels_(&kernels::kernels_for(isa)),
      frame_kernel_(&kernels::sc_kernels_for(isa).frame) {
  const unsigned n = code.log2_length();
  const unsigned lowest = std::min(n, kernels::register_level);
  std::size_t offset[kernels::max_levels] = {};
  for (unsigned level = lowest; level <= n; ++level) {
    offset[level] = arena_.reserve(std::max(std::size_t{1} << level, kernels::padding) + kernels::padding);
  }
  arena_.allocate(lender);
  for (unsigned level = lowest; level <= n; ++level) workspace_.llr[level] = arena_.at<std::int8_t>(offset[level]);
  channel_ = workspace_.llr[n];
}

std::size_t ScEngine::memory_bytes() const noexcept { return sizeof *this + arena_.size() + bit_bytes(); }

Result<DecodeVerdict> ScEngine::decode(const DecodePlan& plan, const DecodeInput& input) noexcept {
  const CodeSpec& code = plan.code();
  const float scale = input.scale.value_or(default_llr_scale(code.log2_length()));
  if (auto loaded = load_channel(code, input, scale, *kernels_, channel_); !loaded) return std::move(loaded).error();
  workspace_.sums = decoded();
  frame_kernel_->run(workspace_, plan.sc_program().data(), code.log2_length());
  read_word(code);
  DecodeVerdict verdict;
  verdict.accepted = checksum_holds(code, input);
  verdict.path_metric = path_metric(*kernels_, channel_);
  return verdict;
}

}  // namespace caligo::decode
