// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Path metrics on AVX2: one unsigned 16-bit number per lane. metrics_scalar.hpp says what each operation means.

#include <immintrin.h>

#include <cstdint>

#include "kernels/word_metrics.hpp"

namespace caligo::kernels::avx2 {

/// Up to sixteen numbers; lanes beyond L hold 65535.
struct Words16 {
  static constexpr unsigned places = 16;
  using Vec = __m256i;
  static Vec load(const std::uint16_t* p) { return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)); }
  static void store(std::uint16_t* p, Vec v) { _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), v); }
  static Vec fill(short value) { return _mm256_set1_epi16(value); }
  static Vec adds(Vec a, Vec b) { return _mm256_adds_epu16(a, b); }
  static Vec add(Vec a, Vec b) { return _mm256_add_epi16(a, b); }
  static Vec subs(Vec a, Vec b) { return _mm256_subs_epu16(a, b); }
  static Vec sub(Vec a, Vec b) { return _mm256_sub_epi16(a, b); }
  static Vec min(Vec a, Vec b) { return _mm256_min_epu16(a, b); }
  static Vec max(Vec a, Vec b) { return _mm256_max_epu16(a, b); }
  static Vec bit_or(Vec a, Vec b) { return _mm256_or_si256(a, b); }
  static Vec sign(Vec a) { return _mm256_srai_epi16(a, 15); }
  static std::uint32_t equal(Vec a, Vec b) { return mask(_mm256_cmpeq_epi16(a, b)); }
  static std::uint32_t less(Vec a, Vec b) { return ~equal(max(a, b), a) & 0xffffU; }
  template <class Bytes>
  static Vec widen(const Bytes& v) {
    return _mm256_cvtepu8_epi16(_mm256_castsi256_si128(v.r[0]));
  }
  template <class Bytes>
  static Vec widen_signed(const Bytes& v) {
    return _mm256_cvtepi8_epi16(_mm256_castsi256_si128(v.r[0]));
  }
  template <unsigned count>
  static Vec first(Vec v) {
    const __m256i place = _mm256_setr_epi16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    return _mm256_and_si256(v, _mm256_cmpgt_epi16(_mm256_set1_epi16(count), place));
  }
  static __m128i narrow(Vec v) { return _mm_packus_epi16(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1)); }
  static Vec spread(__m128i v) { return _mm256_broadcastw_epi16(v); }
  static __m128i highest8(__m128i v) {
    const __m128i ones = _mm_set1_epi32(-1);
    return _mm_xor_si128(_mm_minpos_epu16(_mm_xor_si128(v, ones)), ones);
  }
  static __m128i highest(Vec v) {
    return highest8(_mm_max_epu16(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1)));
  }

 private:
  static std::uint32_t mask(Vec lanes) {
    const __m128i bytes = _mm_packs_epi16(_mm256_castsi256_si128(lanes), _mm256_extracti128_si256(lanes, 1));
    return static_cast<std::uint32_t>(_mm_movemask_epi8(bytes));
  }
};

/// The same for 32 numbers in two registers.
struct Words32 {
  static constexpr unsigned places = 32;
  using H = Words16;
  struct Vec {
    __m256i low;
    __m256i high;
  };
  static Vec load(const std::uint16_t* p) { return {H::load(p), H::load(p + 16)}; }
  static void store(std::uint16_t* p, const Vec& v) {
    H::store(p, v.low);
    H::store(p + 16, v.high);
  }
  static Vec fill(short value) { return {H::fill(value), H::fill(value)}; }
  static Vec adds(const Vec& a, const Vec& b) { return {H::adds(a.low, b.low), H::adds(a.high, b.high)}; }
  static Vec add(const Vec& a, const Vec& b) { return {H::add(a.low, b.low), H::add(a.high, b.high)}; }
  static Vec subs(const Vec& a, const Vec& b) { return {H::subs(a.low, b.low), H::subs(a.high, b.high)}; }
  static Vec sub(const Vec& a, const Vec& b) { return {H::sub(a.low, b.low), H::sub(a.high, b.high)}; }
  static Vec min(const Vec& a, const Vec& b) { return {H::min(a.low, b.low), H::min(a.high, b.high)}; }
  static Vec max(const Vec& a, const Vec& b) { return {H::max(a.low, b.low), H::max(a.high, b.high)}; }
  static Vec bit_or(const Vec& a, const Vec& b) { return {H::bit_or(a.low, b.low), H::bit_or(a.high, b.high)}; }
  static Vec sign(const Vec& a) { return {H::sign(a.low), H::sign(a.high)}; }
  static std::uint32_t equal(const Vec& a, const Vec& b) { return mask(pair(a, b)); }
  static std::uint32_t less(const Vec& a, const Vec& b) { return ~mask(pair(max(a, b), a)); }
  template <class Bytes>
  static Vec widen(const Bytes& v) {
    return {_mm256_cvtepu8_epi16(_mm256_castsi256_si128(v.r[0])),
            _mm256_cvtepu8_epi16(_mm256_extracti128_si256(v.r[0], 1))};
  }
  template <class Bytes>
  static Vec widen_signed(const Bytes& v) {
    return {_mm256_cvtepi8_epi16(_mm256_castsi256_si128(v.r[0])),
            _mm256_cvtepi8_epi16(_mm256_extracti128_si256(v.r[0], 1))};
  }
  static __m256i narrow(const Vec& v) { return _mm256_permute4x64_epi64(_mm256_packus_epi16(v.low, v.high), 0xd8); }
  static Vec spread(__m128i v) { return {H::spread(v), H::spread(v)}; }
  static __m128i highest(const Vec& v) { return H::highest(H::max(v.low, v.high)); }

