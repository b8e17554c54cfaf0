// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Bounds of the code file format; docs/formats/code.md states them.

#include <cstddef>

namespace caligo::code {

/// Characters in each of construction.method and construction.channel.
inline constexpr std::size_t max_provenance_length = 128;
/// Bytes of a code file: the base64 of 2^24 bits takes 2.8 MB, the rest a few hundred bytes and white space.
inline constexpr std::size_t max_json_bytes = std::size_t{4} << 20U;

}  // namespace caligo::code
