// SPDX-License-Identifier: Apache-2.0
// Transform, encoder and CRC of every instruction set against their definitions, bit by bit.
#include <caligo/encode.hpp>
#include <caligo/isa.hpp>

#include "reference/list_decoder.hpp"
#include "tests/fuzz/frame.hpp"
#include "tests/fuzz/targets.hpp"

namespace caligo::fuzz {
namespace {

using reference::Bits;

Bits unpack(BitView bits) {
  Bits out(bits.size());
  for (std::size_t i = 0; i < bits.size(); ++i) out[i] = bits[i] ? 1 : 0;
  return out;
}

/// Row i of F^(⊗n) has a one in column j exactly if j's binary digits are among i's.
Bits matrix_product(const Bits& u) {
  Bits x(u.size(), 0);
  for (std::size_t j = 0; j < u.size(); ++j) {
    for (std::size_t i = 0; i < u.size(); ++i) x[j] ^= (i & j) == j ? u[i] : std::uint8_t{0};
  }
  return x;
}

/// The remainder of message(x)·x^width by long division.
Bits checksum_of(const Bits& message, const CrcSpec& crc) {
  Bits dividend = message;
  dividend.resize(message.size() + crc.width, 0);
  for (std::size_t i = 0; i < message.size(); ++i) {
    if (dividend[i] == 0) continue;
    dividend[i] = 0;
    for (unsigned k = 0; k < crc.width; ++k) {
      dividend[i + 1 + k] ^= static_cast<std::uint8_t>((crc.polynomial >> (crc.width - 1 - k)) & 1U);
    }
  }
  return {dividend.end() - crc.width, dividend.end()};
}

/// What must stand at the information positions.
Bits information_of(const CodeSpec& code, BitView message) {
  Bits information = unpack(message);
  if (code.crc_placement() == CrcPlacement::embedded) {
    const Bits checksum = checksum_of(information, code.crc());
    information.insert(information.end(), checksum.begin(), checksum.end());
  }
  return information;
}

/// Entries of `word` where the code has information, or else where its frozen values are.
Bits part_of(const CodeSpec& code, const Bits& word, bool information) {
  Bits part;
  for (std::size_t i = 0; i < code.sent_bits(); ++i) {
    if (code.frozen_mask()[i] != information) part.push_back(word[i]);
  }
  return part;
}

/// Sarkis et al. 2016: i and j in the set, and k between them, digit by digit, but not in the set.
bool contiguous(BitView set) {
  for (std::size_t k = 0; k < set.size(); ++k) {
    bool above = false;
    bool below = false;
    for (std::size_t i = 0; i < set.size() && !set[k]; ++i) {
      above = above || (set[i] && (i & k) == k);
      below = below || (set[i] && (i & k) == i);
    }
    if (above && below) return false;
  }
  return true;
}

void check_transform(Input& input, unsigned n) {
  BitString x(std::size_t{1} << n);
  input.random().fill_bernoulli(x, static_cast<double>(input.byte()) / 255.0);
  const Bits u = unpack(x);
  polar_transform(x);
  require(unpack(x) == reference::transform(u), "the transform differs from the reference");
  if (n <= 6) require(unpack(x) == matrix_product(u), "the transform differs from the matrix product");
}

void check_encoder(Input& input, const CodeSpec& code, EncodeMode mode) {
  BitString message(code.message_bits());
  input.random().fill(message);
  BitString frozen(input.one_in(4) ? 0 : code.frozen_bits());
  input.random().fill(frozen);
  BitString codeword(code.sent_bits());
  input.random().fill(codeword);  // what was there before must not matter
  Encoder encoder(code, mode);
  const auto done = encoder.encode(message, frozen, codeword);
  const bool may_refuse = mode == EncodeMode::systematic;
  if (may_refuse && code.log2_length() <= 6) {
    require(done.has_value() == contiguous(code.information_mask()), "a set was wrongly taken for (not) contiguous");
  }
  if (may_refuse && !done) {
    return require(done.error().code == ErrorCode::unsupported, "an error of another kind than unsupported");
  }
  require(done.has_value(), "a valid message was refused");
  Bits x = unpack(codeword);
  x.resize(code.block_length(), 0);
  const Bits u = reference::transform(x);
  for (std::size_t i = code.sent_bits(); i < u.size(); ++i) require(u[i] == 0, "the shortened tail of u is not zero");
  const Bits values = frozen.empty() ? Bits(code.frozen_bits(), 0) : unpack(frozen);
  require(part_of(code, u, false) == values, "u has other frozen values");
  require(part_of(code, mode == EncodeMode::systematic ? x : u, true) == information_of(code, message),
          "message and CRC are not at the information positions");
  BitString back(code.message_bits());
  require(encoder.extract_message(codeword, back).has_value() && back == message, "the message cannot be read back");
}

void check_refusals(Input& input, const CodeSpec& code) {
  Encoder encoder(code);
  const auto off = [&](std::size_t size) { return BitString(size + 1 - 2 * (size > 1 && input.one_in(2) ? 1U : 0U)); };
  BitString message(code.message_bits());
  BitString codeword(code.sent_bits());
  BitString wrong_codeword = off(code.sent_bits());
  const auto is_refused = [](const Result<void>& result) {
    return !result && result.error().code == ErrorCode::size_mismatch;
  };
  require(is_refused(encoder.encode(off(code.message_bits()), {}, codeword)), "a message of wrong size was accepted");
  require(is_refused(encoder.encode(message, {}, wrong_codeword)), "a codeword of wrong size was accepted");
  require(is_refused(encoder.extract_message(wrong_codeword, message)), "a codeword of wrong size was accepted");
}

}  // namespace

void encode(Bytes bytes) {
  Input input(bytes);
  const unsigned choice = input.byte();
  const std::vector<Isa> isas = supported_isas();
  require(force_isa(isas[input.below(isas.size())]).has_value(), "a supported instruction set was refused");
  const unsigned n = 3 + (choice < 240 ? choice % 5 : choice % 8);
  check_transform(input, input.one_in(16) ? static_cast<unsigned>(input.below(13)) : n);
  const CodeSpec code = read_code(input, n);
  check_encoder(input, code, EncodeMode::non_systematic);
  check_encoder(input, code, EncodeMode::systematic);
  check_refusals(input, code);
}

}  // namespace caligo::fuzz
