// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Path metrics on AVX-512: one unsigned 16-bit number per lane. metrics_scalar.hpp says what each operation means.

#include <immintrin.h>

#include <cstdint>

#include "kernels/avx512_namespace.hpp"
#include "kernels/word_metrics.hpp"

namespace caligo::kernels::CALIGO_AVX512 {

/// Registers of 8, 16 or 32 numbers: the same operations under the names of each width.
struct Words8 {
  static constexpr unsigned places = 8;
  using Vec = __m128i;
  using Mask = __mmask8;
  static Vec load(const std::uint16_t* p) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(p)); }
  static void store(std::uint16_t* p, Vec v) { _mm_storeu_si128(reinterpret_cast<__m128i*>(p), v); }
  static Vec fill(short value) { return _mm_set1_epi16(value); }
  static Vec spread(__m128i v) { return _mm_broadcastw_epi16(v); }
  static Vec widen(__m512i bytes) { return _mm_cvtepu8_epi16(_mm512_castsi512_si128(bytes)); }
  static Vec widen_signed(__m512i bytes) { return _mm_cvtepi8_epi16(_mm512_castsi512_si128(bytes)); }
  static Vec adds(Vec a, Vec b) { return _mm_adds_epu16(a, b); }
  static Vec add(Vec a, Vec b) { return _mm_add_epi16(a, b); }
  static Vec subs(Vec a, Vec b) { return _mm_subs_epu16(a, b); }
  static Vec sub(Vec a, Vec b) { return _mm_sub_epi16(a, b); }
  static Vec min(Vec a, Vec b) { return _mm_min_epu16(a, b); }
  static Vec max(Vec a, Vec b) { return _mm_max_epu16(a, b); }
  static Vec bit_or(Vec a, Vec b) { return _mm_or_si128(a, b); }
  static Vec sign(Vec a) { return _mm_srai_epi16(a, 15); }
  template <unsigned count>
  static Vec first(Vec v) {
    return _mm_maskz_mov_epi16(static_cast<Mask>((1U << count) - 1), v);
  }
  static Mask less(Vec a, Vec b) { return _mm_cmplt_epu16_mask(a, b); }
  static Mask equal(Vec a, Vec b) { return _mm_cmpeq_epu16_mask(a, b); }
#if defined(__AVX512VBMI2__)
  static Vec refill(Vec v, std::uint32_t free, Vec fork, std::uint32_t accepted) {
    return _mm_mask_expand_epi16(v, static_cast<Mask>(free),
                                 _mm_maskz_compress_epi16(static_cast<Mask>(accepted), fork));
  }
#endif
  static __m128i narrow(Vec v) { return _mm_packus_epi16(v, v); }
  /// The largest, in the lowest place. The hardware finds the least of eight.
  static __m128i highest(Vec v) {
    const __m128i ones = _mm_set1_epi32(-1);
    return _mm_xor_si128(_mm_minpos_epu16(_mm_xor_si128(v, ones)), ones);
  }
};

struct Words16 {
  static constexpr unsigned places = 16;
  using Vec = __m256i;
  using Mask = __mmask16;
  static Vec load(const std::uint16_t* p) { return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)); }
  static void store(std::uint16_t* p, Vec v) { _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), v); }
  static Vec fill(short value) { return _mm256_set1_epi16(value); }
  static Vec spread(__m128i v) { return _mm256_broadcastw_epi16(v); }
  static Vec widen(__m512i bytes) { return _mm256_cvtepu8_epi16(_mm512_castsi512_si128(bytes)); }
  static Vec widen_signed(__m512i bytes) { return _mm256_cvtepi8_epi16(_mm512_castsi512_si128(bytes)); }
  static Vec adds(Vec a, Vec b) { return _mm256_adds_epu16(a, b); }
  static Vec add(Vec a, Vec b) { return _mm256_add_epi16(a, b); }
  static Vec subs(Vec a, Vec b) { return _mm256_subs_epu16(a, b); }
  static Vec sub(Vec a, Vec b) { return _mm256_sub_epi16(a, b); }
  static Vec min(Vec a, Vec b) { return _mm256_min_epu16(a, b); }
  static Vec max(Vec a, Vec b) { return _mm256_max_epu16(a, b); }
  static Vec bit_or(Vec a, Vec b) { return _mm256_or_si256(a, b); }
  static Vec sign(Vec a) { return _mm256_srai_epi16(a, 15); }
  static Mask less(Vec a, Vec b) { return _mm256_cmplt_epu16_mask(a, b); }
  static Mask equal(Vec a, Vec b) { return _mm256_cmpeq_epu16_mask(a, b); }
#if defined(__AVX512VBMI2__)
  static Vec refill(Vec v, std::uint32_t free, Vec fork, std::uint32_t accepted) {
    return _mm256_mask_expand_epi16(v, static_cast<Mask>(free),
                                    _mm256_maskz_compress_epi16(static_cast<Mask>(accepted), fork));
  }
#endif
  static __m128i narrow(Vec v) { return _mm256_cvtepi16_epi8(v); }
  static __m128i highest(Vec v) {
    return Words8::highest(_mm_max_epu16(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1)));
  }
};

