// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The vector of words of the bit kernels in portable C++: the meaning of every operation.

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace caligo::kernels::scalar {

struct Words {
  static constexpr std::size_t words = 2;
  static constexpr std::size_t block = 8;  ///< vectors of a block, at most: what the registers hold
  static constexpr std::size_t radix = 8;  ///< parts that are combined in one sweep of a longer string
  /// g++ and clang make of this whatever the ABI's baseline has; 16 bytes on all 64-bit processors. Arrays in loops
  /// come out three times slower with g++ 12.
  using Type = std::uint64_t __attribute__((vector_size(16)));

  static Type load(const std::uint64_t* p) {
    Type v;
    std::memcpy(&v, p, sizeof v);
    return v;
  }
  static void store(std::uint64_t* p, Type v) { std::memcpy(p, &v, sizeof v); }
  /// The sum over GF(2).
  static Type add(Type a, Type b) { return a ^ b; }
  /// All stages within the vector.
  static Type transform(Type v) {
    v ^= (v >> 1) & 0x5555555555555555U;
    v ^= (v >> 2) & 0x3333333333333333U;
    v ^= (v >> 4) & 0x0F0F0F0F0F0F0F0FU;
    v ^= (v >> 8) & 0x00FF00FF00FF00FFU;
    v ^= (v >> 16) & 0x0000FFFF0000FFFFU;
    v ^= v >> 32;
    return v ^ Type { v[1], 0 };
  }
};

}  // namespace caligo::kernels::scalar
