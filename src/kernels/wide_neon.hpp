// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Vectors of 64 LLRs of 16 bits as eight NEON registers. wide_scalar.hpp says what each operation means.

#include "kernels/kernels.hpp"
#include "kernels/vector_neon.hpp"

namespace caligo::kernels::neon {

/// Byte tables of one register, which holds 8/L elements (with more lanes, part of one).
template <unsigned L>
struct WideTables {
  alignas(16) std::uint8_t element[16];  ///< bytes of a word's element
  alignas(16) std::uint8_t pair[16];     ///< bytes of the first of its pair
  alignas(16) std::uint8_t group[16];    ///< first byte of the element, and in odd places one more
  constexpr WideTables() : element(), pair(), group() {
    for (unsigned i = 0; i < 16; ++i) {
      element[i] = static_cast<std::uint8_t>(i / 2 / L * 2 + i % 2);
      pair[i] = static_cast<std::uint8_t>(i / 2 / L * 4 + i % 2);
      group[i] = static_cast<std::uint8_t>(i / 2 / L * L * 2 + i % 2);
    }
  }
};
template <unsigned L>
inline constexpr WideTables<L> wide_tables{};

struct WideVector : Vector {
  using Llr = std::int16_t;
  struct Llrs {
    int16x8_t r[8];
  };
  /// Byte indices into the registers that hold one element, for each of them.
  template <unsigned L>
  struct LlrIndex {
    static constexpr unsigned registers = L <= 8 ? 1 : L / 8;
    uint8x16_t of[registers];
  };
  static constexpr bool sums_saturate = true;
  static constexpr unsigned saturated = 0x7fff;
  static constexpr unsigned fixed_levels = 6;

  template <unsigned L>
  struct Metrics : neon::Metrics<L, saturated> {
    using Base = neon::Metrics<L, saturated>;
    using Vec = typename Base::Vec;
    static Vec widen(const Llrs& v) {
      Vec r;
      for (unsigned i = 0; i < Base::registers; ++i) r.r[i] = vreinterpretq_u16_s16(v.r[i]);
      return r;
    }
    static Vec widen_signed(const Llrs& v) { return widen(v); }
    static Vec price(const Llrs& magnitude) { return Base::without_saturated(widen(magnitude)); }
  };

  using Vector::load;
  using Vector::store;
  static Llrs load(const Llr* p) {
    return each([p](unsigned i) { return vld1q_s16(p + std::size_t{8} * i); });
  }
  static void store(Llr* p, const Llrs& v) {
    for (unsigned i = 0; i < 8; ++i) vst1q_s16(p + std::size_t{8} * i, v.r[i]);
  }
  static Llrs llrs(Llr value) { return all(vdupq_n_s16(value)); }

  class CheckNode {
   public:
    explicit CheckNode(std::uint16_t correction) : reach_(vdupq_n_u16(correction)) {}
    Llrs operator()(const Llrs& a, const Llrs& b) const {
      return map2(a, b, [this](int16x8_t x, int16x8_t y) {
        const int16x8_t least = vmaxq_s16(vminq_s16(x, y), vnegq_s16(vmaxq_s16(x, y)));
        return vaddq_s16(least, vsubq_s16(correction(vqaddq_s16(x, y)), correction(vqsubq_s16(x, y))));
      });
    }

   private:
    [[nodiscard]] int16x8_t correction(int16x8_t x) const {
      const uint16x8_t magnitude = vreinterpretq_u16_s16(vabsq_s16(x));
      return vreinterpretq_s16_u16(vshrq_n_u16(vqsubq_u16(reach_, magnitude), 2));
    }
    uint16x8_t reach_;
  };

