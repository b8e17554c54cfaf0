// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Numbers of ones. The parameter only keeps the units' instances apart.

#include <cstddef>
#include <cstdint>

namespace caligo::kernels {

template <class>
std::size_t ones(std::uint64_t word) {
#if defined(__POPCNT__) || defined(__aarch64__)
  return static_cast<std::size_t>(__builtin_popcountll(word));
#else
  // Without an instruction the compiler calls a function; sums of ever wider fields can be vectorised.
  word -= (word >> 1) & 0x5555555555555555U;
  word = (word & 0x3333333333333333U) + ((word >> 2) & 0x3333333333333333U);
  word = (word + (word >> 4)) & 0x0F0F0F0F0F0F0F0FU;
  word += word >> 8;
  word += word >> 16;
  return (word + (word >> 32)) & 0x7F;
#endif
}

template <class Unit>
std::size_t count(const std::uint64_t* a, std::size_t words) {
  std::size_t total = 0;
  for (std::size_t i = 0; i < words; ++i) total += ones<Unit>(a[i]);
  return total;
}

template <class Unit>
std::size_t distance(const std::uint64_t* a, const std::uint64_t* b, std::size_t words) {
  std::size_t total = 0;
  for (std::size_t i = 0; i < words; ++i) total += ones<Unit>(a[i] ^ b[i]);
  return total;
}

}  // namespace caligo::kernels
