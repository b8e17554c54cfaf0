// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Philox4x32-10: J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw, "Parallel random numbers: as easy as 1, 2, 3",
/// SC'11.

#include <array>
#include <cstddef>
#include <cstdint>

namespace caligo::bits {

/// Transforms `Lanes` counters at once under one key; counter[w][lane] is word w. Every lane is independent, so that
/// the loops over lanes vectorise.
template <std::size_t Lanes>
constexpr void philox4x32_10(std::array<std::array<std::uint32_t, Lanes>, 4>& counter,
                             std::array<std::uint32_t, 2> key) noexcept {
  constexpr std::uint64_t multiplier_0 = 0xD2511F53;
  constexpr std::uint64_t multiplier_1 = 0xCD9E8D57;
  constexpr std::uint32_t weyl_0 = 0x9E3779B9;  // golden ratio
  constexpr std::uint32_t weyl_1 = 0xBB67AE85;  // sqrt(3) - 1
  for (unsigned round = 0; round < 10; ++round) {
    for (std::size_t lane = 0; lane < Lanes; ++lane) {
      const std::uint64_t product_0 = multiplier_0 * counter[0][lane];
      const std::uint64_t product_1 = multiplier_1 * counter[2][lane];
      counter[0][lane] = static_cast<std::uint32_t>(product_1 >> 32) ^ counter[1][lane] ^ key[0];
      counter[1][lane] = static_cast<std::uint32_t>(product_1);
      counter[2][lane] = static_cast<std::uint32_t>(product_0 >> 32) ^ counter[3][lane] ^ key[1];
      counter[3][lane] = static_cast<std::uint32_t>(product_0);
    }
    key[0] += weyl_0;
    key[1] += weyl_1;
  }
}

}  // namespace caligo::bits
