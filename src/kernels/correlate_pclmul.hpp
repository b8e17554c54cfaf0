// SPDX-License-Identifier: Apache-2.0
#pragma once
/// ToeplitzKernels::correlate with PCLMULQDQ, two words at a time.

#include <immintrin.h>

#include <cstddef>
#include <cstdint>

namespace caligo::kernels {

/// Isa: any type of the including unit; it keeps the units' copies apart.
template <class Isa>
void correlate_pclmul(const std::uint64_t* s, const std::uint64_t* x, std::size_t words, std::size_t outputs,
                      std::uint64_t* pairs) {
  const auto load = [](const std::uint64_t* p) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(p)); };
  for (std::size_t q = 0; q < outputs; ++q) {
    __m128i even = _mm_setzero_si128();
    __m128i odd = _mm_setzero_si128();
    for (std::size_t j = 0; j < words; j += 2) {
      const __m128i a = load(s + q + j);
      const __m128i b = load(x + j);
      even = _mm_xor_si128(even, _mm_clmulepi64_si128(a, b, 0x00));
      odd = _mm_xor_si128(odd, _mm_clmulepi64_si128(a, b, 0x11));
    }
    _mm_storeu_si128(reinterpret_cast<__m128i*>(pairs + 2 * q), _mm_xor_si128(even, odd));
  }
}

}  // namespace caligo::kernels
