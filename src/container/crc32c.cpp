// SPDX-License-Identifier: Apache-2.0
#include "container/crc32c.hpp"

#include "kernels/dispatch.hpp"
#include "kernels/divisor.hpp"

namespace caligo::container {
namespace {

/// x^0 to x^31 of the polynomial, the highest power in bit 0.
constexpr std::uint32_t castagnoli = 0x82F63B78;

struct Tables {
  std::uint32_t sliced[8 * 256] = {};
  std::uint64_t multipliers[kernels::crc_multipliers] = {};
  constexpr Tables() { kernels::prepare_divisor(castagnoli, 32, sliced, multipliers); }
};
constexpr Tables tables;
constexpr kernels::CrcDivisor divisor{tables.sliced, tables.multipliers};

}  // namespace

std::uint32_t crc32c(std::uint32_t crc, const std::uint64_t* words, std::size_t count) noexcept {
  if (count == 0) return crc;
  return ~kernels::bit_kernels().remainder(divisor, words, 64 * count, ~crc);
}

}  // namespace caligo::container
