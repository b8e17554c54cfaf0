// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Vectors of 64 LLRs of 16 bits in plain C++: the meaning of every operation, and the portable implementation. Lane
/// maps, partial sums and metrics are those of vector_scalar.hpp, which also says what operations of the same name do.

#include "kernels/kernels.hpp"
#include "kernels/vector_scalar.hpp"

namespace caligo::kernels::scalar {

struct WideVector : Vector {
  using Llr = std::int16_t;
  /// Eight numbers that the compiler keeps in a register of the ABI's baseline where it has one.
  using WidePart [[gnu::vector_size(16)]] = std::int16_t;
  using UnsignedWidePart [[gnu::vector_size(16)]] = std::uint16_t;
  struct Llrs {
    WidePart p[8];
  };
  struct alignas(64) WideArray {
    Llr a[64];
    WideArray() = default;
    explicit WideArray(const Llrs& v) { std::memcpy(a, &v, 128); }
    [[nodiscard]] Llrs llrs() const { return load(a); }
  };
  using LlrIndex = Index;
  /// Sums of LLRs saturate at 65535 (and then are formed anew in 32 bits).
  static constexpr bool sums_saturate = true;
  static constexpr unsigned saturated = 0x7fff;
  /// Fewer handlers than elsewhere: the unit is for tests and rare processors, and would take minutes to compile.
  static constexpr unsigned fixed_levels = 1;

  template <unsigned L>
  struct Metrics : scalar::Metrics<L, saturated> {
    using Base = scalar::Metrics<L, saturated>;
    using Vec = typename Base::Vec;
    /// The first L numbers.
    static Vec widen(const Llrs& v) {
      Vec r;
      std::memcpy(r.m, &v, sizeof r.m);
      return r;
    }
    static Vec widen_signed(const Llrs& v) { return widen(v); }
    static Vec price(const Llrs& magnitude) { return Base::without_saturated(widen(magnitude)); }
  };

  using Vector::load;
  using Vector::store;
  static Llrs load(const Llr* p) {
    Llrs v;
    std::memcpy(&v, p, 128);
    return v;
  }
  static void store(Llr* p, const Llrs& v) { std::memcpy(p, &v, 128); }
  static Llrs llrs(Llr value) {
    const WidePart part = WidePart{} + value;
    return {{part, part, part, part, part, part, part, part}};
  }

  /// f at a check node. Exactly (Hagenauer, Offer & Papke 1996, in the form of the Jacobian logarithm)
  /// f = ln(1 + e^(a + b)) - ln(e^a + e^b) = minsum(a, b) + φ(a + b) - φ(a - b) with φ(x) = ln(1 + e^-|x|). Here
  /// φ(x) = max(0, correction - |x|)/4, rounded down: no f changes its sign, and with correction 0 it is min-sum.
  class CheckNode {
   public:
    explicit CheckNode(std::uint16_t correction) : reach_(UnsignedWidePart{} + correction) {}
    Llrs operator()(const Llrs& a, const Llrs& b) const {
      return map(a, b, [this](WidePart x, WidePart y) {
        const WidePart least = larger(smaller(x, y), -larger(x, y));
        return least + correction(add_saturating(x, y)) - correction(add_saturating(x, -y));
      });
    }

