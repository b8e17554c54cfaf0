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
  template <class Function>
  static void columns(const std::int8_t* rows, std::size_t stride, Function function) {
    for (std::size_t c = 0; c < 64; ++c) {
      Vector::Array column;
      for (std::size_t f = 0; f < 64; ++f) column.b[f] = rows[f * stride + c];
      function(c, column.bytes());
    }
  }
};

}  // namespace caligo::kernels::scalar
