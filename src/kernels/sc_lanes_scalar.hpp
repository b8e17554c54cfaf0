// SPDX-License-Identifier: Apache-2.0
#pragma once
/// What interleaved frames need besides the vector class: sums by frame, and the transposition that interleaves. Here
/// in plain C++.

#include "kernels/sc_words.hpp"
#include "kernels/vector_scalar.hpp"

namespace caligo::kernels::scalar {

/// Sums of up to `most` vectors of LLRs, by frame.
struct LaneSum {
  static constexpr std::size_t most = 256;  // 256 · 127 < 2^15
  std::int16_t s[64] = {};
  void add(const Vector::Bytes& v) {
    const Vector::Array a(v);
    for (int i = 0; i < 64; ++i) s[i] = static_cast<std::int16_t>(s[i] + a.b[i]);
  }
  /// Bit f: the sum of frame f is negative.
  [[nodiscard]] std::uint64_t negative() const {
    Vector::Array signs;
    for (int i = 0; i < 64; ++i) signs.b[i] = s[i] < 0 ? std::int8_t{-1} : std::int8_t{0};
    return Vector::negative(signs.bytes());
  }
  void add_to(std::int32_t* totals) const {
    for (int i = 0; i < 64; ++i) totals[i] += s[i];
  }
};

struct Lanes {
  using Sum = LaneSum;
  static void transform_block_of_8(std::uint64_t* words) { kernels::transform_block_of_8<Vector>(words); }
  static void transpose_bits(const std::uint64_t* in, std::uint64_t* out) { transpose_words<Vector>(in, out); }

  /// function(c, bytes): byte f of `bytes` is rows[f·stride + c]; for all c < 64.
  ///
  /// In blocks of 16 rows by 16 columns: one stage of interleaving rotates the index (row, column) by one bit, four
  /// stages exchange row and column.
  template <class Function>
  static void columns(const std::int8_t* rows, std::size_t stride, Function function) {
    for (std::size_t first = 0; first < 64; first += 16) {
      alignas(64) std::int8_t column[16][64];
      for (std::size_t block = 0; block < 4; ++block) {
        Part x[16];
        for (std::size_t i = 0; i < 16; ++i) std::memcpy(&x[i], rows + first + (16 * block + i) * stride, 16);
        transpose(x);
        for (std::size_t c = 0; c < 16; ++c) std::memcpy(&column[c][16 * block], &x[c], 16);
      }
      for (std::size_t c = 0; c < 16; ++c) function(first + c, Vector::load(column[c]));
    }
  }

 private:
  /// Sixteen bytes that the compiler keeps in a register of the ABI's baseline where it has one.
  using Part [[gnu::vector_size(16)]] = std::int8_t;

  static void transpose(Part* x) {
    for (unsigned stage = 0; stage < 4; ++stage) {
      Part y[16];
      for (unsigned i = 0; i < 8; ++i) {
        const Part a = x[i];
        const Part b = x[i + 8];
        y[2 * i] = __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
        y[2 * i + 1] = __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
      }
      for (unsigned i = 0; i < 16; ++i) x[i] = y[i];
    }
  }
};

}  // namespace caligo::kernels::scalar
