// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The 64-byte vector on AVX-512 (F, BW, VL, DQ; with VBMI, VBMI2, BITALG, GFNI where the unit has them).
/// vector_scalar.hpp says what each operation means.

#include <immintrin.h>

#include <cstdint>
#include <cstring>

#include "kernels/bit_planes_avx512.hpp"
#include "kernels/lane_moves_avx512.hpp"
#include "kernels/metrics_avx512.hpp"

namespace caligo::kernels::CALIGO_AVX512 {

/// Byte tables that depend on the number of lanes.
template <unsigned L>
struct Tables {
  alignas(64) std::uint8_t lane[64] = {};
  alignas(64) std::uint8_t group[64] = {};
  alignas(64) std::uint8_t group_in_quarter[64] = {};
  alignas(64) std::uint8_t element[64] = {};
  alignas(64) std::uint8_t element_in_quarter[64] = {};
  alignas(64) std::uint8_t pair[64] = {};
  constexpr Tables() {
    for (unsigned i = 0; i < 64; ++i) {
      lane[i] = static_cast<std::uint8_t>(i % L);
      group[i] = static_cast<std::uint8_t>(i / L * L);
      group_in_quarter[i] = static_cast<std::uint8_t>(i % 16 / L * L);
      element[i] = static_cast<std::uint8_t>(i / L);
      element_in_quarter[i] = static_cast<std::uint8_t>(i % 16 / L);
      pair[i] = static_cast<std::uint8_t>(L == 4 ? i % 16 / L * 2 : i / L * 2 % 16);
    }
  }
};
template <unsigned L>
inline constexpr Tables<L> tables{};

struct Vector {
  using Bytes = __m512i;
  using Index = __m512i;
  using BitIndex = __m512i;
  template <unsigned L>
  using Metrics = CALIGO_AVX512::Metrics<L>;

  static Bytes load(const std::int8_t* p) { return _mm512_loadu_si512(p); }
  static void store(std::int8_t* p, Bytes v) { _mm512_storeu_si512(p, v); }
  static Bytes fill(std::int8_t value) { return _mm512_set1_epi8(value); }

  static Bytes f(Bytes a, Bytes b) {
    const Bytes low = _mm512_min_epi8(a, b);
    const Bytes high = _mm512_ternarylogic_epi64(a, b, low, 0x96);  // a ^ b ^ min = max
    return _mm512_max_epi8(low, _mm512_sub_epi8(_mm512_setzero_si512(), high));
  }
  static Bytes g(Bytes a, Bytes b, std::uint64_t sums) {
    const Bytes signed_a = negate(a, sums);
    return _mm512_max_epi8(_mm512_adds_epi8(b, signed_a), _mm512_set1_epi8(-127));
  }
  static Bytes g_zero(Bytes a, Bytes b) { return _mm512_max_epi8(_mm512_adds_epi8(b, a), _mm512_set1_epi8(-127)); }
  static Bytes negate(Bytes a, std::uint64_t mask) { return _mm512_mask_subs_epi8(a, mask, _mm512_setzero_si512(), a); }
  static Bytes magnitude(Bytes a) { return _mm512_abs_epi8(a); }
  static Bytes zero_penalty(Bytes a) {
    return _mm512_max_epi8(_mm512_setzero_si512(), _mm512_sub_epi8(_mm512_setzero_si512(), a));
  }
  static Bytes one_penalty(Bytes a) { return _mm512_max_epi8(_mm512_setzero_si512(), a); }
  static Bytes min(Bytes a, Bytes b) { return _mm512_min_epi8(a, b); }
  static Bytes max(Bytes a, Bytes b) { return _mm512_max_epi8(a, b); }
  static Bytes min_unsigned(Bytes a, Bytes b) { return _mm512_min_epu8(a, b); }
  static Bytes add(Bytes a, Bytes b) { return _mm512_add_epi8(a, b); }
  static Bytes bit_or(Bytes a, Bytes b) { return _mm512_or_si512(a, b); }
  static Bytes bit_xor(Bytes a, Bytes b) { return _mm512_xor_si512(a, b); }
  static Bytes first(Bytes v, unsigned count, std::int8_t rest) {
    const std::uint64_t keep = count >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << count) - 1;
    return _mm512_mask_mov_epi8(_mm512_set1_epi8(rest), keep, v);
  }
  static Bytes keep(Bytes v, std::uint64_t mask) { return _mm512_maskz_mov_epi8(mask, v); }
  static Bytes replace(Bytes v, std::uint64_t mask, std::int8_t value) {
    return _mm512_mask_mov_epi8(v, mask, _mm512_set1_epi8(value));
  }
  static Bytes set_bits(Bytes v, std::uint64_t mask, std::int8_t bits) {
    return _mm512_or_si512(v, _mm512_maskz_set1_epi8(mask, bits));
  }
  static std::uint64_t negative(Bytes a) { return _mm512_movepi8_mask(a); }
  static std::uint64_t equal(Bytes a, Bytes b) { return _mm512_cmpeq_epi8_mask(a, b); }
  static std::uint64_t less(Bytes a, Bytes b) { return _mm512_cmplt_epi8_mask(a, b); }
  static std::uint64_t test(Bytes a, Bytes b) { return _mm512_test_epi8_mask(a, b); }
  /// The lowest `count` set bits.
  static std::uint32_t lowest_bits(std::uint32_t mask, unsigned count) {
    return _pdep_u32(static_cast<std::uint32_t>((std::uint64_t{1} << count) - 1), mask);
  }
  static bool any(Bytes a) { return _mm512_test_epi64_mask(a, a) != 0; }

