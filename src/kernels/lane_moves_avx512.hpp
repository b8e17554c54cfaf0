// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The lane permutations for which AVX-512 has single instructions only with VBMI, VBMI2 and BITALG.

#include <immintrin.h>

#include <cstdint>

#include "kernels/avx512_namespace.hpp"

namespace caligo::kernels::CALIGO_AVX512 {

#if defined(__AVX512VBMI__) && defined(__AVX512VBMI2__) && defined(__AVX512BITALG__)

struct Moves {
  /// Whether bits can be moved as they are, by indices into all 64.
  static constexpr bool moves_bits = true;

  /// Lane maps of 32 lanes, in both halves -> index of a permutation.
  static __m512i index32(__m512i source) {
    const __m256i upper = _mm256_set1_epi8(32);
    return _mm512_or_si512(source, _mm512_inserti64x4(_mm512_setzero_si512(), upper, 1));
  }
  static __m512i permute32(__m512i v, __m512i index) { return _mm512_permutexvar_epi8(index, v); }
  static std::uint64_t permute_bits(std::uint64_t bits, __m512i index) {
    return _mm512_bitshuffle_epi64_mask(_mm512_set1_epi64(static_cast<long long>(bits)), index);
  }
  /// lanes with those of `free` replaced by those of `accepted`, both in increasing order.
  static __m256i refill(__m256i lanes, std::uint32_t free, std::uint32_t accepted) {
    return _mm256_mask_expand_epi8(lanes, free, _mm256_maskz_compress_epi8(accepted, lanes));
  }
};

#else

struct Moves {
  static constexpr bool moves_bits = false;

  static __m512i index32(__m512i source) { return source; }
  /// Index bit 4 chooses between the two quarters of a half.
  static __m512i permute32(__m512i v, __m512i index) {
    const __m512i low = _mm512_shuffle_epi8(_mm512_shuffle_i64x2(v, v, 0xa0), index);
    const __m512i high = _mm512_shuffle_epi8(_mm512_shuffle_i64x2(v, v, 0xf5), index);
    return _mm512_mask_blend_epi8(_mm512_test_epi8_mask(index, _mm512_set1_epi8(16)), low, high);
  }
  static std::uint64_t permute_bits(std::uint64_t bits, __m512i) { return bits; }  // not used
  static __m256i refill(__m256i lanes, std::uint32_t free, std::uint32_t accepted) {
    alignas(32) std::uint8_t lane[32];
    _mm256_store_si256(reinterpret_cast<__m256i*>(lane), lanes);
    for (; accepted != 0; accepted &= accepted - 1, free &= free - 1) {
      lane[_tzcnt_u32(free)] = static_cast<std::uint8_t>(_tzcnt_u32(accepted));
    }
    return _mm256_load_si256(reinterpret_cast<const __m256i*>(lane));
  }
};

#endif

}  // namespace caligo::kernels::CALIGO_AVX512
