// SPDX-License-Identifier: Apache-2.0
#pragma once
/// What every construction method delivers, and how it becomes an order.

#include <caligo/channel.hpp>
#include <caligo/construct.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace caligo::code {

/// Natural order, N entries each.
struct Ranking {
  std::vector<double> unreliability;     ///< smaller is better; any monotone scale
  std::vector<float> error_probability;  ///< empty if the method has none
};

/// The positions below `sent`, most reliable first. Tie rule: of two equally reliable positions the higher comes first;
/// that agrees with the universal partial order, under which a position never beats one that has its ones and more.
std::vector<std::uint32_t> sorted_positions(const std::vector<double>& unreliability, std::size_t sent);

// Each takes log2 N and the number of code bits that are sent: the code bits from `sent` on are known to be zero.
// The channel has been checked by construct_order.
Ranking density_evolution(unsigned n, const Channel& channel, std::size_t sent);
Ranking gaussian_approximation(unsigned n, const Awgn& channel, std::size_t sent);
Ranking bhattacharyya(unsigned n, const Channel& channel, std::size_t sent);
Ranking polarization_weight(unsigned n);
/// n ≤ 10.
Ranking nr5g(unsigned n);

}  // namespace caligo::code
