// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The 64-byte vector of the kernels in plain C++: the meaning of every operation, and the portable implementation. The
/// loops have fixed bounds, so a compiler turns them into whatever the ABI's baseline offers.

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "kernels/metrics_scalar.hpp"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace caligo::kernels::scalar {

/// Eight bytes of 0 or -1 for the bits of every byte.
struct ByteMasks {
  std::uint64_t of[256] = {};
  constexpr ByteMasks() {
    for (unsigned bits = 0; bits < 256; ++bits) {
      for (unsigned i = 0; i < 8; ++i) of[bits] |= (bits >> i & 1U) != 0 ? std::uint64_t{0xff} << (8 * i) : 0;
    }
  }
};
inline constexpr ByteMasks byte_masks{};

struct Vector {
  /// Sixteen bytes that the compiler keeps in a register of the ABI's baseline where it has one; operators work on all
  /// of them, comparisons give 0 or -1.
  using Part [[gnu::vector_size(16)]] = std::int8_t;
  using UnsignedPart [[gnu::vector_size(16)]] = std::uint8_t;
  struct Bytes {
    Part p[4];
  };
  /// The same, byte by byte.
  struct alignas(64) Array {
    std::int8_t b[64];
    Array() = default;
    explicit Array(const Bytes& v) { std::memcpy(b, &v, 64); }
    [[nodiscard]] Bytes bytes() const { return load(b); }
  };
  /// A lane permutation as the list of lanes that change: after a fork most stay what they are.
  struct Index {
    unsigned count = 0;
    std::uint64_t unmoved = 0;  ///< bits of the lanes that stay
    std::uint8_t to[32];
    std::uint8_t from[32];
  };
  using BitIndex = Index;
  template <unsigned L>
  using Metrics = scalar::Metrics<L>;

  static Bytes load(const std::int8_t* p) {
    Bytes v;
    std::memcpy(&v, p, 64);
    return v;
  }
  static void store(std::int8_t* p, const Bytes& v) { std::memcpy(p, &v, 64); }
  static Bytes fill(std::int8_t value) {
    const Part part = Part{} + value;
    return {{part, part, part, part}};
  }

  /// Min-sum f: sign(a)·sign(b)·min(|a|, |b|).
  static Bytes f(const Bytes& a, const Bytes& b) {
    // min(a,b) where signs agree; -max(...) otherwise: max(min(a,b), -max(a,b)) covers all four cases.
    return map(a, b, [](Part x, Part y) { return larger(smaller(x, y), -larger(x, y)); });
  }
  /// g: b - a where the bit of `sums` is set, else b + a; saturated to ±127.
  static Bytes g(const Bytes& a, const Bytes& b, std::uint64_t sums) { return g_zero(flipped(a, expand(sums)), b); }
  static Bytes g_zero(const Bytes& a, const Bytes& b) {
    return map(a, b, [](Part x, Part y) {
      const Part sum = saturating_sum(x, y);
      return sum - (sum == -128);
    });
  }
  /// -a where the mask has a one; -128 gives 127.
  static Bytes negate(const Bytes& a, std::uint64_t mask) { return g_zero(flipped(a, expand(mask)), fill(0)); }
  static Bytes magnitude(const Bytes& a) {
    return map(a, a, [](Part x, Part) { return larger(x, -x); });
  }
  /// max(0, -a): the penalty of deciding 0.
  static Bytes zero_penalty(const Bytes& a) {
    return map(a, a, [](Part x, Part) { return -x & (x < 0); });
  }
  /// max(0, a): the penalty of deciding 1.
  static Bytes one_penalty(const Bytes& a) {
    return map(a, a, [](Part x, Part) { return x & (x > 0); });
  }
  /// Signed minimum and maximum; magnitudes are 0 … 127, so they serve those as well.
  static Bytes min(const Bytes& a, const Bytes& b) { return map(a, b, smaller); }
  static Bytes max(const Bytes& a, const Bytes& b) { return map(a, b, larger); }
  static Bytes min_unsigned(const Bytes& a, const Bytes& b) {
    return map(a, b, [](Part x, Part y) {
      const auto ux = reinterpret_cast<UnsignedPart>(x);
      const auto uy = reinterpret_cast<UnsignedPart>(y);
      return reinterpret_cast<Part>(ux < uy ? ux : uy);
    });
  }
  /// Without saturation.
  static Bytes add(const Bytes& a, const Bytes& b) {
    return map(a, b, [](Part x, Part y) { return x + y; });
  }
  static Bytes bit_xor(const Bytes& a, const Bytes& b) {
    return map(a, b, [](Part x, Part y) { return x ^ y; });
  }
  static Bytes bit_or(const Bytes& a, const Bytes& b) {
    return map(a, b, [](Part x, Part y) { return x | y; });
  }
  /// The first `count` bytes of v, the others replaced by `rest`.
  static Bytes first(const Bytes& v, unsigned count, std::int8_t rest) {
    return replace(v, count >= 64 ? 0 : ~std::uint64_t{0} << count, rest);
  }
  /// `value` where the mask has a one.
  static Bytes replace(const Bytes& v, std::uint64_t mask, std::int8_t value) {
    return map(v, expand(mask), [value](Part x, Part m) { return choose(m, Part{} + value, x); });
  }
  /// 0 where the mask has a zero.
  static Bytes keep(const Bytes& v, std::uint64_t mask) {
    return map(v, expand(mask), [](Part x, Part m) { return x & m; });
  }
  /// v | bits where the mask has a one.
  static Bytes set_bits(const Bytes& v, std::uint64_t mask, std::int8_t bits) {
    return map(v, expand(mask), [bits](Part x, Part m) { return x | (m & bits); });
  }
  /// Bit i: byte i is negative, a == b, a < b, a and b have a one in common.
  static std::uint64_t negative(const Bytes& a) {
    std::uint64_t eight[8];
    std::memcpy(eight, &a, 64);
    std::uint64_t mask = 0;
    for (unsigned i = 0; i < 8; ++i) {
      // Moves the sign bit of byte j to bit 56 + j: each product term lands on a bit of its own.
      mask |= ((((eight[i] >> 7) & 0x0101010101010101U) * 0x0102040810204080U) >> 56) << (8 * i);
    }
    return mask;
  }
  static std::uint64_t equal(const Bytes& a, const Bytes& b) {
    return negative(map(a, b, [](Part x, Part y) { return x == y; }));
  }
  static std::uint64_t less(const Bytes& a, const Bytes& b) {
    return negative(map(a, b, [](Part x, Part y) { return x < y; }));
  }
  static std::uint64_t test(const Bytes& a, const Bytes& b) {
    return negative(map(a, b, [](Part x, Part y) { return (x & y) != 0; }));
  }
  static bool any(const Bytes& a) {
    std::uint64_t two[2];
    const Part all = (a.p[0] | a.p[1]) | (a.p[2] | a.p[3]);
    std::memcpy(two, &all, 16);
    return (two[0] | two[1]) != 0;
  }
  /// The lowest `count` set bits.
  static std::uint32_t lowest_bits(std::uint32_t mask, unsigned count) {
    std::uint32_t r = 0;
    for (; count > 0 && mask != 0; --count, mask &= mask - 1) r |= mask & (0U - mask);
    return r;
  }
  /// 1 << k where the byte is 0x80 + 8·block + k for a k from 0 to 7, else 0.
  static Bytes rank_bit(const Bytes& marks, unsigned block) {
    return map(marks, marks, [block](Part x, Part) {
      Part r{};
      for (unsigned k = 0; k < 8; ++k) {
        const auto code = static_cast<std::int8_t>(static_cast<std::uint8_t>(0x80 + 8 * block + k));
        r |= (x == code) & static_cast<std::int8_t>(static_cast<std::uint8_t>(1U << k));
      }
      return r;
    });
  }

  /// A lane map over all bytes: source lanes, repeated for every element. iota is the identity.
  template <unsigned L>
  static Bytes iota() {
    Array r;
    for (unsigned i = 0; i < 64; ++i) r.b[i] = static_cast<std::int8_t>(i % L);
    return r.bytes();
  }
  /// The lanes of `free` come from those of `accepted`, both in increasing order; the others stay.
  template <unsigned L>
  static Bytes refill(std::uint32_t free, std::uint32_t accepted) {
    Array r(iota<L>());
    for (; accepted != 0; accepted &= accepted - 1, free &= free - 1) {
      const auto from = static_cast<std::int8_t>(__builtin_ctz(accepted));
      for (unsigned i = static_cast<unsigned>(__builtin_ctz(free)); i < 64; i += L) r.b[i] = from;
    }
    return r.bytes();
  }
  /// Index for permute(): byte e·L + l comes from byte e·L + source[l].
  template <unsigned L>
  static Index index(const Bytes& source) {
    const Array lanes(source);
    Index r;
    for (unsigned l = 0; l < L; ++l) {
      const auto from = static_cast<std::uint8_t>(lanes.b[l]);
      r.to[r.count] = static_cast<std::uint8_t>(l);
      r.from[r.count] = from;
      r.count += from != l ? 1U : 0U;
      r.unmoved |= (from != l ? std::uint64_t{0} : stride<L>) << l;
    }
    return r;
  }
  template <unsigned L>
  static BitIndex bit_index(const Bytes& source) {
    return index<L>(source);
  }
  template <unsigned L>
  static Bytes permute(const Bytes& v, const Index& index) {
    if (index.count == 0) return v;
    const Array before(v);
    Array r(v);
    for (unsigned k = 0; k < index.count; ++k) {
      for (unsigned e = 0; e < 64; e += L) r.b[e + index.to[k]] = before.b[e + index.from[k]];
    }
    return r.bytes();
  }
  /// The LLRs of a long node through a lane map, vector by vector. A block is permuted at once, which takes a loop per
  /// moved lane in place of one per vector; and a vector that is loaded right after its bytes were stored one by one
  /// would wait for the stores to leave the core.
  template <unsigned L, class Llr>
  class PermutedLlrs {
   public:
    static constexpr std::size_t block = 512;
    PermutedLlrs(const Llr* from, const Index& index) : from_(from), index_(&index) {}
    const Llr* operator()(std::size_t i) {
      if (i / block != block_) fill(i / block);
      return buffer_ + i % block;
    }

   private:
    void fill(std::size_t number) {
      block_ = number;
      const Llr* from = from_ + number * block;
      std::memcpy(buffer_, from, sizeof buffer_);
      for (unsigned k = 0; k < index_->count; ++k) {
        Llr* out = buffer_ + index_->to[k];
        const Llr* in = from + index_->from[k];
#pragma GCC unroll 16
        for (std::size_t e = 0; e < block; e += L) out[e] = in[e];
      }
    }
    const Llr* from_;
    const Index* index_;
    std::size_t block_ = ~std::size_t{0};
    alignas(64) Llr buffer_[block];
  };
  template <unsigned L>
  static std::uint64_t permute_bits(std::uint64_t bits, const BitIndex& index) {
    std::uint64_t r = bits & index.unmoved;
    for (unsigned k = 0; k < index.count; ++k) r |= ((bits >> index.from[k]) & stride<L>) << index.to[k];
    return r;
  }
  /// Byte e·L + l = p[e]: 64/L elements, one copy for each lane.
  template <unsigned L>
  static Bytes replicate(const std::int8_t* p) {
    Array r;
    for (unsigned e = 0; e < 64 / L; ++e) std::memset(r.b + std::size_t{e} * L, p[e], L);
    return r.bytes();
  }
  /// plus[0], minus[0], plus[1], … to 128 bytes.
  static void interleave(const Bytes& plus, const Bytes& minus, std::int8_t* out) {
    const Array even(plus);
    const Array odd(minus);
    for (unsigned i = 0; i < 64; ++i) {
      out[2 * i] = even.b[i];
      out[2 * i + 1] = odd.b[i];
    }
  }
  /// Byte e·L + l = pairs[2·e + bit e·L + l].
  template <unsigned L>
  static Bytes pick(const std::int8_t* pairs, std::uint64_t bits) {
    Array plus;
    Array minus;
    for (unsigned e = 0; e < 64 / L; ++e) {
      std::memset(plus.b + std::size_t{e} * L, pairs[2 * e], L);
      std::memset(minus.b + std::size_t{e} * L, pairs[2 * e + 1], L);
    }
    const Bytes m = expand(bits);
    const Bytes x = plus.bytes();
    const Bytes y = minus.bytes();
    return {{choose(m.p[0], y.p[0], x.p[0]), choose(m.p[1], y.p[1], x.p[1]), choose(m.p[2], y.p[2], x.p[2]),
             choose(m.p[3], y.p[3], x.p[3])}};
  }
  /// Byte i = byte i + distance, for i < distance; distance a power of two, at most 32. The others are arbitrary.
  static Bytes move_down(const Bytes& v, unsigned distance) { return swap(v, distance); }
  /// Numbers below 128, one per lane -> bytes, repeated for every element.
  template <unsigned L>
  static Bytes spread(const typename Metrics<L>::Vec& v) {
    Array r;
    for (unsigned i = 0; i < 64; ++i) r.b[i] = static_cast<std::int8_t>(v.m[i % L]);
    return r.bytes();
  }
  /// Eight words of partial sums, moved along a lane map together.
  static Bytes load_words(const std::uint64_t* p) {
    Bytes v;
    std::memcpy(&v, p, 64);
    return v;
  }
  static void store_words(std::uint64_t* p, const Bytes& v) { std::memcpy(p, &v, 64); }
  template <unsigned L>
  struct BlockPermuter {
    BitIndex index;
    explicit BlockPermuter(const Bytes& source) : index(bit_index<L>(source)) {}
    Bytes operator()(const Bytes& block) const {
      std::uint64_t before[8];
      std::uint64_t words[8];
      store_words(before, block);
      for (unsigned i = 0; i < 8; ++i) words[i] = before[i] & index.unmoved;
      for (unsigned k = 0; k < index.count; ++k) {
        const unsigned to = index.to[k];
        const unsigned from = index.from[k];
        for (unsigned i = 0; i < 8; ++i) words[i] |= ((before[i] >> from) & stride<L>) << to;
      }
      return load_words(words);
    }
  };

  /// Every byte e·L + l becomes the unsigned minimum over all e.
  template <unsigned L>
  static Bytes fold_min(Bytes v) {
    for (unsigned distance = L; distance < 64; distance *= 2) v = min_unsigned(v, swap(v, distance));
    return v;
  }
  /// low, next: the two least of each byte position -> the two least over all e.
  template <unsigned L>
  static void fold_two_min(Bytes& low, Bytes& next) {
    for (unsigned distance = L; distance < 64; distance *= 2) {
      const Bytes other = swap(low, distance);
      next = min(min(next, swap(next, distance)), max(low, other));
      low = min(low, other);
    }
  }

  /// Bit i = bit i·L + lane of the L words at `sums`. Within a word by log2(64/L) shift-and-merge steps; the pieces of
  /// L words make one.
  template <unsigned L>
  static std::uint64_t lane_bits(const std::uint64_t* sums, unsigned lane) {
    constexpr unsigned elements = 64 / L;
    std::uint64_t word = 0;
    for (unsigned part = 0; part < L; ++part) {
      std::uint64_t bits = (sums[part] >> lane) & stride<L>;
      for (unsigned have = 1; have < elements; have *= 2) {
        // Groups of `have` bits lie `have`·L apart; every second group moves down next to its neighbour.
        const std::uint64_t moved = bits | (bits >> (have * (L - 1)));
        const std::uint64_t group = (std::uint64_t{1} << (2 * have - 1) << 1) - 1;
        const unsigned distance = 2 * have * L;
        bits = moved & (distance >= 64 ? group : group * (~std::uint64_t{0} / ((std::uint64_t{1} << distance) - 1)));
      }
      word |= bits << (part * elements % 64);
    }
    return word;
  }

  /// Sums of up to 256 vectors of magnitudes, by byte position modulo 32.
  struct Sum {
    std::uint16_t s[32] = {};
    void add(const Bytes& v) {
      const Array a(v);
      for (int i = 0; i < 32; ++i) s[i] = static_cast<std::uint16_t>(s[i] + a.b[i] + a.b[i + 32]);
    }
    [[nodiscard]] std::uint64_t total() const {
      std::uint64_t r = 0;
      for (const std::uint16_t part : s) r += part;
      return r;
    }
    /// Per lane.
    template <unsigned L>
    [[nodiscard]] typename Metrics<L>::Vec lanes() const {
      typename Metrics<L>::Vec r;
      for (unsigned l = 0; l < L; ++l) r.m[l] = s[l];
      for (unsigned i = L; i < 32; ++i) r.m[i % L] = static_cast<std::uint16_t>(r.m[i % L] + s[i]);
      return r;
    }
  };

 private:
  /// Lane 0 of every element of a word.
  template <unsigned L>
  static constexpr std::uint64_t stride = ~std::uint64_t{0} / ((std::uint64_t{1} << L) - 1);
  /// Exchanges neighbouring groups of `distance` bytes.
  static Bytes swap(const Bytes& v, unsigned distance) {
    if (distance == 32) return {{v.p[2], v.p[3], v.p[0], v.p[1]}};
    if (distance == 16) return {{v.p[1], v.p[0], v.p[3], v.p[2]}};
    const Array a(v);
    Array r;
    for (unsigned i = 0; i < 64; ++i) r.b[i] = a.b[i ^ distance];
    return r.bytes();
  }
  template <class Function>
  static Bytes map(const Bytes& a, const Bytes& b, Function function) {
    return {{function(a.p[0], b.p[0]), function(a.p[1], b.p[1]), function(a.p[2], b.p[2]), function(a.p[3], b.p[3])}};
  }
  /// To -128 … 127. The baseline of x86-64 has an instruction for it, which compilers do not find.
  static Part saturating_sum(Part x, Part y) {
#if defined(__SSE2__)
    return reinterpret_cast<Part>(_mm_adds_epi8(reinterpret_cast<__m128i>(x), reinterpret_cast<__m128i>(y)));
#else
    const Part sum = x + y;
    const Part overflow = (~(x ^ y) & (x ^ sum)) < 0;  // two equal signs, another one in the sum
    return choose(overflow, (x < 0) ^ 127, sum);
#endif
  }
  /// x where the mask byte is -1, y where it is 0.
  static Part choose(Part mask, Part x, Part y) { return (x & mask) | (y & ~mask); }
  static Part smaller(Part x, Part y) { return choose(x < y, x, y); }
  static Part larger(Part x, Part y) { return choose(x < y, y, x); }
  static Bytes flipped(const Bytes& a, const Bytes& mask) {
    // -128 is no LLR, but stands for -127 where input is copied.
    return map(a, mask, [](Part x, Part m) { return (x ^ m) - m; });
  }
  /// Byte i = -bit i, eight at a time from a table of all bytes.
  static Bytes expand(std::uint64_t bits) {
    std::uint64_t eight[8];
    for (unsigned i = 0; i < 8; ++i) eight[i] = byte_masks.of[(bits >> (8 * i)) & 0xff];
    Bytes r;
    std::memcpy(&r, eight, 64);
    return r;
  }
};

}  // namespace caligo::kernels::scalar
