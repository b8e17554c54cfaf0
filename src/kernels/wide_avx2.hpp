// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Vectors of 64 LLRs of 16 bits as four AVX2 registers. wide_scalar.hpp says what each operation means.

#include "kernels/kernels.hpp"
#include "kernels/vector_avx2.hpp"

namespace caligo::kernels::avx2 {

/// Of one register, which holds 16/L elements (with 32 lanes, half of one).
template <unsigned L>
struct WideTables {
  alignas(32) std::uint8_t element[32] = {};  ///< bytes of a word's element
  alignas(32) std::uint8_t pair[32] = {};     ///< bytes of the first of its pair; with two lanes, in its quarter
  alignas(32) std::uint16_t group[16] = {};   ///< byte indices of its element's first place in its quarter
  constexpr WideTables() {
    for (unsigned i = 0; i < 32; ++i) {
      const unsigned word = i / 2;
      element[i] = static_cast<std::uint8_t>(word / L * 2 + i % 2);
      pair[i] = static_cast<std::uint8_t>((L == 2 ? word % 8 : word) / L * 4 + i % 2);
    }
    for (unsigned i = 0; i < 16; ++i) group[i] = static_cast<std::uint16_t>(L >= 8 ? 0 : i % 8 / L * L * 0x0202U);
  }
};
template <unsigned L>
inline constexpr WideTables<L> wide_tables{};

/// Byte indices for a permutation of L numbers of 16 bits. More than eight of them do not fit the 16 bytes that one
/// shuffle chooses from: then there is an index for every 16 bytes of the source, with the bit set that gives zero
/// where the number comes from elsewhere.
template <unsigned L>
struct WideIndex {
  static constexpr unsigned targets = L == 32 ? 2 : 1;  ///< registers
  static constexpr unsigned sources = L <= 8 ? 1 : L / 8;
  __m256i of[targets][sources];
};

struct WideVector : Vector {
  using Llr = std::int16_t;
  struct Llrs {
    __m256i r[4];
  };
  static constexpr bool sums_saturate = true;
  static constexpr unsigned saturated = 0x7fff;
  static constexpr unsigned fixed_levels = 6;

  template <unsigned L>
  struct Metrics : avx2::Metrics<L, saturated> {
    using Base = avx2::Metrics<L, saturated>;
    using Vec = typename Base::Vec;
    static Vec widen(const Llrs& v) {
      if constexpr (L == 32) return {v.r[0], v.r[1]};
      if constexpr (L <= 16) return v.r[0];
    }
    static Vec widen_signed(const Llrs& v) { return widen(v); }
    static Vec price(const Llrs& magnitude) { return Base::without_saturated(widen(magnitude)); }
  };

  using Vector::load;
  using Vector::store;
  static Llrs load(const Llr* p) { return {{quarter(p), quarter(p + 16), quarter(p + 32), quarter(p + 48)}}; }
  static void store(Llr* p, const Llrs& v) {
    for (unsigned h = 0; h < 4; ++h) _mm256_storeu_si256(reinterpret_cast<__m256i*>(p + std::size_t{16} * h), v.r[h]);
  }
  static Llrs llrs(Llr value) { return all(_mm256_set1_epi16(value)); }

  class CheckNode {
   public:
    explicit CheckNode(std::uint16_t correction) : reach_(_mm256_set1_epi16(static_cast<short>(correction))) {}
    Llrs operator()(const Llrs& a, const Llrs& b) const {
      return map(a, b, [this](__m256i x, __m256i y) {
        const __m256i high = _mm256_max_epi16(x, y);
        const __m256i least = _mm256_max_epi16(_mm256_min_epi16(x, y), _mm256_sub_epi16(_mm256_setzero_si256(), high));
        const __m256i more = correction(_mm256_adds_epi16(x, y));
        const __m256i less = correction(_mm256_subs_epi16(x, y));
        return _mm256_add_epi16(least, _mm256_sub_epi16(more, less));
      });
    }

   private:
    [[nodiscard]] __m256i correction(__m256i x) const {
      return _mm256_srli_epi16(_mm256_subs_epu16(reach_, _mm256_abs_epi16(x)), 2);
    }
    __m256i reach_;
  };

