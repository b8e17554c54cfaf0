// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <sodium.h>
#include <caligo/blind.hpp>
#include <caligo/encode.hpp>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <utility>

#include "reconcile/role_tools.hpp"

namespace caligo {

using reconcile::check_block;
using reconcile::check_role;
using reconcile::fill_llrs;
using reconcile::wipe;

namespace {

Error invalid(std::string message) { return {ErrorCode::invalid_argument, std::move(message)}; }

/// The first request of a segment is for this many times the root of its length, which is how much the need of segments
/// scatters: at 2^20, 2 %, a half of it needs a third more requests and discloses 0.2 % less.
constexpr double first_request = 0.2;
constexpr std::size_t smallest_request = 4;
/// Requests of one segment grow, slowly at first; then quickly: the estimate of the QBER was wrong.
constexpr double growth = 1.2;
constexpr double quick_growth = 2.0;
constexpr unsigned slow_tries = 6;
constexpr unsigned usual_tries = 4;

std::size_t request_size(const Segment& segment, unsigned tries) noexcept {
  const unsigned slow = std::min(tries, slow_tries);
  const double size = first_request * std::sqrt(static_cast<double>(segment.length())) * std::pow(growth, slow) *
                      std::pow(quick_growth, tries - slow);
  return std::clamp(static_cast<std::size_t>(std::min(size, 1e9)), smallest_request, segment.length());
}

std::uint64_t next_id() noexcept {
  static std::atomic<std::uint64_t> last{0};
  return ++last;
}

BitView part(BitView bits, const Segment& segment) noexcept {
  return {bits.words().data() + segment.offset / 64, segment.length()};
}

}  // namespace

BlindDiscloser::BlindDiscloser(std::shared_ptr<const BlindCode> code, unsigned tag_bits)
    : code_(std::move(code)),
      tag_bits_(tag_bits),
      crc_(code_->code().crc()),
      u_(code_->code().block_length()),
      scratch_(code_->code().block_length()) {}

BlindDiscloser::~BlindDiscloser() {
  wipe(u_);
  wipe(scratch_);
}

Result<BlindDiscloser> BlindDiscloser::make(std::shared_ptr<const BlindCode> code, unsigned tag_bits) {
  if (code == nullptr) return invalid("expected a code, got none");
  if (auto checked = check_role(code->code(), tag_bits); !checked) return checked.error();
  return BlindDiscloser(std::move(code), tag_bits);
}

Result<void> BlindDiscloser::start(BitView block, const VerificationKey& key, BlindDisclosure& out) {
  const CodeSpec& code = code_->code();
  if (auto checked = check_block(block.size(), code.sent_bits()); !checked) return checked;
  u_.clear();
  copy_bits(block, 0, u_, 0, block.size());
  polar_transform(u_);
  if (out.frozen_values.size() != code.frozen_bits()) out.frozen_values = BitString(code.frozen_bits());
  extract_bits(u_, code.disclosed_mask(), out.frozen_values);
  out.checksums.clear();
  for (const Segment& segment : code_->segments()) {
    const BitView mask = part(code.information_mask(), segment);
    const MutableBitView information(scratch_.words().data(), popcount(mask));
    extract_bits(part(u_, segment), mask, information);
    out.checksums.push_back(crc_.compute(information));
  }
  out.key = key;
  out.tag = verification_tag(block, key, tag_bits_);
  cursors_.clear();
  leakage_ = {};
  leakage_.frozen = code.frozen_bits();
  leakage_.crc = std::uint64_t{code.crc().width} * code_->segments().size();
  leakage_.tag = tag_bits_;
  started_ = true;
  return {};
}

Result<void> BlindDiscloser::answer(const BlindRequest& request, BitString& values) {
  if (!started_) return invalid("request: no block was disclosed");
  if (request.segment >= code_->segments().size() || request.count == 0) {
    return invalid(fmt::format("request: expected values of a segment below {}, got {} values of segment {}",
                               code_->segments().size(), request.count, request.segment));
  }
  const Segment& segment = code_->segments()[request.segment];
  BlindCode::Cursor& cursor = cursors_.try_emplace(request.segment, code_->cursor(request.segment)).first->second;
  BitString mask(segment.length());
  const std::size_t taken = code_->take(cursor, request.count, mask);
  values = BitString(taken);
  extract_bits(part(u_, segment), mask, values);
  leakage_.questions += taken;
  return {};
}

BlindBlock::BlindBlock(std::shared_ptr<const BlindCode> code, BlindDisclosure disclosure, BitView block,
                       unsigned tag_bits)
    : code_(std::move(code)),
      disclosure_(std::move(disclosure)),
      tag_bits_(tag_bits),
      size_(block.size()),
      id_(next_id()),
      bits_(code_->code().sent_bits()) {
  copy_bits(block, 0, bits_, 0, size_);
}

BlindBlock::~BlindBlock() {
  wipe(bits_);
  wipe(disclosure_.frozen_values);
}

Result<BlindBlock> BlindBlock::make(std::shared_ptr<const BlindCode> code, BlindDisclosure disclosure, BitView block,
                                    unsigned tag_bits) {
  if (code == nullptr) return invalid("expected a code, got none");
  if (auto checked = check_role(code->code(), tag_bits); !checked) return checked.error();
  if (auto checked = check_block(block.size(), code->code().sent_bits()); !checked) return checked.error();
  if (disclosure.frozen_values.size() != code->code().frozen_bits() ||
      disclosure.checksums.size() != code->segments().size()) {
    return Error{ErrorCode::size_mismatch, fmt::format("disclosure: expected {} values and {} checksums, got {} and {}",
                                                       code->code().frozen_bits(), code->segments().size(),
                                                       disclosure.frozen_values.size(), disclosure.checksums.size())};
  }
  return BlindBlock(std::move(code), std::move(disclosure), block, tag_bits);
}

/// The decoder is stuck in a segment.
void BlindBlock::ask(std::size_t index) {
  const Segment& segment = code_->segments()[index];
  Known& known = known_.try_emplace(static_cast<std::uint32_t>(index)).first->second;
  if (known.mask.empty()) {
    known.cursor = code_->cursor(index);
    known.mask = BitString(segment.length());
    known.values = BitString(segment.length());
    // Where an earlier segment needed many requests the estimate of the QBER is wrong, for this one as well.
    known.tries = latest_ > usual_tries ? latest_ - usual_tries : 0;
  }
  known.asked = BitString(segment.length());
  const std::size_t count = code_->take(known.cursor, request_size(segment, known.tries++), known.asked);
  latest_ = known.tries;
  asked_ += count;
  // Twice the first disclosure, or nothing left in the segment: an earlier checksum held by chance, or the other side
  // is hostile.
  if (count == 0 || asked_ > code_->code().frozen_bits() + segment.length()) {
    state_ = State::failed;
    return;
  }
  request_ = {.segment = static_cast<std::uint32_t>(index), .count = static_cast<std::uint32_t>(count)};
  ++rounds_;
  state_ = State::asking;
}

Result<void> BlindBlock::answer(BitView values) {
  if (state_ != State::asking) return invalid("answer: nothing was asked");
  if (values.size() != request_.count) {
    return Error{ErrorCode::size_mismatch,
                 fmt::format("answer: expected {} values, got {}", request_.count, values.size())};
  }
  Known& known = known_.at(request_.segment);
  deposit_bits_into(values, known.asked, known.values);
  for (std::size_t i = 0; i < known.mask.words().size(); ++i) known.mask.words()[i] |= known.asked.words()[i];
  known.count += values.size();
  state_ = State::decoding;
  return {};
}

void BlindBlock::finish(BitView codeword) noexcept {
  // Behind size_ lies padding, in which x̂ may not be zero.
  BitString corrected(size_);
  copy_bits(codeword, 0, corrected, 0, size_);
  const std::uint64_t tag = verification_tag(corrected, disclosure_.key, tag_bits_);
  state_ = sodium_memcmp(&tag, &disclosure_.tag, sizeof tag) == 0 ? State::verified : State::failed;
  errors_ = hamming_distance(corrected, {bits_.words().data(), size_});
  std::swap(bits_, corrected);
  wipe(corrected);
}

BlindCorrector::BlindCorrector(std::shared_ptr<const SegmentedPlan> plan)
    : decoder_(std::move(plan)), llr_(decoder_.plan().code().sent_bits()) {}

BlindCorrector::~BlindCorrector() {
  if (!llr_.empty()) sodium_memzero(llr_.data(), llr_.size());
}

void BlindCorrector::rebind(std::shared_ptr<const SegmentedPlan> plan) {
  owner_ = 0;
  decoder_.rebind(std::move(plan));
  llr_.resize(decoder_.plan().code().sent_bits());
}

Result<void> BlindCorrector::begin(const BlindBlock& block) {
  fill_llrs({block.bits_.words().data(), block.size_}, llr_);
  owner_ = block.id_;
  segment_ = 0;
  applied_ = 0;
  return decoder_.start(llr_, block.disclosure_.frozen_values, block.disclosure_.checksums);
}

Result<void> BlindCorrector::work(BlindBlock& block) {
  if (block.code_->code().strong_id() != plan().code().strong_id()) {
    return invalid("block and decoder are of different codes");
  }
  if (block.state_ != BlindBlock::State::decoding) return {};
  std::optional<std::size_t> stuck;
  if (owner_ == block.id_) {
    stuck = segment_;
  } else {
    if (auto begun = begin(block); !begun) return begun;
    stuck = decoder_.advance();
  }
  while (stuck) {
    if (*stuck != segment_) applied_ = 0;
    segment_ = *stuck;
    const auto known = block.known_.find(static_cast<std::uint32_t>(segment_));
    if (known == block.known_.end() || known->second.count == applied_) {
      block.ask(segment_);
      return {};
    }
    if (auto done = decoder_.disclose(known->second.mask, known->second.values); !done) return done;
    applied_ = known->second.count;
    stuck = decoder_.advance();
  }
  owner_ = 0;
  block.finish(decoder_.codeword());
  return {};
}

}  // namespace caligo
