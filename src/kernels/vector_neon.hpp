// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The 64-byte vector as four NEON registers (AArch64, where NEON is part of the ABI). vector_scalar.hpp says what each
/// operation means.

#include <arm_neon.h>

#include <cstdint>
#include <cstring>

#include "kernels/metrics_neon.hpp"
#include "kernels/vector_scalar.hpp"

namespace caligo::kernels::neon {

struct Vector {
  struct Bytes {
    int8x16_t r[4];
  };
  /// Relative to one register (L ≤ 16, the first entry serves all four) or to a pair of them (L = 32).
  struct Index {
    uint8x16_t r[2];
  };
  using BitIndex = Index;
  template <unsigned L>
  using Metrics = neon::Metrics<L>;

  static Bytes load(const std::int8_t* p) {
    return {{vld1q_s8(p), vld1q_s8(p + 16), vld1q_s8(p + 32), vld1q_s8(p + 48)}};
  }
  static void store(std::int8_t* p, const Bytes& v) {
    for (unsigned i = 0; i < 4; ++i) vst1q_s8(p + std::size_t{16} * i, v.r[i]);
  }
  static Bytes fill(std::int8_t value) {
    const int8x16_t r = vdupq_n_s8(value);
    return {{r, r, r, r}};
  }

  static Bytes f(const Bytes& a, const Bytes& b) {
    return map2(a, b, [](int8x16_t x, int8x16_t y) { return vmaxq_s8(vminq_s8(x, y), vnegq_s8(vmaxq_s8(x, y))); });
  }
  static Bytes g(const Bytes& a, const Bytes& b, std::uint64_t sums) { return g_zero(negate(a, sums), b); }
  static Bytes g_zero(const Bytes& a, const Bytes& b) {
    return map2(a, b, [](int8x16_t x, int8x16_t y) { return vmaxq_s8(vqaddq_s8(x, y), vdupq_n_s8(-127)); });
  }
  static Bytes negate(const Bytes& a, std::uint64_t mask) {
    // (a ^ m) - m negates where m = -1; the subtraction saturates so that -128 becomes 127.
    return map2(a, expand(mask), [](int8x16_t x, int8x16_t m) { return vqsubq_s8(veorq_s8(x, m), m); });
  }
  static Bytes magnitude(const Bytes& a) {
    return map(a, [](int8x16_t x) { return vabsq_s8(x); });
  }
  static Bytes zero_penalty(const Bytes& a) {
    return map(a, [](int8x16_t x) { return vmaxq_s8(vdupq_n_s8(0), vnegq_s8(x)); });
  }
  static Bytes one_penalty(const Bytes& a) {
    return map(a, [](int8x16_t x) { return vmaxq_s8(vdupq_n_s8(0), x); });
  }
  static Bytes min(const Bytes& a, const Bytes& b) {
    return map2(a, b, [](int8x16_t x, int8x16_t y) { return vminq_s8(x, y); });
  }
  static Bytes max(const Bytes& a, const Bytes& b) {
    return map2(a, b, [](int8x16_t x, int8x16_t y) { return vmaxq_s8(x, y); });
  }
  static Bytes min_unsigned(const Bytes& a, const Bytes& b) {
    return map2(a, b, [](int8x16_t x, int8x16_t y) {
      return vreinterpretq_s8_u8(vminq_u8(vreinterpretq_u8_s8(x), vreinterpretq_u8_s8(y)));
    });
  }
  static Bytes add(const Bytes& a, const Bytes& b) {
    return map2(a, b, [](int8x16_t x, int8x16_t y) { return vaddq_s8(x, y); });
  }
  static Bytes bit_xor(const Bytes& a, const Bytes& b) {
    return map2(a, b, [](int8x16_t x, int8x16_t y) { return veorq_s8(x, y); });
  }
  static Bytes bit_or(const Bytes& a, const Bytes& b) {
    return map2(a, b, [](int8x16_t x, int8x16_t y) { return vorrq_s8(x, y); });
  }
  static Bytes keep(const Bytes& v, std::uint64_t mask) {
    return map2(v, expand(mask), [](int8x16_t x, int8x16_t m) { return vandq_s8(x, m); });
  }
  static Bytes set_bits(const Bytes& v, std::uint64_t mask, std::int8_t bits) {
    return bit_or(v, keep(fill(bits), mask));
  }
  static Bytes first(const Bytes& v, unsigned count, std::int8_t rest) {
    return replace(v, count >= 64 ? 0 : ~std::uint64_t{0} << count, rest);
  }
  static Bytes replace(const Bytes& v, std::uint64_t mask, std::int8_t value) {
    return map2(v, expand(mask),
                [value](int8x16_t x, int8x16_t m) { return vbslq_s8(vreinterpretq_u8_s8(m), vdupq_n_s8(value), x); });
  }
  static std::uint64_t negative(const Bytes& a) {
    return movemask(map(a, [](int8x16_t x) { return vshrq_n_s8(x, 7); }));
  }
  static std::uint64_t equal(const Bytes& a, const Bytes& b) {
    return movemask(map2(a, b, [](int8x16_t x, int8x16_t y) { return vreinterpretq_s8_u8(vceqq_s8(x, y)); }));
  }

