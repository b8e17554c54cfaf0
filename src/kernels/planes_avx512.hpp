// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Words to planes of bytes and back with byte permutations (VBMI).

#include <immintrin.h>

#include <cstddef>
#include <cstdint>

#include "kernels/bytes_avx512.hpp"
#include "kernels/tower_embedding.hpp"

namespace caligo::kernels {

template <>
struct Planes<avx512::Bytes> {
  static void split(const std::uint64_t* words, __m512i* planes) {
    for (unsigned i = 0; i < 8; ++i) planes[i] = transpose_in_vector(_mm512_loadu_si512(words + std::size_t{8} * i));
    transpose_words(planes);
  }
  static void join(const __m512i* planes, std::uint8_t* pairs) {
    const __m512i first = _mm512_setr_epi64(0, 8, 1, 9, 2, 10, 3, 11);
    const __m512i second = _mm512_setr_epi64(4, 12, 5, 13, 6, 14, 7, 15);
    __m512i low[8];
    __m512i high[8];
    for (unsigned i = 0; i < 8; ++i) {
      low[i] = planes[i];
      high[i] = planes[i + 8];
    }
    transpose_words(low);
    transpose_words(high);
    for (unsigned i = 0; i < 8; ++i) {
      low[i] = transpose_in_vector(low[i]);
      high[i] = transpose_in_vector(high[i]);
      _mm512_storeu_si512(pairs + std::size_t{128} * i, _mm512_permutex2var_epi64(low[i], first, high[i]));
      _mm512_storeu_si512(pairs + std::size_t{128} * i + 64, _mm512_permutex2var_epi64(low[i], second, high[i]));
    }
  }

 private:
  /// The bytes of eight words as an 8 x 8 matrix.
  static __m512i transpose_in_vector(__m512i v) {
    alignas(64) static constexpr std::uint8_t index[64] = {
        0,  8,  16, 24, 32, 40, 48, 56, 1,  9,  17, 25, 33, 41, 49, 57, 2,  10, 18, 26, 34, 42,
        50, 58, 3,  11, 19, 27, 35, 43, 51, 59, 4,  12, 20, 28, 36, 44, 52, 60, 5,  13, 21, 29,
        37, 45, 53, 61, 6,  14, 22, 30, 38, 46, 54, 62, 7,  15, 23, 31, 39, 47, 55, 63};
    return _mm512_permutexvar_epi8(_mm512_load_si512(index), v);
  }
  /// The words of eight vectors as an 8 x 8 matrix.
  static void transpose_words(__m512i* v) {
    const __m512i even = _mm512_setr_epi64(0, 1, 8, 9, 4, 5, 12, 13);
    const __m512i odd = _mm512_setr_epi64(2, 3, 10, 11, 6, 7, 14, 15);
    __m512i a[8];  // [2i + k]: columns k, k + 2, … of rows 2i, 2i + 1
    for (unsigned i = 0; i < 8; i += 2) {
      a[i] = _mm512_unpacklo_epi64(v[i], v[i + 1]);
      a[i + 1] = _mm512_unpackhi_epi64(v[i], v[i + 1]);
    }
    for (unsigned k = 0; k < 2; ++k) {
      for (unsigned half = 0; half < 2; ++half) {  // columns k + 2·half and 4 more
        const __m512i index = half == 0 ? even : odd;
        const __m512i top = _mm512_permutex2var_epi64(a[k], index, a[k + 2]);
        const __m512i bottom = _mm512_permutex2var_epi64(a[k + 4], index, a[k + 6]);
        v[k + 2 * half] = _mm512_shuffle_i64x2(top, bottom, 0x44);
        v[k + 2 * half + 4] = _mm512_shuffle_i64x2(top, bottom, 0xEE);
      }
    }
  }
};

}  // namespace caligo::kernels
