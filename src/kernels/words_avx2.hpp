// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The vector of words of the bit kernels on AVX2. words_scalar.hpp says what each operation means.

#include <immintrin.h>

#include <cstddef>
#include <cstdint>

namespace caligo::kernels::avx2 {

struct Words {
  static constexpr std::size_t words = 4;
  static constexpr std::size_t block = 8;
  static constexpr std::size_t radix = 8;
  using Type = __m256i;

  static Type load(const std::uint64_t* p) { return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)); }
  static void store(std::uint64_t* p, Type v) { _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), v); }
  static Type add(Type a, Type b) { return _mm256_xor_si256(a, b); }
  /// From 8 bits upwards, a shift of elements of twice the stride moves the upper halves down and zeros in.
  static Type transform(Type v) {
    v = add(v, _mm256_and_si256(_mm256_srli_epi64(v, 1), _mm256_set1_epi8(0x55)));
    v = add(v, _mm256_and_si256(_mm256_srli_epi64(v, 2), _mm256_set1_epi8(0x33)));
    v = add(v, _mm256_and_si256(_mm256_srli_epi64(v, 4), _mm256_set1_epi8(0x0F)));
    v = add(v, _mm256_srli_epi16(v, 8));
    v = add(v, _mm256_srli_epi32(v, 16));
    v = add(v, _mm256_srli_epi64(v, 32));
    v = add(v, _mm256_bsrli_epi128(v, 8));
    return add(v, _mm256_permute2x128_si256(v, v, 0x81));
  }
};

}  // namespace caligo::kernels::avx2
