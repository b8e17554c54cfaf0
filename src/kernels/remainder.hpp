// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Remainders of packed bits modulo a generator polynomial of degree w ≤ 32, mirrored: bit 0 is the highest power.
///
/// Long messages are folded (Gopal et al., "Fast CRC computation for generic polynomials using PCLMULQDQ", Intel,
/// 2009): a block A that stands d bits before a block B has the remainder of A·(x^d mod P) + B, so two multiplications
/// without carries replace 128 bits of long division. Mirrored words a(x) and b(x) multiply to a(x)·b(x)·x, hence the
/// odd exponents in CrcDivisor.

#include <cstddef>
#include <cstdint>

#include "kernels/bit_kernels.hpp"

namespace caligo::kernels {

/// One word by slicing: `word` holds 64 coefficients, to whose first w the remainder so far has been added.
template <class Isa>
struct SlicedDivision {
  static std::uint64_t divide(const CrcDivisor& divisor, std::uint64_t word) {
    const std::uint32_t* t = divisor.sliced;
    return t[256 * 7 + (word & 0xFFU)] ^ t[256 * 6 + ((word >> 8) & 0xFFU)] ^ t[256 * 5 + ((word >> 16) & 0xFFU)] ^
           t[256 * 4 + ((word >> 24) & 0xFFU)] ^ t[256 * 3 + ((word >> 32) & 0xFFU)] ^
           t[256 * 2 + ((word >> 40) & 0xFFU)] ^ t[256 * 1 + ((word >> 48) & 0xFFU)] ^ t[word >> 56];
  }
};

/// The whole words from `begin`, then the last bits of the message, each time with the remainder so far.
template <class Division>
inline std::uint32_t divide_words(const CrcDivisor& divisor, const std::uint64_t* message, std::size_t begin,
                                  std::size_t bits, std::uint64_t remainder) {
  for (std::size_t i = begin; i < bits / 64; ++i) remainder = Division::divide(divisor, message[i] ^ remainder);
  if (const std::size_t rest = bits % 64; rest != 0) {
    // Zeros before a message change nothing, so the rest is divided as the end of a word. If it is shorter than the
    // remainder, what sticks out has not been multiplied by anything yet and is added behind.
    const std::uint64_t value = message[bits / 64] ^ remainder;
    remainder = (value >> rest) ^ Division::divide(divisor, value << (64 - rest));
  }
  return static_cast<std::uint32_t>(remainder);
}

template <class Isa>
std::uint32_t sliced_remainder(const CrcDivisor& divisor, const std::uint64_t* message, std::size_t bits,
                               std::uint32_t initial) {
  return divide_words<SlicedDivision<Isa>>(divisor, message, 0, bits, initial);
}

/// Carries `accumulators` blocks of vectors of F side by side, so that multiplications overlap, then adds them up.
template <class F, std::size_t accumulators>
inline typename F::Type fold_wide(const CrcDivisor& divisor, const std::uint64_t* message, std::size_t& i,
                                  std::size_t words, std::uint32_t initial) {
  constexpr std::size_t stride = accumulators * F::words;
  const typename F::Type far = F::template multiplier<64 * stride>(divisor);
  const typename F::Type near = F::template multiplier<64 * F::words>(divisor);
  typename F::Type acc[accumulators];
  for (std::size_t k = 0; k < accumulators; ++k) acc[k] = F::load(message + i + k * F::words);
  acc[0] = F::add_to_first(acc[0], initial);
  for (i += stride; i + stride <= words; i += stride) {
    for (std::size_t k = 0; k < accumulators; ++k) acc[k] = F::fold(acc[k], far, F::load(message + i + k * F::words));
  }
  for (std::size_t k = 1; k < accumulators; ++k) acc[0] = F::fold(acc[0], near, acc[k]);
  for (; i + F::words <= words; i += F::words) acc[0] = F::fold(acc[0], near, F::load(message + i));
  return acc[0];
}

/// F: vectors for long messages; F::Narrow: 128 bits, and division of one word.
template <class F>
std::uint32_t folded_remainder(const CrcDivisor& divisor, const std::uint64_t* message, std::size_t bits,
                               std::uint32_t initial) {
  using Narrow = typename F::Narrow;
  const std::size_t words = bits / 64;
  if (words < 2) return divide_words<Narrow>(divisor, message, 0, bits, initial);
  std::size_t i = 0;
  typename Narrow::Type acc;
  if (words >= 4 * F::words) {
    acc = F::narrow(divisor, fold_wide<F, 4>(divisor, message, i, words, initial));
  } else {
    acc = Narrow::add_to_first(Narrow::load(message), initial);
    i = 2;
  }
  const typename Narrow::Type near = Narrow::template multiplier<128>(divisor);
  for (; i + 2 <= words; i += 2) acc = Narrow::fold(acc, near, Narrow::load(message + i));
  return divide_words<Narrow>(divisor, message, i, bits, Narrow::divide_block(divisor, acc));
}

}  // namespace caligo::kernels
