// SPDX-License-Identifier: Apache-2.0
#pragma once
/// CRC32C: Castagnoli's polynomial 0x1EDC6F41, reflected, register and result inverted (RFC 3720, appendix B.4).

#include <cstddef>
#include <cstdint>

namespace caligo::container {

/// The checksum of a message, of which `crc` is the checksum of what came before (0 at the beginning). `words` holds
/// the next 8·count bytes in memory order.
[[nodiscard]] std::uint32_t crc32c(std::uint32_t crc, const std::uint64_t* words, std::size_t count) noexcept;

}  // namespace caligo::container
