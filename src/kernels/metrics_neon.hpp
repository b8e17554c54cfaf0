// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Path metrics on NEON: one unsigned 16-bit number per lane, eight to a register. metrics_scalar.hpp says what each
/// operation means.

#include <arm_neon.h>

#include <cstdint>

namespace caligo::kernels::neon {

/// saturated: the largest LLR.
template <unsigned L, unsigned saturated = 127>
struct Metrics {
  static constexpr unsigned registers = L < 8 ? 1 : L / 8;
  /// With L < 8 the lanes beyond L hold anything.
  struct Vec {
    uint16x8_t r[registers];
  };

  static Vec load(const std::uint16_t* p) {
    Vec v;
    for (unsigned i = 0; i < registers; ++i) v.r[i] = vld1q_u16(p + std::size_t{8} * i);
    return v;
  }
  static void store(std::uint16_t* p, const Vec& v) {
    for (unsigned i = 0; i < registers; ++i) vst1q_u16(p + std::size_t{8} * i, v.r[i]);
  }
  static Vec fill(std::uint32_t value) { return broadcast(vdupq_n_u16(static_cast<std::uint16_t>(value))); }
  static std::uint32_t scalar(const Vec& v) { return vgetq_lane_u16(v.r[0], 0); }

  static Vec add(const Vec& a, const Vec& b) {
    return map(a, b, [](uint16x8_t x, uint16x8_t y) { return vqaddq_u16(x, y); });
  }
  static Vec min(const Vec& a, const Vec& b) {
    return map(a, b, [](uint16x8_t x, uint16x8_t y) { return vminq_u16(x, y); });
  }
  static Vec max(const Vec& a, const Vec& b) {
    return map(a, b, [](uint16x8_t x, uint16x8_t y) { return vmaxq_u16(x, y); });
  }
  static Vec negate(const Vec& v) {
    return map(v, v, [](uint16x8_t x, uint16x8_t) { return vsubq_u16(vdupq_n_u16(0), x); });
  }
  static std::uint32_t less(const Vec& a, const Vec& b) {
    return mask(map(a, b, [](uint16x8_t x, uint16x8_t y) { return vcltq_u16(x, y); }));
  }
  static std::uint32_t equal(const Vec& a, const Vec& b) {
    return mask(map(a, b, [](uint16x8_t x, uint16x8_t y) { return vceqq_u16(x, y); }));
  }
  static Vec highest(const Vec& v) {
    uint16x8_t high = v.r[0];
    if constexpr (L < 8) high = vandq_u16(high, valid());
    for (unsigned i = 1; i < registers; ++i) high = vmaxq_u16(high, v.r[i]);
    return broadcast(vdupq_n_u16(vmaxvq_u16(high)));
  }

  template <class Bytes>
  static Vec widen(const Bytes& bytes) {
    Vec v;
    for (unsigned i = 0; i < registers; ++i) {
      const uint8x16_t x = vreinterpretq_u8_s8(bytes.r[i / 2]);
      v.r[i] = i % 2 == 0 ? vmovl_u8(vget_low_u8(x)) : vmovl_high_u8(x);
    }
    return v;
  }
  template <class Bytes>
  static Vec widen_signed(const Bytes& bytes) {
    Vec v;
    for (unsigned i = 0; i < registers; ++i) {
      const int8x16_t x = bytes.r[i / 2];
      v.r[i] = vreinterpretq_u16_s16(i % 2 == 0 ? vmovl_s8(vget_low_s8(x)) : vmovl_high_s8(x));
    }
    return v;
  }
  template <class Bytes>
  static Vec price(const Bytes& bytes) {
    return without_saturated(widen(bytes));
  }
  static Vec add_extra(const Vec& price, const Vec& extra) {
    return map(price, extra, [](uint16x8_t x, uint16x8_t y) {
      return vorrq_u16(vaddq_u16(x, y), vceqq_u16(x, vdupq_n_u16(0xffff)));
    });
  }
  static Vec no_fork_from(const Vec& stay, const Vec& more) {
    return map(stay, more, [](uint16x8_t x, uint16x8_t y) { return vorrq_u16(y, from_saturated(vsubq_u16(y, x))); });
  }
  static Vec room(const Vec& worst, const Vec& metric) {
    return map(worst, metric,
               [](uint16x8_t x, uint16x8_t y) { return vminq_u16(vqsubq_u16(x, y), vdupq_n_u16(saturated)); });
  }

