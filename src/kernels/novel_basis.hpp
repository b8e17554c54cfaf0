// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Change between the monomials X^j and the novel basis X_j = Π s_b(X) over the bits b of j, where s_b vanishes on the
/// span of v_0 … v_(b-1). With Cantor's basis s_b is the b-fold composition of X² + X, so all coefficients are bits and
/// s_h = X^(2^h) + X for h a power of two. With the largest such h below log2, a polynomial is written as Σ f_i·y^i in
/// y = s_h(X), deg f_i < 2^h; then s_(h+j)(X) = s_j(y), so what remains are the same problems in y, for blocks instead
/// of coefficients, and for each f_i (Gao and Mateer 2010; Chen et al., arXiv:1708.09746, section 3.3).

#include <cstddef>
#include <cstdint>

namespace caligo::kernels {

/// Isa: any type of the including unit; it keeps the units' copies apart. dual: every addition from b to a becomes one
/// from a to b. downwards: the order of the conversion; otherwise the opposite one. Hence <false, true> converts,
/// <true, true> is the inverse of its transpose and <true, false> its transpose.
template <class Isa, bool dual, bool downwards>
struct NovelBasis {
  /// 2^log2 coefficients of `unit` words each.
  static void convert(std::uint64_t* f, unsigned log2, std::size_t unit) {
    if (log2 < 2) return;
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
};

template <class Isa, bool dual, bool downwards, std::size_t unit>
void convert_basis(std::uint64_t* f, unsigned log2) {
  NovelBasis<Isa, dual, downwards>::convert(f, log2, unit);
}

}  // namespace caligo::kernels
