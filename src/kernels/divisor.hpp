// SPDX-License-Identifier: Apache-2.0
#pragma once
/// What CrcDivisor needs to know of a generator polynomial. Everything is mirrored: bit 0 is the highest power.

#include <cstddef>
#include <cstdint>

#include "kernels/bit_kernels.hpp"

namespace caligo::kernels {

/// One step of the division: the register loses its highest power, which sits in bit 0.
constexpr std::uint32_t divide_step(std::uint32_t remainder, std::uint32_t generator) noexcept {
  return (remainder >> 1U) ^ ((remainder & 1U) != 0 ? generator : 0);
}

/// sliced: 8·256 entries, multipliers: crc_multipliers, as CrcDivisor describes them. `generator` has degree `width`, 1
/// to 32, and comes mirrored and without its leading coefficient.
constexpr void prepare_divisor(std::uint32_t generator, unsigned width, std::uint32_t* sliced,
                               std::uint64_t* multipliers) noexcept {
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t remainder = byte;
    for (int bit = 0; bit < 8; ++bit) remainder = divide_step(remainder, generator);
    sliced[byte] = remainder;
  }
  for (std::size_t i = 256; i < std::size_t{8} * 256; ++i) {
    const std::uint32_t before = sliced[i - 256];
    sliced[i] = (before >> 8U) ^ sliced[before & 0xFFU];
  }
  const auto power = [&](std::size_t exponent) {
    std::uint32_t remainder = std::uint32_t{1} << (width - 1);  // x^0
    for (std::size_t i = 0; i < exponent; ++i) remainder = divide_step(remainder, generator);
    return std::uint64_t{remainder} << (64 - width);
  };
  for (const std::size_t distance : fold_distances) {
    *multipliers++ = power(distance + 63);
    *multipliers++ = power(distance - 1);
  }
  std::uint64_t quotient = 1;  // of x^(64+w): the leading coefficient, then one for each step of long division
  for (std::uint32_t j = 1, remainder = generator; j < 64; ++j) {
    quotient |= std::uint64_t{remainder & 1U} << j;
    remainder = divide_step(remainder, generator);
  }
  *multipliers++ = quotient;
  *multipliers = std::uint64_t{generator} << 1U;
}

}  // namespace caligo::kernels
