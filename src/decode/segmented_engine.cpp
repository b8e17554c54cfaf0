// SPDX-License-Identifier: Apache-2.0
#include "decode/segmented_engine.hpp"

#include <fmt/format.h>
#include <sodium.h>
#include <caligo/encode.hpp>

#include <algorithm>

namespace caligo::decode {

namespace {

std::size_t longest(std::span<const Segment> segments) noexcept {
  std::size_t length = 0;
  for (const Segment& segment : segments) length = std::max(length, segment.length());
  return length;
}

BitView part(BitView bits, const Segment& segment) noexcept {
  return {bits.words().data() + segment.offset / 64, segment.length()};
}

MutableBitView front(BitString& bits, std::size_t count) noexcept { return {bits.words().data(), count}; }

bool inside(BitView bits, BitView mask) noexcept {
  for (std::size_t i = 0; i < bits.words().size(); ++i) {
    if ((bits.words()[i] & ~mask.words()[i]) != 0) return false;
  }
  return true;
}

}  // namespace

SegmentedEngine::SegmentedEngine(const SegmentedPlan& plan, Isa isa, Arena spare)
    : ListEngine(plan.code(), plan.program(), plan.list_size(), isa, nullptr, std::move(spare)),
      segment_crc_(plan.code().crc()) {
  const std::size_t length = longest(plan.segments());
  for (BitString* bits : {&information_mask_, &known_, &added_, &path_, &bits_}) *bits = BitString(length);
  checksums_.reserve(plan.segments().size());
}

SegmentedEngine::~SegmentedEngine() {
  for (BitString* bits : {&known_, &added_, &path_, &bits_}) {
    sodium_memzero(bits->words().data(), bits->words().size_bytes());
  }
}

Result<void> SegmentedEngine::start(const SegmentedPlan& plan, const LlrView& llr, BitView frozen_values,
                                    std::span<const std::uint32_t> checksums) {
  state_ = State::idle;
  DecodeInput input;
  input.llr = llr;
  input.frozen_values = frozen_values;
  const float scale = default_llr_scale(plan.code().log2_length());
  if (auto loaded = load_channel(plan.code(), input, scale, *kernels_, channel_); !loaded) return loaded;
  checksums_.assign(checksums.begin(), checksums.end());
  start_lanes();
  segment_ = 0;
  next_op_ = 0;
  state_ = State::ahead;
  return {};
}

void SegmentedEngine::run(const SegmentedPlan& plan, std::size_t begin, std::size_t end) noexcept {
  const std::vector<kernels::Op>& ops = plan.program().ops;
  kernel_->run(workspace_, ops.data() + begin, ops.data() + end);
}

std::optional<std::size_t> SegmentedEngine::advance(const SegmentedPlan& plan) noexcept {
  if (state_ == State::idle) return std::nullopt;
  if (state_ == State::waiting) {
    ++segment_;
    state_ = State::ahead;
  }
  for (; segment_ < plan.segments().size(); ++segment_) {
    if (state_ == State::again) {
      repeat(plan);
    } else {
      enter(plan);
    }
    state_ = choose(plan) ? State::ahead : State::waiting;
    if (state_ == State::waiting) return segment_;
  }
  run(plan, next_op_, plan.program().ops.size());
  read_path(plan.code(), lane_of(next_path(0)));
  state_ = State::idle;
  return std::nullopt;
}

/// Up to the segment and through it.
void SegmentedEngine::enter(const SegmentedPlan& plan) noexcept {
  const Segment& segment = plan.segments()[segment_];
  const SegmentOps& place = plan.program().segments[segment_];
  run(plan, next_op_, place.begin);
  entry_ = workspace_;
  const BitView mask = part(plan.code().information_mask(), segment);
  std::copy(mask.words().begin(), mask.words().end(), information_mask_.words().begin());
  known_.clear();
  added_.clear();
  run(plan, place.begin, place.end);
  next_op_ = place.end;
}

/// The LLRs of the segment's root and all above are untouched by what was decoded in it. New known values are decoded
/// as zeros on their coset, as those of the whole code are.
void SegmentedEngine::repeat(const SegmentedPlan& plan) noexcept {
  const Segment& segment = plan.segments()[segment_];
  const SegmentOps& place = plan.program().segments[segment_];
  workspace_ = entry_;
  flip_llrs(segment, place.single);
  again_ = compile_segment(front(information_mask_, segment.length()), segment, place, list_size_);
  kernel_->run(workspace_, again_.data(), again_.data() + again_.size());
  flip_sums(segment);
}

Result<void> SegmentedEngine::disclose(const SegmentedPlan& plan, BitView mask, BitView values) {
  if (state_ != State::waiting && state_ != State::again) {
    return Error{ErrorCode::invalid_argument, "no segment waits for a disclosure"};
  }
  const Segment& segment = plan.segments()[segment_];
  if (mask.size() != segment.length() || values.size() != segment.length()) {
    return Error{ErrorCode::size_mismatch, fmt::format("disclosure: expected masks of {} bits, got {} and {}",
                                                       segment.length(), mask.size(), values.size())};
  }
  if (!inside(mask, part(plan.code().information_mask(), segment)) || !inside(values, mask)) {
    return Error{ErrorCode::invalid_argument, "disclosure: positions outside the segment's information set"};
  }
  for (std::size_t i = 0; i < mask.words().size(); ++i) {
    const std::uint64_t fresh = values.words()[i] & information_mask_.words()[i];
    path_.words()[i] = fresh;
    known_.words()[i] |= fresh;
    information_mask_.words()[i] &= ~mask.words()[i];
  }
  polar_transform(front(path_, segment.length()));
  xor_into(front(added_, segment.length()), front(path_, segment.length()));
  state_ = State::again;
  return {};
}

/// Keeps the best path that has the segment's checksum, and no other.
bool SegmentedEngine::choose(const SegmentedPlan& plan) noexcept {
  const Segment& segment = plan.segments()[segment_];
  const BitView mask = part(plan.code().information_mask(), segment);
  const MutableBitView u = front(path_, segment.length());
  const MutableBitView information = front(bits_, popcount(mask));
  const std::uint64_t* sums = workspace_.sums + segment.offset / 64 * list_size_;
  for (std::uint32_t key = next_path(0); key != no_path; key = next_path(key)) {
    kernel_->extract_lane(sums, lane_of(key), u.words().data(), u.words().size());
    polar_transform(u);
    extract_bits(u, mask, information);
    if (segment_crc_.compute(information) == checksums_[segment_]) {
      keep_only(lane_of(key));
      return true;
    }
  }
  return false;
}

void SegmentedEngine::keep_only(unsigned lane) noexcept {
  for (unsigned other = 0; other < list_size_; ++other) {
    if (other != lane) workspace_.metric[other] = kernels::empty_metric;
  }
  workspace_.worst_metric = kernels::empty_metric;
}

/// By the change of the coset since the segment was decoded last.
void SegmentedEngine::flip_llrs(const Segment& segment, bool single) noexcept {
  const std::size_t copies = single ? 1 : list_size_;
  std::int8_t* llr = single ? workspace_.single_llr[segment.level] : workspace_.lane_llr[segment.level];
  for (std::size_t i = 0; i < segment.length(); ++i, llr += copies) {
    if (!added_[i]) continue;
    for (std::size_t lane = 0; lane < copies; ++lane) llr[lane] = static_cast<std::int8_t>(-llr[lane]);
  }
  added_.clear();
}

/// From the coset of all known values back to that of the code.
void SegmentedEngine::flip_sums(const Segment& segment) noexcept {
  const MutableBitView coset = front(path_, segment.length());
  std::copy_n(known_.words().begin(), coset.words().size(), coset.words().begin());
  polar_transform(coset);
  const std::uint64_t lanes = ~std::uint64_t{0} >> (64 - list_size_);
  const std::size_t positions = 64 / list_size_;  // in a word
  std::uint64_t* sums = workspace_.sums + segment.offset / 64 * list_size_;
  for (std::size_t i = 0; i < coset.size(); i += positions, ++sums) {
    const std::uint64_t bits = coset.words()[i / 64] >> (i % 64);
    for (std::size_t k = 0; k < positions; ++k) *sums ^= (bits >> k & 1) * (lanes << (k * list_size_));
  }
}

}  // namespace caligo::decode