  static std::uint64_t less(const Bytes& a, const Bytes& b) {
    return movemask(map2(a, b, [](int8x16_t x, int8x16_t y) { return vreinterpretq_s8_u8(vcltq_s8(x, y)); }));
  }
  static std::uint64_t test(const Bytes& a, const Bytes& b) {
    return movemask(map2(a, b, [](int8x16_t x, int8x16_t y) { return vreinterpretq_s8_u8(vtstq_s8(x, y)); }));
  }
  static bool any(const Bytes& a) {
    const int8x16_t all = vorrq_s8(vorrq_s8(a.r[0], a.r[1]), vorrq_s8(a.r[2], a.r[3]));
    return vmaxvq_u8(vreinterpretq_u8_s8(all)) != 0;
  }
  /// As in plain C++; this unit is compiled for the same processor as the portable one, so nothing can leak.
  static std::uint32_t lowest_bits(std::uint32_t mask, unsigned count) {
    return scalar::Vector::lowest_bits(mask, count);
  }
  static Bytes rank_bit(const Bytes& marks, unsigned block) {
    const uint8x16_t power = vcombine_u8(vcreate_u8(0x8040201008040201U), vdup_n_u8(0));
    const uint8x16_t first_rank = vdupq_n_u8(static_cast<std::uint8_t>(0x80 + 8 * block));
    // A table look-up beyond its end gives 0.
    return map(marks, [=](int8x16_t x) {
      return vreinterpretq_s8_u8(vqtbl1q_u8(power, vsubq_u8(vreinterpretq_u8_s8(x), first_rank)));
    });
  }

