// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Vectors of 32 bytes (AVX2). Linear maps of a byte are look-ups of its two nibbles within registers. bytes_scalar.hpp
/// says what each operation means.

#include <immintrin.h>

#include <cstddef>
#include <cstdint>

#include "kernels/bytes_scalar.hpp"

namespace caligo::kernels::avx2 {

struct Bytes {
  using Type = __m256i;
  static constexpr unsigned log2_lanes = 5;
  static constexpr std::size_t lanes = 32;

  static Type load(const std::uint8_t* p) { return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)); }
  static void store(std::uint8_t* p, Type v) { _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), v); }
  static Type add(Type a, Type b) { return _mm256_xor_si256(a, b); }

  /// Kept in memory: a register file of 16 would not hold them.
  struct Constant {
    const std::uint8_t* nibbles;
  };
  static Constant constant(std::uint8_t c) { return {scalar::byte_products.nibbles[c]}; }
  static Type multiply(Type v, Constant c) { return image(v, c.nibbles); }
  static Type multiply(Type a, Type b) {
    Type product = _mm256_setzero_si256();
    for (unsigned i = 0; i < 8; ++i) {  // from the highest bit of b on, which blendv looks at
      product = _mm256_xor_si256(times_x(product), _mm256_blendv_epi8(_mm256_setzero_si256(), a, b));
      b = _mm256_add_epi8(b, b);
    }
    return product;
  }
  static Type map(Type v, const ByteMaps& maps, unsigned index) { return image(v, maps.nibbles[index]); }

  template <unsigned b>
  static void exchange(Type& p, Type& q) {
    const Type p0 = p;
    if constexpr (b == 4) {
      p = _mm256_permute2x128_si256(p0, q, 0x20);
      q = _mm256_permute2x128_si256(p0, q, 0x31);
    } else if constexpr (b == 3) {
      p = _mm256_unpacklo_epi64(p0, q);
      q = _mm256_unpackhi_epi64(p0, q);
    } else if constexpr (b == 2) {
      p = _mm256_blend_epi32(p0, _mm256_slli_epi64(q, 32), 0xAA);
      q = _mm256_blend_epi32(_mm256_srli_epi64(p0, 32), q, 0xAA);
    } else if constexpr (b == 1) {
      p = _mm256_blend_epi16(p0, _mm256_slli_epi32(q, 16), 0xAA);
      q = _mm256_blend_epi16(_mm256_srli_epi32(p0, 16), q, 0xAA);
    } else {
      const Type odd = _mm256_set1_epi16(static_cast<short>(0xFF00));
      p = _mm256_blendv_epi8(p0, _mm256_slli_epi16(q, 8), odd);
      q = _mm256_blendv_epi8(_mm256_srli_epi16(p0, 8), q, odd);
    }
  }
  template <unsigned layer>
  static Type lane_product(Type v) {
    Type sum = _mm256_and_si256(multiply(v, constant(scalar::cantor.v[1])), bit_mask<layer>());
    if constexpr (layer < 4) {
      sum = add(sum, _mm256_and_si256(multiply(v, constant(scalar::cantor.v[2])), bit_mask<layer + 1>()));
    }
    if constexpr (layer < 3) {
      sum = add(sum, _mm256_and_si256(multiply(v, constant(scalar::cantor.v[3])), bit_mask<layer + 2>()));
    }
    if constexpr (layer < 2) {
      sum = add(sum, _mm256_and_si256(multiply(v, constant(scalar::cantor.v[4])), bit_mask<layer + 3>()));
    }
    if constexpr (layer < 1) {
      sum = add(sum, _mm256_and_si256(multiply(v, constant(scalar::cantor.v[5])), bit_mask<layer + 4>()));
    }
    return sum;
  }

 private:
  static Type image(Type v, const std::uint8_t* nibbles) {
    const Type low = _mm256_broadcastsi128_si256(_mm_load_si128(reinterpret_cast<const __m128i*>(nibbles)));
    const Type high = _mm256_broadcastsi128_si256(_mm_load_si128(reinterpret_cast<const __m128i*>(nibbles + 16)));
    const Type mask = _mm256_set1_epi8(0x0F);
    return _mm256_xor_si256(_mm256_shuffle_epi8(low, _mm256_and_si256(v, mask)),
                            _mm256_shuffle_epi8(high, _mm256_and_si256(_mm256_srli_epi16(v, 4), mask)));
  }
  static Type times_x(Type v) {
    const Type carry = _mm256_and_si256(_mm256_cmpgt_epi8(_mm256_setzero_si256(), v), _mm256_set1_epi8(0x1B));
    return _mm256_xor_si256(_mm256_add_epi8(v, v), carry);
  }
  /// 0xFF in lanes whose bit b is 1.
  template <unsigned b>
  static Type bit_mask() {
    if constexpr (b == 4) return _mm256_setr_epi64x(0, 0, -1, -1);
    if constexpr (b == 3) return _mm256_setr_epi64x(0, -1, 0, -1);
    if constexpr (b == 2) return _mm256_set1_epi64x(static_cast<long long>(0xFFFFFFFF00000000U));
    if constexpr (b == 1) return _mm256_set1_epi32(static_cast<int>(0xFFFF0000U));
    return _mm256_set1_epi16(static_cast<short>(0xFF00));
  }
};

}  // namespace caligo::kernels::avx2
