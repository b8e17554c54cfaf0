// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <caligo/encode.hpp>

#include <algorithm>
#include <string_view>
#include <utility>

#include "encode/contiguous.hpp"

namespace caligo {

namespace {

Result<void> check_size(std::string_view what, std::size_t expected, std::size_t got) {
  if (expected == got) return {};
  return Error{ErrorCode::size_mismatch, fmt::format("{}: expected {} bits, got {}", what, expected, got)};
}

}  // namespace

Encoder::Encoder(CodeSpec code, EncodeMode mode)
    : code_(std::move(code)),
      mode_(mode),
      crc_(code_.crc()),
      contiguous_(mode == EncodeMode::systematic && encode::domination_contiguous(code_.information_mask())),
      information_(code_.information_bits()),
      word_(code_.block_length()),
      scratch_(code_.block_length()),
      parity_(code_.information_bits()) {}

Result<void> Encoder::encode(BitView message, BitView frozen_values, MutableBitView codeword) noexcept {
  if (auto size = check_size("message", code_.message_bits(), message.size()); !size) return size;
  if (auto size = check_size("codeword", code_.sent_bits(), codeword.size()); !size) return size;
  if (!frozen_values.empty()) {
    if (auto size = check_size("frozen values", code_.frozen_bits(), frozen_values.size()); !size) return size;
  }
  if (mode_ == EncodeMode::systematic && !contiguous_) {
    return Error{ErrorCode::unsupported,
                 "systematic encoding needs a domination-contiguous information set, which this code has not"};
  }
  copy_bits(message, 0, information_, 0, message.size());
  if (code_.crc_placement() == CrcPlacement::embedded) {
    crc_.append(crc_.compute(message), information_, message.size());
  }
  if (frozen_values.empty()) {
    word_.clear();
  } else {
    deposit_bits(frozen_values, code_.disclosed_mask(), word_);
  }
  if (mode_ == EncodeMode::systematic) {
    encode_systematic();
  } else {
    deposit_bits(information_, code_.information_mask(), scratch_);
    xor_into(word_, scratch_);
    polar_transform(word_);
  }
  copy_bits(word_, 0, codeword, 0, codeword.size());
  return {};
}

/// word_: the frozen values in place on entry, x on return. The code with frozen values is a coset of the one with
/// zeros, so x = c + x', where c = u_F·G and x' is the zero-frozen codeword with x'_A = data + c_A. Sarkis et al.
/// (2016): x' is got by transforming the data in place, zeroing the frozen positions (that is u') and transforming
/// again.
void Encoder::encode_systematic() noexcept {
  polar_transform(word_);
  extract_bits(word_, code_.information_mask(), parity_);
  xor_into(parity_, information_);
  deposit_bits(parity_, code_.information_mask(), scratch_);
  polar_transform(scratch_);
  const std::span<const std::uint64_t> information = code_.information_mask().words();
  for (std::size_t i = 0; i < information.size(); ++i) scratch_.words()[i] &= information[i];
  polar_transform(scratch_);
  xor_into(word_, scratch_);
}

Result<void> Encoder::extract_message(BitView codeword, MutableBitView message) noexcept {
  if (auto size = check_size("codeword", code_.sent_bits(), codeword.size()); !size) return size;
  if (auto size = check_size("message", code_.message_bits(), message.size()); !size) return size;
  word_.clear();
  copy_bits(codeword, 0, word_, 0, codeword.size());
  if (mode_ == EncodeMode::non_systematic) polar_transform(word_);
  extract_bits(word_, code_.information_mask(), information_);
  copy_bits(information_, 0, message, 0, message.size());
  return {};
}

}  // namespace caligo
