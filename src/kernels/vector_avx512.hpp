// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The 64-byte vector on AVX-512 (F, BW, VL, VBMI, BITALG). vector_scalar.hpp says what each operation means.

#include <immintrin.h>

#include <cstdint>
#include <cstring>

namespace caligo::kernels::avx512 {

struct Vector {
  using Bytes = __m512i;
  using Index = __m512i;

  static Bytes load(const std::int8_t* p) { return _mm512_loadu_si512(p); }
  static void store(std::int8_t* p, Bytes v) { _mm512_storeu_si512(p, v); }
  static Bytes fill(std::int8_t value) { return _mm512_set1_epi8(value); }

  static Bytes f(Bytes a, Bytes b) {
    const Bytes low = _mm512_min_epi8(a, b);
    const Bytes high = _mm512_ternarylogic_epi64(a, b, low, 0x96);  // a ^ b ^ min = max
    return _mm512_max_epi8(low, _mm512_sub_epi8(_mm512_setzero_si512(), high));
  }
  static Bytes g(Bytes a, Bytes b, std::uint64_t sums) {
    const Bytes signed_a = negate(a, sums);
    return _mm512_max_epi8(_mm512_adds_epi8(b, signed_a), _mm512_set1_epi8(-127));
  }
  static Bytes negate(Bytes a, std::uint64_t mask) { return _mm512_mask_subs_epi8(a, mask, _mm512_setzero_si512(), a); }
  static Bytes magnitude(Bytes a) { return _mm512_abs_epi8(a); }
  static Bytes zero_penalty(Bytes a) {
    return _mm512_max_epi8(_mm512_setzero_si512(), _mm512_sub_epi8(_mm512_setzero_si512(), a));
  }
  static Bytes one_penalty(Bytes a) { return _mm512_max_epi8(_mm512_setzero_si512(), a); }
  static Bytes min(Bytes a, Bytes b) { return _mm512_min_epi8(a, b); }
  static Bytes max(Bytes a, Bytes b) { return _mm512_max_epi8(a, b); }
  static Bytes first(Bytes v, unsigned count, std::int8_t rest) {
    const std::uint64_t keep = count >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << count) - 1;
    return _mm512_mask_mov_epi8(_mm512_set1_epi8(rest), keep, v);
  }
  static Bytes replace(Bytes v, std::uint64_t mask, std::int8_t value) {
    return _mm512_mask_mov_epi8(v, mask, _mm512_set1_epi8(value));
  }
  static std::uint64_t negative(Bytes a) { return _mm512_movepi8_mask(a); }
  static std::uint64_t equal(Bytes a, Bytes b) { return _mm512_cmpeq_epi8_mask(a, b); }

  template <unsigned L>
  static Index index(const std::uint8_t* source) {
    alignas(64) std::uint8_t lanes[64];
    for (unsigned e = 0; e < 64 / L; ++e) {
      for (unsigned l = 0; l < L; ++l) lanes[e * L + l] = static_cast<std::uint8_t>(e * L + source[l]);
    }
    return _mm512_load_si512(lanes);
  }
  template <unsigned L>
  static Bytes permute(Bytes v, Index index) {
    return _mm512_permutexvar_epi8(index, v);
  }
  template <unsigned L>
  static std::uint64_t permute_bits(std::uint64_t bits, Index index) {
    return _mm512_bitshuffle_epi64_mask(_mm512_set1_epi64(static_cast<long long>(bits)), index);
  }
  template <unsigned L>
  static Bytes replicate(const std::int8_t* p) {
    alignas(64) static constexpr auto element = [] {
      struct Table {
        std::uint8_t b[64];
      } table{};
      for (unsigned i = 0; i < 64; ++i) table.b[i] = static_cast<std::uint8_t>(i / L);
      return table;
    }();
    return _mm512_permutexvar_epi8(_mm512_load_si512(element.b), _mm512_loadu_si512(p));
  }
  template <unsigned L>
  static void fold_min(Bytes v, std::int8_t* lanes) {
    __m256i half = _mm256_min_epi8(_mm512_castsi512_si256(v), _mm512_extracti64x4_epi64(v, 1));
    if constexpr (L == 32) {
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(lanes), half);
    } else {
      __m128i q = _mm_min_epi8(_mm256_castsi256_si128(half), _mm256_extracti128_si256(half, 1));
      if constexpr (L <= 8) q = _mm_min_epi8(q, _mm_srli_si128(q, 8));
      if constexpr (L <= 4) q = _mm_min_epi8(q, _mm_srli_si128(q, 4));
      if constexpr (L <= 2) q = _mm_min_epi8(q, _mm_srli_si128(q, 2));
      if constexpr (L <= 1) q = _mm_min_epi8(q, _mm_srli_si128(q, 1));
      alignas(16) std::int8_t bytes[16];
      _mm_store_si128(reinterpret_cast<__m128i*>(bytes), q);
      std::memcpy(lanes, bytes, L);
    }
  }

  struct Sum {
    __m512i even = _mm512_setzero_si512();
    __m512i odd = _mm512_setzero_si512();
    void add(Bytes v) {
      even = _mm512_add_epi16(even, _mm512_and_si512(v, _mm512_set1_epi16(0x00ff)));
      odd = _mm512_add_epi16(odd, _mm512_srli_epi16(v, 8));
    }
    template <unsigned L>
    void fold(std::int32_t* lanes) const {
      alignas(64) std::uint16_t e[32];
      alignas(64) std::uint16_t o[32];
      _mm512_store_si512(e, even);
      _mm512_store_si512(o, odd);
      if constexpr (L == 1) {
        for (unsigned i = 0; i < 32; ++i) lanes[0] += e[i] + o[i];
      } else {
        for (unsigned i = 0; i < 32; i += L / 2) {
          for (unsigned l = 0; l < L / 2; ++l) {
            lanes[2 * l] += e[i + l];
            lanes[2 * l + 1] += o[i + l];
          }
        }
      }
    }
  };

  template <unsigned L>
  static std::uint32_t equal_lanes(const std::int32_t* p, std::int32_t value) {
    return compare_lanes<L, _MM_CMPINT_EQ>(p, value);
  }
  template <unsigned L>
  static std::uint32_t less_lanes(const std::int32_t* p, std::int32_t value) {
    return compare_lanes<L, _MM_CMPINT_LT>(p, value);
  }

 private:
  template <unsigned L, int predicate>
  static std::uint32_t compare_lanes(const std::int32_t* p, std::int32_t value) {
    const __m512i v = _mm512_set1_epi32(value);
    if constexpr (L == 32) {
      const std::uint32_t low = _mm512_cmp_epi32_mask(_mm512_loadu_si512(p), v, predicate);
      const std::uint32_t high = _mm512_cmp_epi32_mask(_mm512_loadu_si512(p + 16), v, predicate);
      return low | (high << 16);
    } else {
      constexpr auto lanes = static_cast<__mmask16>((1U << L) - 1);
      return _mm512_mask_cmp_epi32_mask(lanes, _mm512_maskz_loadu_epi32(lanes, p), v, predicate);
    }
  }
};

}  // namespace caligo::kernels::avx512
