// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The tables of the kernels' tower field (kernels/toeplitz_kernels.hpp), computed from its definition.

#include <array>
#include <cstdint>

#include "kernels/toeplitz_kernels.hpp"

namespace caligo::amplify {

/// A member of the tower field, lowest coordinate first. Slow arithmetic, for tables and tests.
using TowerElement = std::array<std::uint8_t, kernels::element_bytes>;

[[nodiscard]] TowerElement multiply(const TowerElement& a, const TowerElement& b) noexcept;
/// v_i of Cantor's basis, i < kernels::cantor_members.
[[nodiscard]] TowerElement cantor_member(unsigned i) noexcept;
/// The image of t: the generator of GF(2^128) over GF(2^64). It lies in no proper subfield, so its powers 0 … 127 are a
/// basis, and words as polynomials in t multiply as they should while degrees stay below 128.
[[nodiscard]] TowerElement image_of_t() noexcept;

/// Made on the first call.
[[nodiscard]] const kernels::FieldTables& field_tables();

}  // namespace caligo::amplify
