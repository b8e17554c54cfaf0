// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Little-endian numbers at byte offsets. The library supports little-endian machines only, so they are copied.

#include <cstddef>
#include <cstring>
#include <span>
#include <type_traits>

namespace caligo::session {

/// The number that begins at `offset`; the caller has checked that it lies inside.
template <class Number>
  requires std::is_arithmetic_v<Number>
[[nodiscard]] Number get(std::span<const std::byte> bytes, std::size_t offset) noexcept {
  Number value{};
  std::memcpy(&value, bytes.data() + offset, sizeof value);
  return value;
}

template <class Number>
  requires std::is_arithmetic_v<Number>
void put(std::span<std::byte> bytes, std::size_t offset, Number value) noexcept {
  std::memcpy(bytes.data() + offset, &value, sizeof value);
}

}  // namespace caligo::session