  static Llrs g(const Llrs& a, const Llrs& b, std::uint64_t sums) { return g_zero(negate(a, sums), b); }
  static Llrs g_zero(const Llrs& a, const Llrs& b) {
    return map(a, b, [](__m256i x, __m256i y) {
      return _mm256_max_epi16(_mm256_adds_epi16(x, y), _mm256_set1_epi16(-0x7fff));
    });
  }
  static Llrs negate(const Llrs& a, std::uint64_t mask) {
    return map(a, expand(mask), [](__m256i x, __m256i m) { return _mm256_sub_epi16(_mm256_xor_si256(x, m), m); });
  }
  static Llrs magnitude(const Llrs& a) {
    return map1(a, [](__m256i x) { return _mm256_abs_epi16(x); });
  }
  static Llrs zero_penalty(const Llrs& a) {
    return map1(a, [](__m256i x) {
      return _mm256_max_epi16(_mm256_setzero_si256(), _mm256_sub_epi16(_mm256_setzero_si256(), x));
    });
  }
  static Llrs one_penalty(const Llrs& a) { return max(a, llrs(0)); }
  static Llrs min(const Llrs& a, const Llrs& b) {
    return map(a, b, [](__m256i x, __m256i y) { return _mm256_min_epi16(x, y); });
  }
  static Llrs max(const Llrs& a, const Llrs& b) {
    return map(a, b, [](__m256i x, __m256i y) { return _mm256_max_epi16(x, y); });
  }
  static Llrs min_unsigned(const Llrs& a, const Llrs& b) {
    return map(a, b, [](__m256i x, __m256i y) { return _mm256_min_epu16(x, y); });
  }
  using Vector::bit_or;
  static Llrs bit_or(const Llrs& a, const Llrs& b) {
    return map(a, b, [](__m256i x, __m256i y) { return _mm256_or_si256(x, y); });
  }
  static Llrs first(const Llrs& v, unsigned count, Llr rest) {
    return replace(v, count >= 64 ? 0 : ~std::uint64_t{0} << count, rest);
  }
  static Llrs replace(const Llrs& v, std::uint64_t mask, Llr value) {
    const __m256i other = _mm256_set1_epi16(value);
    return map(v, expand(mask), [other](__m256i x, __m256i m) { return _mm256_blendv_epi8(x, other, m); });
  }
  static Llrs keep(const Llrs& v, std::uint64_t mask) {
    return map(v, expand(mask), [](__m256i x, __m256i m) { return _mm256_and_si256(x, m); });
  }
  static std::uint64_t negative(const Llrs& a) {
    const auto half = [](__m256i x, __m256i y) {
      return static_cast<std::uint32_t>(_mm256_movemask_epi8(in_order(_mm256_packs_epi16(x, y))));
    };
    return half(a.r[0], a.r[1]) | (std::uint64_t{half(a.r[2], a.r[3])} << 32);
  }
  static std::uint64_t equal(const Llrs& a, const Llrs& b) {
    return negative(map(a, b, [](__m256i x, __m256i y) { return _mm256_cmpeq_epi16(x, y); }));
  }
  static std::uint64_t less(const Llrs& a, const Llrs& b) {
    return negative(map(a, b, [](__m256i x, __m256i y) { return _mm256_cmpgt_epi16(y, x); }));
  }
  using Vector::any;
  static bool any(const Llrs& a) {
    const __m256i or_ = _mm256_or_si256(_mm256_or_si256(a.r[0], a.r[1]), _mm256_or_si256(a.r[2], a.r[3]));
    return _mm256_testz_si256(or_, or_) == 0;
  }

  static Llr mark_of(unsigned rank) { return static_cast<Llr>(static_cast<std::uint16_t>(0x8080 | rank)); }
  static Bytes marks(const Llrs& v) {
    const auto low_byte = [](__m256i x) {
      return _mm256_and_si256(_mm256_and_si256(x, _mm256_srai_epi16(x, 15)), _mm256_set1_epi16(0xff));
    };
    const auto half = [&](__m256i x, __m256i y) { return in_order(_mm256_packus_epi16(low_byte(x), low_byte(y))); };
    return {{half(v.r[0], v.r[1]), half(v.r[2], v.r[3])}};
  }

