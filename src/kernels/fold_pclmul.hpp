// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Folding and division by carry-less multiplication, 128 bits at a time (PCLMULQDQ).

#include <immintrin.h>

#include <cstddef>
#include <cstdint>

#include "kernels/bit_kernels.hpp"

namespace caligo::kernels {

/// The pair of multipliers for a distance of fold_distances.
constexpr std::size_t multiplier_index(std::size_t distance) {
  std::size_t i = 0;
  while (fold_distances[i] != distance) ++i;
  return 2 * i;
}

/// Isa: any type of the including unit; it keeps the units' copies apart.
template <class Isa>
struct Pclmul {
  static constexpr std::size_t words = 2;
  using Narrow = Pclmul;
  using Type = __m128i;

  static Type load(const std::uint64_t* p) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(p)); }
  static Type add_to_first(Type v, std::uint32_t word) {
    return _mm_xor_si128(v, _mm_cvtsi32_si128(static_cast<int>(word)));
  }
  template <std::size_t distance>
  static Type multiplier(const CrcDivisor& divisor) {
    constexpr std::size_t index = multiplier_index(distance);
    return load(divisor.multipliers + index);
  }
  /// acc·x^distance + next, congruent modulo P.
  static Type fold(Type acc, Type multiplier, Type next) {
    const Type first = _mm_clmulepi64_si128(acc, multiplier, 0x00);
    const Type second = _mm_clmulepi64_si128(acc, multiplier, 0x11);
    return _mm_xor_si128(_mm_xor_si128(first, second), next);
  }
  static Type narrow(const CrcDivisor& /*divisor*/, Type acc) { return acc; }
  /// Barrett's division of one word: floor(word·floor(x^(64+w)/P)/x^64) is the quotient exactly, for polynomials.
  static std::uint64_t divide(const CrcDivisor& divisor, std::uint64_t word) {
    return high(divide_low(divisor, _mm_cvtsi64_si128(static_cast<long long>(word))));
  }
  /// Two words.
  static std::uint64_t divide_block(const CrcDivisor& divisor, Type block) {
    const Type first = divide_low(divisor, block);  // its remainder is in the upper half, and so is the second word
    return high(divide_low(divisor, _mm_bsrli_si128(_mm_xor_si128(first, block), 8)));
  }

 private:
  static Type divide_low(const CrcDivisor& divisor, Type word) {
    const Type barrett = load(divisor.multipliers + barrett_index);
    const Type quotient = _mm_clmulepi64_si128(word, barrett, 0x00);
    return _mm_clmulepi64_si128(quotient, barrett, 0x10);
  }
  static std::uint64_t high(Type v) { return static_cast<std::uint64_t>(_mm_extract_epi64(v, 1)); }
};

}  // namespace caligo::kernels
