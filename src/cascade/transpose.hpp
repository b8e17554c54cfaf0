// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>

namespace caligo::cascade {

/// Bit c of word r becomes bit r of word c, 0 ≤ r, c < 64. Six rounds, each of which exchanges off-diagonal squares of
/// half the size (Floyd's method; the loops have no dependence and vectorise).
inline void transpose64(std::uint64_t* words) noexcept {
  std::uint64_t mask = 0x00000000ffffffffU;
  for (unsigned size = 32; size != 0; size /= 2, mask ^= mask << size) {
    for (unsigned square = 0; square < 64; square += 2 * size) {
      for (unsigned i = 0; i < size; ++i) {
        std::uint64_t& upper = words[square + i];
        std::uint64_t& lower = words[square + size + i];
        const std::uint64_t swapped = ((upper >> size) ^ lower) & mask;
        upper ^= swapped << size;
        lower ^= swapped;
      }
    }
  }
}

}  // namespace caligo::cascade