   private:
    [[nodiscard]] WidePart correction(WidePart x) const {
      const auto magnitude = reinterpret_cast<UnsignedWidePart>(larger(x, -x));
      const auto within = reinterpret_cast<UnsignedWidePart>(magnitude < reach_);
      return reinterpret_cast<WidePart>(((reach_ - magnitude) & within) >> 2);
    }
    UnsignedWidePart reach_;
  };
  /// g: b - a where the bit of `sums` is set, else b + a; saturated to ±32767.
  static Llrs g(const Llrs& a, const Llrs& b, std::uint64_t sums) { return g_zero(negate(a, sums), b); }
  static Llrs g_zero(const Llrs& a, const Llrs& b) { return map(a, b, add_saturating); }
  /// -a where the mask has a one.
  static Llrs negate(const Llrs& a, std::uint64_t mask) {
    return map(a, expand(mask), [](WidePart x, WidePart m) { return (x ^ m) - m; });
  }
  static Llrs magnitude(const Llrs& a) {
    return map(a, a, [](WidePart x, WidePart) { return larger(x, -x); });
  }
  static Llrs zero_penalty(const Llrs& a) {
    return map(a, a, [](WidePart x, WidePart) { return -x & (x < 0); });
  }
  static Llrs one_penalty(const Llrs& a) {
    return map(a, a, [](WidePart x, WidePart) { return x & (x > 0); });
  }
  static Llrs min(const Llrs& a, const Llrs& b) { return map(a, b, smaller); }
  static Llrs max(const Llrs& a, const Llrs& b) { return map(a, b, larger); }
  static Llrs min_unsigned(const Llrs& a, const Llrs& b) {
    return map(a, b, [](WidePart x, WidePart y) {
      const auto ux = reinterpret_cast<UnsignedWidePart>(x);
      const auto uy = reinterpret_cast<UnsignedWidePart>(y);
      return reinterpret_cast<WidePart>(ux < uy ? ux : uy);
    });
  }
  using Vector::bit_or;
  static Llrs bit_or(const Llrs& a, const Llrs& b) {
    return map(a, b, [](WidePart x, WidePart y) { return x | y; });
  }
  static Llrs first(const Llrs& v, unsigned count, Llr rest) {
    return replace(v, count >= 64 ? 0 : ~std::uint64_t{0} << count, rest);
  }
  static Llrs replace(const Llrs& v, std::uint64_t mask, Llr value) {
    return map(v, expand(mask), [value](WidePart x, WidePart m) { return choose(m, WidePart{} + value, x); });
  }
  static Llrs keep(const Llrs& v, std::uint64_t mask) {
    return map(v, expand(mask), [](WidePart x, WidePart m) { return x & m; });
  }
  static std::uint64_t negative(const Llrs& a) {
    std::uint64_t mask = 0;
    for (unsigned i = 0; i < 8; ++i) mask |= signs(a.p[i]) << (8 * i);
    return mask;
  }
  static std::uint64_t equal(const Llrs& a, const Llrs& b) {
    return negative(map(a, b, [](WidePart x, WidePart y) { return x == y; }));
  }
  static std::uint64_t less(const Llrs& a, const Llrs& b) {
    return negative(map(a, b, [](WidePart x, WidePart y) { return x < y; }));
  }
  using Vector::any;
  static bool any(const Llrs& a) {
    std::uint64_t two[2];
    const WidePart all = ((a.p[0] | a.p[1]) | (a.p[2] | a.p[3])) | ((a.p[4] | a.p[5]) | (a.p[6] | a.p[7]));
    std::memcpy(two, &all, 16);
    return (two[0] | two[1]) != 0;
  }

  /// What takes the place of a magnitude to mark a position as that of a rank: greater than all, as unsigned numbers.
  static Llr mark_of(unsigned rank) { return static_cast<Llr>(static_cast<std::uint16_t>(0x8080 | rank)); }
  /// Marks as bytes, 0x80 + rank; what is no mark becomes 0.
  static Bytes marks(const Llrs& v) {
    const WideArray in(v);
    Array r;
    for (unsigned i = 0; i < 64; ++i) r.b[i] = static_cast<std::int8_t>(in.a[i] < 0 ? in.a[i] & 0xff : 0);
    return r.bytes();
  }

  template <unsigned L>
  static LlrIndex llr_index(const Bytes& source) {
    return index<L>(source);
  }
  using Vector::permute;
  template <unsigned L>
  static Llrs permute(const Llrs& v, const LlrIndex& index) {
    if (index.count == 0) return v;
    const WideArray before(v);
    WideArray r(v);
    for (unsigned k = 0; k < index.count; ++k) {
      for (unsigned e = 0; e < 64; e += L) r.a[e + index.to[k]] = before.a[e + index.from[k]];
    }
    return r.llrs();
  }
  template <unsigned L>
  static Llrs replicate(const Llr* p) {
    WideArray r;
    for (unsigned i = 0; i < 64; ++i) r.a[i] = p[i / L];
    return r.llrs();
  }
  static void interleave(const Llrs& plus, const Llrs& minus, Llr* out) {
    const WideArray even(plus);
    const WideArray odd(minus);
    for (unsigned i = 0; i < 64; ++i) {
      out[2 * i] = even.a[i];
      out[2 * i + 1] = odd.a[i];
    }
  }
  template <unsigned L>
  static Llrs pick(const Llr* pairs, std::uint64_t bits) {
    WideArray plus;
    WideArray minus;
    for (unsigned i = 0; i < 64; ++i) {
      plus.a[i] = pairs[i / L * 2];
      minus.a[i] = pairs[i / L * 2 + 1];
    }
    const Llrs m = expand(bits);
    const Llrs x = plus.llrs();
    const Llrs y = minus.llrs();
    Llrs r;
    for (unsigned i = 0; i < 8; ++i) r.p[i] = choose(m.p[i], y.p[i], x.p[i]);
    return r;
  }
  static Llrs move_down(const Llrs& v, unsigned distance) { return swap(v, distance); }
  /// Numbers up to 32767, one per lane, repeated for every element.
  template <unsigned L>
  static Llrs spread(const typename Metrics<L>::Vec& v) {
    WideArray r;
    for (unsigned i = 0; i < 64; ++i) r.a[i] = static_cast<Llr>(v.m[i % L]);
    return r.llrs();
  }
  template <unsigned L>
  static Llrs fold_min(Llrs v) {
    for (unsigned distance = L; distance < 64; distance *= 2) v = min_unsigned(v, swap(v, distance));
    return v;
  }
  template <unsigned L>
  static void fold_two_min(Llrs& low, Llrs& next) {
    for (unsigned distance = L; distance < 64; distance *= 2) {
      const Llrs other = swap(low, distance);
      next = min(min(next, swap(next, distance)), max(low, other));
      low = min(low, other);
    }
  }