  static Llrs g(const Llrs& a, const Llrs& b, std::uint64_t sums) { return g_zero(negate(a, sums), b); }
  static Llrs g_zero(const Llrs& a, const Llrs& b) {
    return map2(a, b, [](int16x8_t x, int16x8_t y) { return vmaxq_s16(vqaddq_s16(x, y), vdupq_n_s16(-0x7fff)); });
  }
  static Llrs negate(const Llrs& a, std::uint64_t mask) {
    return map2(a, expand(mask), [](int16x8_t x, int16x8_t m) { return vsubq_s16(veorq_s16(x, m), m); });
  }
  static Llrs magnitude(const Llrs& a) {
    return map(a, [](int16x8_t x) { return vabsq_s16(x); });
  }
  static Llrs zero_penalty(const Llrs& a) {
    return map(a, [](int16x8_t x) { return vmaxq_s16(vdupq_n_s16(0), vnegq_s16(x)); });
  }
  static Llrs one_penalty(const Llrs& a) {
    return map(a, [](int16x8_t x) { return vmaxq_s16(vdupq_n_s16(0), x); });
  }
  static Llrs min(const Llrs& a, const Llrs& b) {
    return map2(a, b, [](int16x8_t x, int16x8_t y) { return vminq_s16(x, y); });
  }
  static Llrs max(const Llrs& a, const Llrs& b) {
    return map2(a, b, [](int16x8_t x, int16x8_t y) { return vmaxq_s16(x, y); });
  }
  static Llrs min_unsigned(const Llrs& a, const Llrs& b) {
    return map2(a, b, [](int16x8_t x, int16x8_t y) {
      return vreinterpretq_s16_u16(vminq_u16(vreinterpretq_u16_s16(x), vreinterpretq_u16_s16(y)));
    });
  }
  using Vector::bit_or;
  static Llrs bit_or(const Llrs& a, const Llrs& b) {
    return map2(a, b, [](int16x8_t x, int16x8_t y) { return vorrq_s16(x, y); });
  }
  static Llrs first(const Llrs& v, unsigned count, Llr rest) {
    return replace(v, count >= 64 ? 0 : ~std::uint64_t{0} << count, rest);
  }
  static Llrs replace(const Llrs& v, std::uint64_t mask, Llr value) {
    return map2(v, expand(mask), [value](int16x8_t x, int16x8_t m) {
      return vbslq_s16(vreinterpretq_u16_s16(m), vdupq_n_s16(value), x);
    });
  }
  static Llrs keep(const Llrs& v, std::uint64_t mask) {
    return map2(v, expand(mask), [](int16x8_t x, int16x8_t m) { return vandq_s16(x, m); });
  }
  static std::uint64_t negative(const Llrs& a) {
    return mask_of(map(a, [](int16x8_t x) { return vshrq_n_s16(x, 15); }));
  }
  static std::uint64_t equal(const Llrs& a, const Llrs& b) {
    return mask_of(map2(a, b, [](int16x8_t x, int16x8_t y) { return vreinterpretq_s16_u16(vceqq_s16(x, y)); }));
  }
  static std::uint64_t less(const Llrs& a, const Llrs& b) {
    return mask_of(map2(a, b, [](int16x8_t x, int16x8_t y) { return vreinterpretq_s16_u16(vcltq_s16(x, y)); }));
  }
  using Vector::any;
  static bool any(const Llrs& a) {
    int16x8_t or_ = a.r[0];
    for (unsigned i = 1; i < 8; ++i) or_ = vorrq_s16(or_, a.r[i]);
    return vmaxvq_u16(vreinterpretq_u16_s16(or_)) != 0;
  }

  static Llr mark_of(unsigned rank) { return static_cast<Llr>(static_cast<std::uint16_t>(0x8080 | rank)); }
  static Bytes marks(const Llrs& v) {
    return narrow(map(v, [](int16x8_t x) { return vandq_s16(x, vshrq_n_s16(x, 15)); }));
  }

