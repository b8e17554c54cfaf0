// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <caligo/crc.hpp>

#include <cassert>
#include <charconv>
#include <optional>

#include "kernels/dispatch.hpp"
#include "kernels/divisor.hpp"

namespace caligo {
namespace {

struct NamedPolynomial {
  std::string_view name;
  unsigned width;
  std::uint32_t polynomial;
};

/// 3GPP TS 38.212, 5.1, and the two classics: ITU-T V.41 (16) and IEEE 802.3 (32).
constexpr std::array<NamedPolynomial, 8> known{{
    {"none", 0, 0},
    {"crc6", 6, 0x21},
    {"crc11", 11, 0x621},
    {"crc16-ccitt", 16, 0x1021},
    {"crc24a", 24, 0x864CFB},
    {"crc24b", 24, 0x800063},
    {"crc24c", 24, 0xB2B117},
    {"crc32", 32, 0x04C11DB7},
}};

/// The low `width` bits, 1 to 32, in reverse order; higher bits are dropped.
constexpr std::uint32_t reversed(std::uint32_t v, unsigned width) noexcept {
  v = ((v >> 1U) & 0x55555555U) | ((v & 0x55555555U) << 1U);
  v = ((v >> 2U) & 0x33333333U) | ((v & 0x33333333U) << 2U);
  v = ((v >> 4U) & 0x0F0F0F0FU) | ((v & 0x0F0F0F0FU) << 4U);
  v = ((v >> 8U) & 0x00FF00FFU) | ((v & 0x00FF00FFU) << 8U);
  v = (v >> 16U) | (v << 16U);
  return v >> (32U - width);
}

template <class T>
std::optional<T> parse_integer(std::string_view text, int base) {
  T value{};
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (text.empty() || failure != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// "WIDTH:0xPOLY".
std::optional<CrcSpec> parse_polynomial(std::string_view text) {
  const std::size_t colon = text.find(":0x");
  if (colon == std::string_view::npos) return std::nullopt;
  const auto width = parse_integer<unsigned>(text.substr(0, colon), 10);
  const auto polynomial = parse_integer<std::uint32_t>(text.substr(colon + 3), 16);
  if (!width || !polynomial || *width < 1 || *width > 32) return std::nullopt;
  if ((static_cast<std::uint64_t>(*polynomial) >> *width) != 0 || (*polynomial & 1U) == 0) return std::nullopt;
  return CrcSpec{fmt::format("{}:0x{:x}", *width, *polynomial), *width, *polynomial};
}

}  // namespace

Result<CrcSpec> parse_crc(std::string_view name) {
  if (name == "crc16") name = "crc16-ccitt";
  for (const NamedPolynomial& entry : known) {
    if (name == entry.name) return CrcSpec{std::string(entry.name), entry.width, entry.polynomial};
  }
  if (const auto spec = parse_polynomial(name)) return *spec;
  std::string shown;
  for (const char c : name.substr(0, 40)) shown += c >= ' ' && c <= '~' ? c : '?';
  return Error{ErrorCode::invalid_argument,
               fmt::format("CRC: expected one of {} or WIDTH:0xPOLY (width 1 to 32, odd polynomial), got \"{}\"",
                           fmt::join(crc_names(), ", "), shown)};
}

std::vector<std::string> crc_names() {
  std::vector<std::string> names;
  for (const NamedPolynomial& entry : known) names.emplace_back(entry.name);
  return names;
}

// The register is kept mirrored: its bit 0 is the highest power. Packed message bits come in the same order (bit 0
// first), so whole bytes and words enter without any reversal.
Crc::Crc(CrcSpec spec) : spec_(std::move(spec)) {
  assert(spec_.width <= 32);
  if (spec_.width == 0) return;
  kernels::prepare_divisor(reversed(spec_.polynomial, spec_.width), spec_.width, table_[0].data(), multipliers_.data());
}

std::uint32_t Crc::compute(BitView message) const noexcept {
  if (spec_.width == 0) return 0;
  const kernels::CrcDivisor divisor{table_[0].data(), multipliers_.data()};
  return reversed(kernels::bit_kernels().remainder(divisor, message.words().data(), message.size(), 0), spec_.width);
}

void Crc::append(std::uint32_t checksum, MutableBitView dst, std::size_t offset) const noexcept {
  assert(offset + spec_.width <= dst.size());
  if (spec_.width == 0) return;
  const std::uint64_t word = reversed(checksum, spec_.width);
  copy_bits({&word, spec_.width}, 0, dst, offset, spec_.width);
}

std::uint32_t Crc::read(BitView src, std::size_t offset) const noexcept {
  assert(offset + spec_.width <= src.size());
  if (spec_.width == 0) return 0;
  std::uint64_t word = 0;
  copy_bits(src, offset, {&word, spec_.width}, 0, spec_.width);
  return reversed(static_cast<std::uint32_t>(word), spec_.width);
}

}  // namespace caligo
