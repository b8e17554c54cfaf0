// SPDX-License-Identifier: Apache-2.0
#pragma once
/// CRC-32C (Castagnoli), as in RFC 3720, appendix B.4: reflected, initial value and final XOR all ones.

#include <cstddef>
#include <cstdint>
#include <span>

namespace caligo::session {

[[nodiscard]] std::uint32_t crc32c(std::span<const std::byte> bytes) noexcept;

}  // namespace caligo::session