  template <unsigned L>
  static LlrIndex<L> llr_index(const Bytes& source) {
    LlrIndex<L> index;
    const uint8x16_t group = vld1q_u8(wide_tables<L>.group);
    for (unsigned t = 0; t < LlrIndex<L>::registers; ++t) {
      const uint8x16_t lanes = vreinterpretq_u8_s8(source.r[t / 2]);
      const uint8x16_t twice = vshlq_n_u8(t % 2 == 0 ? vzip1q_u8(lanes, lanes) : vzip2q_u8(lanes, lanes), 1);
      index.of[t] = vaddq_u8(twice, group);
    }
    return index;
  }
  using Vector::permute;
  template <unsigned L>
  static Llrs permute(const Llrs& v, const LlrIndex<L>& index) {
    return each([&](unsigned i) {
      const auto bytes = [&](unsigned k) { return vreinterpretq_u8_s16(v.r[k]); };
      if constexpr (L == 32) {
        const unsigned k = i & 4U;
        return vreinterpretq_s16_u8(
            vqtbl4q_u8({{bytes(k), bytes(k + 1), bytes(k + 2), bytes(k + 3)}}, index.of[i & 3U]));
      } else if constexpr (L == 16) {
        return vreinterpretq_s16_u8(vqtbl2q_u8({{bytes(i & 6U), bytes((i & 6U) + 1)}}, index.of[i & 1U]));
      } else {
        return vreinterpretq_s16_u8(vqtbl1q_u8(bytes(i), index.of[0]));
      }
    });
  }
  template <unsigned L>
  static Llrs replicate(const Llr* p) {
    return each([p](unsigned i) {
      if constexpr (L >= 8) return vdupq_n_s16(p[8 * i / L]);
      return look_up(p + 8 * i / L, vld1q_u8(wide_tables<L>.element));
    });
  }
  static void interleave(const Llrs& plus, const Llrs& minus, Llr* out) {
    for (unsigned i = 0; i < 8; ++i) vst2q_s16(out + std::size_t{16} * i, {{plus.r[i], minus.r[i]}});
  }
  template <unsigned L>
  static Llrs pick(const Llr* pairs, std::uint64_t bits) {
    const Llrs minus = expand(bits);
    return each([&](unsigned i) {
      const uint8x16_t second = vandq_u8(vreinterpretq_u8_s16(minus.r[i]), vdupq_n_u8(2));
      return look_up(pairs + 8 * i / L * 2, vaddq_u8(vld1q_u8(wide_tables<L>.pair), second));
    });
  }
  static Llrs move_down(const Llrs& v, unsigned distance) {
    switch (distance) {
      case 32:
        return each([&](unsigned i) { return v.r[i | 4U]; });
      case 16:
        return each([&](unsigned i) { return v.r[i | 2U]; });
      case 8:
        return all(v.r[1]);
      case 4:
        return all(vextq_s16(v.r[0], v.r[0], 4));
      case 2:
        return all(vextq_s16(v.r[0], v.r[0], 2));
      default:
        return all(vextq_s16(v.r[0], v.r[0], 1));
    }
  }
  template <unsigned L>
  static Llrs spread(const typename Metrics<L>::Vec& v) {
    const int16x8_t first = vreinterpretq_s16_u16(v.r[0]);
    if constexpr (L >= 16) return each([&](unsigned i) { return vreinterpretq_s16_u16(v.r[i % (L / 8)]); });
    if constexpr (L == 8) return all(first);
    if constexpr (L == 4) return all(vcombine_s16(vget_low_s16(first), vget_low_s16(first)));
    if constexpr (L == 2) return all(vreinterpretq_s16_s32(vdupq_laneq_s32(vreinterpretq_s32_s16(first), 0)));
  }
  template <unsigned L>
  static Llrs fold_min(Llrs v) {
    each_fold<L>([&](auto swap) { v = min_unsigned(v, swap(v)); });
    return v;
  }
  template <unsigned L>
  static void fold_two_min(Llrs& low, Llrs& next) {
    each_fold<L>([&](auto swap) {
      const Llrs other = swap(low);
      next = min(min(next, swap(next)), max(low, other));
      low = min(low, other);
    });
  }

