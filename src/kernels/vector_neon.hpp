// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The 64-byte vector as four NEON registers (AArch64, where NEON is part of the ABI). vector_scalar.hpp says what each
/// operation means.

#include <arm_neon.h>

#include <cstdint>
#include <cstring>

namespace caligo::kernels::neon {

struct Vector {
  struct Bytes {
    int8x16_t r[4];
  };
  /// Relative to one register (L ≤ 16, the first entry serves all four) or to a pair of them (L = 32).
  struct Index {
    uint8x16_t r[2];
  };

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
  static Bytes g(const Bytes& a, const Bytes& b, std::uint64_t sums) {
    return map2(negate(a, sums), b,
                [](int8x16_t x, int8x16_t y) { return vmaxq_s8(vqaddq_s8(x, y), vdupq_n_s8(-127)); });
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

  template <unsigned L>
  static Index index(const std::uint8_t* source) {
    alignas(16) std::uint8_t lanes[32];
    if constexpr (L == 32) {
      std::memcpy(lanes, source, 32);
    } else {
      for (unsigned e = 0; e < 16 / L; ++e) {
        for (unsigned l = 0; l < L; ++l) lanes[e * L + l] = static_cast<std::uint8_t>(e * L + source[l]);
      }
      std::memcpy(lanes + 16, lanes, 16);
    }
    return {{vld1q_u8(lanes), vld1q_u8(lanes + 16)}};
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
  static std::uint64_t permute_bits(std::uint64_t bits, const Index& index) {
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
          r.r[i] = vqtbl1q_s8(vld1q_s8(p + 16 / L * i), element<L>());
        }
      }
      return r;
    }
  }
  template <unsigned L>
  static void fold_min(const Bytes& v, std::int8_t* lanes) {
    const int8x16_t even = vminq_s8(v.r[0], v.r[2]);
    const int8x16_t odd = vminq_s8(v.r[1], v.r[3]);
    if constexpr (L == 32) {
      vst1q_s8(lanes, even);
      vst1q_s8(lanes + 16, odd);
    } else {
      int8x16_t q = vminq_s8(even, odd);
      if constexpr (L <= 8) q = vminq_s8(q, vextq_s8(q, q, 8));
      if constexpr (L <= 4) q = vminq_s8(q, vextq_s8(q, q, 4));
      if constexpr (L <= 2) q = vminq_s8(q, vextq_s8(q, q, 2));
      if constexpr (L <= 1) q = vminq_s8(q, vextq_s8(q, q, 1));
      alignas(16) std::int8_t bytes[16];
      vst1q_s8(bytes, q);
      std::memcpy(lanes, bytes, L);
    }
  }

  struct Sum {
    uint16x8_t s[8] = {};  ///< in byte order
    void add(const Bytes& v) {
      for (unsigned i = 0; i < 4; ++i) {
        const uint8x16_t x = vreinterpretq_u8_s8(v.r[i]);
        s[2 * i] = vaddw_u8(s[2 * i], vget_low_u8(x));
        s[2 * i + 1] = vaddw_high_u8(s[2 * i + 1], x);
      }
    }
    template <unsigned L>
    void fold(std::int32_t* lanes) const {
      constexpr unsigned period = L < 8 ? 1 : L / 8;  // registers until the lanes repeat
      for (unsigned start = 0; start < period; ++start) {
        uint32x4_t low = vdupq_n_u32(0);
        uint32x4_t high = vdupq_n_u32(0);
        for (unsigned i = start; i < 8; i += period) {
          low = vaddw_u16(low, vget_low_u16(s[i]));
          high = vaddw_high_u16(high, s[i]);
        }
        alignas(16) std::uint32_t totals[8];
        vst1q_u32(totals, low);
        vst1q_u32(totals + 4, high);
        for (unsigned j = 0; j < 8; ++j) lanes[(8 * start + j) % L] += static_cast<std::int32_t>(totals[j]);
      }
    }
  };

  template <unsigned L>
  static std::uint32_t equal_lanes(const std::int32_t* p, std::int32_t value) {
    return compare_lanes<L>(p, [value](int32x4_t x) { return vceqq_s32(x, vdupq_n_s32(value)); });
  }
  template <unsigned L>
  static std::uint32_t less_lanes(const std::int32_t* p, std::int32_t value) {
    return compare_lanes<L>(p, [value](int32x4_t x) { return vcltq_s32(x, vdupq_n_s32(value)); });
  }

 private:
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
  /// Byte i = i / L.
  template <unsigned L>
  static uint8x16_t element() {
    alignas(16) static constexpr auto table = [] {
      struct Table {
        std::uint8_t b[16];
      } t{};
      for (unsigned i = 0; i < 16; ++i) t.b[i] = static_cast<std::uint8_t>(i / L);
      return t;
    }();
    return vld1q_u8(table.b);
  }
  template <unsigned L, class Compare>
  static std::uint32_t compare_lanes(const std::int32_t* p, Compare compare) {
    static constexpr std::uint32_t weight[4] = {1, 2, 4, 8};
    std::uint32_t mask = 0;
    // Fewer than four lanes: the caller's arrays hold max_list_size entries, the surplus is masked off below.
    for (unsigned l = 0; l < L; l += 4)
      mask |= vaddvq_u32(vandq_u32(compare(vld1q_s32(p + l)), vld1q_u32(weight))) << l;
    return L >= 4 ? mask : mask & ((1U << L) - 1);
  }
};

}  // namespace caligo::kernels::neon
