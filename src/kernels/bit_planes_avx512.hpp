// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Lane permutations of partial sums, 512 bits at a time. One bit shuffle moves 64 bits; a multiplication by an 8×8 bit
/// matrix (GFNI) moves all eight bytes of eight words at once.

#include <immintrin.h>

#include <cstdint>

#include "kernels/avx512_namespace.hpp"

namespace caligo::kernels::CALIGO_AVX512 {

#if defined(__GFNI__)

/// source: a lane map, the L sources repeated over all bytes.
template <unsigned L, class Vector>
class BlockPermuter {
 public:
  explicit BlockPermuter(__m512i source) {
    // One row per target lane, with a one at the source's place within its byte. The hardware takes the rows of a
    // matrix from the last to the first.
    const __m512i power = _mm512_set1_epi64(static_cast<long long>(0x8040201008040201U));
    const __m512i lanes = _mm512_shuffle_epi8(source, row_order());
    const __m512i rows = _mm512_shuffle_epi8(power, _mm512_and_si512(lanes, _mm512_set1_epi8(7)));
    if constexpr (L == 32) {
      const __m512i byte = _mm512_and_si512(_mm512_srli_epi16(lanes, 3), _mm512_set1_epi8(3));
      for (unsigned turn = 0; turn < 4; ++turn) {
        // Target byte j takes from source byte (j + turn) % 4; plane j has its matrix in quarter j.
        const __m512i wanted =
            turned(_mm512_set_epi64(0, 0, 0, 0, 0x0303030303030303, 0x0202020202020202, 0x0101010101010101, 0), turn);
        const __m512i part = _mm512_maskz_mov_epi8(_mm512_cmpeq_epi8_mask(byte, wanted), rows);
        matrix_[turn] = _mm512_permutexvar_epi64(_mm512_set_epi64(3, 3, 2, 2, 1, 1, 0, 0), part);
      }
    } else if constexpr (L == 16) {
      const __m512i byte = _mm512_and_si512(_mm512_srli_epi16(lanes, 3), _mm512_set1_epi8(1));
      const __m512i own =
          _mm512_set_epi64(0x0101010101010101, 0, 0x0101010101010101, 0, 0x0101010101010101, 0, 0x0101010101010101, 0);
      const __mmask64 same = _mm512_cmpeq_epi8_mask(byte, own);
      const __m512i order = _mm512_set_epi64(1, 1, 1, 1, 0, 0, 0, 0);
      matrix_[0] = _mm512_permutexvar_epi64(order, _mm512_maskz_mov_epi8(same, rows));
      matrix_[1] = _mm512_permutexvar_epi64(order, _mm512_maskz_mov_epi8(~same, rows));
    } else {
      // Below eight lanes the elements of a byte share its matrix: each row is moved to its own element.
      matrix_[0] = L == 8 ? rows
                          : _mm512_shuffle_epi8(
                                power, _mm512_and_si512(_mm512_add_epi8(lanes, element_base()), _mm512_set1_epi8(7)));
    }
  }

  __m512i operator()(__m512i v) const {
    if constexpr (L == 32) {
      const __m512i planes = _mm512_permutexvar_epi8(_mm512_load_si512(tables.to_planes), v);
      const __m512i a = _mm512_gf2p8affine_epi64_epi8(planes, matrix_[0], 0);
      const __m512i b = _mm512_gf2p8affine_epi64_epi8(_mm512_shuffle_i64x2(planes, planes, 0x39), matrix_[1], 0);
      const __m512i c = _mm512_gf2p8affine_epi64_epi8(_mm512_shuffle_i64x2(planes, planes, 0x4e), matrix_[2], 0);
      const __m512i d = _mm512_gf2p8affine_epi64_epi8(_mm512_shuffle_i64x2(planes, planes, 0x93), matrix_[3], 0);
      const __m512i moved = _mm512_xor_si512(_mm512_ternarylogic_epi64(a, b, c, 0x96), d);
      return _mm512_permutexvar_epi8(_mm512_load_si512(tables.from_planes), moved);
    } else if constexpr (L == 16) {
      const __m512i planes = _mm512_permutexvar_epi8(_mm512_load_si512(tables.to_two_planes), v);
      const __m512i a = _mm512_gf2p8affine_epi64_epi8(planes, matrix_[0], 0);
      const __m512i b = _mm512_gf2p8affine_epi64_epi8(_mm512_shuffle_i64x2(planes, planes, 0x4e), matrix_[1], 0);
      return _mm512_permutexvar_epi8(_mm512_load_si512(tables.from_two_planes), _mm512_xor_si512(a, b));
    } else {
      return _mm512_gf2p8affine_epi64_epi8(v, matrix_[0], 0);
    }
  }

 private:
  struct Tables {
    alignas(64) std::uint8_t to_planes[64] = {};
    alignas(64) std::uint8_t from_planes[64] = {};
    alignas(64) std::uint8_t to_two_planes[64] = {};
    alignas(64) std::uint8_t from_two_planes[64] = {};
    constexpr Tables() {
      for (unsigned i = 0; i < 64; ++i) {
        to_planes[i] = static_cast<std::uint8_t>(i % 16 * 4 + i / 16);
        from_planes[i] = static_cast<std::uint8_t>(i % 4 * 16 + i / 4);
        to_two_planes[i] = static_cast<std::uint8_t>(i % 32 * 2 + i / 32);
        from_two_planes[i] = static_cast<std::uint8_t>(i % 2 * 32 + i / 2);
      }
    }
  };
  static constexpr Tables tables{};

  static __m512i row_order() {
    return _mm512_set_epi64(0x08090a0b0c0d0e0f, 0x0001020304050607, 0x08090a0b0c0d0e0f, 0x0001020304050607,
                            0x08090a0b0c0d0e0f, 0x0001020304050607, 0x08090a0b0c0d0e0f, 0x0001020304050607);
  }
  static __m512i turned(__m512i v, unsigned turn) {
    return _mm512_and_si512(_mm512_add_epi8(v, _mm512_set1_epi8(static_cast<char>(turn))), _mm512_set1_epi8(3));
  }
  /// First place of the element that each row of a matrix belongs to, rows from the last to the first.
  static __m512i element_base() {
    std::uint64_t base = 0;
    for (unsigned row = 0; row < 8; ++row) base |= std::uint64_t{row / L * L} << (8 * (7 - row));
    return _mm512_set1_epi64(static_cast<long long>(base));
  }

  __m512i matrix_[L == 32 ? 4 : L == 16 ? 2 : 1];
};

#else

/// Word by word.
template <unsigned L, class Vector>
class BlockPermuter {
 public:
  explicit BlockPermuter(__m512i source) : index_(Vector::template bit_index<L>(source)) {}
  __m512i operator()(__m512i v) const {
    alignas(64) std::uint64_t words[8];
    _mm512_store_si512(words, v);
    for (std::uint64_t& word : words) word = Vector::template permute_bits<L>(word, index_);
    return _mm512_load_si512(words);
  }

 private:
  __m512i index_;
};

#endif

}  // namespace caligo::kernels::CALIGO_AVX512