struct Words32 {
  static constexpr unsigned places = 32;
  using Vec = __m512i;
  using Mask = __mmask32;
  static Vec load(const std::uint16_t* p) { return _mm512_loadu_si512(p); }
  static void store(std::uint16_t* p, Vec v) { _mm512_storeu_si512(p, v); }
  static Vec fill(short value) { return _mm512_set1_epi16(value); }
  static Vec spread(__m128i v) { return _mm512_broadcastw_epi16(v); }
  static Vec widen(__m512i bytes) { return _mm512_cvtepu8_epi16(_mm512_castsi512_si256(bytes)); }
  static Vec widen_signed(__m512i bytes) { return _mm512_cvtepi8_epi16(_mm512_castsi512_si256(bytes)); }
  static Vec adds(Vec a, Vec b) { return _mm512_adds_epu16(a, b); }
  static Vec add(Vec a, Vec b) { return _mm512_add_epi16(a, b); }
  static Vec subs(Vec a, Vec b) { return _mm512_subs_epu16(a, b); }
  static Vec sub(Vec a, Vec b) { return _mm512_sub_epi16(a, b); }
  static Vec min(Vec a, Vec b) { return _mm512_min_epu16(a, b); }
  static Vec max(Vec a, Vec b) { return _mm512_max_epu16(a, b); }
  static Vec bit_or(Vec a, Vec b) { return _mm512_or_si512(a, b); }
  static Vec sign(Vec a) { return _mm512_srai_epi16(a, 15); }
  static Mask less(Vec a, Vec b) { return _mm512_cmplt_epu16_mask(a, b); }
  static Mask equal(Vec a, Vec b) { return _mm512_cmpeq_epu16_mask(a, b); }
#if defined(__AVX512VBMI2__)
  static Vec refill(Vec v, std::uint32_t free, Vec fork, std::uint32_t accepted) {
    return _mm512_mask_expand_epi16(v, free, _mm512_maskz_compress_epi16(accepted, fork));
  }
#endif
  static __m256i narrow(Vec v) { return _mm512_cvtepi16_epi8(v); }
  static __m128i highest(Vec v) {
    return Words16::highest(_mm256_max_epu16(_mm512_castsi512_si256(v), _mm512_extracti64x4_epi64(v, 1)));
  }
};

/// One stage of Batcher's bitonic network on 32 numbers: place i meets place i ^ distance; blocks of `block` places
/// alternate in direction, and `reversed` places go the other way round.
template <unsigned block, unsigned distance, std::uint32_t reversed = 0>
[[gnu::always_inline]] inline __m512i bitonic_stage(__m512i v) {
  constexpr std::uint32_t larger = [] {
    std::uint32_t mask = 0;
    for (unsigned i = 0; i < 32; ++i) {
      const bool ascending = ((i & block) == 0) != (((reversed >> i) & 1) != 0);
      const bool lower = (i & distance) == 0;
      if (lower != ascending) mask |= 1U << i;
    }
    return mask;
  }();
  __m512i other;
  if constexpr (distance == 1) other = _mm512_rol_epi32(v, 16);
  if constexpr (distance == 2) other = _mm512_shuffle_epi32(v, _MM_PERM_CDAB);
  if constexpr (distance == 4) other = _mm512_shuffle_epi32(v, _MM_PERM_BADC);
  if constexpr (distance == 8) other = _mm512_permutex_epi64(v, 0x4e);
  if constexpr (distance == 16) other = _mm512_shuffle_i64x2(v, v, 0x4e);
  return _mm512_mask_max_epu16(_mm512_min_epu16(v, other), larger, v, other);
}
/// Sorts blocks of `size` numbers; `reversed` ones in the other direction.
template <unsigned size, std::uint32_t reversed, unsigned block = 2, unsigned distance = 1>
[[gnu::always_inline]] inline __m512i bitonic_sort(__m512i v) {
  v = bitonic_stage<block, distance, reversed>(v);
  if constexpr (distance > 1) return bitonic_sort<size, reversed, block, distance / 2>(v);
  if constexpr (block < size) return bitonic_sort<size, reversed, block * 2, block>(v);
  return v;
}

template <unsigned L>
auto words_for_lanes() {
  if constexpr (L == 32) return Words32{};
  if constexpr (L == 16) return Words16{};
  if constexpr (L <= 8) return Words8{};
}

template <unsigned L, unsigned saturated = 127>
struct Metrics : WordMetrics<decltype(words_for_lanes<L>()), L, saturated> {
  using R = decltype(words_for_lanes<L>());
  using Base = WordMetrics<R, L, saturated>;
  using Vec = typename R::Vec;
  using Base::highest;

#if defined(__AVX512VBMI2__)
  static Vec refill(Vec v, std::uint32_t free, Vec fork, std::uint32_t accepted) {
    return R::refill(v, free, fork, accepted);
  }
#endif
  /// Both sides are sorted, in opposite directions; the smaller one of each pair are then the L least of all.
  [[gnu::always_inline]] static Vec threshold(Vec stay, Vec fork) {
    if constexpr (L == 32) {
      stay = bitonic_sort<32, 0>(stay);
      fork = bitonic_sort<32, ~0U>(fork);
      return highest(R::min(stay, fork));
    } else if constexpr (L == 16) {
      const __m512i both = _mm512_inserti64x4(_mm512_castsi256_si512(stay), fork, 1);
      const __m512i sorted = bitonic_sort<16, 0>(both);  // neighbouring blocks alternate in direction
      return highest(R::min(_mm512_castsi512_si256(sorted), _mm512_extracti64x4_epi64(sorted, 1)));
    } else {
      const __m256i both = _mm256_inserti128_si256(_mm256_castsi128_si256(Base::surplus_zero(stay)), fork, 1);
      const __m256i sorted = _mm512_castsi512_si256(bitonic_sort<8, 0>(_mm512_castsi256_si512(both)));
      const __m128i least = _mm_min_epu16(_mm256_castsi256_si128(sorted), _mm256_extracti128_si256(sorted, 1));
      return R::spread(R::highest(least));
    }
  }
};

}  // namespace caligo::kernels::CALIGO_AVX512
