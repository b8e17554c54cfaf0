// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The row on SSE4.1, as encoded for AVX2 and AVX-512 units. sc_row_scalar.hpp says what each operation means. Nothing
/// here branches on data: which way a parity falls is a coin toss, and a mispredicted branch costs more than a node.

#include <immintrin.h>

#include <cstddef>
#include <cstdint>

namespace caligo::kernels {

/// V: the unit's vector class; it gives each unit code of its own.
template <class V>
struct X86Rows {
  using Row = __m128i;

  static Row load(const std::int8_t* p) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(p)); }
  static Row zero() { return _mm_setzero_si128(); }
  static Row exclusive_or(Row a, Row b) { return _mm_xor_si128(a, b); }
  static Row f(Row a, Row b) { return _mm_max_epi8(_mm_min_epi8(a, b), _mm_sub_epi8(zero(), _mm_max_epi8(a, b))); }
  static Row sum(Row a, Row b) { return _mm_max_epi8(_mm_adds_epi8(b, a), _mm_set1_epi8(-127)); }
  /// Both outcomes are ready before the left child has decided, which then costs one blend.
  static Row g(Row a, Row b, Row bits) {
    const Row difference = _mm_max_epi8(_mm_subs_epi8(b, a), _mm_set1_epi8(-127));
    return _mm_blendv_epi8(sum(a, b), difference, bits);
  }
  template <unsigned half>
  static Row high(Row x) {
    return _mm_srli_si128(x, half);
  }
  template <unsigned half>
  static Row join(Row left, Row right) {
    if constexpr (half == 8) return _mm_unpacklo_epi64(left, right);
    if constexpr (half == 4) return _mm_unpacklo_epi32(left, right);
    if constexpr (half == 2) return _mm_unpacklo_epi16(left, right);
    if constexpr (half == 1) return _mm_unpacklo_epi8(left, right);
  }

  template <unsigned size, unsigned count>
  static Row repetition(const Row* x) {
    if constexpr (size == 2) {  // a saturated sum has the right sign
      return spread<0>(_mm_adds_epi8(x[0], _mm_srli_epi16(x[0], 8)));
    } else {
      Row sums = biased_sums(whole<size>(x[0]));
      for (unsigned k = 1; k < count; ++k) sums = _mm_add_epi32(sums, biased_sums(x[k]));
      if constexpr (size == 16) sums = _mm_add_epi32(sums, _mm_unpackhi_epi64(sums, sums));
      constexpr int bias = 128 * static_cast<int>(size < 8 ? 8 : size * count);
      return spread<3>(_mm_sub_epi32(sums, _mm_set1_epi32(bias)));
    }
  }
  /// Keys of magnitude and position, 16 bits: their minimum names the first least reliable position.
  template <unsigned size, unsigned count>
  static void parity(Row* x) {
    const Row sign = _mm_set1_epi8(-128);
    Row odd = zero();
    Row least = _mm_set1_epi16(-1);
    for (unsigned k = 0; k < count; ++k) {
      const Row values = whole<size>(x[k]);
      const Row magnitude = _mm_abs_epi8(values);
      odd = _mm_xor_si128(odd, values);
      least = _mm_min_epu16(least, _mm_unpacklo_epi8(positions(16 * k), magnitude));
      if constexpr (size == 16) least = _mm_min_epu16(least, _mm_unpackhi_epi8(positions(16 * k), magnitude));
    }
    if constexpr (size < 8) odd = _mm_and_si128(odd, _mm_set_epi32(0, 0, 0, -1));  // repeated bits would cancel
    // Sums of eight sign bits of weight 128: bit 7 is their parity.
    Row parities = _mm_sad_epu8(_mm_and_si128(odd, sign), zero());
    if constexpr (size == 16) parities = _mm_xor_si128(parities, _mm_unpackhi_epi64(parities, parities));
    const Row position = spread<0>(_mm_minpos_epu16(least));
    const Row flip = _mm_and_si128(spread<0>(parities), sign);
    for (unsigned k = 0; k < count; ++k) {
      x[k] = _mm_xor_si128(x[k], _mm_and_si128(flip, _mm_cmpeq_epi8(position, positions(16 * k))));
    }
  }
  static std::uint32_t signs(Row x) { return static_cast<std::uint32_t>(_mm_movemask_epi8(x)); }

  static std::int64_t total(const std::int8_t* p, std::size_t count) {
    Row sums = zero();
    for (std::size_t i = 0; i < count; i += 16) sums = _mm_add_epi64(sums, biased_sums(load(p + i)));
    sums = _mm_add_epi64(sums, _mm_unpackhi_epi64(sums, sums));
    return _mm_cvtsi128_si64(sums) - 128 * static_cast<std::int64_t>(count);
  }

 private:
  /// Two sums of eight bytes, each byte plus 128.
  static Row biased_sums(Row x) { return _mm_sad_epu8(_mm_xor_si128(x, _mm_set1_epi8(-128)), zero()); }
  /// Byte i in all places.
  template <int i>
  static Row spread(Row x) {
    return _mm_shuffle_epi8(x, _mm_set1_epi8(i));
  }
  /// Nodes of four are repeated, which leaves the sign of their sum and their first minimum as they are.
  template <unsigned size>
  static Row whole(Row x) {
    return size == 4 ? _mm_shuffle_epi32(x, 0) : x;
  }
  static Row positions(unsigned first) {
    const Row iota = _mm_setr_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    return _mm_add_epi8(iota, _mm_set1_epi8(static_cast<char>(first)));
  }
};

}  // namespace caligo::kernels