  /// Sums of magnitudes, saturating at 65535, by position modulo 32.
  struct Sum {
    std::uint16_t s[32] = {};
    void add(const Llrs& v) {
      const WideArray a(v);
      for (unsigned i = 0; i < 32; ++i) s[i] = capped(capped(s[i], a.a[i]), a.a[i + 32]);
    }
    /// Per lane.
    template <unsigned L>
    [[nodiscard]] typename Metrics<L>::Vec lanes() const {
      typename Metrics<L>::Vec r;
      for (unsigned l = 0; l < L; ++l) r.m[l] = s[l];
      for (unsigned i = L; i < 32; ++i) r.m[i % L] = capped(r.m[i % L], s[i]);
      return r;
    }

   private:
    static std::uint16_t capped(unsigned x, int y) {
      const unsigned sum = x + static_cast<unsigned>(y);
      return static_cast<std::uint16_t>(sum < 0xffff ? sum : 0xffff);
    }
  };
  /// The sum of up to 128 vectors of magnitudes.
  struct Total {
    std::uint32_t s[8] = {};
    void add(const Llrs& v) {
      const WideArray a(v);
      for (unsigned i = 0; i < 64; ++i) s[i % 8] += static_cast<std::uint32_t>(a.a[i]);
    }
    [[nodiscard]] std::uint64_t total() const {
      std::uint64_t r = 0;
      for (const std::uint32_t part : s) r += part;
      return r;
    }
  };

 private:
  /// Bit i: number i is negative.
  static std::uint64_t signs(WidePart v) {
    // The sign bit of number j moves to bit 15·j of a word of four, whence one multiplication gathers them.
    std::uint64_t two[2];
    std::memcpy(two, &v, 16);
    const auto four = [](std::uint64_t x) {
      return (((x >> 15) & 0x0001000100010001U) * 0x0001000200040008U) >> 48 & 15U;
    };
    return four(two[0]) | (four(two[1]) << 4);
  }
  static Llrs swap(const Llrs& v, unsigned distance) {
    Llrs r;
    if (distance >= 8) {
      for (unsigned i = 0; i < 8; ++i) r.p[i] = v.p[i ^ (distance / 8)];
      return r;
    }
    const WideArray a(v);
    WideArray b;
    for (unsigned i = 0; i < 64; ++i) b.a[i] = a.a[i ^ distance];
    return b.llrs();
  }
  template <class Function>
  static Llrs map(const Llrs& a, const Llrs& b, Function function) {
    Llrs r;
    for (unsigned i = 0; i < 8; ++i) r.p[i] = function(a.p[i], b.p[i]);
    return r;
  }
  static WidePart choose(WidePart mask, WidePart x, WidePart y) { return (x & mask) | (y & ~mask); }
  static WidePart smaller(WidePart x, WidePart y) { return choose(x < y, x, y); }
  static WidePart larger(WidePart x, WidePart y) { return choose(x < y, y, x); }
  static WidePart add_saturating(WidePart x, WidePart y) {
    const WidePart sum = x + y;
    const WidePart overflow = (~(x ^ y) & (x ^ sum)) < 0;  // two equal signs, another one in the sum
    const WidePart limit = ((x < 0) ^ 0x7fff) + ((x < 0) & 1);
    return choose(overflow, limit, larger(sum, WidePart{} - 0x7fff));
  }
  static Llrs expand(std::uint64_t bits) {
    const WidePart one = {1, 2, 4, 8, 16, 32, 64, 128};
    Llrs r;
    for (unsigned i = 0; i < 8; ++i) {
      const WidePart eight = WidePart{} + static_cast<Llr>((bits >> (8 * i)) & 0xff);
      r.p[i] = (eight & one) != 0;
    }
    return r;
  }
};

}  // namespace caligo::kernels::scalar
