// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The 64-byte vector of the kernels in plain C++: the meaning of every operation, and the portable implementation. The
/// loops have fixed bounds, so a compiler turns them into whatever the ABI's baseline offers.

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace caligo::kernels::scalar {

struct Vector {
  struct alignas(64) Bytes {
    std::int8_t b[64];
  };
  using Index = Bytes;

  static Bytes load(const std::int8_t* p) {
    Bytes v;
    std::memcpy(v.b, p, 64);
    return v;
  }
  static void store(std::int8_t* p, const Bytes& v) { std::memcpy(p, v.b, 64); }
  static Bytes fill(std::int8_t value) {
    Bytes v;
    std::memset(v.b, value, 64);
    return v;
  }

  /// Min-sum f: sign(a)·sign(b)·min(|a|, |b|).
  static Bytes f(const Bytes& a, const Bytes& b) {
    Bytes r;
    for (int i = 0; i < 64; ++i) {
      // min(a,b) where signs agree; -max(...) otherwise: max(min(a,b), -max(a,b)) covers all four cases.
      const int low = a.b[i] < b.b[i] ? a.b[i] : b.b[i];
      const int high = a.b[i] < b.b[i] ? b.b[i] : a.b[i];
      r.b[i] = static_cast<std::int8_t>(low > -high ? low : -high);
    }
    return r;
  }
  /// g: b - a where the bit of `sums` is set, else b + a; saturated to ±127.
  static Bytes g(const Bytes& a, const Bytes& b, std::uint64_t sums) {
    alignas(64) std::int8_t flip[64];
    expand(sums, flip);
    Bytes r;
    for (int i = 0; i < 64; ++i) {
      const int sum = b.b[i] + ((a.b[i] ^ flip[i]) - flip[i]);
      r.b[i] = static_cast<std::int8_t>(sum > 127 ? 127 : (sum < -127 ? -127 : sum));
    }
    return r;
  }
  static Bytes negate(const Bytes& a, std::uint64_t mask) { return g(a, fill(0), mask); }
  static Bytes magnitude(const Bytes& a) {
    Bytes r;
    for (int i = 0; i < 64; ++i) r.b[i] = static_cast<std::int8_t>(a.b[i] < 0 ? -a.b[i] : a.b[i]);
    return r;
  }
  /// max(0, -a): the penalty of deciding 0.
  static Bytes zero_penalty(const Bytes& a) {
    Bytes r;
    for (int i = 0; i < 64; ++i) r.b[i] = static_cast<std::int8_t>(a.b[i] < 0 ? -a.b[i] : 0);
    return r;
  }
  /// max(0, a): the penalty of deciding 1.
  static Bytes one_penalty(const Bytes& a) {
    Bytes r;
    for (int i = 0; i < 64; ++i) r.b[i] = a.b[i] < 0 ? std::int8_t{0} : a.b[i];
    return r;
  }
  /// Signed minimum and maximum; magnitudes are 0 … 127, so they serve those as well.
  static Bytes min(const Bytes& a, const Bytes& b) {
    Bytes r;
    for (int i = 0; i < 64; ++i) r.b[i] = a.b[i] < b.b[i] ? a.b[i] : b.b[i];
    return r;
  }
  static Bytes max(const Bytes& a, const Bytes& b) {
    Bytes r;
    for (int i = 0; i < 64; ++i) r.b[i] = a.b[i] < b.b[i] ? b.b[i] : a.b[i];
    return r;
  }
  /// The first `count` bytes of v, the others replaced by `rest`.
  static Bytes first(const Bytes& v, unsigned count, std::int8_t rest) {
    Bytes r = v;
    for (unsigned i = count; i < 64; ++i) r.b[i] = rest;
    return r;
  }
  /// `value` where the mask has a one.
  static Bytes replace(const Bytes& v, std::uint64_t mask, std::int8_t value) {
    alignas(64) std::int8_t pick[64];
    expand(mask, pick);
    Bytes r;
    for (int i = 0; i < 64; ++i) r.b[i] = static_cast<std::int8_t>((v.b[i] & ~pick[i]) | (value & pick[i]));
    return r;
  }
  static std::uint64_t negative(const Bytes& a) {
    std::uint64_t mask = 0;
    for (unsigned i = 0; i < 8; ++i) {
      std::uint64_t eight;
      std::memcpy(&eight, a.b + 8 * i, 8);
      // Moves the sign bit of byte j to bit 56 + j: each product term lands on a bit of its own.
      mask |= ((((eight >> 7) & 0x0101010101010101U) * 0x0102040810204080U) >> 56) << (8 * i);
    }
    return mask;
  }
  static std::uint64_t equal(const Bytes& a, const Bytes& b) {
    Bytes r;
    for (int i = 0; i < 64; ++i) r.b[i] = a.b[i] == b.b[i] ? std::int8_t{-1} : std::int8_t{0};
    return negative(r);
  }

  /// Index for permute(): byte e·L + l comes from byte e·L + source[l].
  template <unsigned L>
  static Index index(const std::uint8_t* source) {
    Index r;
    for (unsigned e = 0; e < 64 / L; ++e) {
      for (unsigned l = 0; l < L; ++l) r.b[e * L + l] = static_cast<std::int8_t>(e * L + source[l]);
    }
    return r;
  }
  template <unsigned L>
  static Bytes permute(const Bytes& v, const Index& index) {
    Bytes r;
    for (unsigned i = 0; i < 64; ++i) r.b[i] = v.b[static_cast<unsigned>(index.b[i])];
    return r;
  }
  template <unsigned L>
  static std::uint64_t permute_bits(std::uint64_t bits, const Index& index) {
    std::uint64_t r = 0;
    for (unsigned i = 0; i < 64; ++i) r |= ((bits >> static_cast<unsigned>(index.b[i])) & 1U) << i;
    return r;
  }
  /// Byte e·L + l = p[e]: 64/L elements, one copy for each lane.
  template <unsigned L>
  static Bytes replicate(const std::int8_t* p) {
    Bytes r;
    for (unsigned e = 0; e < 64 / L; ++e) std::memset(r.b + std::size_t{e} * L, p[e], L);
    return r;
  }
  /// lanes[l] = min over e of byte e·L + l.
  template <unsigned L>
  static void fold_min(Bytes v, std::int8_t* lanes) {
    for (unsigned width = 32; width >= L; width /= 2) {
      for (unsigned i = 0; i < width; ++i) v.b[i] = v.b[i] < v.b[i + width] ? v.b[i] : v.b[i + width];
    }
    std::memcpy(lanes, v.b, L);
  }

  /// Sums of up to 256 vectors of magnitudes, by byte position.
  struct Sum {
    std::uint16_t s[64] = {};
    void add(const Bytes& v) {
      for (int i = 0; i < 64; ++i) s[i] = static_cast<std::uint16_t>(s[i] + v.b[i]);
    }
    /// lanes[l] += sum over e of position e·L + l.
    template <unsigned L>
    void fold(std::int32_t* lanes) const {
      for (unsigned e = 0; e < 64 / L; ++e) {
        for (unsigned l = 0; l < L; ++l) lanes[l] += s[e * L + l];
      }
    }
  };

  /// Bit l of the result: p[l] == value / p[l] < value.
  template <unsigned L>
  static std::uint32_t equal_lanes(const std::int32_t* p, std::int32_t value) {
    std::uint32_t mask = 0;
    for (unsigned l = 0; l < L; ++l) mask |= static_cast<std::uint32_t>(p[l] == value) << l;
    return mask;
  }
  template <unsigned L>
  static std::uint32_t less_lanes(const std::int32_t* p, std::int32_t value) {
    std::uint32_t mask = 0;
    for (unsigned l = 0; l < L; ++l) mask |= static_cast<std::uint32_t>(p[l] < value) << l;
    return mask;
  }

 private:
  /// Byte i = -bit i.
  static void expand(std::uint64_t bits, std::int8_t* bytes) {
    for (unsigned i = 0; i < 8; ++i) {
      // Copies byte i of `bits` into all eight bytes, keeps bit j in byte j, and widens it to 0 or 0xff.
      const std::uint64_t spread = (((bits >> (8 * i)) & 0xffU) * 0x0101010101010101U) & 0x8040201008040201U;
      const std::uint64_t ones = ((spread + 0x7f7f7f7f7f7f7f7fU) | spread) >> 7 & 0x0101010101010101U;
      const std::uint64_t wide = ones * 0xffU;
      std::memcpy(bytes + 8 * i, &wide, 8);
    }
  }
};

}  // namespace caligo::kernels::scalar
