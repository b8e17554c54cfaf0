// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Vectors of bytes as 64-bit integers: the meaning of every operation, in portable C++. No look-up in memory depends
/// on data, for these are key bits.

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "kernels/toeplitz_kernels.hpp"

namespace caligo::kernels {

/// Tables of multiplication by the 256 bytes.
struct ByteProducts {
  alignas(32) std::uint8_t nibbles[256][32];  ///< by the 16 low nibbles, then by the 16 high ones
  std::uint64_t columns[256];                 ///< byte i is the product with x^i
};
constexpr ByteProducts make_byte_products() {
  ByteProducts result{};
  for (unsigned c = 0; c < 256; ++c) {
    for (unsigned i = 0; i < 8; ++i) {
      const std::uint64_t image = multiply_bytes(c, 1U << i);
      result.columns[c] |= image << (8 * i);
    }
    for (unsigned i = 0; i < 32; ++i) {
      const unsigned nibble = i < 16 ? i : (i - 16) << 4U;
      for (unsigned b = 0; b < 8; ++b) {
        if (((nibble >> b) & 1U) == 0) continue;
        result.nibbles[c][i] = static_cast<std::uint8_t>(result.nibbles[c][i] ^ (result.columns[c] >> (8 * b)));
      }
    }
  }
  return result;
}
/// v_0 … v_7: v_0 = 1, v_(i+1) the smaller root of x² + x + v_i.
struct CantorBytes {
  std::uint8_t v[8];
};
constexpr CantorBytes make_cantor_bytes() {
  CantorBytes result{};
  result.v[0] = 1;
  for (unsigned i = 1; i < 8; ++i) {
    for (unsigned x = 0; x < 256 && result.v[i] == 0; ++x) {
      if ((multiply_bytes(x, x) ^ x) == result.v[i - 1]) result.v[i] = static_cast<std::uint8_t>(x);
    }
  }
  return result;
}

namespace scalar {

inline constexpr ByteProducts byte_products = make_byte_products();
inline constexpr CantorBytes cantor = make_cantor_bytes();

struct Bytes {
  using Type = std::uint64_t;
  static constexpr unsigned log2_lanes = 3;
  static constexpr std::size_t lanes = 8;
  static constexpr Type ones = 0x0101010101010101U;

  static Type load(const std::uint8_t* p) {
    Type v;
    std::memcpy(&v, p, sizeof v);
    return v;
  }
  static void store(std::uint8_t* p, Type v) { std::memcpy(p, &v, sizeof v); }
  static Type add(Type a, Type b) { return a ^ b; }

  /// The images of the eight bits.
  struct Constant {
    std::uint64_t columns;
  };
  static Constant constant(std::uint8_t c) { return {byte_products.columns[c]}; }
  static Type multiply(Type v, Constant c) { return image(v, c.columns); }
  static Type multiply(Type a, Type b) {
    Type product = 0;
    for (unsigned i = 0; i < 8; ++i) {
      product ^= a & (((b >> i) & ones) * 0xFF);
      const Type carry = (a >> 7) & ones;
      a = ((a & ~(ones << 7)) << 1) ^ (carry * 0x1B);
    }
    return product;
  }
  static Type map(Type v, const ByteMaps& maps, unsigned index) { return image(v, maps.columns[index]); }

  template <unsigned b>
  static void exchange(Type& p, Type& q) {
    constexpr unsigned shift = 8U << b;
    constexpr Type low = b == 0 ? 0x00FF00FF00FF00FFU : b == 1 ? 0x0000FFFF0000FFFFU : 0x00000000FFFFFFFFU;
    const Type swapped = ((p >> shift) ^ q) & low;
    p ^= swapped << shift;
    q ^= swapped;
  }
  template <unsigned layer>
  static Type lane_product(Type v) {
    constexpr Type bits[3] = {0xFF00FF00FF00FF00U, 0xFFFF0000FFFF0000U, 0xFFFFFFFF00000000U};
    Type sum = 0;
    for (unsigned b = layer; b < log2_lanes; ++b) {
      sum ^= multiply(v, Constant{byte_products.columns[cantor.v[b - layer + 1]]}) & bits[b];
    }
    return sum;
  }

 private:
  static Type image(Type v, std::uint64_t columns) {
    Type sum = 0;
    for (unsigned i = 0; i < 8; ++i) sum ^= ((v >> i) & ones) * ((columns >> (8 * i)) & 0xFFU);
    return sum;
  }
};

/// The product of two words without carries: multiplications of integers with every fourth bit set, whose carries do
/// not reach the next such bit (16 terms of a column would; the two halves have 8 each). After T. Pornin, BearSSL.
inline void carryless(std::uint64_t a, std::uint64_t b, std::uint64_t* out) {
  __extension__ using uint128 = unsigned __int128;
  uint128 product = 0;
  for (unsigned half = 0; half < 2; ++half) {
    const std::uint64_t part = half == 0 ? b & 0xFFFFFFFFU : b >> 32;
    uint128 sum = 0;
    for (unsigned i = 0; i < 4; ++i) {
      uint128 column = 0;
      for (unsigned j = 0; j < 4; ++j) {
        const std::uint64_t mask = 0x1111111111111111U << j;
        column ^= uint128{a & mask} * (part & (0x1111111111111111U << ((i - j) & 3U)));
      }
      const std::uint64_t keep = 0x1111111111111111U << i;
      sum |= column & ((uint128{keep} << 64) | keep);
    }
    product ^= sum << (32 * half);
  }
  out[0] ^= static_cast<std::uint64_t>(product);
  out[1] ^= static_cast<std::uint64_t>(product >> 64);
}

inline void correlate(const std::uint64_t* s, const std::uint64_t* x, std::size_t words, std::size_t outputs,
                      std::uint64_t* pairs) {
  for (std::size_t q = 0; q < outputs; ++q) {
    std::uint64_t* out = pairs + 2 * q;
    out[0] = out[1] = 0;
    for (std::size_t j = 0; j < words; ++j) carryless(s[q + j], x[j], out);
  }
}

}  // namespace scalar

}  // namespace caligo::kernels
