// SPDX-License-Identifier: Apache-2.0
#include "reconcile/role_tools.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include <array>
#include <cstring>

namespace caligo::reconcile {

namespace {

/// The eight LLRs of every byte: bit 0 is +1, bit 1 is -1.
using ByteLlrs = std::array<std::array<std::int8_t, 8>, 256>;
constexpr ByteLlrs byte_llrs = [] {
  ByteLlrs table{};
  for (std::size_t byte = 0; byte < 256; ++byte) {
    for (std::size_t bit = 0; bit < 8; ++bit)
      table[byte][bit] = static_cast<std::int8_t>((byte >> bit & 1U) != 0 ? -1 : 1);
  }
  return table;
}();

/// Known padding: as sure as an int8 can be.
constexpr std::int8_t known_zero = 127;

}  // namespace

void wipe(BitString& bits) noexcept {
  if (!bits.empty()) sodium_memzero(bits.words().data(), bits.words().size_bytes());
}

Result<void> check_role(const CodeSpec& code, unsigned tag_bits) {
  if (code.crc_placement() == CrcPlacement::embedded) {
    return Error{ErrorCode::invalid_argument,
                 "reconciliation needs a code whose CRC is external or none, got embedded"};
  }
  if (tag_bits < 1 || tag_bits > 64) {
    return Error{ErrorCode::invalid_argument, fmt::format("expected a tag of 1 to 64 bits, got {}", tag_bits)};
  }
  return {};
}

Result<void> check_block(std::size_t bits, std::size_t largest) {
  if (bits >= 1 && bits <= largest) return {};
  return Error{ErrorCode::size_mismatch, fmt::format("block: expected 1 to {} bits, got {}", largest, bits)};
}

void fill_llrs(BitView y, std::span<std::int8_t> llr) noexcept {
  const auto* bytes = reinterpret_cast<const unsigned char*>(y.words().data());
  const std::size_t whole = y.size() / 8;
  for (std::size_t i = 0; i < whole; ++i) std::memcpy(&llr[8 * i], byte_llrs[bytes[i]].data(), 8);
  for (std::size_t i = 8 * whole; i < y.size(); ++i) llr[i] = static_cast<std::int8_t>(y[i] ? -1 : 1);
  std::memset(llr.data() + y.size(), known_zero, llr.size() - y.size());
}

}  // namespace caligo::reconcile
