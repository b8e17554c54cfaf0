// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The vector of words of the bit kernels in plain C++: the meaning of every operation, and the portable
/// implementation. The loops have fixed bounds, so a compiler turns them into whatever the ABI's baseline offers.

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace caligo::kernels::scalar {

struct Words {
  static constexpr std::size_t words = 4;
  static constexpr std::size_t block = 8;  ///< vectors of a block, at most: what the registers hold
  static constexpr std::size_t radix = 4;  ///< parts that are combined in one sweep of a longer string
  struct Type {
    std::uint64_t w[words];
  };

  static Type load(const std::uint64_t* p) {
    Type v;
    std::memcpy(v.w, p, sizeof v.w);
    return v;
  }
  static void store(std::uint64_t* p, const Type& v) { std::memcpy(p, v.w, sizeof v.w); }
  /// The sum over GF(2).
  static Type add(Type a, const Type& b) {
    for (std::size_t i = 0; i < words; ++i) a.w[i] ^= b.w[i];
    return a;
  }
  /// All stages within the vector.
  static Type transform(Type v) {
    for (std::size_t i = 0; i < words; ++i) {
      std::uint64_t w = v.w[i];
      w ^= (w >> 1) & 0x5555555555555555U;
      w ^= (w >> 2) & 0x3333333333333333U;
      w ^= (w >> 4) & 0x0F0F0F0F0F0F0F0FU;
      w ^= (w >> 8) & 0x00FF00FF00FF00FFU;
      w ^= (w >> 16) & 0x0000FFFF0000FFFFU;
      w ^= w >> 32;
      v.w[i] = w;
    }
    v.w[0] ^= v.w[1] ^ v.w[2] ^ v.w[3];
    v.w[1] ^= v.w[3];
    v.w[2] ^= v.w[3];
    return v;
  }
};

}  // namespace caligo::kernels::scalar
