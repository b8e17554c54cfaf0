// SPDX-License-Identifier: Apache-2.0
#pragma once
/// sc_lanes_scalar.hpp says what each operation means.

#include "kernels/sc_words.hpp"
#include "kernels/vector_avx2.hpp"

namespace caligo::kernels::avx2 {

struct LaneSum {
  static constexpr std::size_t most = 256;
  __m256i even[2] = {_mm256_setzero_si256(), _mm256_setzero_si256()};
  __m256i odd[2] = {_mm256_setzero_si256(), _mm256_setzero_si256()};
  void add(const Vector::Bytes& v) {
    for (unsigned h = 0; h < 2; ++h) {
      even[h] = _mm256_add_epi16(even[h], _mm256_srai_epi16(_mm256_slli_epi16(v.r[h], 8), 8));
      odd[h] = _mm256_add_epi16(odd[h], _mm256_srai_epi16(v.r[h], 8));
    }
  }
  [[nodiscard]] std::uint64_t negative() const {
    const auto half = [&](unsigned h) {
      const __m256i signs = _mm256_blendv_epi8(_mm256_srli_epi16(even[h], 8), odd[h], _mm256_set1_epi16(-256));
      return static_cast<std::uint64_t>(static_cast<std::uint32_t>(_mm256_movemask_epi8(signs)));
    };
    return half(0) | (half(1) << 32);
  }
  void add_to(std::int32_t* totals) const {
    alignas(32) std::int16_t e[32];
    alignas(32) std::int16_t o[32];
    std::memcpy(e, even, sizeof e);
    std::memcpy(o, odd, sizeof o);
    for (unsigned i = 0; i < 32; ++i) {
      totals[2 * i] += e[i];
      totals[2 * i + 1] += o[i];
    }
  }
};

/// The transposition: 16 rows by 16 columns in each half of a register: one stage of unpacking rotates the index (row,
/// column) by one bit, four stages exchange row and column.
struct Lanes {
  using Sum = LaneSum;
  static void transform_block_of_8(std::uint64_t* words) { kernels::transform_block_of_8<Vector>(words); }
  static void transpose_bits(const std::uint64_t* in, std::uint64_t* out) { transpose_words<Vector>(in, out); }

  /// function(c, bytes): byte f of `bytes` is rows[f·stride + c]; for all c < 64.
  template <class Function>
  static void columns(const std::int8_t* rows, std::size_t stride, Function function) {
    for (std::size_t first = 0; first < 64; first += 16) {
      __m256i low[16];
      __m256i high[16];
      transpose(rows + first, stride, low);
      transpose(rows + first + 32 * stride, stride, high);
      for (std::size_t c = 0; c < 16; ++c) function(first + c, Vector::Bytes{{low[c], high[c]}});
    }
  }

 private:
  static void transpose(const std::int8_t* rows, std::size_t stride, __m256i* x) {
    for (std::size_t i = 0; i < 16; ++i) {
      x[i] = _mm256_inserti128_si256(_mm256_castsi128_si256(row(rows + i * stride)), row(rows + (i + 16) * stride), 1);
    }
    for (unsigned stage = 0; stage < 4; ++stage) {
      __m256i y[16];
      for (unsigned i = 0; i < 8; ++i) {
        y[2 * i] = _mm256_unpacklo_epi8(x[i], x[i + 8]);
        y[2 * i + 1] = _mm256_unpackhi_epi8(x[i], x[i + 8]);
      }
      for (unsigned i = 0; i < 16; ++i) x[i] = y[i];
    }
  }
  static __m128i row(const std::int8_t* p) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(p)); }
};

}  // namespace caligo::kernels::avx2
