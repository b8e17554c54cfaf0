// SPDX-License-Identifier: Apache-2.0
#pragma once
/// What path metrics are on x86, whatever the width of the registers. metrics_scalar.hpp says what each operation
/// means.

#include <immintrin.h>

#include <cstdint>
#include <cstring>

namespace caligo::kernels {

/// R: the operations on a register of 16-bit numbers, and how it widens bytes; it has at least L places. Those beyond L
/// hold 65535. saturated: the largest LLR.
template <class R, unsigned L, unsigned saturated>
struct WordMetrics {
  using Vec = typename R::Vec;

  static Vec load(const std::uint16_t* p) { return R::load(p); }
  static void store(std::uint16_t* p, const Vec& v) { R::store(p, v); }
  static Vec fill(std::uint32_t value) { return R::fill(static_cast<short>(value)); }
  static std::uint32_t scalar(const Vec& v) {
    std::uint16_t first;
    std::memcpy(&first, &v, sizeof first);
    return first;
  }
  static Vec add(const Vec& a, const Vec& b) { return R::adds(a, b); }
  static Vec min(const Vec& a, const Vec& b) { return R::min(a, b); }
  static Vec max(const Vec& a, const Vec& b) { return R::max(a, b); }
  static Vec negate(const Vec& v) { return R::sub(fill(0), v); }
  static std::uint32_t less(const Vec& a, const Vec& b) { return R::less(a, b) & all; }
  static std::uint32_t equal(const Vec& a, const Vec& b) { return R::equal(a, b) & all; }
  static Vec highest(const Vec& v) { return R::spread(R::highest(surplus_zero(v))); }

  template <class Bytes>
  static Vec widen(const Bytes& bytes) {
    return R::widen(bytes);
  }
  template <class Bytes>
  static Vec widen_signed(const Bytes& bytes) {
    return R::widen_signed(bytes);
  }
  static auto narrow(const Vec& v) { return R::narrow(v); }
  template <class Bytes>
  static Vec price(const Bytes& bytes) {
    return without_saturated(R::widen(bytes));
  }
  static Vec add_extra(const Vec& price, const Vec& extra) { return R::bit_or(R::add(price, extra), R::sign(price)); }
  static Vec no_fork_from(const Vec& stay, const Vec& more) {
    return R::bit_or(more, from_saturated(R::sub(more, stay)));
  }
  static Vec room(const Vec& worst, const Vec& metric) { return R::min(R::subs(worst, metric), fill(saturated)); }

  /// Through memory, for registers that cannot compress and expand.
  static Vec refill(const Vec& v, std::uint32_t free, const Vec& fork, std::uint32_t accepted) {
    alignas(64) std::uint16_t to[32];
    alignas(64) std::uint16_t from[32];
    R::store(to, v);
    R::store(from, fork);
    for (; accepted != 0; accepted &= accepted - 1, free &= free - 1) to[_tzcnt_u32(free)] = from[_tzcnt_u32(accepted)];
    return R::load(to);
  }

 protected:
  static Vec without_saturated(const Vec& magnitude) { return R::bit_or(magnitude, from_saturated(magnitude)); }
  /// Zero in the places beyond L, where the largest is sought.
  static Vec surplus_zero(const Vec& v) {
    if constexpr (L < R::places) {
      return R::template first<L>(v);
    } else {
      return v;
    }
  }

 private:
  static constexpr std::uint32_t all = ~0U >> (32 - L);
  /// All ones from the largest LLR on, below 65535: adding what lacks to 2^15 carries into the sign.
  static Vec from_saturated(const Vec& v) { return R::sign(R::add(v, fill(0x8000 - saturated))); }
};

}  // namespace caligo::kernels
