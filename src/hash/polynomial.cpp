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

/// Horner's rule. A step waits for the one before, so four sums run side by side, each over every fourth coefficient,
/// with the fourth power of the point: value·r^4g + Σ_j r^(3-j) Σ_i c_(4i+j)·r^(4(g-1-i)).
void PolynomialHash::add_bytes(const unsigned char* bytes, std::size_t size) noexcept {
  constexpr std::size_t lanes = 4;
  const std::size_t groups = size / (lanes * coefficient_bytes);
  if (groups > 1) {
    const uint128 squared = multiply(point_, point_);
    const uint128 cubed = multiply(squared, point_);
    const uint128 step = multiply(squared, squared);
    uint128 sums[lanes] = {0, 0, 0, value_};
    for (std::size_t group = 0; group < groups; ++group, bytes += lanes * coefficient_bytes) {
      for (std::size_t lane = 0; lane < lanes; ++lane) {
        const uint128 coefficient = load_coefficient(bytes + lane * coefficient_bytes, coefficient_bytes);
        sums[lane] = fold(multiply(sums[lane], step) + coefficient);
      }
    }
    value_ = fold(multiply(sums[0], cubed) + multiply(sums[1], squared));
    value_ = fold(value_ + multiply(sums[2], point_));
    value_ = fold(value_ + sums[3]);
    size -= groups * lanes * coefficient_bytes;
  }
  for (std::size_t i = 0; i < size; i += coefficient_bytes) {
    add(load_coefficient(bytes + i, std::min(coefficient_bytes, size - i)));
  }
}

std::uint64_t compress(uint128 value, uint128 a, uint128 b, unsigned tag_bits) noexcept {
  const uint128 mixed = canonical(fold(multiply(a, value) + b));
  const auto low = static_cast<std::uint64_t>(mixed);
  return tag_bits >= 64 ? low : low & ((std::uint64_t{1} << tag_bits) - 1);
}

}  // namespace caligo::hash
