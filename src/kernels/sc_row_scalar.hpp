// SPDX-License-Identifier: Apache-2.0
#pragma once
/// A row: the 16 bytes in which one frame's short nodes live. In plain C++: the meaning of every operation, and the
/// portable implementation. Bits are kept as sign bits of bytes (1 = negative), so that an LLR is its own hard
/// decision; a node shorter than 16 uses the first bytes, and what is in the others does not matter.

#include <cstdint>
#include <cstring>

namespace caligo::kernels::scalar {

struct Rows {
  struct Row {
    std::int8_t b[16];
  };
  static Row load(const std::int8_t* p) {
    Row r;
    std::memcpy(r.b, p, 16);
    return r;
  }
  static Row zero() { return {}; }
  static Row exclusive_or(const Row& a, const Row& b) {
    Row r;
    for (int i = 0; i < 16; ++i) r.b[i] = static_cast<std::int8_t>(a.b[i] ^ b.b[i]);
    return r;
  }
  /// Min-sum f.
  static Row f(const Row& a, const Row& b) {
    Row r;
    for (int i = 0; i < 16; ++i) {
      const int low = a.b[i] < b.b[i] ? a.b[i] : b.b[i];
      const int high = a.b[i] < b.b[i] ? b.b[i] : a.b[i];
      r.b[i] = static_cast<std::int8_t>(low > -high ? low : -high);
    }
    return r;
  }
  /// g for bits that are zero: b + a, saturated to ±127.
  static Row sum(const Row& a, const Row& b) {
    Row r;
    for (int i = 0; i < 16; ++i) r.b[i] = saturate(b.b[i] + a.b[i]);
    return r;
  }
  /// g: b - a where the bit is set, else b + a; saturated to ±127.
  static Row g(const Row& a, const Row& b, const Row& bits) {
    Row r;
    for (int i = 0; i < 16; ++i) {
      const int flip = bits.b[i] >> 7;
      r.b[i] = saturate(b.b[i] + ((a.b[i] ^ flip) - flip));
    }
    return r;
  }
  /// Bytes from `half` on.
  template <unsigned half>
  static Row high(const Row& x) {
    Row r{};
    std::memcpy(r.b, x.b + half, 16 - half);
    return r;
  }
  /// The first `half` bytes of each.
  template <unsigned half>
  static Row join(const Row& left, const Row& right) {
    Row r{};
    std::memcpy(r.b, left.b, half);
    std::memcpy(r.b + half, right.b, half);
    return r;
  }
  /// All bits those of the sign of the sum of the first `size` bytes of `count` rows (size = 16 if count > 1).
  template <unsigned size, unsigned count>
  static Row repetition(const Row* x) {
    int total = 0;
    for (unsigned k = 0; k < count; ++k) {
      for (unsigned i = 0; i < size; ++i) total += x[k].b[i];
    }
    Row r;
    std::memset(r.b, total < 0 ? -1 : 0, 16);
    return r;
  }
  /// Wagner's rule in place: if the bits of the node are of odd parity, its first least reliable one is flipped.
  template <unsigned size, unsigned count>
  static void parity(Row* x) {
    unsigned least = 0;
    int least_magnitude = 128;
    int odd = 0;
    for (unsigned i = 0; i < size * count; ++i) {
      const int value = x[i / 16].b[i % 16];
      const int magnitude = value < 0 ? -value : value;
      odd ^= value;
      least = magnitude < least_magnitude ? i : least;
      least_magnitude = magnitude < least_magnitude ? magnitude : least_magnitude;
    }
    x[least / 16].b[least % 16] = static_cast<std::int8_t>(x[least / 16].b[least % 16] ^ (odd & 0x80));
  }
  /// Bit i = sign of byte i.
  static std::uint32_t signs(const Row& x) {
    std::uint32_t mask = 0;
    for (unsigned i = 0; i < 2; ++i) {
      std::uint64_t eight;
      std::memcpy(&eight, x.b + 8 * i, 8);
      // Moves the sign bit of byte j to bit 56 + j: each product term lands on a bit of its own.
      const std::uint64_t bits = (((eight >> 7) & 0x0101010101010101U) * 0x0102040810204080U) >> 56;
      mask |= static_cast<std::uint32_t>(bits) << (8 * i);
    }
    return mask;
  }
  /// Sum of all bytes of a node of whole rows.
  static std::int64_t total(const std::int8_t* p, std::size_t count) {
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < count; ++i) sum += p[i];
    return sum;
  }

 private:
  static std::int8_t saturate(int x) { return static_cast<std::int8_t>(x > 127 ? 127 : (x < -127 ? -127 : x)); }
};

}  // namespace caligo::kernels::scalar
