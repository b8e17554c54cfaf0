// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <caligo/code.hpp>

#include <algorithm>
#include <bit>
#include <utility>

#include "code/code_json.hpp"
#include "code/digest.hpp"

namespace caligo {
namespace {

Error invalid(std::string message) { return Error{ErrorCode::invalid_argument, std::move(message)}; }

Result<void> check_length(std::size_t bits) {
  const bool power_of_two = std::has_single_bit(bits);
  const auto n = static_cast<unsigned>(std::countr_zero(bits));
  if (power_of_two && n >= CodeSpec::min_log2_length && n <= CodeSpec::max_log2_length) return {};
  return invalid(fmt::format("block length: expected a power of two from 2^{} to 2^{}, got {}",
                             CodeSpec::min_log2_length, CodeSpec::max_log2_length, bits));
}

Result<void> check_crc(const CrcSpec& crc, CrcPlacement placement) {
  if (crc.width > 32) return invalid(fmt::format("CRC width: expected 0 to 32, got {}", crc.width));
  if ((static_cast<std::uint64_t>(crc.polynomial) >> crc.width) != 0) {
    return invalid(fmt::format("CRC polynomial 0x{:x} does not fit in {} bits", crc.polynomial, crc.width));
  }
  if (placement == CrcPlacement::none && crc.width != 0) {
    return invalid(fmt::format("a CRC of {} bits needs the placement embedded or external, got none", crc.width));
  }
  return {};
}

/// Provenance goes into text files as it is.
Result<void> check_provenance(const Provenance& provenance) {
  for (const std::string& text : {provenance.method, provenance.channel}) {
    const bool printable = std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
    if (!printable || text.size() > code::max_provenance_length) {
      return invalid(
          fmt::format("provenance: expected at most {} printable ASCII characters", code::max_provenance_length));
    }
  }
  return {};
}

/// Ones in [0, sent), zeros in the shortened tail.
BitString sent_mask(std::size_t bits, std::size_t sent) {
  BitString mask(bits);
  std::fill_n(mask.words().begin(), sent / 64, ~std::uint64_t{0});
  for (std::size_t i = sent - sent % 64; i < sent; ++i) mask.set(i, true);
  return mask;
}

/// What two codes must share to be the same code. Field widths and their order are part of the file format.
std::string identity(const CodeSpec& code) {
  std::string bytes = "caligo code 1";
  code::append_little_endian(bytes, std::uint32_t{code.log2_length()});
  code::append_little_endian(bytes, std::uint64_t{code.shortened()});
  code::append_little_endian(bytes, std::uint32_t{code.crc().width});
  code::append_little_endian(bytes, std::uint32_t{code.crc().polynomial});
  code::append_little_endian(bytes, static_cast<std::uint8_t>(code.crc_placement()));
  for (const std::uint64_t word : code.frozen_mask().words()) code::append_little_endian(bytes, word);
  return bytes;
}

}  // namespace

Result<CodeSpec> CodeSpec::make(BitString frozen, CrcSpec crc, CrcPlacement placement, std::size_t shortened,
                                Provenance provenance) {
  const std::size_t length = frozen.size();
  for (const Result<void>& check : {check_length(length), check_crc(crc, placement), check_provenance(provenance)}) {
    if (!check) return check.error();
  }
  if (shortened >= length) {
    return invalid(fmt::format("shortened bits: expected fewer than the block length {}, got {}", length, shortened));
  }
  CodeSpec code;
  const BitString sent = sent_mask(length, length - shortened);
  BitString information = sent;
  BitString disclosed = sent;
  for (std::size_t i = 0; i < frozen.words().size(); ++i) {
    information.words()[i] &= ~frozen.words()[i];
    disclosed.words()[i] &= frozen.words()[i];
  }
  code.information_ = popcount(information);
  if (code.information_ + popcount(frozen) != length) {
    return invalid(fmt::format("the last {} positions are shortened and must be frozen", shortened));
  }
  // A checksum of no bits has no place.
  code.placement_ = crc.width == 0 ? CrcPlacement::none : placement;
  const std::size_t overhead = code.placement_ == CrcPlacement::embedded ? crc.width : 0;
  if (code.information_ <= overhead) {
    return invalid(
        fmt::format("information positions: expected more than {} (the CRC), got {}", overhead, code.information_));
  }
  code.n_ = static_cast<unsigned>(std::countr_zero(length));
  code.shortened_ = shortened;
  code.frozen_ = std::move(frozen);
  code.disclosed_ = std::move(disclosed);
  code.information_mask_ = std::move(information);
  code.crc_ = std::move(crc);
  code.provenance_ = std::move(provenance);
  code.strong_id_ = code::digest128_hex(identity(code));
  return code;
}

}  // namespace caligo