  static Vec refill(const Vec& v, std::uint32_t free, const Vec& fork, std::uint32_t accepted) {
    alignas(16) std::uint16_t to[8 * registers];
    alignas(16) std::uint16_t from[8 * registers];
    store(to, v);
    store(from, fork);
    for (; accepted != 0; accepted &= accepted - 1, free &= free - 1) {
      to[__builtin_ctz(free)] = from[__builtin_ctz(accepted)];
    }
    return load(to);
  }
  /// Both sides are sorted, in opposite directions; the smaller one of each pair are then the L least of all.
  static Vec threshold(Vec stay, Vec fork) {
    if constexpr (L < 8) {  // filled up with eight numbers less L that are certainly among the least, and as many not
      stay.r[0] = vandq_u16(stay.r[0], valid());
      fork.r[0] = vorrq_u16(fork.r[0], vmvnq_u16(valid()));
    }
    uint16x8_t high = vdupq_n_u16(0);
    const Vec least = min(bitonic_sort<false>(stay), bitonic_sort<true>(fork));
    for (unsigned i = 0; i < registers; ++i) high = vmaxq_u16(high, least.r[i]);
    return broadcast(vdupq_n_u16(vmaxvq_u16(high)));
  }

 protected:
  static Vec without_saturated(const Vec& magnitude) {
    return map(magnitude, magnitude, [](uint16x8_t x, uint16x8_t) { return vorrq_u16(x, from_saturated(x)); });
  }

 private:
  static Vec broadcast(uint16x8_t x) {
    Vec v;
    for (unsigned i = 0; i < registers; ++i) v.r[i] = x;
    return v;
  }
  template <class Function>
  static Vec map(const Vec& a, const Vec& b, Function function) {
    Vec v;
    for (unsigned i = 0; i < registers; ++i) v.r[i] = function(a.r[i], b.r[i]);
    return v;
  }
  static uint16x8_t from_saturated(uint16x8_t x) { return vcgeq_u16(x, vdupq_n_u16(saturated)); }
  static uint16x8_t lane_numbers() {
    static constexpr std::uint16_t numbers[8] = {0, 1, 2, 3, 4, 5, 6, 7};
    return vld1q_u16(numbers);
  }
  /// All ones in the lanes below L.
  static uint16x8_t valid() { return vcltq_u16(lane_numbers(), vdupq_n_u16(L)); }
  /// One bit of each lane.
  static std::uint32_t mask(const Vec& lanes) {
    static constexpr std::uint16_t weights[8] = {1, 2, 4, 8, 16, 32, 64, 128};
    std::uint32_t mask = 0;
    for (unsigned i = 0; i < registers; ++i) {
      mask |= std::uint32_t{vaddvq_u16(vandq_u16(lanes.r[i], vld1q_u16(weights)))} << (8 * i);
    }
    return mask & (~0U >> (32 - L));
  }

  /// Batcher's bitonic network over all lanes: blocks of 2, 4, … numbers are merged into sorted ones, neighbouring
  /// blocks in opposite directions.
  template <bool reversed>
  static Vec bitonic_sort(Vec v) {
    for (unsigned block = 2; block <= 8 * registers; block *= 2) {
      for (unsigned distance = block / 2; distance >= 8; distance /= 2)
        exchange_registers(v, block, distance / 8, reversed);
      for (unsigned i = 0; i < registers; ++i) {
        // From blocks of eight on, one register has one direction.
        const bool turned = reversed != ((8 * i & block) != 0);
        if (block >= 8) v.r[i] = exchange<4>(v.r[i], block, turned);
        if (block >= 4) v.r[i] = exchange<2>(v.r[i], block, turned);
        v.r[i] = exchange<1>(v.r[i], block, turned);
      }
    }
    return v;
  }
  static void exchange_registers(Vec& v, unsigned block, unsigned distance, bool reversed) {
    for (unsigned i = 0; i < registers; ++i) {
      if ((i & distance) != 0) continue;
      const uint16x8_t least = vminq_u16(v.r[i], v.r[i + distance]);
      const uint16x8_t most = vmaxq_u16(v.r[i], v.r[i + distance]);
      const bool turned = reversed != ((8 * i & block) != 0);
      v.r[i] = turned ? most : least;
      v.r[i + distance] = turned ? least : most;
    }
  }
  /// Lanes that are `distance` apart: the lower lane gets the smaller number, or the larger one in blocks that descend.
  template <unsigned distance>
  static uint16x8_t exchange(uint16x8_t v, unsigned block, bool turned) {
    uint16x8_t other;
    if constexpr (distance == 1) other = vrev32q_u16(v);
    if constexpr (distance == 2) other = vreinterpretq_u16_u32(vrev64q_u32(vreinterpretq_u32_u16(v)));
    if constexpr (distance == 4) other = vextq_u16(v, v, 4);
    const uint16x8_t upper = vtstq_u16(lane_numbers(), vdupq_n_u16(distance));
    const uint16x8_t descends = vtstq_u16(lane_numbers(), vdupq_n_u16(static_cast<std::uint16_t>(block & 7U)));
    const uint16x8_t larger = veorq_u16(veorq_u16(upper, descends), vdupq_n_u16(turned ? 0xffff : 0));
    return vbslq_u16(larger, vmaxq_u16(v, other), vminq_u16(v, other));
  }
};

}  // namespace caligo::kernels::neon
