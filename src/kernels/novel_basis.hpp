// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Change between the monomials X^j and the novel basis X_j = Π s_b(X) over the bits b of j, where s_b vanishes on the
/// span of v_0 … v_(b-1). With Cantor's basis s_b is the b-fold composition of X² + X, so all coefficients are bits and
/// s_h = X^(2^h) + X for h a power of two. With the largest such h below log2, a polynomial is written as Σ f_i·y^i in
/// y = s_h(X), deg f_i < 2^h; then s_(h+j)(X) = s_j(y), so what remains are the same problems in y, for blocks instead
/// of coefficients, and for each f_i (Gao and Mateer 2010; Chen et al., arXiv:1708.09746, section 3.3).

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace caligo::kernels {

/// dual: every addition from b to a becomes one from a to b. downwards: the order of the conversion; otherwise the
/// opposite one. Hence <false, true> converts, <true, true> is the inverse of its transpose and <true, false> its
/// transpose. Bytes: the vectors of the unit, of which the lanes are words here.
template <class Bytes, bool dual, bool downwards>
struct NovelBasis {
  /// 2^log2 coefficients of `unit` words each.
  static void convert(std::uint64_t* f, unsigned log2, std::size_t unit) {
    if (log2 < 2) return;
    if (log2 == 4) return convert_16(f, unit);
    unsigned h = 1;
    while (2 * h < log2) h *= 2;
    if (downwards) expand(f, log2, h, unit);
    if (!downwards) convert_blocks(f, log2, h, unit);
    convert(f, log2 - h, unit << h);
    if (downwards) convert_blocks(f, log2, h, unit);
    if (!downwards) expand(f, log2, h, unit);
  }

 private:
  static void convert_blocks(std::uint64_t* f, unsigned log2, unsigned h, std::size_t unit) {
    for (std::size_t i = 0; i < (std::size_t{1} << (log2 - h)); ++i) convert(f + i * (unit << h), h, unit);
  }
  /// Divides blocks by s_h(X)^(2^j) = X^(2^(h+j)) + X^(2^j), from the longest blocks to the shortest or back.
  static void expand(std::uint64_t* f, unsigned log2, unsigned h, std::size_t unit) {
    for (unsigned k = 0; k < log2 - h; ++k) {
      const unsigned j = downwards ? log2 - h - 1 - k : k;
      const std::size_t half = unit << (h + j);
      for (std::size_t begin = 0; begin < (unit << log2); begin += 2 * half) divide(f + begin, half, unit << j);
    }
  }
  /// f[i + shift] += f[i + half], the upper `shift` of them first.
  static void divide(std::uint64_t* f, std::size_t half, std::size_t shift) {
    if (downwards) add(f + half, f + 2 * half - shift, shift);
    add(f + shift, f + half, half - shift);
    if (!downwards) add(f + half, f + 2 * half - shift, shift);
  }
  static void add(std::uint64_t* __restrict a, std::uint64_t* __restrict b, std::size_t count) {
    if constexpr (dual) {
      for (std::size_t i = 0; i < count; ++i) b[i] ^= a[i];
    } else {
      for (std::size_t i = 0; i < count; ++i) a[i] ^= b[i];
    }
  }

  /// Sixteen coefficients in registers: the commonest short conversion, and four levels of a longer one at once.
  static void convert_16(std::uint64_t* f, std::size_t unit) {
    constexpr std::size_t wide = Bytes::lanes / 8;
    if (unit % wide == 0) {
      for (std::size_t at = 0; at < unit; at += wide) convert_columns<Wide>(f + at, unit);
    } else if (unit == 2) {
      convert_columns<Pair>(f, unit);
    } else {
      for (std::size_t at = 0; at < unit; ++at) convert_columns<Single>(f + at, unit);
    }
  }
  struct Wide {
    using Type = typename Bytes::Type;
    static Type load(const std::uint64_t* p) { return Bytes::load(reinterpret_cast<const std::uint8_t*>(p)); }
    static void store(std::uint64_t* p, Type v) { Bytes::store(reinterpret_cast<std::uint8_t*>(p), v); }
    static Type sum(Type a, Type b) { return Bytes::add(a, b); }
  };
  struct Pair {
    using Type = std::uint64_t __attribute__((vector_size(16)));
    static Type load(const std::uint64_t* p) {
      Type v;
      std::memcpy(&v, p, sizeof v);
      return v;
    }
    static void store(std::uint64_t* p, Type v) { std::memcpy(p, &v, sizeof v); }
    static Type sum(Type a, Type b) { return a ^ b; }
  };
  struct Single {
    using Type = std::uint64_t;
    static Type load(const std::uint64_t* p) { return *p; }
    static void store(std::uint64_t* p, Type v) { *p = v; }
    static Type sum(Type a, Type b) { return a ^ b; }
  };
  template <class V>
  static inline __attribute__((always_inline)) void convert_columns(std::uint64_t* f, std::size_t unit) {
    typename V::Type v[16];
    for (unsigned i = 0; i < 16; ++i) v[i] = V::load(f + i * unit);
    // log2 = 4, h = 2: y = X^4 + X; then log2 = 2, h = 1 in y and in X.
    if constexpr (downwards) {
      step<V, 8, 2, 16>(v);
      step<V, 4, 1, 16>(v);
      step<V, 8, 4, 16>(v);
      step<V, 2, 1, 16>(v);
    } else {
      step<V, 2, 1, 16>(v);
      step<V, 8, 4, 16>(v);
      step<V, 4, 1, 16>(v);
      step<V, 8, 2, 16>(v);
    }
    for (unsigned i = 0; i < 16; ++i) V::store(f + i * unit, v[i]);
  }
  /// divide() on registers.
  template <class V, unsigned half, unsigned shift, unsigned count>
  static inline __attribute__((always_inline)) void step(typename V::Type* v) {
    for (unsigned begin = 0; begin < count; begin += 2 * half) {
      typename V::Type* f = v + begin;
      if constexpr (downwards) {
        for (unsigned i = 0; i < shift; ++i) add_one<V>(f[half + i], f[2 * half - shift + i]);
      }
      for (unsigned i = 0; i < half - shift; ++i) add_one<V>(f[shift + i], f[half + i]);
      if constexpr (!downwards) {
        for (unsigned i = 0; i < shift; ++i) add_one<V>(f[half + i], f[2 * half - shift + i]);
      }
    }
  }
  template <class V>
  static inline __attribute__((always_inline)) void add_one(typename V::Type& a, typename V::Type& b) {
    if constexpr (dual) {
      b = V::sum(b, a);
    } else {
      a = V::sum(a, b);
    }
  }
};

template <class Bytes, bool dual, bool downwards, std::size_t unit>
void convert_basis(std::uint64_t* f, unsigned log2) {
  NovelBasis<Bytes, dual, downwards>::convert(f, log2, unit);
}

}  // namespace caligo::kernels
