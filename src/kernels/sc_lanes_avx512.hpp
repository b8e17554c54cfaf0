// SPDX-License-Identifier: Apache-2.0
#pragma once
/// sc_lanes_scalar.hpp says what each operation means.

#include "kernels/vector_avx512.hpp"

namespace caligo::kernels::avx512 {

struct LaneSum {
  static constexpr std::size_t most = 256;
  __m512i even = _mm512_setzero_si512();
  __m512i odd = _mm512_setzero_si512();
  void add(__m512i v) {
    even = _mm512_add_epi16(even, _mm512_srai_epi16(_mm512_slli_epi16(v, 8), 8));
    odd = _mm512_add_epi16(odd, _mm512_srai_epi16(v, 8));
  }
  [[nodiscard]] std::uint64_t negative() const {
    return _mm512_movepi8_mask(_mm512_mask_blend_epi8(0xaaaaaaaaaaaaaaaaU, _mm512_srli_epi16(even, 8), odd));
  }
  void add_to(std::int32_t* totals) const {
    alignas(64) std::int16_t e[32];
    alignas(64) std::int16_t o[32];
    _mm512_store_si512(e, even);
    _mm512_store_si512(o, odd);
    for (unsigned i = 0; i < 32; ++i) {
      totals[2 * i] += e[i];
      totals[2 * i + 1] += o[i];
    }
  }
};

/// The transposition. Every row is loaded once: with a stride that is a power of two all rows fall into a few sets of
/// the first-level cache. Blocks of 16 bytes are exchanged first, which leaves 16 rows by 16 columns in each quarter of
/// a register; then one stage of unpacking rotates the index (row, column) by one bit, and four stages exchange both.
struct Lanes {
  using Sum = LaneSum;
  static void transform_block_of_8(std::uint64_t* words) {
    __m512i x = _mm512_loadu_si512(words);
    x = _mm512_mask_xor_epi64(x, 0x55, x, _mm512_permutex_epi64(x, 0xf5));
    x = _mm512_mask_xor_epi64(x, 0x33, x, _mm512_permutex_epi64(x, 0xee));
    x = _mm512_mask_xor_epi64(x, 0x0f, x, _mm512_shuffle_i64x2(x, x, 0xee));
    _mm512_storeu_si512(words, x);
  }

  /// As an 8×8 matrix of bytes, and each of these as an 8×8 matrix of bits: a Galois-field product with the unit matrix
  /// transposes bits (it takes the rows of its matrix operand in reverse), permutations transpose bytes.
  static void transpose_bits(const std::uint64_t* in, std::uint64_t* out) {
    struct Order {
      std::uint8_t forward[64];
      std::uint8_t reverse[64];
    };
    alignas(64) static constexpr Order by_column = [] {
      Order order{};
      for (unsigned i = 0; i < 64; ++i) {
        order.forward[i] = static_cast<std::uint8_t>(8 * (i % 8) + i / 8);
        order.reverse[i] = static_cast<std::uint8_t>(8 * (7 - i % 8) + i / 8);
      }
      return order;
    }();
    const __m512i forward = _mm512_load_si512(by_column.forward);
    const __m512i reverse = _mm512_load_si512(by_column.reverse);
    const __m512i unit = _mm512_set1_epi64(static_cast<long long>(0x8040201008040201U));
    __m512i x[8];
    for (unsigned i = 0; i < 8; ++i) {
      // Qword b: byte b of eight words, as an 8×8 bit matrix; transposed.
      x[i] = _mm512_permutexvar_epi8(reverse, _mm512_loadu_si512(in + 8 * i));
      x[i] = _mm512_gf2p8affine_epi64_epi8(unit, x[i], 0);
    }
    exchange_words(x);
    // x[b]: qword i holds rows 8b … 8b+7 of the result, byte i of each.
    for (unsigned b = 0; b < 8; ++b) _mm512_storeu_si512(out + 8 * b, _mm512_permutexvar_epi8(forward, x[b]));
  }

