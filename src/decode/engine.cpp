// SPDX-License-Identifier: Apache-2.0
#include "decode/engine.hpp"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cmath>

#include "kernels/dispatch.hpp"

namespace caligo::decode {

using kernels::padding;

namespace {

/// The reach of the line that stands for ln(1 + e^-|x|) in corrected check nodes, in LLR units.
std::uint16_t check_correction(float scale) noexcept {
  constexpr float nats = 2.5F;
  return static_cast<std::uint16_t>(std::lround(std::min(nats * scale, 32767.0F)));
}

}  // namespace

template <>
const kernels::ListKernels<std::int8_t>& ListEngine<std::int8_t>::kernels_of(Isa isa) noexcept {
  return kernels::kernels_for(isa);
}
template <>
const kernels::ListKernels<std::int16_t>& ListEngine<std::int16_t>::kernels_of(Isa isa) noexcept {
  return kernels::wide_kernels_for(isa);
}

template <class Llr>
ListEngine<Llr>::ListEngine(const CodeSpec& code, const Program& program, unsigned list_size, Isa isa,
                            const Arena* lender, Arena spare)
    : FrameEngine(code, std::move(spare)),
      kernels_(&kernels_of(isa)),
      kernel_(&kernels_->list[std::countr_zero(list_size) - 1]),
      list_size_(list_size) {
  lay_out(code, program, lender);
}

template <class Llr>
void ListEngine<Llr>::lay_out(const CodeSpec& code, const Program& program, const Arena* lender) {
  std::size_t lane_offset[kernels::max_levels] = {};
  std::size_t single_offset[kernels::max_levels] = {};
  const auto llr_bytes = [](std::size_t count) { return (std::max<std::size_t>(count, 64) + 64) * sizeof(Llr); };
  for (unsigned level = 0; level <= code.log2_length(); ++level) {
    const std::size_t size = std::size_t{1} << level;
    if (program.lane_level[level]) lane_offset[level] = arena_.reserve(llr_bytes(size * list_size_));
    if (program.single_level[level]) single_offset[level] = arena_.reserve(llr_bytes(size));
  }
  // Paths are read 64 positions at a time, also those of shorter blocks.
  const std::size_t sums =
      arena_.reserve(std::max(words_for(code.block_length()) * list_size_ * sizeof(std::uint64_t), padding) + padding);
  arena_.allocate(lender);
  for (unsigned level = 0; level <= code.log2_length(); ++level) {
    if (program.lane_level[level]) workspace_.lane_llr[level] = arena_.at<Llr>(lane_offset[level]);
    if (program.single_level[level]) workspace_.single_llr[level] = arena_.at<Llr>(single_offset[level]);
  }
  workspace_.sums = arena_.at<std::uint64_t>(sums);
  channel_ = workspace_.single_llr[code.log2_length()];
}

template <class Llr>
std::size_t ListEngine<Llr>::memory_bytes() const noexcept {
  return sizeof *this + arena_.size() + bit_bytes();
}

template <class Llr>
Result<DecodeVerdict> ListEngine<Llr>::decode(const DecodePlan& plan, const DecodeInput& input) noexcept {
  const float scale = input.scale.value_or(default_llr_scale(plan.code().log2_length(), plan.options().width));
  if (auto loaded = load_channel(plan.code(), input, scale, *kernels_, channel_); !loaded) {
    return std::move(loaded).error();
  }
  workspace_.correction = plan.options().check == CheckRule::corrected ? check_correction(scale) : std::uint16_t{0};
  start_lanes();
  const std::vector<kernels::Op>& ops = plan.program().ops;
  kernel_->run(workspace_, ops.data(), ops.data() + ops.size());
  return choose_path(plan.code(), input);
}

template <class Llr>
void ListEngine<Llr>::start_lanes() noexcept {
  for (std::uint16_t& metric : workspace_.metric) metric = kernels::empty_metric;
  workspace_.metric[0] = 0;
  workspace_.worst_metric = kernels::empty_metric;
  for (unsigned level = 0; level < kernels::max_levels; ++level) {
    workspace_.result[level].identity = true;
    workspace_.left[level].identity = true;
  }
}

/// The best path by metric, then by lane, that comes after `key`; `no_path` if there is none. Keys order paths: the
/// first try is almost always the right one, so the list is not sorted.
template <class Llr>
std::uint32_t ListEngine<Llr>::next_path(std::uint32_t key) const noexcept {
  std::uint32_t best = no_path;
  for (std::uint32_t lane = 0; lane < list_size_; ++lane) {
    const std::uint32_t metric = workspace_.metric[lane];
    const std::uint32_t candidate = (metric << 8 | lane) + 1;
    if (candidate > key && candidate < best && metric != kernels::empty_metric) best = candidate;
  }
  return best;
}

template <class Llr>
DecodeVerdict ListEngine<Llr>::choose_path(const CodeSpec& code, const DecodeInput& input) noexcept {
  const std::uint32_t first = next_path(0);
  assert(first != no_path);  // metrics of living paths stay below empty_metric (kernels.hpp)
  DecodeVerdict verdict;
  for (std::uint32_t key = first; key != no_path; key = next_path(key)) {
    read_path(code, lane_of(key));
    verdict.accepted = checksum_holds(code, input);
    if (verdict.accepted) break;
    ++verdict.rank;
  }
  if (!verdict.accepted) {
    if (verdict.rank != 1) read_path(code, lane_of(first));
    verdict.rank = 0;
  }
  verdict.list_size = list_size_;
  verdict.path_metric = path_metric(*kernels_, channel_);
  return verdict;
}

template <class Llr>
void ListEngine<Llr>::read_path(const CodeSpec& code, unsigned lane) noexcept {
  kernel_->extract_lane(workspace_.sums, lane, decoded(), words_for(code.block_length()));
  read_word(code);
}

template class ListEngine<std::int8_t>;
template class ListEngine<std::int16_t>;

}  // namespace caligo::decode