  template <unsigned L>
  static WideIndex<L> llr_index(const Bytes& source) {
    WideIndex<L> index;
    for (unsigned t = 0; t < WideIndex<L>::targets; ++t) {
      const __m128i lanes = t == 0 ? _mm256_castsi256_si128(source.r[0]) : _mm256_extracti128_si256(source.r[0], 1);
      const __m256i words = _mm256_cvtepu8_epi16(lanes);
      const __m256i within = _mm256_and_si256(words, _mm256_set1_epi16(7));
      const __m256i twice = _mm256_mullo_epi16(within, _mm256_set1_epi16(0x0202));
      const __m256i group = _mm256_load_si256(reinterpret_cast<const __m256i*>(wide_tables<L>.group));
      const __m256i bytes = _mm256_add_epi16(_mm256_add_epi16(twice, _mm256_set1_epi16(0x0100)), group);
      for (unsigned s = 0; s < WideIndex<L>::sources; ++s) {
        const __m256i here = _mm256_cmpeq_epi16(_mm256_srli_epi16(words, 3), _mm256_set1_epi16(static_cast<short>(s)));
        index.of[t][s] = L <= 8 ? bytes : _mm256_or_si256(bytes, _mm256_andnot_si256(here, _mm256_set1_epi8(-128)));
      }
    }
    return index;
  }
  using Vector::permute;
  template <unsigned L>
  static Llrs permute(const Llrs& v, const WideIndex<L>& index) {
    if constexpr (L <= 8) {
      return map1(v, [&](__m256i x) { return _mm256_shuffle_epi8(x, index.of[0][0]); });
    } else if constexpr (L == 16) {
      return map1(v, [&](__m256i x) { return gather16(index.of[0], low_twice(x), high_twice(x)); });
    } else {
      const auto element = [&](__m256i x, __m256i y, unsigned t) {
        return _mm256_or_si256(gather16(index.of[t], low_twice(x), high_twice(x)),
                               gather16(index.of[t] + 2, low_twice(y), high_twice(y)));
      };
      return {{element(v.r[0], v.r[1], 0), element(v.r[0], v.r[1], 1), element(v.r[2], v.r[3], 0),
               element(v.r[2], v.r[3], 1)}};
    }
  }
  template <unsigned L>
  static Llrs replicate(const Llr* p) {
    const __m256i element = _mm256_load_si256(reinterpret_cast<const __m256i*>(wide_tables<L>.element));
    const auto part = [&](unsigned h) { return _mm256_shuffle_epi8(broadcast(bytes(p + 16 * h / L)), element); };
    return {{part(0), part(1), part(2), part(3)}};
  }
  static void interleave(const Llrs& plus, const Llrs& minus, Llr* out) {
    for (unsigned h = 0; h < 4; ++h) {
      const __m256i low = _mm256_unpacklo_epi16(plus.r[h], minus.r[h]);
      const __m256i high = _mm256_unpackhi_epi16(plus.r[h], minus.r[h]);
      auto* to = reinterpret_cast<__m256i*>(out + std::size_t{32} * h);
      _mm256_storeu_si256(to, _mm256_permute2x128_si256(low, high, 0x20));
      _mm256_storeu_si256(to + 1, _mm256_permute2x128_si256(low, high, 0x31));
    }
  }
  template <unsigned L>
  static Llrs pick(const Llr* pairs, std::uint64_t bits) {
    const Llrs minus = expand(bits);
    const __m256i pair = _mm256_load_si256(reinterpret_cast<const __m256i*>(wide_tables<L>.pair));
    const auto part = [&](unsigned h) {
      const __m256i index = _mm256_add_epi8(pair, _mm256_and_si256(minus.r[h], _mm256_set1_epi8(2)));
      const Llr* p = pairs + 16 * h / L * 2;
      if constexpr (L >= 4) return _mm256_shuffle_epi8(broadcast(bytes(p)), index);
      return _mm256_shuffle_epi8(quarter(p), index);
    };
    return {{part(0), part(1), part(2), part(3)}};
  }
  static Llrs move_down(const Llrs& v, unsigned distance) {
    switch (distance) {
      case 32:
        return {{v.r[2], v.r[3], v.r[2], v.r[3]}};
      case 16:
        return all(v.r[1]);
      case 8:
        return all(_mm256_permute4x64_epi64(v.r[0], 0x4e));
      case 4:
        return all(_mm256_shuffle_epi32(v.r[0], 0x4e));
      case 2:
        return all(_mm256_shuffle_epi32(v.r[0], 0xb1));
      default:
        return all(_mm256_srli_epi32(v.r[0], 16));
    }
  }
  template <unsigned L>
  static Llrs spread(const typename Metrics<L>::Vec& v) {
    if constexpr (L == 32) return {{v.low, v.high, v.low, v.high}};
    if constexpr (L == 16) return all(v);
    if constexpr (L == 8) return all(_mm256_permute4x64_epi64(v, 0x44));
    if constexpr (L == 4) return all(_mm256_permute4x64_epi64(v, 0x00));
    if constexpr (L == 2) return all(_mm256_broadcastd_epi32(_mm256_castsi256_si128(v)));
  }
  template <unsigned L>
  static Llrs fold_min(Llrs v) {
    each_fold<L>([&](auto swap) { v = min_unsigned(v, swap(v)); });
    return v;
  }
  template <unsigned L>
  static void fold_two_min(Llrs& low, Llrs& next) {
    each_fold<L>([&](auto swap) {
      const Llrs other = swap(low);
      next = min(min(next, swap(next)), max(low, other));
      low = min(low, other);
    });
  }

