// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Vectors of 16 bytes (NEON). Linear maps of a byte are look-ups of its two nibbles within registers. bytes_scalar.hpp
/// says what each operation means.

#include <arm_neon.h>

#include <cstddef>
#include <cstdint>

#include "kernels/bytes_scalar.hpp"

namespace caligo::kernels::neon {

struct Bytes {
  using Type = uint8x16_t;
  static constexpr unsigned log2_lanes = 4;
  static constexpr std::size_t lanes = 16;

  static Type load(const std::uint8_t* p) { return vld1q_u8(p); }
  static void store(std::uint8_t* p, Type v) { vst1q_u8(p, v); }
  static Type add(Type a, Type b) { return veorq_u8(a, b); }

  struct Constant {
    Type low;
    Type high;
  };
  static Constant constant(std::uint8_t c) { return nibbles(scalar::byte_products.nibbles[c]); }
  static Type multiply(Type v, Constant c) {
    return veorq_u8(vqtbl1q_u8(c.low, vandq_u8(v, vdupq_n_u8(0x0F))), vqtbl1q_u8(c.high, vshrq_n_u8(v, 4)));
  }
  static Type multiply(Type a, Type b) {
    Type product = vdupq_n_u8(0);
    for (unsigned i = 0; i < 8; ++i) {  // from the highest bit of b on
      product = veorq_u8(times_x(product), vandq_u8(a, negative(b)));
      b = vshlq_n_u8(b, 1);
    }
    return product;
  }
  static Type map(Type v, const ByteMaps& maps, unsigned index) { return multiply(v, nibbles(maps.nibbles[index])); }

  template <unsigned b>
  static void exchange(Type& p, Type& q) {
    const Type p0 = p;
    if constexpr (b == 3) {
      p = vreinterpretq_u8_u64(vtrn1q_u64(vreinterpretq_u64_u8(p0), vreinterpretq_u64_u8(q)));
      q = vreinterpretq_u8_u64(vtrn2q_u64(vreinterpretq_u64_u8(p0), vreinterpretq_u64_u8(q)));
    } else if constexpr (b == 2) {
      p = vreinterpretq_u8_u32(vtrn1q_u32(vreinterpretq_u32_u8(p0), vreinterpretq_u32_u8(q)));
      q = vreinterpretq_u8_u32(vtrn2q_u32(vreinterpretq_u32_u8(p0), vreinterpretq_u32_u8(q)));
    } else if constexpr (b == 1) {
      p = vreinterpretq_u8_u16(vtrn1q_u16(vreinterpretq_u16_u8(p0), vreinterpretq_u16_u8(q)));
      q = vreinterpretq_u8_u16(vtrn2q_u16(vreinterpretq_u16_u8(p0), vreinterpretq_u16_u8(q)));
    } else {
      p = vtrn1q_u8(p0, q);
      q = vtrn2q_u8(p0, q);
    }
  }
  template <unsigned layer>
  static Type lane_product(Type v) {
    Type sum = vandq_u8(multiply(v, constant(scalar::cantor.v[1])), bit_mask(layer));
    for (unsigned b = layer + 1; b < log2_lanes; ++b) {
      sum = veorq_u8(sum, vandq_u8(multiply(v, constant(scalar::cantor.v[b - layer + 1])), bit_mask(b)));
    }
    return sum;
  }

 private:
  static Constant nibbles(const std::uint8_t* p) { return {vld1q_u8(p), vld1q_u8(p + 16)}; }
  static Type negative(Type v) { return vreinterpretq_u8_s8(vshrq_n_s8(vreinterpretq_s8_u8(v), 7)); }
  static Type times_x(Type v) { return veorq_u8(vshlq_n_u8(v, 1), vandq_u8(negative(v), vdupq_n_u8(0x1B))); }
  /// 0xFF in lanes whose bit b is 1.
  static Type bit_mask(unsigned b) {
    if (b == 3) return vreinterpretq_u8_u64(vcombine_u64(vcreate_u64(0), vcreate_u64(~std::uint64_t{0})));
    if (b == 2) return vreinterpretq_u8_u64(vdupq_n_u64(0xFFFFFFFF00000000U));
    if (b == 1) return vreinterpretq_u8_u32(vdupq_n_u32(0xFFFF0000U));
    return vreinterpretq_u8_u16(vdupq_n_u16(0xFF00U));
  }
};

}  // namespace caligo::kernels::neon
