// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Vectors of 64 LLRs of 16 bits on AVX-512: two registers. wide_scalar.hpp says what each operation means.

#include "kernels/kernels.hpp"
#include "kernels/vector_avx512.hpp"

namespace caligo::kernels::CALIGO_AVX512 {

/// Byte tables of one register, which holds 32/L elements: a number's two bytes stay together.
template <unsigned L>
struct WideTables {
  alignas(64) std::uint8_t element[64] = {};
  alignas(64) std::uint8_t pair[64] = {};
  alignas(64) std::uint16_t group[32] = {};
  constexpr WideTables() {
    for (unsigned i = 0; i < 64; ++i) {
      const unsigned word = L >= 4 ? i / 2 : i % 16 / 2;  // with few lanes each quarter has elements of its own
      element[i] = static_cast<std::uint8_t>(word / L * 2 + i % 2);
      const unsigned own = L >= 8 ? i / 2 : i % 16 / 2;
      pair[i] = static_cast<std::uint8_t>(own / L * 4 + i % 2);
    }
    for (unsigned i = 0; i < 32; ++i) {
      // First place of the word's element: in the register, or, as two byte indices, in its quarter.
      const unsigned place = L >= 16 ? i / L * L : i % 8 / L * L;
      group[i] = static_cast<std::uint16_t>(L >= 16 ? place : place * 0x0202U + 0x0100U);
    }
  }
};
template <unsigned L>
inline constexpr WideTables<L> wide_tables{};

struct WideVector : Vector {
  using Llr = std::int16_t;
  struct Llrs {
    __m512i r[2];
  };
  using LlrIndex = Llrs;
  static constexpr bool sums_saturate = true;
  static constexpr unsigned saturated = 0x7fff;
  static constexpr unsigned fixed_levels = 6;

  template <unsigned L>
  struct Metrics : CALIGO_AVX512::Metrics<L, saturated> {
    using Base = CALIGO_AVX512::Metrics<L, saturated>;
    using Vec = typename Base::Vec;
    static Vec widen(const Llrs& v) {
      if constexpr (L == 32) return v.r[0];
      if constexpr (L == 16) return _mm512_castsi512_si256(v.r[0]);
      if constexpr (L <= 8) return _mm512_castsi512_si128(v.r[0]);
    }
    static Vec widen_signed(const Llrs& v) { return widen(v); }
    static Vec price(const Llrs& magnitude) { return Base::without_saturated(widen(magnitude)); }
  };

  using Vector::load;
  using Vector::store;
  static Llrs load(const Llr* p) { return {{_mm512_loadu_si512(p), _mm512_loadu_si512(p + 32)}}; }
  static void store(Llr* p, const Llrs& v) {
    _mm512_storeu_si512(p, v.r[0]);
    _mm512_storeu_si512(p + 32, v.r[1]);
  }
  static Llrs llrs(Llr value) { return {{_mm512_set1_epi16(value), _mm512_set1_epi16(value)}}; }

  class CheckNode {
   public:
    explicit CheckNode(std::uint16_t correction) : reach_(_mm512_set1_epi16(static_cast<short>(correction))) {}
    Llrs operator()(const Llrs& a, const Llrs& b) const { return {{half(a.r[0], b.r[0]), half(a.r[1], b.r[1])}}; }

   private:
    [[nodiscard]] __m512i half(__m512i a, __m512i b) const {
      const __m512i low = _mm512_min_epi16(a, b);
      const __m512i high = _mm512_ternarylogic_epi64(a, b, low, 0x96);  // a ^ b ^ min = max
      const __m512i least = _mm512_max_epi16(low, _mm512_sub_epi16(_mm512_setzero_si512(), high));
      const __m512i more = correction(_mm512_adds_epi16(a, b));
      const __m512i less = correction(_mm512_subs_epi16(a, b));
      return _mm512_add_epi16(least, _mm512_sub_epi16(more, less));
    }
    [[nodiscard]] __m512i correction(__m512i x) const {
      return _mm512_srli_epi16(_mm512_subs_epu16(reach_, _mm512_abs_epi16(x)), 2);
    }
    __m512i reach_;
  };

