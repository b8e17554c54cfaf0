// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Polynomial hashing over GF(p), p = 2^127 - 1: the ε-almost-universal part of verification and of authentication. A
/// Mersenne prime, so that reduction is an addition. Values below may be p itself, which stands for 0.

#include <cstddef>
#include <cstdint>

namespace caligo::hash {

__extension__ using uint128 = unsigned __int128;

inline constexpr uint128 prime = (uint128{1} << 127) - 1;
/// Bytes of a coefficient: 120 bits, so that every value is below p.
inline constexpr std::size_t coefficient_bytes = 15;

/// x < 2^128 to a value ≤ p with the same residue, except 2^128 - 1 (never reached: sums here stay ≤ 2p).
constexpr uint128 fold(uint128 x) noexcept { return (x & prime) + (x >> 127); }
constexpr uint128 canonical(uint128 x) noexcept { return x == prime ? 0 : x; }

/// a·b mod p for a, b ≤ p, schoolbook on 64-bit halves; 2^127 ≡ 1.
constexpr uint128 multiply(uint128 a, uint128 b) noexcept {
  const auto a0 = static_cast<std::uint64_t>(a);
  const auto a1 = static_cast<std::uint64_t>(a >> 64);
  const auto b0 = static_cast<std::uint64_t>(b);
  const auto b1 = static_cast<std::uint64_t>(b >> 64);
  const uint128 low = uint128{a0} * b0;
  const uint128 middle = uint128{a0} * b1 + uint128{a1} * b0;  // both < 2^127
  const uint128 carry = (low >> 64) + static_cast<std::uint64_t>(middle);
  const uint128 bottom = (carry << 64) | static_cast<std::uint64_t>(low);
  const uint128 top = uint128{a1} * b1 + (middle >> 64) + (carry >> 64);
  return fold((bottom & prime) + ((top << 1) | (bottom >> 127)));
}

/// Two words, low word first, as an element; words from elsewhere are cut to 127 bits.
constexpr uint128 element(const std::uint64_t* words) noexcept {
  return canonical(((uint128{words[1]} << 64) | words[0]) & prime);
}

/// Evaluates a polynomial at `point`, highest coefficient first: den Boer 1993; Bierbrauer et al. 1993. Two different
/// polynomials of degree < k agree in at most k - 1 points.
class PolynomialHash {
 public:
  explicit constexpr PolynomialHash(uint128 point) noexcept : point_(point) {}
  /// The next coefficient, < 2^120.
  constexpr void add(uint128 coefficient) noexcept { value_ = fold(multiply(value_, point_) + coefficient); }
  /// Bytes, cut into coefficients of 15, little-endian; the last one may be shorter.
  void add_bytes(const unsigned char* bytes, std::size_t size) noexcept;
  [[nodiscard]] constexpr uint128 value() const noexcept { return canonical(value_); }

 private:
  uint128 point_;
  uint128 value_ = 0;
};

/// The low tag_bits (1 to 64) bits of (a·v + b) mod p (Carter and Wegman 1979). For uniform a, b the residues of two
/// different v are a uniform pair, so their xor has any given value with probability at most 2^-tag_bits + 1/p.
std::uint64_t compress(uint128 value, uint128 a, uint128 b, unsigned tag_bits) noexcept;

}  // namespace caligo::hash
