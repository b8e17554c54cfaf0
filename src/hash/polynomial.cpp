// SPDX-License-Identifier: Apache-2.0
#include "hash/polynomial.hpp"

#include <algorithm>
#include <cstring>

namespace caligo::hash {

namespace {

uint128 load_coefficient(const unsigned char* bytes, std::size_t count) noexcept {
  unsigned char buffer[16] = {};
  std::memcpy(buffer, bytes, count);
  std::uint64_t halves[2];
  std::memcpy(halves, buffer, sizeof halves);
  return (uint128{halves[1]} << 64) | halves[0];
}

}  // namespace

void PolynomialHash::add_bytes(const unsigned char* bytes, std::size_t size) noexcept {
  for (std::size_t i = 0; i < size; i += coefficient_bytes) {  // Horner's rule
    add(load_coefficient(bytes + i, std::min(coefficient_bytes, size - i)));
  }
}

std::uint64_t compress(uint128 value, uint128 a, uint128 b, unsigned tag_bits) noexcept {
  const uint128 mixed = canonical(fold(multiply(a, value) + b));
  const auto low = static_cast<std::uint64_t>(mixed);
  return tag_bits >= 64 ? low : low & ((std::uint64_t{1} << tag_bits) - 1);
}

}  // namespace caligo::hash