  static Bytes rank_bit(Bytes marks, unsigned block) {
    const __m512i power = _mm512_broadcast_i32x4(_mm_set_epi64x(0, static_cast<long long>(0x8040201008040201U)));
    const auto first_rank = static_cast<char>(0x80 + 8 * block);
    const __m512i rank = _mm512_sub_epi8(marks, _mm512_set1_epi8(first_rank));
    return _mm512_shuffle_epi8(power, _mm512_min_epu8(rank, _mm512_set1_epi8(15)));
  }

  template <unsigned L>
  static Bytes iota() {
    return _mm512_load_si512(tables<L>.lane);
  }
  template <unsigned L>
  static Index index(Bytes source) {
    if constexpr (L == 32) return Moves::index32(source);
    return _mm512_or_si512(source, _mm512_load_si512(tables<L>.group_in_quarter));
  }
  template <unsigned L>
  static BitIndex bit_index(Bytes source) {
    if constexpr (!Moves::moves_bits) return index<L>(source);
    return _mm512_or_si512(source, _mm512_load_si512(tables<L>.group));
  }
  template <unsigned L>
  static Bytes permute(Bytes v, Index index) {
    if constexpr (L == 32) return Moves::permute32(v, index);
    return _mm512_shuffle_epi8(v, index);  // two cycles, where a permutation of all 64 bytes takes five
  }
  template <unsigned L>
  static std::uint64_t permute_bits(std::uint64_t bits, BitIndex index) {
    if constexpr (!Moves::moves_bits) return _mm512_movepi8_mask(permute<L>(_mm512_movm_epi8(bits), index));
    return Moves::permute_bits(bits, index);
  }
  template <unsigned L>
  static Bytes refill(std::uint32_t free, std::uint32_t accepted) {
    const __m256i lanes = Moves::refill(_mm512_castsi512_si256(iota<32>()), free, accepted);
    if constexpr (L == 32) {
      return repeat_lanes<L>(lanes);
    } else {
      return repeat_lanes<L>(_mm256_castsi256_si128(lanes));
    }
  }
  template <unsigned L>
  static Bytes replicate(const std::int8_t* p) {
    if constexpr (L >= 4) {
      return _mm512_shuffle_epi8(broadcast<64 / L>(p), _mm512_load_si512(tables<L>.element));
    } else {
      // Each quarter has eight elements of its own.
      const __m512i eighths = _mm512_permutexvar_epi64(quarters(), _mm512_castsi256_si512(load_half(p)));
      return _mm512_shuffle_epi8(eighths, _mm512_load_si512(tables<L>.element_in_quarter));
    }
  }
  static void interleave(Bytes plus, Bytes minus, std::int8_t* out) {
    const Bytes low = _mm512_unpacklo_epi8(plus, minus);
    const Bytes high = _mm512_unpackhi_epi8(plus, minus);
    store(out, _mm512_permutex2var_epi64(low, _mm512_set_epi64(11, 10, 3, 2, 9, 8, 1, 0), high));
    store(out + 64, _mm512_permutex2var_epi64(low, _mm512_set_epi64(15, 14, 7, 6, 13, 12, 5, 4), high));
  }
  template <unsigned L>
  static Bytes pick(const std::int8_t* pairs, std::uint64_t bits) {
    const Bytes pair = _mm512_load_si512(tables<L>.pair);
    const Bytes index = _mm512_mask_add_epi8(pair, bits, pair, _mm512_set1_epi8(1));
    if constexpr (L >= 8) {
      return _mm512_shuffle_epi8(broadcast<128 / L>(pairs), index);
    } else if constexpr (L == 4) {
      return _mm512_shuffle_epi8(_mm512_permutexvar_epi64(quarters(), _mm512_castsi256_si512(load_half(pairs))), index);
    } else {
      return _mm512_shuffle_epi8(load(pairs), index);
    }
  }
  static Bytes move_down(Bytes v, unsigned distance) {
    switch (distance) {
      case 32:
        return _mm512_shuffle_i64x2(v, v, 0x4e);
      case 16:
        return _mm512_shuffle_i64x2(v, v, 0xb1);
      case 8:
        return _mm512_shuffle_epi32(v, _MM_PERM_BADC);
      case 4:
        return _mm512_shuffle_epi32(v, _MM_PERM_CDAB);
      case 2:
        return _mm512_srli_epi32(v, 16);
      default:
        return _mm512_srli_epi16(v, 8);
    }
  }
  /// Numbers below 128 -> bytes, repeated for every element.
  template <unsigned L>
  static Bytes spread(typename Metrics<L>::Vec v) {
    return repeat_lanes<L>(Metrics<L>::narrow(v));
  }