  template <unsigned L>
  static Bytes iota() {
    const auto* p = reinterpret_cast<const std::int8_t*>(tables<L>.lane);
    const int8x16_t even = vld1q_s8(p);
    const int8x16_t odd = vld1q_s8(p + 16);
    return {{even, odd, even, odd}};
  }
  template <unsigned L>
  static Bytes refill(std::uint32_t free, std::uint32_t accepted) {
    alignas(16) std::int8_t lanes[32];
    std::memcpy(lanes, tables<L>.lane, sizeof lanes);
    for (; accepted != 0; accepted &= accepted - 1, free &= free - 1) {
      lanes[__builtin_ctz(free)] = static_cast<std::int8_t>(__builtin_ctz(accepted));
    }
    return repeat_lanes<L>(vld1q_s8(lanes), vld1q_s8(lanes + 16));
  }
  template <unsigned L>
  static Index index(const Bytes& source) {
    const uint8x16_t even = vreinterpretq_u8_s8(source.r[0]);
    if constexpr (L >= 16) {
      return {{even, vreinterpretq_u8_s8(source.r[1])}};
    } else {
      const uint8x16_t r = vorrq_u8(even, vld1q_u8(tables<L>.group));
      return {{r, r}};
    }
  }
  template <unsigned L>
  static BitIndex bit_index(const Bytes& source) {
    return index<L>(source);
  }
  template <unsigned L>
  static Bytes permute(const Bytes& v, const Index& index) {
    Bytes r;
    for (unsigned i = 0; i < 4; ++i) {
      if constexpr (L == 32) {
        const int8x16x2_t pair = {{v.r[i & 2U], v.r[(i & 2U) + 1]}};
        r.r[i] = vqtbl2q_s8(pair, index.r[i & 1U]);
      } else {
        r.r[i] = vqtbl1q_s8(v.r[i], index.r[0]);
      }
    }
    return r;
  }
  template <unsigned L>
  static std::uint64_t permute_bits(std::uint64_t bits, const BitIndex& index) {
    return movemask(permute<L>(expand(bits), index));
  }
  template <unsigned L>
  static Bytes replicate(const std::int8_t* p) {
    if constexpr (L == 1) {
      return load(p);
    } else {
      Bytes r;
      for (unsigned i = 0; i < 4; ++i) {
        if constexpr (L >= 16) {
          r.r[i] = vdupq_n_s8(p[16 * i / L]);
        } else {
          r.r[i] = vqtbl1q_s8(vld1q_s8(p + 16 / L * i), vld1q_u8(tables<L>.element));
        }
      }
      return r;
    }
  }
  static void interleave(const Bytes& plus, const Bytes& minus, std::int8_t* out) {
    for (unsigned i = 0; i < 4; ++i) {
      const int8x16x2_t pair = {{plus.r[i], minus.r[i]}};
      vst2q_s8(out + std::size_t{32} * i, pair);
    }
  }
  template <unsigned L>
  static Bytes pick(const std::int8_t* pairs, std::uint64_t bits) {
    const Bytes minus = expand(bits);
    Bytes r;
    for (unsigned i = 0; i < 4; ++i) {
      const std::int8_t* p = pairs + 32 * i / L / 2 * 2;
      if constexpr (L == 1) {
        r.r[i] = vqtbl2q_s8(int8x16x2_t{{vld1q_s8(p), vld1q_s8(p + 16)}}, pair_index<L>(minus.r[i]));
      } else {
        r.r[i] = vqtbl1q_s8(vld1q_s8(p), pair_index<L>(minus.r[i]));
      }
    }
    return r;
  }
  static Bytes move_down(const Bytes& v, unsigned distance) {
    if (distance == 32) return {{v.r[2], v.r[3], v.r[2], v.r[3]}};
    if (distance == 16) return {{v.r[1], v.r[1], v.r[1], v.r[1]}};
    // What counts lies in the first register.
    static constexpr std::uint8_t numbers[16] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    const uint8x16_t from = vaddq_u8(vld1q_u8(numbers), vdupq_n_u8(static_cast<std::uint8_t>(distance)));
    return {{vqtbl1q_s8(v.r[0], from), v.r[1], v.r[2], v.r[3]}};
  }
  template <unsigned L>
  static Bytes spread(const typename Metrics<L>::Vec& v) {
    const auto narrow = [&](unsigned i) { return vreinterpret_s8_u8(vmovn_u16(v.r[i])); };
    if constexpr (L == 32) {
      return repeat_lanes<L>(vcombine_s8(narrow(0), narrow(1)), vcombine_s8(narrow(2), narrow(3)));
    } else {
      const int8x16_t lanes = vcombine_s8(narrow(0), narrow(L == 16 ? 1 : 0));
      return repeat_lanes<L>(lanes, lanes);
    }
  }
  static Bytes load_words(const std::uint64_t* p) { return load(reinterpret_cast<const std::int8_t*>(p)); }
  static void store_words(std::uint64_t* p, const Bytes& v) { store(reinterpret_cast<std::int8_t*>(p), v); }
  template <unsigned L>
  struct BlockPermuter {
    BitIndex index;
    explicit BlockPermuter(const Bytes& source) : index(bit_index<L>(source)) {}
    Bytes operator()(const Bytes& block) const {
      alignas(16) std::uint64_t words[8];
      store_words(words, block);
      for (std::uint64_t& word : words) word = permute_bits<L>(word, index);
      return load_words(words);
    }
  };

  template <unsigned L>
  static Bytes fold_min(Bytes v) {
    each_fold<L>([&](auto swap) { v = min_unsigned(v, swap(v)); });
    return v;
  }
  template <unsigned L>
  static void fold_two_min(Bytes& low, Bytes& next) {
    each_fold<L>([&](auto swap) {
      const Bytes other = swap(low);
      next = min(min(next, swap(next)), max(low, other));
      low = min(low, other);
    });
  }
  template <unsigned L>
  static std::uint64_t lane_bits(const std::uint64_t* sums, unsigned lane) {
    return scalar::Vector::lane_bits<L>(sums, lane);
  }

  struct Sum {
    uint16x8_t s[4] = {};
    void add(const Bytes& v) {
      for (unsigned i = 0; i < 4; ++i) {
        const uint8x16_t x = vreinterpretq_u8_s8(v.r[i]);
        uint16x8_t* pair = s + i % 2 * 2;
        pair[0] = vaddw_u8(pair[0], vget_low_u8(x));
        pair[1] = vaddw_high_u8(pair[1], x);
      }
    }
    [[nodiscard]] std::uint64_t total() const {
      return std::uint64_t{vaddlvq_u16(s[0])} + vaddlvq_u16(s[1]) + vaddlvq_u16(s[2]) + vaddlvq_u16(s[3]);
    }
    template <unsigned L>
    [[nodiscard]] typename Metrics<L>::Vec lanes() const {
      if constexpr (L == 32) {
        return {{s[0], s[1], s[2], s[3]}};
      } else {
        const uint16x8_t even = vaddq_u16(s[0], s[2]);
        const uint16x8_t odd = vaddq_u16(s[1], s[3]);
        if constexpr (L == 16) {
          return {{even, odd}};
        } else {
          uint16x8_t v = vaddq_u16(even, odd);
          if constexpr (L <= 4) v = vaddq_u16(v, vextq_u16(v, v, 4));
          if constexpr (L <= 2) v = vaddq_u16(v, vextq_u16(v, v, 2));
          if constexpr (L <= 1) v = vaddq_u16(v, vextq_u16(v, v, 1));
          return {{v}};
        }
      }
    }
  };

