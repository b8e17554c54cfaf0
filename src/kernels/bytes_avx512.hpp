// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Vectors of 64 bytes (AVX-512 with GFNI, which multiplies in this very GF(2^8)). bytes_scalar.hpp says what each
/// operation means.

#include <immintrin.h>

#include <cstddef>
#include <cstdint>

#include "kernels/bytes_scalar.hpp"

namespace caligo::kernels::avx512 {

struct Bytes {
  using Type = __m512i;
  static constexpr unsigned log2_lanes = 6;
  static constexpr std::size_t lanes = 64;

  static Type load(const std::uint8_t* p) { return _mm512_loadu_si512(p); }
  static void store(std::uint8_t* p, Type v) { _mm512_storeu_si512(p, v); }
  static Type add(Type a, Type b) { return _mm512_xor_si512(a, b); }

  using Constant = Type;
  static Constant constant(std::uint8_t c) { return _mm512_set1_epi8(static_cast<char>(c)); }
  static Type multiply(Type a, Type b) { return _mm512_gf2p8mul_epi8(a, b); }
  static Type map(Type v, const ByteMaps& maps, unsigned index) {
    return _mm512_gf2p8affine_epi64_epi8(v, _mm512_set1_epi64(static_cast<long long>(maps.rows[index])), 0);
  }

  template <unsigned b>
  static void exchange(Type& p, Type& q) {
    const Type p0 = p;
    if constexpr (b == 5) {
      p = _mm512_shuffle_i64x2(p0, q, 0x44);
      q = _mm512_shuffle_i64x2(p0, q, 0xEE);
    } else if constexpr (b == 4) {
      p = _mm512_mask_shuffle_i64x2(p0, 0xCC, q, q, 0xA0);
      q = _mm512_mask_shuffle_i64x2(q, 0x33, p0, p0, 0xF5);
    } else if constexpr (b == 3) {
      p = _mm512_unpacklo_epi64(p0, q);
      q = _mm512_unpackhi_epi64(p0, q);
    } else if constexpr (b == 2) {
      p = _mm512_mask_shuffle_epi32(p0, 0xAAAA, q, _MM_PERM_CCAA);
      q = _mm512_mask_shuffle_epi32(q, 0x5555, p0, _MM_PERM_DDBB);
    } else if constexpr (b == 1) {
      p = _mm512_mask_blend_epi16(0xAAAAAAAAU, p0, _mm512_slli_epi32(q, 16));
      q = _mm512_mask_blend_epi16(0xAAAAAAAAU, _mm512_srli_epi32(p0, 16), q);
    } else {
      p = _mm512_mask_blend_epi8(0xAAAAAAAAAAAAAAAAU, p0, _mm512_slli_epi16(q, 8));
      q = _mm512_mask_blend_epi8(0xAAAAAAAAAAAAAAAAU, _mm512_srli_epi16(p0, 8), q);
    }
  }
  template <unsigned layer>
  static Type lane_product(Type v) {
    return _mm512_gf2p8mul_epi8(v, load(lane_multipliers.bytes[layer]));
  }

 private:
  struct LaneMultipliers {
    alignas(64) std::uint8_t bytes[log2_lanes][lanes];
  };
  static constexpr LaneMultipliers make_lane_multipliers() {
    LaneMultipliers result{};
    for (unsigned layer = 0; layer < log2_lanes; ++layer) {
      for (unsigned lane = 0; lane < lanes; ++lane) {
        unsigned sum = 0;
        for (unsigned b = layer; b < log2_lanes; ++b) sum ^= ((lane >> b) & 1U) * scalar::cantor.v[b - layer + 1];
        result.bytes[layer][lane] = static_cast<std::uint8_t>(sum);
      }
    }
    return result;
  }
  static const LaneMultipliers lane_multipliers;
};

inline constexpr Bytes::LaneMultipliers Bytes::lane_multipliers = Bytes::make_lane_multipliers();

}  // namespace caligo::kernels::avx512
