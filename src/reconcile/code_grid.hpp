// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The grid on which codes are chosen, so that blocks and both sides of a link share them.

#include <caligo/code.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>

namespace caligo::reconcile {

/// Orders are designed on a geometric grid, 2^(cell/16). An order used 2.2 % away from its QBER, at most, costs less
/// than 0.07 % of the leakage at N = 2^20 and less elsewhere (docs/reconcile.md).
inline constexpr double cells_per_octave = 16;
/// Below this no code is designed: 10 errors in 2^20 bits.
inline constexpr double smallest_qber = 1e-5;
/// Lengths are rounded up to multiples of N/1024, which costs at most 0.1 % and lets files share orders.
inline constexpr unsigned length_steps = 10;
/// From this list size on a quarter of the paths is tried first: about nine in ten blocks need no more, at the rates
/// that codes for the whole list are chosen for.
inline constexpr unsigned shortest_long_list = 16;

inline int cell_of(double qber) noexcept {
  return static_cast<int>(std::lround(cells_per_octave * std::log2(std::max(qber, smallest_qber))));
}

inline std::size_t round_up(std::size_t value, std::size_t step) noexcept { return (value + step - 1) / step * step; }

/// log2 of the mother code's length for blocks of `bits` bits.
inline unsigned log2_length(std::size_t bits) noexcept {
  return std::max(static_cast<unsigned>(std::bit_width(bits - 1)), CodeSpec::min_log2_length);
}
/// CodeSpec::sent_bits() of codes for blocks of `bits` bits.
inline std::size_t code_length(std::size_t bits) noexcept {
  const unsigned n = log2_length(bits);
  return round_up(bits, n > length_steps ? std::size_t{1} << (n - length_steps) : 1);
}

}  // namespace caligo::reconcile