  template <unsigned L>
  static Bytes fold_min(Bytes v) {
    return fold<L>(v, [](Bytes a, Bytes b) { return _mm512_min_epu8(a, b); });
  }
  template <unsigned L>
  static void fold_two_min(Bytes& low, Bytes& next) {
    const auto step = [&](auto swap) {
      const Bytes other = swap(low);
      const Bytes second = _mm512_min_epu8(next, swap(next));
      next = _mm512_min_epu8(second, _mm512_max_epu8(low, other));
      low = _mm512_min_epu8(low, other);
    };
    each_fold<L>(step);
  }

  template <unsigned L>
  static std::uint64_t lane_bits(const std::uint64_t* sums, unsigned lane) {
    std::uint64_t word = 0;
    if constexpr (L == 32) {
      const __m512i bit = _mm512_set1_epi32(static_cast<int>(1U << lane));
      for (unsigned part = 0; part < 4; ++part) {
        const std::uint64_t bits = _mm512_test_epi32_mask(_mm512_loadu_si512(sums + std::size_t{8} * part), bit);
        word |= bits << (16 * part);
      }
    } else if constexpr (L == 16) {
      const __m512i bit = _mm512_set1_epi16(static_cast<short>(1U << lane));
      const std::uint64_t high = _mm512_test_epi16_mask(_mm512_loadu_si512(sums + 8), bit);
      word = _mm512_test_epi16_mask(_mm512_loadu_si512(sums), bit) | (high << 32);
    } else if constexpr (L == 8) {
      word = _mm512_test_epi8_mask(_mm512_loadu_si512(sums), _mm512_set1_epi8(static_cast<char>(1U << lane)));
    } else {
      constexpr std::uint64_t stride = ~std::uint64_t{0} / ((std::uint64_t{1} << L) - 1);
      for (unsigned part = 0; part < L; ++part) word |= _pext_u64(sums[part], stride << lane) << (part * (64 / L) % 64);
    }
    return word;
  }

