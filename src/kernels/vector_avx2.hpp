// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The 64-byte vector as two AVX2 registers. vector_scalar.hpp says what each operation means.

#include <immintrin.h>

#include <cstdint>
#include <cstring>

namespace caligo::kernels::avx2 {

struct Vector {
  struct Bytes {
    __m256i r[2];
  };
  using Index = Bytes;

  static Bytes load(const std::int8_t* p) { return {{half(p), half(p + 32)}}; }
  static void store(std::int8_t* p, const Bytes& v) {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), v.r[0]);
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(p + 32), v.r[1]);
  }
  static Bytes fill(std::int8_t value) { return {{_mm256_set1_epi8(value), _mm256_set1_epi8(value)}}; }

  static Bytes f(const Bytes& a, const Bytes& b) {
    return map2(a, b, [](__m256i x, __m256i y) {
      const __m256i high = _mm256_max_epi8(x, y);
      return _mm256_max_epi8(_mm256_min_epi8(x, y), _mm256_sub_epi8(_mm256_setzero_si256(), high));
    });
  }
  static Bytes g(const Bytes& a, const Bytes& b, std::uint64_t sums) {
    return map2(negate(a, sums), b,
                [](__m256i x, __m256i y) { return _mm256_max_epi8(_mm256_adds_epi8(x, y), _mm256_set1_epi8(-127)); });
  }
  static Bytes negate(const Bytes& a, std::uint64_t mask) {
    const Bytes flip = expand(mask);
    // (a ^ m) - m negates where m = -1; the subtraction saturates so that -128 becomes 127.
    return map2(a, flip, [](__m256i x, __m256i m) { return _mm256_subs_epi8(_mm256_xor_si256(x, m), m); });
  }
  static Bytes magnitude(const Bytes& a) { return {{_mm256_abs_epi8(a.r[0]), _mm256_abs_epi8(a.r[1])}}; }
  static Bytes zero_penalty(const Bytes& a) {
    return map2(a, fill(0), [](__m256i x, __m256i zero) { return _mm256_max_epi8(zero, _mm256_sub_epi8(zero, x)); });
  }
  static Bytes one_penalty(const Bytes& a) { return max(a, fill(0)); }
  static Bytes min(const Bytes& a, const Bytes& b) {
    return {{_mm256_min_epi8(a.r[0], b.r[0]), _mm256_min_epi8(a.r[1], b.r[1])}};
  }
  static Bytes max(const Bytes& a, const Bytes& b) {
    return {{_mm256_max_epi8(a.r[0], b.r[0]), _mm256_max_epi8(a.r[1], b.r[1])}};
  }
  static Bytes first(const Bytes& v, unsigned count, std::int8_t rest) {
    const Bytes keep = expand(count >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << count) - 1);
    const __m256i other = _mm256_set1_epi8(rest);
    return {{_mm256_blendv_epi8(other, v.r[0], keep.r[0]), _mm256_blendv_epi8(other, v.r[1], keep.r[1])}};
  }
  static Bytes replace(const Bytes& v, std::uint64_t mask, std::int8_t value) {
    const Bytes pick = expand(mask);
    const __m256i other = _mm256_set1_epi8(value);
    return {{_mm256_blendv_epi8(v.r[0], other, pick.r[0]), _mm256_blendv_epi8(v.r[1], other, pick.r[1])}};
  }
  static std::uint64_t negative(const Bytes& a) { return movemask(a.r[0]) | (movemask(a.r[1]) << 32); }
  static std::uint64_t equal(const Bytes& a, const Bytes& b) {
    return negative(map2(a, b, [](__m256i x, __m256i y) { return _mm256_cmpeq_epi8(x, y); }));
  }

  /// Indices are relative to the 16-byte lane (L ≤ 16) or to the 32-byte register (L = 32).
  template <unsigned L>
  static Index index(const std::uint8_t* source) {
    alignas(32) std::uint8_t lanes[32];
    for (unsigned e = 0; e < 32 / L; ++e) {
      for (unsigned l = 0; l < L; ++l) lanes[e * L + l] = static_cast<std::uint8_t>(((e * L) & 15U) + source[l]);
    }
    const __m256i r = _mm256_load_si256(reinterpret_cast<const __m256i*>(lanes));
    return {{r, r}};
  }
  template <unsigned L>
  static Bytes permute(const Bytes& v, const Index& index) {
    return {{permute_half<L>(v.r[0], index.r[0]), permute_half<L>(v.r[1], index.r[1])}};
  }
  template <unsigned L>
  static std::uint64_t permute_bits(std::uint64_t bits, const Index& index) {
    return negative(permute<L>(expand(bits), index));
  }
  template <unsigned L>
  static Bytes replicate(const std::int8_t* p) {
    if constexpr (L == 1) {
      return load(p);
    } else {
      alignas(32) static constexpr auto element = [] {
        struct Table {
          std::uint8_t b[32];
        } table{};
        for (unsigned i = 0; i < 32; ++i) table.b[i] = static_cast<std::uint8_t>(i / L);
        return table;
      }();
      const __m256i pick = _mm256_load_si256(reinterpret_cast<const __m256i*>(element.b));
      return {{_mm256_shuffle_epi8(broadcast(p), pick), _mm256_shuffle_epi8(broadcast(p + 32 / L), pick)}};
    }
  }
  template <unsigned L>
  static void fold_min(const Bytes& v, std::int8_t* lanes) {
    const __m256i both = _mm256_min_epi8(v.r[0], v.r[1]);
    if constexpr (L == 32) {
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(lanes), both);
    } else {
      __m128i q = _mm_min_epi8(_mm256_castsi256_si128(both), _mm256_extracti128_si256(both, 1));
      if constexpr (L <= 8) q = _mm_min_epi8(q, _mm_srli_si128(q, 8));
      if constexpr (L <= 4) q = _mm_min_epi8(q, _mm_srli_si128(q, 4));
      if constexpr (L <= 2) q = _mm_min_epi8(q, _mm_srli_si128(q, 2));
      if constexpr (L <= 1) q = _mm_min_epi8(q, _mm_srli_si128(q, 1));
      alignas(16) std::int8_t bytes[16];
      _mm_store_si128(reinterpret_cast<__m128i*>(bytes), q);
      std::memcpy(lanes, bytes, L);
    }
  }

  struct Sum {
    __m256i even[2] = {_mm256_setzero_si256(), _mm256_setzero_si256()};
    __m256i odd[2] = {_mm256_setzero_si256(), _mm256_setzero_si256()};
    void add(const Bytes& v) {
      for (unsigned h = 0; h < 2; ++h) {
        even[h] = _mm256_add_epi16(even[h], _mm256_and_si256(v.r[h], _mm256_set1_epi16(0x00ff)));
        odd[h] = _mm256_add_epi16(odd[h], _mm256_srli_epi16(v.r[h], 8));
      }
    }
    template <unsigned L>
    void fold(std::int32_t* lanes) const {
      alignas(32) std::uint16_t e[32];
      alignas(32) std::uint16_t o[32];
      std::memcpy(e, even, sizeof e);
      std::memcpy(o, odd, sizeof o);
      if constexpr (L == 1) {
        for (unsigned i = 0; i < 32; ++i) lanes[0] += e[i] + o[i];
      } else {
        for (unsigned i = 0; i < 32; i += L / 2) {
          for (unsigned l = 0; l < L / 2; ++l) {
            lanes[2 * l] += e[i + l];
            lanes[2 * l + 1] += o[i + l];
          }
        }
      }
    }
  };

  template <unsigned L>
  static std::uint32_t equal_lanes(const std::int32_t* p, std::int32_t value) {
    return compare_lanes<L>(p, [value](__m256i x) { return _mm256_cmpeq_epi32(x, _mm256_set1_epi32(value)); });
  }
  template <unsigned L>
  static std::uint32_t less_lanes(const std::int32_t* p, std::int32_t value) {
    return compare_lanes<L>(p, [value](__m256i x) { return _mm256_cmpgt_epi32(_mm256_set1_epi32(value), x); });
  }

 private:
  static __m256i half(const std::int8_t* p) { return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)); }
  static __m256i broadcast(const std::int8_t* p) {
    return _mm256_broadcastsi128_si256(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)));
  }
  static std::uint64_t movemask(__m256i v) { return static_cast<std::uint32_t>(_mm256_movemask_epi8(v)); }
  template <class Function>
  static Bytes map2(const Bytes& a, const Bytes& b, Function function) {
    return {{function(a.r[0], b.r[0]), function(a.r[1], b.r[1])}};
  }
  template <unsigned L>
  static __m256i permute_half(__m256i v, __m256i index) {
    if constexpr (L <= 16) {
      return _mm256_shuffle_epi8(v, index);
    } else {
      // Index bit 4 chooses between the two 16-byte lanes; shifted to bit 7 it drives the blend.
      const __m256i low = _mm256_shuffle_epi8(_mm256_permute2x128_si256(v, v, 0x00), index);
      const __m256i high = _mm256_shuffle_epi8(_mm256_permute2x128_si256(v, v, 0x11), index);
      return _mm256_blendv_epi8(low, high, _mm256_slli_epi16(index, 3));
    }
  }
  /// Byte i = -bit i.
  static Bytes expand(std::uint64_t bits) {
    const __m256i byte_of = _mm256_setr_epi64x(0, 0x0101010101010101, 0x0202020202020202, 0x0303030303030303);
    const __m256i bit_of = _mm256_set1_epi64x(static_cast<long long>(0x8040201008040201U));
    const auto widen = [&](std::uint64_t part) {
      const __m256i spread = _mm256_shuffle_epi8(_mm256_set1_epi32(static_cast<int>(part)), byte_of);
      return _mm256_cmpeq_epi8(_mm256_and_si256(spread, bit_of), bit_of);
    };
    return {{widen(bits & 0xffffffffU), widen(bits >> 32)}};
  }
  template <unsigned L, class Compare>
  static std::uint32_t compare_lanes(const std::int32_t* p, Compare compare) {
    constexpr unsigned registers = L <= 8 ? 1 : L / 8;
    std::uint32_t mask = 0;
    for (unsigned i = 0; i < registers; ++i) {
      // Fewer than eight lanes: the caller's arrays hold max_list_size entries, the surplus is masked off below.
      const __m256i x = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p + std::size_t{8} * i));
      mask |= static_cast<std::uint32_t>(_mm256_movemask_ps(_mm256_castsi256_ps(compare(x)))) << (8 * i);
    }
    return L >= 8 ? mask : mask & ((1U << L) - 1);
  }
};

}  // namespace caligo::kernels::avx2
