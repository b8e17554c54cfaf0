// SPDX-License-Identifier: Apache-2.0
#pragma once
/// ToeplitzKernels::correlate with VPCLMULQDQ, eight words at a time.

#include <immintrin.h>

#include <cstddef>
#include <cstdint>

namespace caligo::kernels::avx512 {

inline void correlate(const std::uint64_t* s, const std::uint64_t* x, std::size_t words, std::size_t outputs,
                      std::uint64_t* pairs) {
  for (std::size_t q = 0; q < outputs; ++q) {
    __m512i even = _mm512_setzero_si512();
    __m512i odd = _mm512_setzero_si512();
    for (std::size_t j = 0; j < words; j += 8) {
      const __m512i a = _mm512_loadu_si512(s + q + j);
      const __m512i b = _mm512_loadu_si512(x + j);
      even = _mm512_xor_si512(even, _mm512_clmulepi64_epi128(a, b, 0x00));
      odd = _mm512_xor_si512(odd, _mm512_clmulepi64_epi128(a, b, 0x11));
    }
    const __m512i sum = _mm512_xor_si512(even, odd);
    const __m256i half = _mm256_xor_si256(_mm512_castsi512_si256(sum), _mm512_extracti64x4_epi64(sum, 1));
    const __m128i quarter = _mm_xor_si128(_mm256_castsi256_si128(half), _mm256_extracti128_si256(half, 1));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(pairs + 2 * q), quarter);
  }
}

}  // namespace caligo::kernels::avx512
