// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <caligo/segmented.hpp>

#include <algorithm>
#include <bit>
#include <utility>

#include "decode/input_check.hpp"
#include "decode/program.hpp"
#include "decode/segmented_engine.hpp"

namespace caligo {

namespace {

Result<void> check_segments(const CodeSpec& code, const std::vector<Segment>& segments) {
  const auto invalid = [](std::string message) { return Error{ErrorCode::invalid_argument, std::move(message)}; };
  std::size_t end = 0;
  std::size_t information = 0;
  for (std::size_t s = 0; s < segments.size(); ++s) {
    const Segment& segment = segments[s];
    if (segment.level < SegmentedPlan::min_level || segment.level >= code.log2_length()) {
      return invalid(fmt::format("segment {}: expected a level from {} to {}, got {}", s, SegmentedPlan::min_level,
                                 code.log2_length() - 1, segment.level));
    }
    const bool aligned = segment.offset % segment.length() == 0 && segment.offset < code.block_length();
    if (!aligned || segment.offset < end) {
      return invalid(fmt::format("segment {}: offset {} is not that of a later subtree of level {}", s, segment.offset,
                                 segment.level));
    }
    end = segment.offset + segment.length();
    const std::size_t here = popcount({code.information_mask().words().data() + segment.offset / 64, segment.length()});
    if (here == 0) return invalid(fmt::format("segment {} has no information position", s));
    information += here;
  }
  if (information != code.information_bits()) {
    return invalid(
        fmt::format("the segments hold {} of {} information positions", information, code.information_bits()));
  }
  return {};
}

}  // namespace

SegmentedPlan::SegmentedPlan(CodeSpec code, std::vector<Segment> segments, unsigned list_size)
    : code_(std::move(code)),
      segments_(std::move(segments)),
      list_size_(list_size),
      program_(std::make_unique<const decode::Program>(decode::compile(code_, list_size, segments_))) {}

SegmentedPlan::~SegmentedPlan() = default;

Result<std::shared_ptr<const SegmentedPlan>> SegmentedPlan::make(CodeSpec code, std::vector<Segment> segments,
                                                                 unsigned list_size) {
  if (list_size == 1) return Error{ErrorCode::invalid_argument, "segments need a list size of 2 or more"};
  if (auto checked = decode::check_list_size(code, list_size); !checked) return checked.error();
  if (code.crc_placement() != CrcPlacement::external) {
    return Error{ErrorCode::invalid_argument, "segments need a code whose CRC is external"};
  }
  if (auto checked = check_segments(code, segments); !checked) return checked.error();
  return std::shared_ptr<const SegmentedPlan>(new SegmentedPlan(std::move(code), std::move(segments), list_size));
}

SegmentedDecoder::SegmentedDecoder(std::shared_ptr<const SegmentedPlan> plan) { rebind(std::move(plan)); }
SegmentedDecoder::~SegmentedDecoder() = default;
SegmentedDecoder::SegmentedDecoder(SegmentedDecoder&&) noexcept = default;
SegmentedDecoder& SegmentedDecoder::operator=(SegmentedDecoder&&) noexcept = default;

void SegmentedDecoder::rebind(std::shared_ptr<const SegmentedPlan> plan) {
  decode::Arena spare = engine_ != nullptr ? engine_->release_arena() : decode::Arena{};
  engine_.reset();
  plan_ = std::move(plan);
  engine_ = std::make_unique<decode::SegmentedEngine>(*plan_, decode::isa_for_decoding(), std::move(spare));
}

Result<void> SegmentedDecoder::start(const LlrView& llr, BitView frozen_values,
                                     std::span<const std::uint32_t> checksums) {
  DecodeInput input;
  input.llr = llr;
  input.frozen_values = frozen_values;
  input.checksum = 0;
  if (auto checked = decode::check_input(plan_->code(), input); !checked) return checked;
  if (checksums.size() != plan_->segments().size()) {
    return Error{ErrorCode::size_mismatch,
                 fmt::format("expected {} checksums, got {}", plan_->segments().size(), checksums.size())};
  }
  return engine_->start(*plan_, llr, frozen_values, checksums);
}

std::optional<std::size_t> SegmentedDecoder::advance() noexcept { return engine_->advance(*plan_); }
Result<void> SegmentedDecoder::disclose(BitView mask, BitView values) {
  return engine_->disclose(*plan_, mask, values);
}
BitView SegmentedDecoder::codeword() const noexcept { return engine_->codeword(); }
BitView SegmentedDecoder::u() const noexcept { return engine_->u(); }
std::size_t SegmentedDecoder::memory_bytes() const noexcept { return sizeof *this + engine_->memory_bytes(); }

}  // namespace caligo