 private:
  static Vec pair(const Vec& a, const Vec& b) {
    return {_mm256_cmpeq_epi16(a.low, b.low), _mm256_cmpeq_epi16(a.high, b.high)};
  }
  static std::uint32_t mask(const Vec& lanes) {
    const __m256i bytes = _mm256_permute4x64_epi64(_mm256_packs_epi16(lanes.low, lanes.high), 0xd8);
    return static_cast<std::uint32_t>(_mm256_movemask_epi8(bytes));
  }
};

/// Sorts each block of `size` numbers with Batcher's bitonic network; neighbouring blocks in opposite directions, and
/// in the other one if `reversed`.
template <bool reversed, unsigned size, unsigned block = 2, unsigned distance = 1>
[[gnu::always_inline]] inline __m256i bitonic_sort(__m256i v) {
  constexpr auto larger_at = [](unsigned i) {
    const bool ascending = ((i & block) == 0) != reversed;
    return static_cast<short>((((i & distance) == 0) != ascending) ? -1 : 0);
  };
  const __m256i larger =
      _mm256_setr_epi16(larger_at(0), larger_at(1), larger_at(2), larger_at(3), larger_at(4), larger_at(5),
                        larger_at(6), larger_at(7), larger_at(8), larger_at(9), larger_at(10), larger_at(11),
                        larger_at(12), larger_at(13), larger_at(14), larger_at(15));
  __m256i other;
  if constexpr (distance == 1) other = _mm256_shufflehi_epi16(_mm256_shufflelo_epi16(v, 0xb1), 0xb1);
  if constexpr (distance == 2) other = _mm256_shuffle_epi32(v, 0xb1);
  if constexpr (distance == 4) other = _mm256_shuffle_epi32(v, 0x4e);
  if constexpr (distance == 8) other = _mm256_permute4x64_epi64(v, 0x4e);
  v = _mm256_blendv_epi8(_mm256_min_epu16(v, other), _mm256_max_epu16(v, other), larger);
  if constexpr (distance > 1) return bitonic_sort<reversed, size, block, distance / 2>(v);
  if constexpr (block < size) return bitonic_sort<reversed, size, block * 2, block>(v);
  return v;
}
/// Sorts 32 numbers: the halves in opposite directions, then merged.
template <bool reversed>
[[gnu::always_inline]] inline Words32::Vec bitonic_sort(Words32::Vec v) {
  v = {bitonic_sort<reversed, 16>(v.low), bitonic_sort<!reversed, 16>(v.high)};
  const __m256i least = _mm256_min_epu16(v.low, v.high);
  const __m256i most = _mm256_max_epu16(v.low, v.high);
  v = reversed ? Words32::Vec{most, least} : Words32::Vec{least, most};
  return {bitonic_sort<reversed, 16, 16, 8>(v.low), bitonic_sort<reversed, 16, 16, 8>(v.high)};
}

template <unsigned L>
auto words_for_lanes() {
  if constexpr (L == 32) return Words32{};
  if constexpr (L <= 16) return Words16{};
}

template <unsigned L, unsigned saturated = 127>
struct Metrics : WordMetrics<decltype(words_for_lanes<L>()), L, saturated> {
  using R = decltype(words_for_lanes<L>());
  using Base = WordMetrics<R, L, saturated>;
  using Vec = typename R::Vec;
  using Base::highest;

  /// Both sides are sorted, in opposite directions; the smaller one of each pair are then the L least of all.
  static Vec threshold(const Vec& stay, const Vec& fork) {
    if constexpr (L == 32) {
      return highest(R::min(bitonic_sort<false>(stay), bitonic_sort<true>(fork)));
    } else if constexpr (L == 16) {
      return highest(R::min(bitonic_sort<false, 16>(stay), bitonic_sort<true, 16>(fork)));
    } else {
      const __m256i both = _mm256_inserti128_si256(Base::surplus_zero(stay), _mm256_castsi256_si128(fork), 1);
      const __m256i sorted = bitonic_sort<false, 8>(both);
      return R::spread(R::highest8(_mm_min_epu16(_mm256_castsi256_si128(sorted), _mm256_extracti128_si256(sorted, 1))));
    }
  }
};

}  // namespace caligo::kernels::avx2
