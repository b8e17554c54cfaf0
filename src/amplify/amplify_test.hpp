// SPDX-License-Identifier: Apache-2.0
#pragma once
/// What the tests of privacy amplification share: the definition, and a check that takes linear time.

#include <caligo/amplify.hpp>
#include <caligo/random.hpp>

#include <array>
#include <cstdint>
#include <cstdlib>

namespace caligo::amplify_test {

inline std::uint64_t test_seed() {
  const char* text = std::getenv("CALIGO_TEST_SEED");
  return text != nullptr ? std::strtoull(text, nullptr, 0) : 20261125;
}

inline BitString random_bits(CounterRandom& random, std::size_t bits) {
  BitString result(bits);
  random.fill(result);
  return result;
}

/// Bit by bit, from the matrix.
inline BitString definition(const AmplifierSettings& settings, BitView input, BitView seed) {
  const bool modified = settings.form == HashForm::modified_toeplitz;
  const std::size_t first = modified ? settings.output_bits : 0;
  const std::size_t columns = settings.input_bits - first;
  BitString output(settings.output_bits);
  for (std::size_t i = 0; i < settings.output_bits; ++i) {
    bool sum = modified && input[i];
    for (std::size_t j = 0; j < columns; ++j) sum ^= seed[i + columns - 1 - j] && input[first + j];
    output.set(i, sum);
  }
  return output;
}

/// Multiplication by one element of GF(2)[x]/(x^64 + x^4 + x^3 + x + 1), by tables.
class PointMultiplier {
 public:
  explicit PointMultiplier(std::uint64_t point) {
    std::array<std::uint64_t, 64> image{};
    for (std::uint64_t& value : image) {
      value = point;
      point = (point << 1U) ^ ((point >> 63U) * 0x1BU);
    }
    for (unsigned byte = 0; byte < 8; ++byte) {
      for (unsigned value = 0; value < 256; ++value) {
        for (unsigned b = 0; b < 8; ++b) {
          if (((value >> b) & 1U) != 0) table_[byte][value] ^= image[8 * byte + b];
        }
      }
    }
  }
  [[nodiscard]] std::uint64_t operator()(std::uint64_t v) const {
    std::uint64_t product = 0;
    for (unsigned byte = 0; byte < 8; ++byte) product ^= table_[byte][(v >> (8 * byte)) & 0xFFU];
    return product;
  }

 private:
  std::array<std::array<std::uint64_t, 256>, 8> table_{};
};

/// Σ_i α^i·output_i = Σ_j x_j·W(k-1-j), W(o) = Σ_(i < m) α^i·s_(i+o), which follow from each other. A wrong output
/// passes for at most m - 1 of the 2^64 points α.
inline bool has_residue_of_hash(const AmplifierSettings& settings, BitView input, BitView seed, BitView output,
                                std::uint64_t point) {
  const PointMultiplier times(point);
  const std::size_t rows = settings.output_bits;
  const bool modified = settings.form == HashForm::modified_toeplitz;
  const std::size_t first = modified ? rows : 0;
  const std::size_t columns = settings.input_bits - first;
  std::uint64_t left = 0;
  std::uint64_t window = 0;  // W(columns - 1), then downwards
  std::uint64_t power = 1;   // α^m
  for (std::size_t i = rows; i-- > 0;) {
    left = times(left) ^ (output[i] ? 1U : 0U) ^ (modified && input[i] ? 1U : 0U);
    window = times(window) ^ (seed[i + columns - 1] ? 1U : 0U);
    power = times(power);
  }
  std::uint64_t right = 0;
  for (std::size_t j = 0; j < columns; ++j) {  // offset columns - 1 - j
    if (input[first + j]) right ^= window;
    if (j + 1 == columns) break;
    const std::size_t offset = columns - 2 - j;
    window = times(window) ^ (seed[offset] ? 1U : 0U) ^ (seed[offset + rows] ? power : 0U);
  }
  return left == right;
}

}  // namespace caligo::amplify_test