  /// Sums of magnitudes by byte position modulo 32.
  struct Sum {
    __m512i sum = _mm512_setzero_si512();
    void add(Bytes v) {
      const __m512i low = _mm512_cvtepu8_epi16(_mm512_castsi512_si256(v));
      const __m512i high = _mm512_cvtepu8_epi16(_mm512_extracti64x4_epi64(v, 1));
      sum = _mm512_add_epi16(sum, _mm512_add_epi16(low, high));
    }
    [[nodiscard]] std::uint64_t total() const {
      const __m512i pairs = _mm512_madd_epi16(_mm512_xor_si512(sum, _mm512_set1_epi16(-0x8000)), _mm512_set1_epi16(1));
      const int biased = _mm512_reduce_add_epi32(pairs);
      return static_cast<std::uint64_t>(biased + 32 * 0x8000);
    }
    template <unsigned L>
    [[nodiscard]] auto lanes() const {
      if constexpr (L == 32) {
        return sum;
      } else {
        const __m256i half = _mm256_add_epi16(_mm512_castsi512_si256(sum), _mm512_extracti64x4_epi64(sum, 1));
        if constexpr (L == 16) {
          return half;
        } else {
          __m128i q = _mm_add_epi16(_mm256_castsi256_si128(half), _mm256_extracti128_si256(half, 1));
          if constexpr (L <= 4) q = _mm_add_epi16(q, _mm_unpackhi_epi64(q, q));
          if constexpr (L <= 2) q = _mm_add_epi16(q, _mm_srli_si128(q, 4));
          return q;
        }
      }
    }
  };

  static Bytes load_words(const std::uint64_t* p) { return _mm512_loadu_si512(p); }
  static void store_words(std::uint64_t* p, Bytes v) { _mm512_storeu_si512(p, v); }
  template <unsigned L>
  using BlockPermuter = CALIGO_AVX512::BlockPermuter<L, Vector>;

 protected:
  /// L bytes, one per lane -> the same for every element.
  template <unsigned L, class Lanes>
  static Bytes repeat_lanes(Lanes v) {
    if constexpr (L == 32) {
      return _mm512_broadcast_i64x4(v);
    } else if constexpr (L == 16) {
      return _mm512_broadcast_i32x4(v);
    } else if constexpr (L == 8) {
      return _mm512_broadcastq_epi64(v);
    } else if constexpr (L == 4) {
      return _mm512_broadcastd_epi32(v);
    } else {
      return _mm512_broadcastw_epi16(v);
    }
  }
  /// The first `bytes` (at most 16, rounded up to a power of two from 4 on), repeated: by the load unit alone.
  template <unsigned bytes>
  static Bytes broadcast(const std::int8_t* p) {
    if constexpr (bytes <= 4) {
      std::int32_t four;
      std::memcpy(&four, p, sizeof four);
      return _mm512_set1_epi32(four);
    } else if constexpr (bytes <= 8) {
      long long eight;
      std::memcpy(&eight, p, sizeof eight);
      return _mm512_set1_epi64(eight);
    } else {
      return _mm512_broadcast_i32x4(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)));
    }
  }
  static __m256i load_half(const std::int8_t* p) { return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)); }
  /// 64 bits i of a vector into both halves of quarter i.
  static Bytes quarters() { return _mm512_set_epi64(3, 3, 2, 2, 1, 1, 0, 0); }
  /// step(swap) for every power of two from L bytes to 32: swap exchanges neighbouring groups of that size.
  template <unsigned L, class Step>
  static void each_fold(Step step) {
    if constexpr (L <= 32) step([](Bytes v) { return _mm512_shuffle_i64x2(v, v, 0x4e); });
    if constexpr (L <= 16) step([](Bytes v) { return _mm512_shuffle_i64x2(v, v, 0xb1); });
    if constexpr (L <= 8) step([](Bytes v) { return _mm512_shuffle_epi32(v, _MM_PERM_BADC); });
    if constexpr (L <= 4) step([](Bytes v) { return _mm512_shuffle_epi32(v, _MM_PERM_CDAB); });
    if constexpr (L <= 2) step([](Bytes v) { return _mm512_rol_epi32(v, 16); });
    if constexpr (L <= 1) {
      step([](Bytes v) { return _mm512_or_si512(_mm512_slli_epi16(v, 8), _mm512_srli_epi16(v, 8)); });
    }
  }
  template <unsigned L, class Function>
  static Bytes fold(Bytes v, Function function) {
    each_fold<L>([&](auto swap) { v = function(v, swap(v)); });
    return v;
  }
};

}  // namespace caligo::kernels::CALIGO_AVX512
