// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The vector of words of the bit kernels on AVX-512 with GFNI. words_scalar.hpp says what each operation means.

#include <immintrin.h>

#include <cstddef>
#include <cstdint>

namespace caligo::kernels::avx512 {

struct Words {
  static constexpr std::size_t words = 8;
  static constexpr std::size_t block = 16;
  static constexpr std::size_t radix = 8;
  using Type = __m512i;

  static Type load(const std::uint64_t* p) { return _mm512_loadu_si512(p); }
  static void store(std::uint64_t* p, Type v) { _mm512_storeu_si512(p, v); }
  static Type add(Type a, Type b) { return _mm512_xor_si512(a, b); }
  /// A word read as an 8×8 matrix D (row = byte) becomes F'·D·F with F = F^(⊗3): six stages at once. The affine
  /// instruction with D as its matrix operand and C as its bytes gives C·D'·J, where J reverses the order; two of them
  /// give (C₂·J)·D·(C₁'·J), so C₁ = J·F' and C₂ = F'·J.
  static Type transform(Type v) {
    const Type within = _mm512_set1_epi64(static_cast<long long>(kronecker(true)));
    const Type across = _mm512_set1_epi64(static_cast<long long>(kronecker(false)));
    v = _mm512_gf2p8affine_epi64_epi8(within, v, 0);
    v = _mm512_gf2p8affine_epi64_epi8(across, v, 0);
    v = add(v, _mm512_bsrli_epi128(v, 8));
    v = add(v, _mm512_maskz_permutex_epi64(0x33, v, _MM_SHUFFLE(3, 2, 3, 2)));
    return add(v, _mm512_maskz_shuffle_i64x2(0x0F, v, v, _MM_SHUFFLE(3, 2, 3, 2)));
  }

 private:
  /// J·F' or F'·J as eight bytes: F'[j][i] = 1 exactly if the binary digits of j are among those of i.
  static constexpr std::uint64_t kronecker(bool reverse_rows) {
    std::uint64_t matrix = 0;
    for (unsigned row = 0; row < 8; ++row) {
      for (unsigned column = 0; column < 8; ++column) {
        const unsigned j = reverse_rows ? 7 - row : row;
        const unsigned i = reverse_rows ? column : 7 - column;
        if ((i & j) == j) matrix |= std::uint64_t{1} << (8 * row + column);
      }
    }
    return matrix;
  }
};

}  // namespace caligo::kernels::avx512
