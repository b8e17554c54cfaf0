// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <caligo/encode.hpp>

#include <string_view>
#include <utility>

#include "encode/contiguous.hpp"

namespace caligo {

namespace {

Result<void> check_size(std::string_view what, std::size_t expected, std::size_t got) {
  if (expected == got) return {};
  return Error{ErrorCode::size_mismatch, fmt::format("{}: expected {} bits, got {}", what, expected, got)};
}

/// x &= mask.
void mask_bits(MutableBitView x, BitView mask) noexcept {
  for (std::size_t i = 0; i < x.words().size(); ++i) x.words()[i] &= mask.words()[i];
}

}  // namespace

Encoder::Encoder(CodeSpec code, EncodeMode mode)
    : code_(std::move(code)),
      mode_(mode),
      crc_(code_.crc()),
      contiguous_(mode == EncodeMode::systematic && encode::domination_contiguous(code_.information_mask())),
      frozen_show_(mode == EncodeMode::systematic &&
                   encode::any_above(code_.information_mask(), code_.disclosed_mask())),
      information_(code_.information_bits()),
      word_(code_.block_length()),
      coset_(frozen_show_ ? code_.block_length() : 0) {}

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
  // Nothing shortened: the transform runs where the code word is wanted.
  const MutableBitView x = code_.shortened() == 0 ? codeword : MutableBitView(word_);
  deposit_bits(with_checksum(message), code_.information_mask(), x);
  if (mode_ == EncodeMode::systematic) information_to_u(frozen_values, x);
  if (!frozen_values.empty()) deposit_bits_into(frozen_values, code_.disclosed_mask(), x);
  polar_transform(x);
  if (code_.shortened() != 0) copy_bits(word_, 0, codeword, 0, codeword.size());
  return {};
}

/// What belongs at the information positions.
BitView Encoder::with_checksum(BitView message) noexcept {
  if (code_.crc_placement() != CrcPlacement::embedded) return message;
  copy_bits(message, 0, information_, 0, message.size());
  crc_.append(crc_.compute(message), information_, message.size());
  return information_;
}

/// x: the wanted information bits of x in place on entry, those of u on return. The code with frozen values is a coset
/// of the one with zeros, so x = c + x', where c = u_F·G and x' is the zero-frozen codeword with x'_A = data + c_A.
/// Sarkis et al. (2016): u' is got by transforming the data in place and zeroing the frozen positions. In the usual
/// codes, whose A is closed upwards, x_A depends on u_A alone and c_A is zero.
void Encoder::information_to_u(BitView frozen_values, MutableBitView x) noexcept {
  if (frozen_show_ && !frozen_values.empty()) {
    deposit_bits(frozen_values, code_.disclosed_mask(), coset_);
    polar_transform(coset_);
    mask_bits(coset_, code_.information_mask());
    xor_into(x, coset_);
  }
  polar_transform(x);
  mask_bits(x, code_.information_mask());
}

Result<void> Encoder::extract_message(BitView codeword, MutableBitView message) noexcept {
  if (auto size = check_size("codeword", code_.sent_bits(), codeword.size()); !size) return size;
  if (auto size = check_size("message", code_.message_bits(), message.size()); !size) return size;
  BitView word = codeword;
  if (mode_ == EncodeMode::non_systematic || code_.shortened() != 0) {
    word_.clear();
    copy_bits(codeword, 0, word_, 0, codeword.size());
    if (mode_ == EncodeMode::non_systematic) polar_transform(word_);
    word = word_;
  }
  if (code_.crc_placement() != CrcPlacement::embedded) {
    extract_bits(word, code_.information_mask(), message);
  } else {
    extract_bits(word, code_.information_mask(), information_);
    copy_bits(information_, 0, message, 0, message.size());
  }
  return {};
}

}  // namespace caligo