 protected:
  template <class Function>
  static Bytes map(const Bytes& a, Function function) {
    return {{function(a.r[0]), function(a.r[1]), function(a.r[2]), function(a.r[3])}};
  }
  template <class Function>
  static Bytes map2(const Bytes& a, const Bytes& b, Function function) {
    return {{function(a.r[0], b.r[0]), function(a.r[1], b.r[1]), function(a.r[2], b.r[2]), function(a.r[3], b.r[3])}};
  }

  /// Byte i = bit i % 8.
  static uint8x16_t bit_of_byte() { return vreinterpretq_u8_u64(vdupq_n_u64(0x8040201008040201U)); }
  /// Byte i = -bit i.
  static Bytes expand(std::uint64_t bits) {
    Bytes r;
    for (unsigned i = 0; i < 4; ++i) {
      const auto low = static_cast<std::uint8_t>(bits >> (16 * i));
      const auto high = static_cast<std::uint8_t>(bits >> (16 * i + 8));
      const uint8x16_t spread = vcombine_u8(vdup_n_u8(low), vdup_n_u8(high));
      r.r[i] = vreinterpretq_s8_u8(vtstq_u8(spread, bit_of_byte()));
    }
    return r;
  }
  /// The inverse: NEON has no such instruction, but three pairwise additions bring eight bits of weight 2^(i % 8)
  /// together in each byte.
  static std::uint64_t movemask(const Bytes& v) {
    const auto weigh = [](int8x16_t x) { return vandq_u8(vreinterpretq_u8_s8(x), bit_of_byte()); };
    const uint8x16_t low = vpaddq_u8(weigh(v.r[0]), weigh(v.r[1]));
    const uint8x16_t high = vpaddq_u8(weigh(v.r[2]), weigh(v.r[3]));
    const uint8x16_t quarters = vpaddq_u8(low, high);
    return vgetq_lane_u64(vreinterpretq_u64_u8(vpaddq_u8(quarters, quarters)), 0);
  }
  template <unsigned L>
  struct Tables {
    alignas(16) std::uint8_t lane[32];
    alignas(16) std::uint8_t group[16];    ///< first byte of the element
    alignas(16) std::uint8_t element[16];  ///< number of the element
    constexpr Tables() : lane(), group(), element() {
      for (unsigned i = 0; i < 32; ++i) lane[i] = static_cast<std::uint8_t>(i % L);
      for (unsigned i = 0; i < 16; ++i) {
        group[i] = static_cast<std::uint8_t>(i / L * L);
        element[i] = static_cast<std::uint8_t>(i / L);
      }
    }
  };
  template <unsigned L>
  static constexpr Tables<L> tables{};
  /// 2·element, and one more where `minus` is -1.
  template <unsigned L>
  static uint8x16_t pair_index(int8x16_t minus) {
    const uint8x16_t element = vld1q_u8(tables<L>.element);
    return vsubq_u8(vaddq_u8(element, element), vreinterpretq_u8_s8(minus));
  }
  /// The first L bytes -> the same for every element.
  template <unsigned L>
  static Bytes repeat_lanes(int8x16_t low, int8x16_t high) {
    if constexpr (L < 16) low = vqtbl1q_s8(low, vld1q_u8(tables<L>.lane));
    if constexpr (L <= 16) high = low;
    return {{low, high, low, high}};
  }
  /// step(swap) for every power of two from L bytes to 32: swap exchanges neighbouring groups of that size.
  template <unsigned L, class Step>
  static void each_fold(Step step) {
    step([](const Bytes& v) { return Bytes{{v.r[2], v.r[3], v.r[0], v.r[1]}}; });
    if constexpr (L <= 16) step([](const Bytes& v) { return Bytes{{v.r[1], v.r[0], v.r[3], v.r[2]}}; });
    if constexpr (L <= 8) step([](const Bytes& v) { return map(v, [](int8x16_t x) { return vextq_s8(x, x, 8); }); });
    if constexpr (L <= 4) {
      step([](const Bytes& v) {
        return map(v, [](int8x16_t x) { return vreinterpretq_s8_s32(vrev64q_s32(vreinterpretq_s32_s8(x))); });
      });
    }
    if constexpr (L <= 2) {
      step([](const Bytes& v) {
        return map(v, [](int8x16_t x) { return vreinterpretq_s8_s16(vrev32q_s16(vreinterpretq_s16_s8(x))); });
      });
    }
    if constexpr (L <= 1) step([](const Bytes& v) { return map(v, [](int8x16_t x) { return vrev16q_s8(x); }); });
  }
};

}  // namespace caligo::kernels::neon
