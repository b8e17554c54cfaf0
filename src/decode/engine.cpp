// SPDX-License-Identifier: Apache-2.0
#include "decode/engine.hpp"

#include <algorithm>
#include <bit>
#include <cassert>

namespace caligo::decode {

using kernels::padding;

Engine::Engine(const CodeSpec& code, const Program& program, unsigned list_size, Isa isa, const Arena* lender,
               Arena spare)
    : FrameEngine(code, isa, std::move(spare)),
      kernel_(&table_->list[std::countr_zero(list_size) - 1]),
      list_size_(list_size) {
  lay_out(code, program, lender);
}

void Engine::lay_out(const CodeSpec& code, const Program& program, const Arena* lender) {
  std::size_t lane_offset[kernels::max_levels] = {};
  std::size_t single_offset[kernels::max_levels] = {};
  for (unsigned level = 0; level <= code.log2_length(); ++level) {
    const std::size_t size = std::size_t{1} << level;
    if (program.lane_level[level]) lane_offset[level] = arena_.reserve(std::max(size * list_size_, padding) + padding);
    if (program.single_level[level]) single_offset[level] = arena_.reserve(std::max(size, padding) + padding);
  }
  // Paths are read 64 positions at a time, also those of shorter blocks.
  const std::size_t sums =
      arena_.reserve(std::max(words_for(code.block_length()) * list_size_ * sizeof(std::uint64_t), padding) + padding);
  arena_.allocate(lender);
  for (unsigned level = 0; level <= code.log2_length(); ++level) {
    if (program.lane_level[level]) workspace_.lane_llr[level] = arena_.at<std::int8_t>(lane_offset[level]);
    if (program.single_level[level]) workspace_.single_llr[level] = arena_.at<std::int8_t>(single_offset[level]);
  }
  workspace_.sums = arena_.at<std::uint64_t>(sums);
  channel_ = workspace_.single_llr[code.log2_length()];
}

std::size_t Engine::memory_bytes() const noexcept { return sizeof *this + arena_.size() + bit_bytes(); }

Result<DecodeVerdict> Engine::decode(const DecodePlan& plan, const DecodeInput& input) noexcept {
  if (auto loaded = load_channel(plan.code(), input, channel_); !loaded) return std::move(loaded).error();
  start_lanes();
  const std::vector<kernels::Op>& ops = plan.program().ops;
  kernel_->run(workspace_, ops.data(), ops.data() + ops.size());
  return choose_path(plan.code(), input);
}

void Engine::start_lanes() noexcept {
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
std::uint32_t Engine::next_path(std::uint32_t key) const noexcept {
  std::uint32_t best = no_path;
  for (std::uint32_t lane = 0; lane < list_size_; ++lane) {
    const std::uint32_t metric = workspace_.metric[lane];
    const std::uint32_t candidate = (metric << 8 | lane) + 1;
    if (candidate > key && candidate < best && metric != kernels::empty_metric) best = candidate;
  }
  return best;
}

DecodeVerdict Engine::choose_path(const CodeSpec& code, const DecodeInput& input) noexcept {
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
  verdict.path_metric = path_metric(channel_);
  return verdict;
}

void Engine::read_path(const CodeSpec& code, unsigned lane) noexcept {
  kernel_->extract_lane(workspace_.sums, lane, decoded(), words_for(code.block_length()));
  read_word(code);
}

}  // namespace caligo::decode