  static Llrs g(const Llrs& a, const Llrs& b, std::uint64_t sums) { return g_zero(negate(a, sums), b); }
  static Llrs g_zero(const Llrs& a, const Llrs& b) {
    return map(a, b, [](__m512i x, __m512i y) {
      return _mm512_max_epi16(_mm512_adds_epi16(y, x), _mm512_set1_epi16(-0x7fff));
    });
  }
  static Llrs negate(const Llrs& a, std::uint64_t mask) {
    const __m512i zero = _mm512_setzero_si512();
    return {{_mm512_mask_sub_epi16(a.r[0], low(mask), zero, a.r[0]),
             _mm512_mask_sub_epi16(a.r[1], high(mask), zero, a.r[1])}};
  }
  static Llrs magnitude(const Llrs& a) { return {{_mm512_abs_epi16(a.r[0]), _mm512_abs_epi16(a.r[1])}}; }
  static Llrs zero_penalty(const Llrs& a) {
    const __m512i zero = _mm512_setzero_si512();
    return {{_mm512_max_epi16(zero, _mm512_sub_epi16(zero, a.r[0])),
             _mm512_max_epi16(zero, _mm512_sub_epi16(zero, a.r[1]))}};
  }
  static Llrs one_penalty(const Llrs& a) { return max(a, llrs(0)); }
  static Llrs min(const Llrs& a, const Llrs& b) {
    return map(a, b, [](__m512i x, __m512i y) { return _mm512_min_epi16(x, y); });
  }
  static Llrs max(const Llrs& a, const Llrs& b) {
    return map(a, b, [](__m512i x, __m512i y) { return _mm512_max_epi16(x, y); });
  }
  static Llrs min_unsigned(const Llrs& a, const Llrs& b) {
    return map(a, b, [](__m512i x, __m512i y) { return _mm512_min_epu16(x, y); });
  }
  using Vector::bit_or;
  static Llrs bit_or(const Llrs& a, const Llrs& b) {
    return map(a, b, [](__m512i x, __m512i y) { return _mm512_or_si512(x, y); });
  }
  static Llrs first(const Llrs& v, unsigned count, Llr rest) {
    return replace(v, count >= 64 ? 0 : ~std::uint64_t{0} << count, rest);
  }
  static Llrs replace(const Llrs& v, std::uint64_t mask, Llr value) {
    const __m512i other = _mm512_set1_epi16(value);
    return {{_mm512_mask_mov_epi16(v.r[0], low(mask), other), _mm512_mask_mov_epi16(v.r[1], high(mask), other)}};
  }
  static Llrs keep(const Llrs& v, std::uint64_t mask) {
    return {{_mm512_maskz_mov_epi16(low(mask), v.r[0]), _mm512_maskz_mov_epi16(high(mask), v.r[1])}};
  }
  static std::uint64_t negative(const Llrs& a) {
    return both(_mm512_movepi16_mask(a.r[0]), _mm512_movepi16_mask(a.r[1]));
  }
  static std::uint64_t equal(const Llrs& a, const Llrs& b) {
    return both(_mm512_cmpeq_epi16_mask(a.r[0], b.r[0]), _mm512_cmpeq_epi16_mask(a.r[1], b.r[1]));
  }
  static std::uint64_t less(const Llrs& a, const Llrs& b) {
    return both(_mm512_cmplt_epi16_mask(a.r[0], b.r[0]), _mm512_cmplt_epi16_mask(a.r[1], b.r[1]));
  }
  using Vector::any;
  static bool any(const Llrs& a) { return Vector::any(_mm512_or_si512(a.r[0], a.r[1])); }

