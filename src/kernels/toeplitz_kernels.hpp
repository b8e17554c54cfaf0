// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Kernels of Toeplitz hashing: an additive FFT over GF(2^128), and products of words without carries. Like
/// kernels.hpp, this is what the per-ISA units see, so it has raw pointers and plain structs only.
///
/// The field is a tower over GF(2^8) with the polynomial x^8 + x^4 + x^3 + x + 1, the one that processors multiply in
/// (GFNI): GF(2^(16n)) = GF(2^(8n))[u]/(u² + u + κ), κ = tower_lambda for n = 1 and κ·u of the field below afterwards
/// (D. Wiedemann 1988, in the form u² + u + κ). An element is sixteen bytes, lowest coordinate first.
///
/// Transforms follow Lin, Chung and Han, "Novel polynomial basis and its application to Reed-Solomon erasure codes"
/// (FOCS 2014), with Cantor's basis v_0 = 1, v_(i+1)² + v_(i+1) = v_i. Its first 2^k members span GF(2^(2^k)), so the
/// multipliers of a transform of 2^log2 points lie in a small subfield, whatever the field of the coefficients.

#include <cstddef>
#include <cstdint>

namespace caligo::kernels {

inline constexpr std::size_t element_bytes = 16;
/// Absolute trace 1, hence u² + u + λ is irreducible over GF(2^8).
inline constexpr std::uint8_t tower_lambda = 0x20;
/// v_0 … v_31 span GF(2^32).
inline constexpr unsigned cantor_members = 32;
/// Points of the longest transform: multipliers up to v_log2 are prepared.
inline constexpr unsigned max_log2_points = 30;
/// Elements are held in groups of at most this many; see ToeplitzKernels::lanes.
inline constexpr std::size_t max_lanes = 64;

/// The product in GF(2^8).
constexpr std::uint8_t multiply_bytes(unsigned a, unsigned b) {
  unsigned product = 0;
  for (; b != 0; b >>= 1U) {
    if ((b & 1U) != 0) product ^= a;
    a = (a << 1U) ^ ((a & 0x80U) != 0 ? 0x11BU : 0);
  }
  return static_cast<std::uint8_t>(product);
}

/// A member of GF(2^32) prepared as a multiplier: with w = (w0 + w1·u) + (w2 + w3·u)·u', three elements of GF(2^16),
/// namely W0, κ·W1, W0 + W1, each (a, b) as the three bytes a, λ·b, a + b. The map from w to these is linear.
struct Multiplier {
  std::uint8_t bytes[16];
};

/// Linear maps of GF(2)^8, in the forms that instruction sets want.
struct ByteMaps {
  const std::uint64_t* columns;       ///< byte i is the image of bit i
  const std::uint64_t* rows;          ///< byte 7 - i has the bits that are added up to bit i (GF2P8AFFINEQB)
  const std::uint8_t (*nibbles)[32];  ///< images of the 16 low nibbles, then of the 16 high ones
};

/// What all transforms need, made once.
struct FieldTables {
  Multiplier member[cantor_members];  ///< v_i
  ByteMaps embed;                     ///< 16 x 8 maps: out byte, in byte; t^i, i < 64, of a word to the tower
  ByteMaps extract;                   ///< 16 x 16 maps, tower to polynomials in t of degree < 128
};

/// Lengths are powers of two, in elements, and at least 2·lanes; `elements` is aligned to 64 bytes.
///
/// Elements lie in groups of `lanes`: 16 planes, plane k with byte k of each. Words are coefficients of polynomials
/// over GF(2)[t], 64 bits each; pairs are 128 bits each.
struct ToeplitzKernels {
  std::size_t lanes;
  /// So many products of words, made by correlate(), take as long as the transforms take per point.
  std::size_t products_per_point;

  /// Monomial coefficients to coefficients of the novel basis, in place; xors of words.
  void (*to_novel)(std::uint64_t* words, unsigned log2);
  /// The inverse of its transpose.
  void (*to_novel_dual)(std::uint64_t* words, unsigned log2);
  /// Its transpose, on pairs.
  void (*from_novel_dual)(std::uint64_t* pairs, unsigned log2);

  /// Words to elements. The words may be the upper half of the space of the elements.
  void (*embed)(const FieldTables& tables, const std::uint64_t* words, std::uint8_t* elements, std::size_t count);
  /// Elements to pairs, in place.
  void (*extract)(const FieldTables& tables, std::uint8_t* elements, std::size_t count);

  /// Coefficients of the novel basis to values on the span of v_0 … v_(log2-1), in an order of this instruction set.
  void (*evaluate)(const FieldTables& tables, std::uint8_t* elements, unsigned log2);
  /// The inverse of its transpose.
  void (*evaluate_dual)(const FieldTables& tables, std::uint8_t* elements, unsigned log2);
  /// Its transpose.
  void (*interpolate_dual)(const FieldTables& tables, std::uint8_t* elements, unsigned log2);
  /// x ← x·s, element by element.
  void (*multiply)(std::uint8_t* x, const std::uint8_t* s, std::size_t count);

  /// pairs[q] = Σ_(j < words) s[q + j]·x[j], q < outputs: products of words without carries. words is a multiple of 8;
  /// s has outputs + words of them.
  void (*correlate)(const std::uint64_t* s, const std::uint64_t* x, std::size_t words, std::size_t outputs,
                    std::uint64_t* pairs);
};

/// Null if the unit is not part of this build.
const ToeplitzKernels* scalar_toeplitz_kernels() noexcept;
const ToeplitzKernels* avx2_toeplitz_kernels() noexcept;
const ToeplitzKernels* avx512_toeplitz_kernels() noexcept;
const ToeplitzKernels* neon_toeplitz_kernels() noexcept;
/// With the 64-bit multiplication of the cryptography extension.
const ToeplitzKernels* neon_pmull_toeplitz_kernels() noexcept;

}  // namespace caligo::kernels
