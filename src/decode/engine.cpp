// SPDX-License-Identifier: Apache-2.0
#include "decode/engine.hpp"

#include <sodium.h>
#include <caligo/encode.hpp>

#include <algorithm>
#include <bit>
#include <cstring>

#include "kernels/dispatch.hpp"

namespace caligo::decode {

using kernels::padding;

Engine::Engine(const DecodePlan& plan, Isa isa)
    : table_(&kernels::kernels_for(isa)),
      kernel_(&table_->list[std::countr_zero(plan.list_size())]),
      list_size_(plan.list_size()),
      sent_bits_(plan.code().sent_bits()),
      crc_(plan.code().crc()),
      coset_(plan.code().block_length()),
      information_(plan.code().information_bits()),
      codeword_(plan.code().block_length()),
      u_(plan.code().block_length()),
      message_(plan.code().message_bits()) {
  lay_out(plan);
}

Engine::~Engine() {
  for (BitString* bits : {&coset_, &information_, &codeword_, &u_, &message_}) {
    sodium_memzero(bits->words().data(), bits->words().size_bytes());
  }
}

void Engine::lay_out(const DecodePlan& plan) {
  const Program& program = plan.program();
  std::size_t lane_offset[kernels::max_levels] = {};
  std::size_t single_offset[kernels::max_levels] = {};
  for (unsigned level = 0; level <= plan.code().log2_length(); ++level) {
    const std::size_t size = std::size_t{1} << level;
    if (program.lane_level[level]) lane_offset[level] = arena_.reserve(std::max(size * list_size_, padding) + padding);
    if (program.single_level[level]) single_offset[level] = arena_.reserve(std::max(size, padding) + padding);
  }
  const std::size_t sums = arena_.reserve(std::max(plan.code().block_length() * list_size_ / 8, padding) + padding);
  arena_.allocate();
  for (unsigned level = 0; level <= plan.code().log2_length(); ++level) {
    if (program.lane_level[level]) workspace_.lane_llr[level] = arena_.at<std::int8_t>(lane_offset[level]);
    if (program.single_level[level]) workspace_.single_llr[level] = arena_.at<std::int8_t>(single_offset[level]);
  }
  workspace_.sums = arena_.at<std::uint64_t>(sums);
  const unsigned n = plan.code().log2_length();
  channel_ = list_size_ == 1 ? workspace_.lane_llr[n] : workspace_.single_llr[n];
}

std::size_t Engine::memory_bytes() const noexcept {
  const std::size_t words = coset_.words().size() + information_.words().size() + codeword_.words().size() +
                            u_.words().size() + message_.words().size();
  return sizeof *this + arena_.size() + words * sizeof(std::uint64_t);
}

DecodeVerdict Engine::decode(const DecodePlan& plan, const DecodeInput& input) noexcept {
  load_channel(plan, input);
  start_lanes();
  const std::vector<kernels::Op>& ops = plan.program().ops;
  kernel_->run(workspace_, ops.data(), ops.data() + ops.size());
  return choose_path(plan, input);
}

/// Frozen values v are decoded as zeros on the coset: x = x' + v·G has LLR signs flipped where v·G is 1, and u' = u +
/// v. All leaf LLRs at information positions keep their signs, so ties fall as in a decoder that knows v.
void Engine::load_channel(const DecodePlan& plan, const DecodeInput& input) noexcept {
  coset_is_zero_ = input.frozen_values.empty();
  if (coset_is_zero_) {
    coset_.clear();
  } else {
    deposit_bits(input.frozen_values, plan.code().disclosed_mask(), coset_);
    polar_transform(coset_);
  }
  const std::size_t whole = sent_bits_ / 64;
  table_->copy_flipped(input.llr.data(), coset_.words().data(), channel_, whole);
  for (std::size_t i = whole * 64; i < sent_bits_; ++i) {
    const auto llr = static_cast<std::int8_t>(std::max<int>(input.llr[i], -127));
    channel_[i] = static_cast<std::int8_t>(coset_[i] ? -llr : llr);
  }
  // Shortened bits are known zeros.
  const std::size_t length = plan.code().block_length();
  std::memset(channel_ + sent_bits_, 127, length - sent_bits_);
}

void Engine::start_lanes() noexcept {
  for (std::uint16_t& metric : workspace_.metric) metric = kernels::empty_metric;
  workspace_.metric[0] = 0;
  workspace_.worst_metric = list_size_ == 1 ? 0 : kernels::empty_metric;
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

DecodeVerdict Engine::choose_path(const DecodePlan& plan, const DecodeInput& input) noexcept {
  const std::uint32_t first = next_path(0);
  DecodeVerdict verdict;
  for (std::uint32_t key = first; key != no_path; key = next_path(key)) {
    read_path(plan, lane_of(key));
    verdict.accepted = checksum_holds(plan, input);
    if (verdict.accepted) break;
    ++verdict.rank;
  }
  if (!verdict.accepted) {
    if (verdict.rank != 1) read_path(plan, lane_of(first));
    verdict.rank = 0;
  }
  verdict.path_metric = path_metric();
  return verdict;
}

void Engine::read_path(const DecodePlan& plan, unsigned lane) noexcept {
  const std::size_t length = plan.code().block_length();
  kernel_->extract_lane(workspace_.sums, lane, codeword_.words().data(), words_for(length));
  if (length < 64) codeword_.words()[0] &= (std::uint64_t{1} << length) - 1;
  if (!coset_is_zero_) xor_into(codeword_, coset_);
  std::copy(codeword_.words().begin(), codeword_.words().end(), u_.words().begin());
  polar_transform(u_);
  extract_bits(u_, plan.code().information_mask(), information_);
  copy_bits(information_, 0, message_, 0, message_.size());
}

bool Engine::checksum_holds(const DecodePlan& plan, const DecodeInput& input) const noexcept {
  switch (plan.code().crc_placement()) {
    case CrcPlacement::none:
      return true;
    case CrcPlacement::embedded:
      return crc_.compute(message_) == crc_.read(information_, message_.size());
    case CrcPlacement::external:
      return input.checksum == crc_.compute(message_);
  }
  return false;
}

std::uint32_t Engine::path_metric() noexcept {
  // The channel LLRs lie flipped by the coset, so the word has to be as well.
  if (!coset_is_zero_) xor_into(codeword_, coset_);
  const auto words = codeword_.words();
  const auto metric = static_cast<std::uint32_t>(table_->penalty(channel_, words.data(), words.size()));
  if (!coset_is_zero_) xor_into(codeword_, coset_);
  return metric;
}

}  // namespace caligo::decode