  struct Sum {
    __m256i sum[2] = {_mm256_setzero_si256(), _mm256_setzero_si256()};
    void add(const Llrs& v) {
      sum[0] = _mm256_adds_epu16(sum[0], _mm256_adds_epu16(v.r[0], v.r[2]));
      sum[1] = _mm256_adds_epu16(sum[1], _mm256_adds_epu16(v.r[1], v.r[3]));
    }
    template <unsigned L>
    [[nodiscard]] typename Metrics<L>::Vec lanes() const {
      if constexpr (L == 32) {
        return {sum[0], sum[1]};
      } else {
        __m256i v = _mm256_adds_epu16(sum[0], sum[1]);
        if constexpr (L <= 8) v = _mm256_adds_epu16(v, _mm256_permute4x64_epi64(v, 0x4e));
        if constexpr (L <= 4) v = _mm256_adds_epu16(v, _mm256_shuffle_epi32(v, 0x4e));
        if constexpr (L <= 2) v = _mm256_adds_epu16(v, _mm256_shuffle_epi32(v, 0xb1));
        return v;
      }
    }
  };
  struct Total {
    __m256i sum = _mm256_setzero_si256();
    void add(const Llrs& v) {
      for (const __m256i x : v.r) sum = _mm256_add_epi32(sum, _mm256_madd_epi16(x, _mm256_set1_epi16(1)));
    }
    [[nodiscard]] std::uint64_t total() const {
      std::uint32_t parts[8];
      std::memcpy(parts, &sum, sizeof parts);
      std::uint64_t r = 0;
      for (const std::uint32_t part : parts) r += part;
      return r;
    }
  };

 private:
  static __m256i quarter(const Llr* p) { return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)); }
  static const std::int8_t* bytes(const Llr* p) { return reinterpret_cast<const std::int8_t*>(p); }
  static Llrs all(__m256i x) { return {{x, x, x, x}}; }
  template <class Function>
  static Llrs map1(const Llrs& a, Function function) {
    return {{function(a.r[0]), function(a.r[1]), function(a.r[2]), function(a.r[3])}};
  }
  template <class Function>
  static Llrs map(const Llrs& a, const Llrs& b, Function function) {
    return {{function(a.r[0], b.r[0]), function(a.r[1], b.r[1]), function(a.r[2], b.r[2]), function(a.r[3], b.r[3])}};
  }
  /// Undoes the order in which AVX2 packs.
  static __m256i in_order(__m256i packed) { return _mm256_permute4x64_epi64(packed, 0xd8); }
  static __m256i low_twice(__m256i x) { return _mm256_permute2x128_si256(x, x, 0x00); }
  static __m256i high_twice(__m256i x) { return _mm256_permute2x128_si256(x, x, 0x11); }
  static __m256i gather16(const __m256i* index, __m256i low, __m256i high) {
    return _mm256_or_si256(_mm256_shuffle_epi8(low, index[0]), _mm256_shuffle_epi8(high, index[1]));
  }
  /// step(swap) for every power of two from L numbers to 32: swap exchanges neighbouring groups of so many.
  template <unsigned L, class Step>
  static void each_fold(Step step) {
    step([](const Llrs& v) { return Llrs{{v.r[2], v.r[3], v.r[0], v.r[1]}}; });
    if constexpr (L <= 16) step([](const Llrs& v) { return Llrs{{v.r[1], v.r[0], v.r[3], v.r[2]}}; });
    if constexpr (L <= 8)
      step([](const Llrs& v) { return map1(v, [](__m256i x) { return _mm256_permute4x64_epi64(x, 0x4e); }); });
    if constexpr (L <= 4)
      step([](const Llrs& v) { return map1(v, [](__m256i x) { return _mm256_shuffle_epi32(x, 0x4e); }); });
    if constexpr (L <= 2)
      step([](const Llrs& v) { return map1(v, [](__m256i x) { return _mm256_shuffle_epi32(x, 0xb1); }); });
  }
  /// Number i = -bit i.
  static Llrs expand(std::uint64_t bits) {
    const __m256i bit_of = _mm256_setr_epi16(0x1, 0x2, 0x4, 0x8, 0x10, 0x20, 0x40, 0x80, 0x100, 0x200, 0x400, 0x800,
                                             0x1000, 0x2000, 0x4000, -0x8000);
    const auto part = [&](unsigned h) {
      const __m256i spread = _mm256_set1_epi16(static_cast<short>(bits >> (16 * h)));
      return _mm256_cmpeq_epi16(_mm256_and_si256(spread, bit_of), bit_of);
    };
    return {{part(0), part(1), part(2), part(3)}};
  }
};

}  // namespace caligo::kernels::avx2
