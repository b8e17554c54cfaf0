// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The 64-byte vector as two AVX2 registers. vector_scalar.hpp says what each operation means.

#include <immintrin.h>

#include <cstdint>
#include <cstring>

#include "kernels/metrics_avx2.hpp"

namespace caligo::kernels::avx2 {

struct Vector {
  struct Bytes {
    __m256i r[2];
  };
  using Index = Bytes;
  using BitIndex = Bytes;
  template <unsigned L>
  using Metrics = avx2::Metrics<L>;

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
  static Bytes g_zero(const Bytes& a, const Bytes& b) {
    return map2(a, b,
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
  static Bytes min_unsigned(const Bytes& a, const Bytes& b) {
    return {{_mm256_min_epu8(a.r[0], b.r[0]), _mm256_min_epu8(a.r[1], b.r[1])}};
  }
  static Bytes add(const Bytes& a, const Bytes& b) {
    return {{_mm256_add_epi8(a.r[0], b.r[0]), _mm256_add_epi8(a.r[1], b.r[1])}};
  }
  static Bytes bit_or(const Bytes& a, const Bytes& b) {
    return {{_mm256_or_si256(a.r[0], b.r[0]), _mm256_or_si256(a.r[1], b.r[1])}};
  }
  static Bytes bit_xor(const Bytes& a, const Bytes& b) {
    return {{_mm256_xor_si256(a.r[0], b.r[0]), _mm256_xor_si256(a.r[1], b.r[1])}};
  }
  static Bytes keep(const Bytes& v, std::uint64_t mask) {
    const Bytes pick = expand(mask);
    return {{_mm256_and_si256(v.r[0], pick.r[0]), _mm256_and_si256(v.r[1], pick.r[1])}};
  }
  static Bytes set_bits(const Bytes& v, std::uint64_t mask, std::int8_t bits) {
    return bit_or(v, keep(fill(bits), mask));
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

  static std::uint64_t less(const Bytes& a, const Bytes& b) {
    return negative(map2(a, b, [](__m256i x, __m256i y) { return _mm256_cmpgt_epi8(y, x); }));
  }
  static std::uint64_t test(const Bytes& a, const Bytes& b) {
    return ~negative(map2(
        a, b, [](__m256i x, __m256i y) { return _mm256_cmpeq_epi8(_mm256_and_si256(x, y), _mm256_setzero_si256()); }));
  }
  static bool any(const Bytes& a) {
    const __m256i both = _mm256_or_si256(a.r[0], a.r[1]);
    return _mm256_testz_si256(both, both) == 0;
  }
  static std::uint32_t lowest_bits(std::uint32_t mask, unsigned count) {
    return _pdep_u32(static_cast<std::uint32_t>((std::uint64_t{1} << count) - 1), mask);
  }
  static Bytes rank_bit(const Bytes& marks, unsigned block) {
    const __m256i power = _mm256_set_epi64x(0, static_cast<long long>(0x8040201008040201U), 0,
                                            static_cast<long long>(0x8040201008040201U));
    const __m256i first_rank = _mm256_set1_epi8(static_cast<char>(0x80 + 8 * block));
    const auto bit = [&](__m256i v) {
      return _mm256_shuffle_epi8(power, _mm256_min_epu8(_mm256_sub_epi8(v, first_rank), _mm256_set1_epi8(15)));
    };
    return {{bit(marks.r[0]), bit(marks.r[1])}};
  }

  template <unsigned L>
  static Bytes iota() {
    return repeated(tables<L>.lane);
  }
  template <unsigned L>
  static Bytes refill(std::uint32_t free, std::uint32_t accepted) {
    alignas(32) std::uint8_t lanes[32];
    _mm256_store_si256(reinterpret_cast<__m256i*>(lanes),
                       _mm256_load_si256(reinterpret_cast<const __m256i*>(tables<L>.lane)));
    for (; accepted != 0; accepted &= accepted - 1, free &= free - 1) {
      lanes[_tzcnt_u32(free)] = static_cast<std::uint8_t>(_tzcnt_u32(accepted));
    }
    return repeat_lanes<L>(_mm256_load_si256(reinterpret_cast<const __m256i*>(lanes)));
  }
  template <unsigned L>
  static Bytes spread(const typename Metrics<L>::Vec& v) {
    if constexpr (L == 32) {
      return repeat_lanes<L>(Metrics<L>::narrow(v));
    } else {
      return repeat_lanes<L>(_mm256_castsi128_si256(Metrics<L>::narrow(v)));
    }
  }
  /// Indices are relative to the 16-byte lane (L ≤ 16) or to the 32-byte register (L = 32).
  template <unsigned L>
  static Index index(const Bytes& source) {
    if constexpr (L >= 16) {
      return source;
    } else {
      return bit_or(source, repeated(tables<L>.group_in_lane));
    }
  }
  template <unsigned L>
  static BitIndex bit_index(const Bytes& source) {
    return index<L>(source);
  }
  template <unsigned L>
  static Bytes permute(const Bytes& v, const Index& index) {
    return {{permute_half<L>(v.r[0], index.r[0]), permute_half<L>(v.r[1], index.r[1])}};
  }
  template <unsigned L>
  static std::uint64_t permute_bits(std::uint64_t bits, const BitIndex& index) {
    return negative(permute<L>(expand(bits), index));
  }
  template <unsigned L>
  static Bytes replicate(const std::int8_t* p) {
    const __m256i pick = _mm256_load_si256(reinterpret_cast<const __m256i*>(tables<L>.element));
    return {{_mm256_shuffle_epi8(broadcast(p), pick), _mm256_shuffle_epi8(broadcast(p + 32 / L), pick)}};
  }
  static void interleave(const Bytes& plus, const Bytes& minus, std::int8_t* out) {
    for (unsigned h = 0; h < 2; ++h) {
      const __m256i low = _mm256_unpacklo_epi8(plus.r[h], minus.r[h]);
      const __m256i high = _mm256_unpackhi_epi8(plus.r[h], minus.r[h]);
      store(out + std::size_t{64} * h,
            {{_mm256_permute2x128_si256(low, high, 0x20), _mm256_permute2x128_si256(low, high, 0x31)}});
    }
  }
  template <unsigned L>
  static Bytes pick(const std::int8_t* pairs, std::uint64_t bits) {
    const Bytes minus = expand(bits);
    const __m256i pair = _mm256_load_si256(reinterpret_cast<const __m256i*>(tables<L>.pair));
    const auto half = [&](unsigned h) {
      // 64/L pairs per half; with few lanes each quarter has 16 bytes of its own.
      const __m256i index = _mm256_sub_epi8(pair, minus.r[h]);
      const std::int8_t* p = pairs + std::size_t{64} / L * h;
      if constexpr (L >= 4) return _mm256_shuffle_epi8(broadcast(p), index);
      return _mm256_shuffle_epi8(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)), index);
    };
    return {{half(0), half(1)}};
  }
  static Bytes move_down(const Bytes& v, unsigned distance) {
    switch (distance) {
      case 32:
        return {{v.r[1], v.r[0]}};
      case 16:
        return map1(v, [](__m256i x) { return _mm256_permute4x64_epi64(x, 0x4e); });
      case 8:
        return map1(v, [](__m256i x) { return _mm256_shuffle_epi32(x, 0x4e); });
      case 4:
        return map1(v, [](__m256i x) { return _mm256_shuffle_epi32(x, 0xb1); });
      case 2:
        return map1(v, [](__m256i x) { return _mm256_srli_epi32(x, 16); });
      default:
        return map1(v, [](__m256i x) { return _mm256_srli_epi16(x, 8); });
    }
  }
  template <unsigned L>
  static Bytes fold_min(Bytes v) {
    each_fold<L>([&](auto swap) { v = min_unsigned(v, swap(v)); });
    return v;
  }
  template <unsigned L>
  static void fold_two_min(Bytes& low, Bytes& next) {
    each_fold<L>([&](auto swap) {
      const Bytes other = swap(low);
      next = min(min(next, swap(next)), max(low, other));
      low = min(low, other);
    });
  }
  template <unsigned L>
  static std::uint64_t lane_bits(const std::uint64_t* sums, unsigned lane) {
    std::uint64_t word = 0;
    if constexpr (L == 32) {
      const __m128i shift = _mm_cvtsi32_si128(static_cast<int>(31 - lane));
      for (unsigned part = 0; part < 8; ++part) {
        const __m256i v = _mm256_sll_epi32(load_words4(sums + std::size_t{4} * part), shift);
        word |= std::uint64_t{static_cast<std::uint32_t>(_mm256_movemask_ps(_mm256_castsi256_ps(v)))} << (8 * part);
      }
    } else if constexpr (L == 8) {
      const __m128i shift = _mm_cvtsi32_si128(static_cast<int>(7 - lane));
      const __m256i low = _mm256_sll_epi16(load_words4(sums), shift);
      const __m256i high = _mm256_sll_epi16(load_words4(sums + 4), shift);
      word = movemask(low) | (movemask(high) << 32);
    } else {
      constexpr std::uint64_t stride = ~std::uint64_t{0} / ((std::uint64_t{1} << L) - 1);
      for (unsigned part = 0; part < L; ++part) word |= _pext_u64(sums[part], stride << lane) << (part * (64 / L) % 64);
    }
    return word;
  }
  static Bytes load_words(const std::uint64_t* p) { return {{load_words4(p), load_words4(p + 4)}}; }
  static void store_words(std::uint64_t* p, const Bytes& v) {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), v.r[0]);
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(p + 4), v.r[1]);
  }
  template <unsigned L>
  struct BlockPermuter {
    BitIndex index;
    explicit BlockPermuter(const Bytes& source) : index(bit_index<L>(source)) {}
    Bytes operator()(const Bytes& block) const {
      alignas(32) std::uint64_t words[8];
      store_words(words, block);
      for (std::uint64_t& word : words) word = permute_bits<L>(word, index);
      return load_words(words);
    }
  };

  struct Sum {
    __m256i sum[2] = {_mm256_setzero_si256(), _mm256_setzero_si256()};
    void add(const Bytes& v) {
      sum[0] = _mm256_add_epi16(sum[0], _mm256_cvtepu8_epi16(_mm256_castsi256_si128(v.r[0])));
      sum[1] = _mm256_add_epi16(sum[1], _mm256_cvtepu8_epi16(_mm256_extracti128_si256(v.r[0], 1)));
      sum[0] = _mm256_add_epi16(sum[0], _mm256_cvtepu8_epi16(_mm256_castsi256_si128(v.r[1])));
      sum[1] = _mm256_add_epi16(sum[1], _mm256_cvtepu8_epi16(_mm256_extracti128_si256(v.r[1], 1)));
    }
    [[nodiscard]] std::uint64_t total() const {
      alignas(32) std::uint16_t parts[32];
      std::memcpy(parts, sum, sizeof parts);
      std::uint64_t r = 0;
      for (const std::uint16_t part : parts) r += part;
      return r;
    }
    template <unsigned L>
    [[nodiscard]] typename Metrics<L>::Vec lanes() const {
      if constexpr (L == 32) {
        return {sum[0], sum[1]};
      } else {
        __m256i v = _mm256_add_epi16(sum[0], sum[1]);
        if constexpr (L <= 8) v = _mm256_add_epi16(v, _mm256_permute4x64_epi64(v, 0x4e));
        if constexpr (L <= 4) v = _mm256_add_epi16(v, _mm256_shuffle_epi32(v, 0x4e));
        if constexpr (L <= 2) v = _mm256_add_epi16(v, _mm256_shuffle_epi32(v, 0xb1));
        return v;
      }
    }
  };

 protected:
  template <unsigned L>
  struct Tables {
    alignas(32) std::uint8_t lane[32] = {};
    alignas(32) std::uint8_t group_in_lane[32] = {};
    alignas(32) std::uint8_t element[32] = {};
    alignas(32) std::uint8_t pair[32] = {};
    constexpr Tables() {
      for (unsigned i = 0; i < 32; ++i) {
        lane[i] = static_cast<std::uint8_t>(i % L);
        group_in_lane[i] = static_cast<std::uint8_t>(i % 16 / L * L);
        element[i] = static_cast<std::uint8_t>(i / L);
        pair[i] = static_cast<std::uint8_t>(i / L * 2 % 16);
      }
    }
  };
  template <unsigned L>
  static constexpr Tables<L> tables{};
  static Bytes repeated(const std::uint8_t* p) {
    const __m256i r = _mm256_load_si256(reinterpret_cast<const __m256i*>(p));
    return {{r, r}};
  }
  /// The first L bytes -> the same for every element.
  template <unsigned L>
  static Bytes repeat_lanes(__m256i v) {
    const __m128i low = _mm256_castsi256_si128(v);
    if constexpr (L == 16) v = _mm256_broadcastsi128_si256(low);
    if constexpr (L == 8) v = _mm256_broadcastq_epi64(low);
    if constexpr (L == 4) v = _mm256_broadcastd_epi32(low);
    if constexpr (L == 2) v = _mm256_broadcastw_epi16(low);
    return {{v, v}};
  }
  /// step(swap) for every power of two from L bytes to 32: swap exchanges neighbouring groups of that size.
  template <unsigned L, class Step>
  static void each_fold(Step step) {
    step([](const Bytes& v) { return Bytes{{v.r[1], v.r[0]}}; });
    if constexpr (L <= 16)
      step([](const Bytes& v) { return map1(v, [](__m256i x) { return _mm256_permute4x64_epi64(x, 0x4e); }); });
    if constexpr (L <= 8)
      step([](const Bytes& v) { return map1(v, [](__m256i x) { return _mm256_shuffle_epi32(x, 0x4e); }); });
    if constexpr (L <= 4)
      step([](const Bytes& v) { return map1(v, [](__m256i x) { return _mm256_shuffle_epi32(x, 0xb1); }); });
    if constexpr (L <= 2)
      step([](const Bytes& v) {
        return map1(v, [](__m256i x) { return _mm256_or_si256(_mm256_slli_epi32(x, 16), _mm256_srli_epi32(x, 16)); });
      });
    if constexpr (L <= 1)
      step([](const Bytes& v) {
        return map1(v, [](__m256i x) { return _mm256_or_si256(_mm256_slli_epi16(x, 8), _mm256_srli_epi16(x, 8)); });
      });
  }
  template <class Function>
  static Bytes map1(const Bytes& v, Function function) {
    return {{function(v.r[0]), function(v.r[1])}};
  }
  static __m256i load_words4(const std::uint64_t* p) { return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)); }
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
};

}  // namespace caligo::kernels::avx2
