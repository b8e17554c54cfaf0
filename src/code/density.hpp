// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The distribution of one int8 LLR of the min-sum decoder, given that the bit is 0.

#include <array>
#include <cstddef>

namespace caligo::code {

/// P(LLR = v) for v = -127 … 127. Zero outside `low` … `high`, and between the points low, low + stride, …: on the BSC
/// all LLRs of a node share their parity until one saturates, which saves three quarters of the work.
struct Density {
  static constexpr int limit = 127;
  /// Smaller probabilities become zero: far below every error probability that can matter, and it keeps supports short.
  static constexpr double negligible = 1e-24;

  std::array<double, 2 * limit + 1> p{};
  int low = 0;
  int high = 0;
  int stride = 1;

  [[nodiscard]] double& at(int v) noexcept { return p[static_cast<std::size_t>(v + limit)]; }
  [[nodiscard]] double at(int v) const noexcept { return p[static_cast<std::size_t>(v + limit)]; }

  /// Drops negligible probabilities and narrows low … high to what is left.
  void trim() noexcept;
};

/// All mass at one value.
Density point_mass(int v) noexcept;

/// P(LLR < 0) + P(LLR = 0)/2: what a coin flip at 0 would get wrong.
[[nodiscard]] double error_probability(const Density& density) noexcept;
/// P(LLR > 0) - P(LLR < 0), summed without cancellation between large numbers: 1 - 2·error_probability.
[[nodiscard]] double advantage(const Density& density) noexcept;
/// Σ over |v| of (p(v) - p(-v))² / (p(v) + p(-v)). Bounds the mutual information in bits from above, as that of a
/// binary symmetric channel with crossover ε is at most (1 - 2ε)².
[[nodiscard]] double information_bound(const Density& density) noexcept;

/// out = density of sign(a)·sign(b)·min(|a|, |b|), a and b independent.
void minus(const Density& a, const Density& b, Density& out) noexcept;
/// out = density of clip(a + b, ±127), a and b independent.
void plus(const Density& a, const Density& b, Density& out) noexcept;
/// error_probability of a + b, without making its density.
[[nodiscard]] double plus_error_probability(const Density& a, const Density& b) noexcept;

}  // namespace caligo::code