  static Llr mark_of(unsigned rank) { return static_cast<Llr>(static_cast<std::uint16_t>(0x8080 | rank)); }
  static Bytes marks(const Llrs& v) {
    const __m256i first = _mm512_maskz_cvtepi16_epi8(_mm512_movepi16_mask(v.r[0]), v.r[0]);
    const __m256i second = _mm512_maskz_cvtepi16_epi8(_mm512_movepi16_mask(v.r[1]), v.r[1]);
    return _mm512_inserti64x4(_mm512_castsi256_si512(first), second, 1);
  }

  template <unsigned L>
  static LlrIndex llr_index(Bytes source) {
    const __m512i lanes = _mm512_cvtepu8_epi16(_mm512_castsi512_si256(source));  // the same in both registers
    const __m512i group = _mm512_load_si512(wide_tables<L>.group);
    if constexpr (L >= 16) {
      const __m512i index = _mm512_or_si512(lanes, group);
      return {{index, index}};
    } else {
      const __m512i bytes = _mm512_mullo_epi16(lanes, _mm512_set1_epi16(0x0202));
      const __m512i index = _mm512_add_epi16(bytes, group);
      return {{index, index}};
    }
  }
  using Vector::permute;
  template <unsigned L>
  static Llrs permute(const Llrs& v, const LlrIndex& index) {
    if constexpr (L >= 16) {
      return map(index, v, [](__m512i i, __m512i x) { return _mm512_permutexvar_epi16(i, x); });
    } else {
      return map(v, index, [](__m512i x, __m512i i) { return _mm512_shuffle_epi8(x, i); });
    }
  }
  template <unsigned L>
  static Llrs replicate(const Llr* p) {
    return {{replicate_half<L>(p), replicate_half<L>(p + 32 / L)}};
  }
  static void interleave(const Llrs& plus, const Llrs& minus, Llr* out) {
    for (unsigned h = 0; h < 2; ++h) {
      const __m512i low = _mm512_unpacklo_epi16(plus.r[h], minus.r[h]);
      const __m512i high = _mm512_unpackhi_epi16(plus.r[h], minus.r[h]);
      store(out + 64 * h, {{_mm512_permutex2var_epi64(low, _mm512_set_epi64(11, 10, 3, 2, 9, 8, 1, 0), high),
                            _mm512_permutex2var_epi64(low, _mm512_set_epi64(15, 14, 7, 6, 13, 12, 5, 4), high)}});
    }
  }
  template <unsigned L>
  static Llrs pick(const Llr* pairs, std::uint64_t bits) {
    return {{pick_half<L>(pairs, low(bits)), pick_half<L>(pairs + 64 / L, high(bits))}};
  }
  static Llrs move_down(const Llrs& v, unsigned distance) {
    if (distance == 32) return {{v.r[1], v.r[0]}};
    const __m512i moved = Vector::move_down(v.r[0], 2 * distance);
    return {{moved, moved}};
  }
  template <unsigned L>
  static Llrs spread(typename Metrics<L>::Vec v) {
    const __m512i all = spread_half<L>(v);
    return {{all, all}};
  }
  template <unsigned L>
  static Llrs fold_min(const Llrs& v) {
    __m512i least = _mm512_min_epu16(v.r[0], v.r[1]);
    each_fold<2 * L>([&](auto swap) { least = _mm512_min_epu16(least, swap(least)); });
    return {{least, least}};
  }
  template <unsigned L>
  static void fold_two_min(Llrs& low, Llrs& next) {
    __m512i second = _mm512_min_epu16(_mm512_min_epu16(next.r[0], next.r[1]), _mm512_max_epu16(low.r[0], low.r[1]));
    __m512i first = _mm512_min_epu16(low.r[0], low.r[1]);
    each_fold<2 * L>([&](auto swap) {
      const __m512i other = swap(first);
      second = _mm512_min_epu16(_mm512_min_epu16(second, swap(second)), _mm512_max_epu16(first, other));
      first = _mm512_min_epu16(first, other);
    });
    low = {{first, first}};
    next = {{second, second}};
  }

