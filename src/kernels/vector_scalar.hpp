// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The 64-byte vector of the kernels in plain C++: the meaning of every operation, and the portable implementation. The
/// loops have fixed bounds, so a compiler turns them into whatever the ABI's baseline offers.

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "kernels/metrics_scalar.hpp"

namespace caligo::kernels::scalar {

struct Vector {
  struct alignas(64) Bytes {
    std::int8_t b[64];
  };
  using Index = Bytes;
  using BitIndex = Bytes;
  template <unsigned L>
  using Metrics = scalar::Metrics<L>;

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
  static Bytes g_zero(const Bytes& a, const Bytes& b) { return g(a, b, 0); }
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
  static Bytes min_unsigned(const Bytes& a, const Bytes& b) {
    Bytes r;
    for (int i = 0; i < 64; ++i) {
      r.b[i] = static_cast<std::uint8_t>(a.b[i]) < static_cast<std::uint8_t>(b.b[i]) ? a.b[i] : b.b[i];
    }
    return r;
  }
  /// Without saturation.
  static Bytes add(const Bytes& a, const Bytes& b) {
    Bytes r;
    for (int i = 0; i < 64; ++i) r.b[i] = static_cast<std::int8_t>(a.b[i] + b.b[i]);
    return r;
  }
  static Bytes bit_xor(const Bytes& a, const Bytes& b) {
    Bytes r;
    for (int i = 0; i < 64; ++i) r.b[i] = static_cast<std::int8_t>(a.b[i] ^ b.b[i]);
    return r;
  }
  static Bytes bit_or(const Bytes& a, const Bytes& b) {
    Bytes r;
    for (int i = 0; i < 64; ++i) r.b[i] = static_cast<std::int8_t>(a.b[i] | b.b[i]);
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
  /// 0 where the mask has a zero.
  static Bytes keep(const Bytes& v, std::uint64_t mask) { return replace(v, ~mask, 0); }
  /// v | bits where the mask has a one.
  static Bytes set_bits(const Bytes& v, std::uint64_t mask, std::int8_t bits) {
    return bit_or(v, replace(fill(0), mask, bits));
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

  static std::uint64_t less(const Bytes& a, const Bytes& b) {
    Bytes r;
    for (int i = 0; i < 64; ++i) r.b[i] = a.b[i] < b.b[i] ? std::int8_t{-1} : std::int8_t{0};
    return negative(r);
  }
  /// Bit i: a and b have a one in common in byte i.
  static std::uint64_t test(const Bytes& a, const Bytes& b) {
    Bytes r;
    for (int i = 0; i < 64; ++i) r.b[i] = (a.b[i] & b.b[i]) != 0 ? std::int8_t{-1} : std::int8_t{0};
    return negative(r);
  }
  static bool any(const Bytes& a) {
    std::int8_t all = 0;
    for (int i = 0; i < 64; ++i) all = static_cast<std::int8_t>(all | a.b[i]);
    return all != 0;
  }
  /// The lowest `count` set bits.
  static std::uint32_t lowest_bits(std::uint32_t mask, unsigned count) {
    std::uint32_t r = 0;
    for (; count > 0 && mask != 0; --count, mask &= mask - 1) r |= mask & (0U - mask);
    return r;
  }
  /// 1 << k where the byte is 0x80 + 8·block + k for a k from 0 to 7, else 0.
  static Bytes rank_bit(const Bytes& marks, unsigned block) {
    Bytes r;
    for (int i = 0; i < 64; ++i) {
      const unsigned rank = (static_cast<std::uint8_t>(marks.b[i]) - 0x80U) - 8 * block;
      r.b[i] = static_cast<std::int8_t>(rank < 8 ? 1U << rank : 0U);
    }
    return r;
  }

  /// A lane map over all bytes: source lanes, repeated for every element. iota is the identity.
  template <unsigned L>
  static Bytes iota() {
    Bytes r;
    for (unsigned i = 0; i < 64; ++i) r.b[i] = static_cast<std::int8_t>(i % L);
    return r;
  }
  /// The lanes of `free` come from those of `accepted`, both in increasing order; the others stay.
  template <unsigned L>
  static Bytes refill(std::uint32_t free, std::uint32_t accepted) {
    Bytes r = iota<L>();
    for (; accepted != 0; accepted &= accepted - 1, free &= free - 1) {
      const auto from = static_cast<std::int8_t>(__builtin_ctz(accepted));
      for (unsigned i = static_cast<unsigned>(__builtin_ctz(free)); i < 64; i += L) r.b[i] = from;
    }
    return r;
  }
  /// Index for permute(): byte e·L + l comes from byte e·L + source[l].
  template <unsigned L>
  static Index index(const Bytes& source) {
    Index r;
    for (unsigned i = 0; i < 64; ++i) r.b[i] = static_cast<std::int8_t>(i / L * L + static_cast<unsigned>(source.b[i]));
    return r;
  }
  template <unsigned L>
  static BitIndex bit_index(const Bytes& source) {
    return index<L>(source);
  }
  template <unsigned L>
  static Bytes permute(const Bytes& v, const Index& index) {
    Bytes r;
    for (unsigned i = 0; i < 64; ++i) r.b[i] = v.b[static_cast<unsigned>(index.b[i])];
    return r;
  }
  template <unsigned L>
  static std::uint64_t permute_bits(std::uint64_t bits, const BitIndex& index) {
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
  /// plus[0], minus[0], plus[1], … to 128 bytes.
  static void interleave(const Bytes& plus, const Bytes& minus, std::int8_t* out) {
    for (unsigned i = 0; i < 64; ++i) {
      out[2 * i] = plus.b[i];
      out[2 * i + 1] = minus.b[i];
    }
  }
  /// Byte e·L + l = pairs[2·e + bit e·L + l].
  template <unsigned L>
  static Bytes pick(const std::int8_t* pairs, std::uint64_t bits) {
    Bytes r;
    for (unsigned i = 0; i < 64; ++i) r.b[i] = pairs[2 * (i / L) + (bits >> i & 1)];
    return r;
  }
  /// Byte i = byte i + distance, for i < distance; distance a power of two, at most 32. The others are arbitrary.
  static Bytes move_down(const Bytes& v, unsigned distance) { return swap(v, distance); }
  /// Numbers below 128, one per lane -> bytes, repeated for every element.
  template <unsigned L>
  static Bytes spread(const typename Metrics<L>::Vec& v) {
    Bytes r;
    for (unsigned i = 0; i < 64; ++i) r.b[i] = static_cast<std::int8_t>(v.m[i % L]);
    return r;
  }
  /// Eight words of partial sums, moved along a lane map together.
  static Bytes load_words(const std::uint64_t* p) {
    Bytes v;
    std::memcpy(v.b, p, 64);
    return v;
  }
  static void store_words(std::uint64_t* p, const Bytes& v) { std::memcpy(p, v.b, 64); }
  template <unsigned L>
  struct BlockPermuter {
    BitIndex index;
    explicit BlockPermuter(const Bytes& source) : index(bit_index<L>(source)) {}
    Bytes operator()(const Bytes& block) const {
      std::uint64_t words[8];
      store_words(words, block);
      for (std::uint64_t& word : words) word = permute_bits<L>(word, index);
      return load_words(words);
    }
  };

  /// Every byte e·L + l becomes the unsigned minimum over all e.
  template <unsigned L>
  static Bytes fold_min(Bytes v) {
    for (unsigned distance = L; distance < 64; distance *= 2) v = min_unsigned(v, swap(v, distance));
    return v;
  }
  /// low, next: the two least of each byte position -> the two least over all e.
  template <unsigned L>
  static void fold_two_min(Bytes& low, Bytes& next) {
    for (unsigned distance = L; distance < 64; distance *= 2) {
      const Bytes other = swap(low, distance);
      next = min(min(next, swap(next, distance)), max(low, other));
      low = min(low, other);
    }
  }

  /// Bit i = bit i·L + lane of the L words at `sums`. Within a word by log2(64/L) shift-and-merge steps; the pieces of
  /// L words make one.
  template <unsigned L>
  static std::uint64_t lane_bits(const std::uint64_t* sums, unsigned lane) {
    constexpr unsigned elements = 64 / L;
    constexpr std::uint64_t stride = ~std::uint64_t{0} / ((std::uint64_t{1} << L) - 1);
    std::uint64_t word = 0;
    for (unsigned part = 0; part < L; ++part) {
      std::uint64_t bits = (sums[part] >> lane) & stride;
      for (unsigned have = 1; have < elements; have *= 2) {
        // Groups of `have` bits lie `have`·L apart; every second group moves down next to its neighbour.
        const std::uint64_t moved = bits | (bits >> (have * (L - 1)));
        const std::uint64_t group = (std::uint64_t{1} << (2 * have - 1) << 1) - 1;
        const unsigned distance = 2 * have * L;
        bits = moved & (distance >= 64 ? group : group * (~std::uint64_t{0} / ((std::uint64_t{1} << distance) - 1)));
      }
      word |= bits << (part * elements % 64);
    }
    return word;
  }

  /// Sums of up to 256 vectors of magnitudes, by byte position modulo 32.
  struct Sum {
    std::uint16_t s[32] = {};
    void add(const Bytes& v) {
      for (int i = 0; i < 32; ++i) s[i] = static_cast<std::uint16_t>(s[i] + v.b[i] + v.b[i + 32]);
    }
    [[nodiscard]] std::uint64_t total() const {
      std::uint64_t r = 0;
      for (const std::uint16_t part : s) r += part;
      return r;
    }
    /// Per lane.
    template <unsigned L>
    [[nodiscard]] typename Metrics<L>::Vec lanes() const {
      typename Metrics<L>::Vec r;
      for (unsigned l = 0; l < L; ++l) r.m[l] = s[l];
      for (unsigned i = L; i < 32; ++i) r.m[i % L] = static_cast<std::uint16_t>(r.m[i % L] + s[i]);
      return r;
    }
  };

 private:
  /// Exchanges neighbouring groups of `distance` bytes.
  static Bytes swap(const Bytes& v, unsigned distance) {
    Bytes r;
    for (unsigned i = 0; i < 64; ++i) r.b[i] = v.b[i ^ distance];
    return r;
  }
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