  struct Sum {
    uint16x8_t s[4] = {};
    void add(const Llrs& v) {
      for (unsigned i = 0; i < 8; ++i) s[i % 4] = vqaddq_u16(s[i % 4], vreinterpretq_u16_s16(v.r[i]));
    }
    template <unsigned L>
    [[nodiscard]] typename Metrics<L>::Vec lanes() const {
      if constexpr (L == 32) {
        return {{s[0], s[1], s[2], s[3]}};
      } else {
        const uint16x8_t even = vqaddq_u16(s[0], s[2]);
        const uint16x8_t odd = vqaddq_u16(s[1], s[3]);
        if constexpr (L == 16) {
          return {{even, odd}};
        } else {
          uint16x8_t v = vqaddq_u16(even, odd);
          if constexpr (L <= 4) v = vqaddq_u16(v, vextq_u16(v, v, 4));
          if constexpr (L <= 2) v = vqaddq_u16(v, vextq_u16(v, v, 2));
          return {{v}};
        }
      }
    }
  };
  struct Total {
    uint32x4_t sum = {};
    void add(const Llrs& v) {
      for (const int16x8_t x : v.r) sum = vpadalq_u16(sum, vreinterpretq_u16_s16(x));
    }
    [[nodiscard]] std::uint64_t total() const { return vaddlvq_u32(sum); }
  };

 private:
  template <class Function>
  static Llrs each(Function function) {
    return {{function(0U), function(1U), function(2U), function(3U), function(4U), function(5U), function(6U),
             function(7U)}};
  }
  static Llrs all(int16x8_t x) {
    return each([x](unsigned) { return x; });
  }
  template <class Function>
  static Llrs map(const Llrs& a, Function function) {
    return each([&](unsigned i) { return function(a.r[i]); });
  }
  template <class Function>
  static Llrs map2(const Llrs& a, const Llrs& b, Function function) {
    return each([&](unsigned i) { return function(a.r[i], b.r[i]); });
  }
  static int16x8_t look_up(const Llr* p, uint8x16_t index) {
    return vreinterpretq_s16_u8(vqtbl1q_u8(vld1q_u8(reinterpret_cast<const std::uint8_t*>(p)), index));
  }
  /// The low byte of each.
  static Bytes narrow(const Llrs& v) {
    const auto pair = [&](unsigned i) { return vcombine_s8(vmovn_s16(v.r[i]), vmovn_s16(v.r[i + 1])); };
    return {{pair(0), pair(2), pair(4), pair(6)}};
  }
  static std::uint64_t mask_of(const Llrs& v) { return movemask(narrow(v)); }
  /// step(swap) for every power of two from L numbers to 32: swap exchanges neighbouring groups of so many.
  template <unsigned L, class Step>
  static void each_fold(Step step) {
    step([](const Llrs& v) { return each([&](unsigned i) { return v.r[i ^ 4U]; }); });
    if constexpr (L <= 16) step([](const Llrs& v) { return each([&](unsigned i) { return v.r[i ^ 2U]; }); });
    if constexpr (L <= 8) step([](const Llrs& v) { return each([&](unsigned i) { return v.r[i ^ 1U]; }); });
    if constexpr (L <= 4) step([](const Llrs& v) { return map(v, [](int16x8_t x) { return vextq_s16(x, x, 4); }); });
    if constexpr (L <= 2) {
      step([](const Llrs& v) {
        return map(v, [](int16x8_t x) { return vreinterpretq_s16_s32(vrev64q_s32(vreinterpretq_s32_s16(x))); });
      });
    }
  }
  /// Number i = -bit i.
  static Llrs expand(std::uint64_t bits) {
    static constexpr std::uint16_t weights[8] = {1, 2, 4, 8, 16, 32, 64, 128};
    const uint16x8_t bit_of = vld1q_u16(weights);
    return each([&](unsigned i) {
      const uint16x8_t spread = vdupq_n_u16(static_cast<std::uint16_t>((bits >> (8 * i)) & 0xff));
      return vreinterpretq_s16_u16(vtstq_u16(spread, bit_of));
    });
  }
};

}  // namespace caligo::kernels::neon
