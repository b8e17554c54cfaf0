// SPDX-License-Identifier: Apache-2.0
#pragma once
/// BLAKE2b over little-endian fields: what identifies a code and guards a cache file.

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace caligo::code {

/// Appends an unsigned integer, least significant byte first.
template <std::unsigned_integral T>
void append_little_endian(std::string& out, T value) {
  for (std::size_t i = 0; i < sizeof(T); ++i) out += static_cast<char>(static_cast<std::uint8_t>(value >> (8 * i)));
}

/// BLAKE2b-128 (RFC 7693) of some bytes.
std::array<std::uint8_t, 16> digest128(std::string_view bytes);
/// The same as 32 lower-case hexadecimal digits.
std::string digest128_hex(std::string_view bytes);

}  // namespace caligo::code