  struct Sum {
    __m512i sum = _mm512_setzero_si512();
    void add(const Llrs& v) { sum = _mm512_adds_epu16(sum, _mm512_adds_epu16(v.r[0], v.r[1])); }
    template <unsigned L>
    [[nodiscard]] auto lanes() const {
      if constexpr (L == 32) {
        return sum;
      } else {
        const __m256i half = _mm256_adds_epu16(_mm512_castsi512_si256(sum), _mm512_extracti64x4_epi64(sum, 1));
        if constexpr (L == 16) {
          return half;
        } else {
          __m128i q = _mm_adds_epu16(_mm256_castsi256_si128(half), _mm256_extracti128_si256(half, 1));
          if constexpr (L <= 4) q = _mm_adds_epu16(q, _mm_unpackhi_epi64(q, q));
          if constexpr (L <= 2) q = _mm_adds_epu16(q, _mm_srli_si128(q, 4));
          return q;
        }
      }
    }
  };
  struct Total {
    __m512i sum = _mm512_setzero_si512();
    void add(const Llrs& v) {
      const __m512i ones = _mm512_set1_epi16(1);
      sum = _mm512_add_epi32(sum, _mm512_add_epi32(_mm512_madd_epi16(v.r[0], ones), _mm512_madd_epi16(v.r[1], ones)));
    }
    [[nodiscard]] std::uint64_t total() const { return static_cast<std::uint32_t>(_mm512_reduce_add_epi32(sum)); }
  };

 private:
  static __mmask32 low(std::uint64_t mask) { return static_cast<__mmask32>(mask); }
  static __mmask32 high(std::uint64_t mask) { return static_cast<__mmask32>(mask >> 32); }
  static std::uint64_t both(__mmask32 first, __mmask32 second) { return first | (std::uint64_t{second} << 32); }
  template <class Function>
  static Llrs map(const Llrs& a, const Llrs& b, Function function) {
    return {{function(a.r[0], b.r[0]), function(a.r[1], b.r[1])}};
  }
  static const std::int8_t* bytes(const Llr* p) { return reinterpret_cast<const std::int8_t*>(p); }
  template <unsigned L>
  static __m512i replicate_half(const Llr* p) {
    const __m512i element = _mm512_load_si512(wide_tables<L>.element);
    if constexpr (L >= 4) {
      return _mm512_shuffle_epi8(broadcast<64 / L>(bytes(p)), element);
    } else {
      const __m512i eighths = _mm512_permutexvar_epi64(quarters(), _mm512_castsi256_si512(load_half(bytes(p))));
      return _mm512_shuffle_epi8(eighths, element);
    }
  }
  template <unsigned L>
  static __m512i pick_half(const Llr* pairs, __mmask32 minus) {
    const __m512i pair = _mm512_load_si512(wide_tables<L>.pair);
    const __m512i index = _mm512_mask_add_epi16(pair, minus, pair, _mm512_set1_epi16(0x0202));
    if constexpr (L >= 8) {
      return _mm512_shuffle_epi8(broadcast<128 / L>(bytes(pairs)), index);
    } else if constexpr (L == 4) {
      const __m512i own = _mm512_permutexvar_epi64(quarters(), _mm512_castsi256_si512(load_half(bytes(pairs))));
      return _mm512_shuffle_epi8(own, index);
    } else {
      return _mm512_shuffle_epi8(_mm512_loadu_si512(pairs), index);
    }
  }
  template <unsigned L, class Vec>
  static __m512i spread_half(Vec v) {
    if constexpr (L == 32) return v;
    if constexpr (L == 16) return _mm512_broadcast_i64x4(v);
    if constexpr (L == 8) return _mm512_broadcast_i32x4(v);
    if constexpr (L == 4) return _mm512_broadcastq_epi64(v);
    if constexpr (L == 2) return _mm512_broadcastd_epi32(v);
  }
};

}  // namespace caligo::kernels::CALIGO_AVX512
