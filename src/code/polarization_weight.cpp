// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "code/ranking.hpp"

namespace caligo::code {

/// He et al. 2017 (β-expansion): position i with binary digits b_j has the weight Σ b_j·β^j, β = 2^(1/4). No two
/// positions tie, because 1, β, β², β³ are linearly independent over the integers.
Ranking polarization_weight(unsigned n) {
  Ranking ranking;
  ranking.unreliability.resize(std::size_t{1} << n);
  for (unsigned j = 0; j < n; ++j) {
    const double weight = std::exp2(j / 4.0);
    const std::size_t digit = std::size_t{1} << j;
    for (std::size_t i = 0; i < digit; ++i) ranking.unreliability[digit + i] = ranking.unreliability[i] - weight;
  }
  return ranking;
}

}  // namespace caligo::code