  /// function(c, bytes): byte f of `bytes` is rows[f·stride + c]; for all c < 64.
  template <class Function>
  static void columns(const std::int8_t* rows, std::size_t stride, Function function) {
    alignas(64) std::int8_t blocks[4][16][64];
    for (std::size_t i = 0; i < 16; ++i) exchange_blocks(rows + i * stride, 16 * stride, &blocks[0][i][0]);
    for (std::size_t group = 0; group < 4; ++group) {
      __m512i x[16];
      for (std::size_t i = 0; i < 16; ++i) x[i] = _mm512_load_si512(blocks[group][i]);
      unpack(x);
      for (std::size_t c = 0; c < 16; ++c) function(16 * group + c, x[c]);
    }
  }

 private:
  /// Four rows of four blocks; block column g goes to out + g·16·64.
  static void exchange_blocks(const std::int8_t* rows, std::size_t stride, std::int8_t* out) {
    // The next tile: 64 strided streams are too many for the hardware's prefetcher.
    for (std::size_t i = 0; i < 4; ++i) {
      _mm_prefetch(reinterpret_cast<const char*>(rows) + i * stride + 64, _MM_HINT_T0);
    }
    const __m512i a = _mm512_loadu_si512(rows);
    const __m512i b = _mm512_loadu_si512(rows + stride);
    const __m512i c = _mm512_loadu_si512(rows + 2 * stride);
    const __m512i d = _mm512_loadu_si512(rows + 3 * stride);
    const __m512i ab_low = _mm512_shuffle_i64x2(a, b, 0x44);   // a0 a1 b0 b1
    const __m512i ab_high = _mm512_shuffle_i64x2(a, b, 0xee);  // a2 a3 b2 b3
    const __m512i cd_low = _mm512_shuffle_i64x2(c, d, 0x44);
    const __m512i cd_high = _mm512_shuffle_i64x2(c, d, 0xee);
    _mm512_store_si512(out, _mm512_shuffle_i64x2(ab_low, cd_low, 0x88));
    _mm512_store_si512(out + 1024, _mm512_shuffle_i64x2(ab_low, cd_low, 0xdd));
    _mm512_store_si512(out + 2048, _mm512_shuffle_i64x2(ab_high, cd_high, 0x88));
    _mm512_store_si512(out + 3072, _mm512_shuffle_i64x2(ab_high, cd_high, 0xdd));
  }
  /// Transposes an 8×8 matrix of words.
  static void exchange_words(__m512i* x) {
    __m512i y[8];
    for (unsigned i = 0; i < 8; i += 2) {
      y[i] = _mm512_unpacklo_epi64(x[i], x[i + 1]);
      y[i + 1] = _mm512_unpackhi_epi64(x[i], x[i + 1]);
    }
    for (unsigned i = 0; i < 2; ++i) {
      const __m512i a = _mm512_shuffle_i64x2(y[i], y[i + 2], 0x88);      // pairs 0, 2 of rows 0-1, 2-3
      const __m512i b = _mm512_shuffle_i64x2(y[i + 4], y[i + 6], 0x88);  // … of rows 4-5, 6-7
      const __m512i c = _mm512_shuffle_i64x2(y[i], y[i + 2], 0xdd);      // pairs 1, 3
      const __m512i d = _mm512_shuffle_i64x2(y[i + 4], y[i + 6], 0xdd);
      x[i] = _mm512_shuffle_i64x2(a, b, 0x88);
      x[i + 4] = _mm512_shuffle_i64x2(a, b, 0xdd);
      x[i + 2] = _mm512_shuffle_i64x2(c, d, 0x88);
      x[i + 6] = _mm512_shuffle_i64x2(c, d, 0xdd);
    }
  }
  static void unpack(__m512i* x) {
    for (unsigned stage = 0; stage < 4; ++stage) {
      __m512i y[16];
      for (unsigned i = 0; i < 8; ++i) {
        y[2 * i] = _mm512_unpacklo_epi8(x[i], x[i + 8]);
        y[2 * i + 1] = _mm512_unpackhi_epi8(x[i], x[i + 8]);
      }
      for (unsigned i = 0; i < 16; ++i) x[i] = y[i];
    }
  }
};

}  // namespace caligo::kernels::avx512
