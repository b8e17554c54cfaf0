// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Path metrics in plain C++: one unsigned 16-bit number per lane; the meaning of every operation, and the portable
/// implementation. Masks have one bit per lane.

#include <cstdint>
#include <cstring>

namespace caligo::kernels::scalar {

/// saturated: the largest LLR.
template <unsigned L, unsigned saturated = 127>
struct Metrics {
  /// Vectors of other instruction sets have at least eight lanes; those beyond L stay empty.
  struct alignas(16) Vec {
    std::uint16_t m[L];
  };

  static Vec load(const std::uint16_t* p) {
    Vec v;
    std::memcpy(v.m, p, sizeof v.m);
    return v;
  }
  static void store(std::uint16_t* p, const Vec& v) { std::memcpy(p, v.m, sizeof v.m); }
  /// Saturating: an empty lane stays empty.
  static Vec add(const Vec& a, const Vec& b) {
    return map(a, b, [](unsigned x, unsigned y) { return x + y < 0xffff ? x + y : 0xffff; });
  }
  static Vec min(const Vec& a, const Vec& b) {
    return map(a, b, [](unsigned x, unsigned y) { return x < y ? x : y; });
  }
  static Vec max(const Vec& a, const Vec& b) {
    return map(a, b, [](unsigned x, unsigned y) { return x < y ? y : x; });
  }
  static std::uint32_t less(const Vec& a, const Vec& b) {
    alignas(16) std::uint16_t wide[L];
    for (unsigned l = 0; l < L; ++l) wide[l] = a.m[l] < b.m[l] ? 1 : 0;
    alignas(8) std::uint8_t ones[L < 8 ? 8 : L] = {};
    for (unsigned l = 0; l < L; ++l) ones[l] = static_cast<std::uint8_t>(wide[l]);
    std::uint32_t mask = 0;
    for (unsigned l = 0; l < L; l += 8) {
      std::uint64_t eight;
      std::memcpy(&eight, ones + l, 8);
      // Moves bit 0 of byte j to bit 56 + j: each product term lands on a bit of its own.
      mask |= static_cast<std::uint32_t>((eight * 0x0102040810204080U) >> 56) << l;
    }
    return mask;
  }
  static std::uint32_t equal(const Vec& a, const Vec& b) { return ~(less(a, b) | less(b, a)) & all; }
  static Vec fill(std::uint32_t value) {
    Vec v;
    for (unsigned l = 0; l < L; ++l) v.m[l] = static_cast<std::uint16_t>(value);
    return v;
  }
  static std::uint32_t scalar(const Vec& v) { return v.m[0]; }
  /// Two's complement.
  static Vec negate(const Vec& v) {
    return map(v, v, [](unsigned x, unsigned) { return 0U - x; });
  }
  /// The largest, in every lane.
  static Vec highest(const Vec& a) {
    std::uint16_t high = a.m[0];
    for (unsigned l = 1; l < L; ++l) high = a.m[l] > high ? a.m[l] : high;
    return fill(high);
  }

  /// The first L bytes, zero-extended.
  template <class Vector>
  static Vec widen(const Vector& v) {
    std::uint8_t bytes[L];
    std::memcpy(bytes, &v, L);
    Vec r;
    for (unsigned l = 0; l < L; ++l) r.m[l] = bytes[l];
    return r;
  }
  /// Prices of flipping positions of these magnitudes: saturated ones and above, as unsigned numbers, do not fork
  /// (65535).
  template <class Vector>
  static Vec price(const Vector& magnitude) {
    return without_saturated(widen(magnitude));
  }
  /// Sign-extended.
  template <class Vector>
  static Vec widen_signed(const Vector& v) {
    std::int8_t bytes[L];
    std::memcpy(bytes, &v, L);
    Vec r;
    for (unsigned l = 0; l < L; ++l) r.m[l] = static_cast<std::uint16_t>(bytes[l]);
    return r;
  }
  /// price + extra, a signed number that leaves the sum positive; 65535 stays.
  static Vec add_extra(const Vec& price, const Vec& extra) {
    return map(price, extra, [](unsigned x, unsigned y) { return x == 0xffff ? x : x + y; });
  }
  /// `more`, or 65535 where it exceeds `stay` by a saturated LLR or more.
  static Vec no_fork_from(const Vec& stay, const Vec& more) {
    return map(stay, more, [](unsigned x, unsigned y) { return y - x < saturated ? y : 0xffff; });
  }

  /// What a metric is below `worst`, at most a saturated LLR.
  static Vec room(const Vec& worst, const Vec& metric) {
    return map(worst, metric, [](unsigned x, unsigned y) {
      const unsigned room = x <= y ? 0U : x - y;
      return room < saturated ? room : saturated;
    });
  }

  /// v with the lanes of `free` taken from those of `accepted`, both in increasing order.
  static Vec refill(Vec v, std::uint32_t free, const Vec& fork, std::uint32_t accepted) {
    for (; accepted != 0; accepted &= accepted - 1, free &= free - 1) {
      v.m[__builtin_ctz(free)] = fork.m[__builtin_ctz(accepted)];
    }
    return v;
  }
  /// The L-th smallest of both, in every lane.
  static Vec threshold(const Vec& stay, const Vec& fork) {
    std::uint32_t low = 0;  // at most L - 1 numbers are less than `low`, at least L are not above `high`
    std::uint32_t high = scalar(highest(stay));
    while (low < high) {
      const std::uint32_t middle = (low + high) / 2;
      std::uint16_t count = 0;
      for (unsigned l = 0; l < L; ++l) {
        count = static_cast<std::uint16_t>(count + (stay.m[l] <= middle ? 1 : 0) + (fork.m[l] <= middle ? 1 : 0));
      }
      (count >= L ? high : low) = count >= L ? middle : middle + 1;
    }
    return fill(high);
  }

 protected:
  static Vec without_saturated(const Vec& v) {
    return map(v, v, [](unsigned x, unsigned) { return x < saturated ? x : 0xffff; });
  }

 private:
  static constexpr std::uint32_t all = ~0U >> (32 - L);
  template <class Function>
  static Vec map(const Vec& a, const Vec& b, Function function) {
    Vec r;
    for (unsigned l = 0; l < L; ++l) r.m[l] = static_cast<std::uint16_t>(function(a.m[l], b.m[l]));
    return r;
  }
};

}  // namespace caligo::kernels::scalar
