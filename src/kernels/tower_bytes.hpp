// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Arithmetic of the tower field (toeplitz_kernels.hpp) on vectors of bytes: plane k of an element has its byte k.
///
/// Bytes, the vector class of the unit, has
///   Type, lanes, log2_lanes, load, store, add (xor), zero;
///   Constant, constant(c): a byte prepared as a multiplier; multiply(Type, Constant); multiply(Type, Type);
///   map(Type, ByteMaps, index): one linear map of the table;
///   exchange<b>(p, q): swaps the lanes of q whose bit b is 0 with the lanes of p whose bit b is 1, 2^b further up;
///   lane_product<i>(Type): each lane times Σ_(b ≥ i) (bit b of the lane)·v_(b-i+1), which is additive_fft.hpp's
///   affair.

#include <cstddef>
#include <cstdint>

#include "kernels/toeplitz_kernels.hpp"

namespace caligo::kernels {

/// Multiplies vectors of GF(2^(8·width)), width 1, 2 or 4, by one member of that field.
template <class Bytes, unsigned width>
struct TowerConstant;

template <class Bytes>
struct TowerConstant<Bytes, 1> {
  using Type = typename Bytes::Type;
  explicit TowerConstant(const std::uint8_t* prepared) : c(Bytes::constant(prepared[0])) {}
  void multiply(const Type* a, Type* r) const { r[0] = Bytes::multiply(a[0], c); }
  typename Bytes::Constant c;
};

/// Karatsuba's three products. κ·a1·w1 enters as a1·(κ·w1), so that nothing else need be multiplied by κ.
template <class Bytes>
struct TowerConstant<Bytes, 2> {
  using Type = typename Bytes::Type;
  explicit TowerConstant(const std::uint8_t* prepared)
      : w0(Bytes::constant(prepared[0])), kw1(Bytes::constant(prepared[1])), sum(Bytes::constant(prepared[2])) {}
  void multiply(const Type* a, Type* r) const {
    const Type low = Bytes::multiply(a[0], w0);
    const Type both = Bytes::multiply(Bytes::add(a[0], a[1]), sum);
    const Type high = Bytes::multiply(a[1], kw1);
    r[0] = Bytes::add(low, high);
    r[1] = Bytes::add(low, both);
  }
  typename Bytes::Constant w0, kw1, sum;
};

template <class Bytes>
struct TowerConstant<Bytes, 4> {
  using Type = typename Bytes::Type;
  explicit TowerConstant(const std::uint8_t* prepared) : w0(prepared), kw1(prepared + 3), sum(prepared + 6) {}
  void multiply(const Type* a, Type* r) const {
    const Type added[2] = {Bytes::add(a[0], a[2]), Bytes::add(a[1], a[3])};
    Type low[2];
    Type high[2];
    Type both[2];
    w0.multiply(a, low);
    kw1.multiply(a + 2, high);
    sum.multiply(added, both);
    for (unsigned i = 0; i < 2; ++i) {
      r[i] = Bytes::add(low[i], high[i]);
      r[i + 2] = Bytes::add(low[i], both[i]);
    }
  }
  TowerConstant<Bytes, 2> w0, kw1, sum;
};

/// General products in GF(2^(8·width)).
template <class Bytes, unsigned width>
struct Tower {
  static constexpr unsigned half = width / 2;
  using Half = Tower<Bytes, half>;
  using Type = typename Bytes::Type;

  static void multiply(const Type* a, const Type* b, Type* r) {
    Type a_sum[half];
    Type b_sum[half];
    Type high[half];
    for (unsigned i = 0; i < half; ++i) {
      a_sum[i] = Bytes::add(a[i], a[i + half]);
      b_sum[i] = Bytes::add(b[i], b[i + half]);
    }
    Half::multiply(a + half, b + half, high);
    Half::multiply(a, b, r);
    Half::multiply(a_sum, b_sum, r + half);
    Half::times_kappa(high);
    for (unsigned i = 0; i < half; ++i) {
      r[i + half] = Bytes::add(r[i + half], r[i]);
      r[i] = Bytes::add(r[i], high[i]);
    }
  }
  /// By κ of the extension of this field, which is κ'·u with κ' of the half and u² = u + κ'.
  static void times_kappa(Type* a) {
    Type sum[half];
    for (unsigned i = 0; i < half; ++i) sum[i] = Bytes::add(a[i], a[i + half]);
    Half::times_kappa(a + half);
    Half::times_kappa(a + half);
    Half::times_kappa(sum);
    for (unsigned i = 0; i < half; ++i) {
      a[i] = a[i + half];
      a[i + half] = sum[i];
    }
  }
};

template <class Bytes>
struct Tower<Bytes, 1> {
  using Type = typename Bytes::Type;
  static void multiply(const Type* a, const Type* b, Type* r) { *r = Bytes::multiply(*a, *b); }
  static void times_kappa(Type* a) { *a = Bytes::multiply(*a, Bytes::constant(tower_lambda)); }
};

/// ToeplitzKernels::multiply.
template <class Bytes>
void multiply_elements(std::uint8_t* x, const std::uint8_t* s, std::size_t count) {
  using Type = typename Bytes::Type;
  for (std::size_t group = 0; group < count / Bytes::lanes; ++group) {
    Type a[element_bytes];
    Type b[element_bytes];
    Type r[element_bytes];
    for (unsigned k = 0; k < element_bytes; ++k) {
      a[k] = Bytes::load(x + k * Bytes::lanes);
      b[k] = Bytes::load(s + k * Bytes::lanes);
    }
    Tower<Bytes, element_bytes>::multiply(a, b, r);
    for (unsigned k = 0; k < element_bytes; ++k) Bytes::store(x + k * Bytes::lanes, r[k]);
    x += element_bytes * Bytes::lanes;
    s += element_bytes * Bytes::lanes;
  }
}

}  // namespace caligo::kernels
