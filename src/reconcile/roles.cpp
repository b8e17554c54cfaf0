// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <sodium.h>
#include <caligo/encode.hpp>
#include <caligo/reconcile.hpp>

#include <utility>

#include "reconcile/role_tools.hpp"

namespace caligo {

using reconcile::check_block;
using reconcile::check_role;
using reconcile::fill_llrs;
using reconcile::wipe;

Leakage& Leakage::operator+=(const Leakage& other) noexcept {
  frozen += other.frozen;
  crc += other.crc;
  tag += other.tag;
  sample += other.sample;
  feedback += other.feedback;
  questions += other.questions;
  return *this;
}

Discloser::Discloser(CodeSpec code, unsigned tag_bits)
    : code_(std::move(code)),
      tag_bits_(tag_bits),
      crc_(code_.crc()),
      u_(code_.block_length()),
      information_(code_.information_bits()) {}

Discloser::~Discloser() {
  wipe(u_);
  wipe(information_);
}

Result<Discloser> Discloser::make(CodeSpec code, unsigned tag_bits) {
  if (auto checked = check_role(code, tag_bits); !checked) return checked.error();
  return Discloser(std::move(code), tag_bits);
}

Result<void> Discloser::disclose(BitView block, const VerificationKey& key, Disclosure& out) {
  if (auto checked = check_block(block.size(), code_.sent_bits()); !checked) return checked;
  if (out.frozen_values.size() != code_.frozen_bits()) out.frozen_values = BitString(code_.frozen_bits());
  u_.clear();
  copy_bits(block, 0, u_, 0, block.size());
  polar_transform(u_);
  extract_bits(u_, code_.disclosed_mask(), out.frozen_values);
  extract_bits(u_, code_.information_mask(), information_);
  out.checksum = crc_.compute(information_);
  out.key = key;
  out.tag = verification_tag(block, key, tag_bits_);
  return {};
}

Leakage Discloser::leakage() const noexcept {
  Leakage leakage;
  leakage.frozen = code_.frozen_bits();
  leakage.crc = code_.crc().width;
  leakage.tag = tag_bits_;
  return leakage;
}

Corrector::Corrector(std::shared_ptr<const DecodePlan> plan, unsigned tag_bits, std::shared_ptr<const DecodePlan> first)
    : decoder_(std::move(plan)),
      tag_bits_(tag_bits),
      llr_(decoder_.plan().code().sent_bits()),
      corrected_(decoder_.plan().code().sent_bits()) {
  if (first != nullptr) first_.emplace(std::move(first));
}

Corrector::~Corrector() {
  wipe(corrected_);
  if (!llr_.empty()) sodium_memzero(llr_.data(), llr_.size());
}

Result<Corrector> Corrector::make(std::shared_ptr<const DecodePlan> plan, unsigned tag_bits,
                                  std::shared_ptr<const DecodePlan> first) {
  if (plan == nullptr) return Error{ErrorCode::invalid_argument, "expected a decode plan, got none"};
  if (auto checked = check_role(plan->code(), tag_bits); !checked) return checked.error();
  if (first != nullptr && first->code().strong_id() != plan->code().strong_id()) {
    return Error{ErrorCode::invalid_argument, "expected two plans of one code, got two codes"};
  }
  return Corrector(std::move(plan), tag_bits, std::move(first));
}

/// Decodes and compares the result with the tag, unless no path had the right CRC.
Result<void> Corrector::attempt(Decoder& decoder, const DecodeInput& input, const Disclosure& disclosure,
                                Correction& result) {
  const Result<DecodeVerdict> verdict = decoder.decode(input);
  if (!verdict) return verdict.error();
  corrected_.clear();  // x̂ may not be zero in the padding, which is no part of corrected()
  copy_bits(decoder.codeword(), 0, corrected_, 0, bits_);
  result.crc_accepted = verdict->accepted;
  if (!verdict->accepted) return {};
  const std::uint64_t tag = verification_tag(corrected(), disclosure.key, tag_bits_);
  result.verified = sodium_memcmp(&tag, &disclosure.tag, sizeof tag) == 0;
  ++result.candidates;
  return {};
}

Result<Correction> Corrector::correct(const Disclosure& disclosure, BitView block) {
  const CodeSpec& code = plan().code();
  if (auto checked = check_block(block.size(), code.sent_bits()); !checked) return checked.error();
  if (disclosure.frozen_values.size() != code.frozen_bits()) {
    return Error{ErrorCode::size_mismatch, fmt::format("disclosure: expected {} frozen values, got {}",
                                                       code.frozen_bits(), disclosure.frozen_values.size())};
  }
  fill_llrs(block, llr_);
  bits_ = block.size();
  DecodeInput input;
  input.llr = llr_;
  input.frozen_values = disclosure.frozen_values;
  if (code.crc_placement() == CrcPlacement::external) input.checksum = disclosure.checksum;

  Correction result;
  if (first_) {
    if (auto tried = attempt(*first_, input, disclosure, result); !tried) return tried.error();
  }
  if (!result.verified) {
    if (auto tried = attempt(decoder_, input, disclosure, result); !tried) return tried.error();
  }
  result.corrected = hamming_distance(corrected(), block);
  return result;
}

}  // namespace caligo
