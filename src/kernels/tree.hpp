// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Inner nodes: LLRs of the children, and partial sums on the way back. A fork never copies a path: only g (which reads
/// the parent's LLRs through the left child's map) and combine (left half through the right child's map) permute lanes.
///
/// A handler is compiled once per level up to V::fixed_levels, where the trip counts are then known, and once for all
/// levels above.

#include "kernels/penalty.hpp"

namespace caligo::kernels {

/// Vector classes without a byte permutation move the lanes of many LLRs together.
template <class V, unsigned L>
concept PermutesBlocks = requires { typename V::template PermutedLlrs<L, typename V::Llr>; };

template <class V, unsigned L>
struct Tree {
  using N = Lanes<V, L>;
  using P = Penalty<V, L>;
  using Workspace = typename N::Workspace;
  using Bytes = typename V::Bytes;
  using Llr = typename V::Llr;
  using Llrs = typename V::Llrs;
  using CheckNode = typename V::CheckNode;

  // --- one copy for all lanes ---------------------------------------------------------------------------------------

  static void single_f(Workspace& w, unsigned level, std::size_t) {
    const std::size_t half = std::size_t{1} << (level - 1);
    const Llr* a = w.single_llr[level];
    const CheckNode check(w.correction);
    for (std::size_t i = 0; i < half; i += 64) {
      V::store(w.single_llr[level - 1] + i, check(V::load(a + i), V::load(a + half + i)));
    }
  }
  static void single_g_zero(Workspace& w, unsigned level, std::size_t) {
    const std::size_t half = std::size_t{1} << (level - 1);
    const Llr* a = w.single_llr[level];
    for (std::size_t i = 0; i < half; i += 64) {
      V::store(w.single_llr[level - 1] + i, V::g_zero(V::load(a + i), V::load(a + half + i)));
    }
    N::set_identity(w.left[level]);
  }
  static void replicate(Workspace& w, unsigned level, std::size_t) {
    for (std::size_t i = 0; i < N::width(level); i += 64) {
      V::store(w.lane_llr[level] + i, V::template replicate<L>(w.single_llr[level] + i / L));
    }
  }
  /// The parent has one copy, so its lanes need no permutation.
  template <bool then_f>
  static void single_g(Workspace& w, unsigned level, std::size_t offset) {
    N::copy(w.left[level], w.result[level - 1]);
    produce<then_f>(w, level, SingleChild(w, level, offset));
  }

  // --- children of a virtual node -----------------------------------------------------------------------------------

  template <bool then_f>
  static void virtual_f(Workspace& w, unsigned level, std::size_t offset) {
    N::copy(w.left[level + 1], w.result[level]);
    const SingleChild node(w, level + 1, offset - (std::size_t{1} << level));
    const std::size_t half = N::width(level - 1);
    const CheckNode check(w.correction);
    produce<then_f>(w, level, [check, half, low = node, high = node](std::size_t i) mutable {
      return check(low(i), high(half + i));
    });
  }
  /// The node's own lanes are those of its sibling's partial sums, moved along the left child's map.
  template <bool then_f>
  static void virtual_g(Workspace& w, unsigned level, std::size_t offset) {
    const LaneMap& map = w.result[level - 1];
    N::copy(w.left[level], map);
    const SingleChild node(w, level + 1, offset - (std::size_t{1} << level));
    const std::size_t half = N::width(level - 1);
    const std::uint64_t* sums = N::sum_words(w, offset);
    if (map.identity) {
      produce<then_f>(w, level, [half, sums, low = node, high = node](std::size_t i) mutable {
        return V::g(low(i), high(half + i), sums[i / 64]);
      });
    } else {
      const auto index = V::template bit_index<L>(V::load(map.source));
      produce<then_f>(w, level, [half, sums, index, low = node, high = node](std::size_t i) mutable {
        return V::g(low(i, index), high(half + i, index), sums[i / 64]);
      });
    }
  }

  // --- one copy per lane --------------------------------------------------------------------------------------------

  template <bool then_f>
  static void f(Workspace& w, unsigned level, std::size_t) {
    const Halves a(w, level);
    const CheckNode check(w.correction);
    produce<then_f>(w, level, [&](std::size_t i) { return check(a.left(i), a.right(i)); });
  }
  template <bool then_f>
  static void g(Workspace& w, unsigned level, std::size_t offset) {
    const LaneMap& map = w.result[level - 1];
    const Halves a(w, level);
    const auto sums = [&](std::size_t i) { return N::load_sums(w, offset, level - 1, i); };
    if (map.identity) {
      N::set_identity(w.left[level]);
      produce<then_f>(w, level, [&](std::size_t i) { return V::g(a.left(i), a.right(i), sums(i)); });
    } else {
      permuted_g<then_f>(w, level, offset, V::load(map.source));
    }
  }
  /// A frozen left child costs each path the sum of its negative f; its g needs no partial sums. One pass does both.
  static void rate0_left_g(Workspace& w, unsigned level, std::size_t) {
    N::set_identity(w.left[level]);
    const Halves a(w, level);
    Llr* out = w.lane_llr[level - 1];
    const CheckNode check(w.correction);
    P::charge(w, N::width(level - 1), [&](std::size_t i) {
      V::store(out + i, V::g_zero(a.left(i), a.right(i)));
      return V::zero_penalty(check(a.left(i), a.right(i)));
    });
  }

  // --- partial sums -------------------------------------------------------------------------------------------------

  static void combine(Workspace& w, unsigned level, std::size_t offset) {
    const LaneMap& right = w.result[level - 1];
    const std::size_t half = N::width(level - 1);
    if (half < 64) {
      std::uint64_t left_bits = N::load_bits(w, offset, level - 1);
      const std::uint64_t right_bits = N::load_bits(w, offset + (std::size_t{1} << (level - 1)), level - 1);
      if (!right.identity) {
        left_bits = V::template permute_bits<L>(left_bits, V::template bit_index<L>(V::load(right.source)));
      }
      N::store_bits(w, offset, level - 1, left_bits ^ right_bits);
    } else {
      std::uint64_t* left_words = N::sum_words(w, offset);
      const std::uint64_t* right_words = left_words + half / 64;
      if (right.identity) {
        for (std::size_t i = 0; i < half / 64; ++i) left_words[i] ^= right_words[i];
      } else {
        N::combine_sums(left_words, right_words, half / 64, V::load(right.source));
      }
    }
    N::compose(w.result[level], w.left[level], right);
  }
  static void combine_zero(Workspace& w, unsigned level, std::size_t offset) {
    const std::size_t half = N::width(level - 1);
    if (half < 64) {
      N::store_bits(w, offset, level - 1, N::load_bits(w, offset + (std::size_t{1} << (level - 1)), level - 1));
    } else {
      std::uint64_t* left_words = N::sum_words(w, offset);
      for (std::size_t i = 0; i < half / 64; ++i) left_words[i] = left_words[i + half / 64];
    }
    N::compose(w.result[level], w.left[level], w.result[level - 1]);
  }

 private:
  template <bool then_f>
  [[gnu::always_inline]] static void permuted_g(Workspace& w, unsigned level, std::size_t offset, Bytes source) {
    N::set(w.left[level], source);
    const Halves a(w, level);
    const auto index = V::template llr_index<L>(source);
    const auto sums = [&](std::size_t i) { return N::load_sums(w, offset, level - 1, i); };
    if constexpr (PermutesBlocks<V, L>) {
      using Permuted = typename V::template PermutedLlrs<L, Llr>;
      if (a.half >= 2 * Permuted::block) {  // each half of the child, where f follows
        return produce<then_f>(
            w, level,
            [sums, left = Permuted(a.a, index), right = Permuted(a.a + a.half, index)](std::size_t i) mutable {
              return V::g(V::load(left(i)), V::load(right(i)), sums(i));
            });
      }
    }
    produce<then_f>(w, level, [&](std::size_t i) {
      return V::g(V::template permute<L>(a.left(i), index), V::template permute<L>(a.right(i), index), sums(i));
    });
  }

  /// The halves of a node's LLRs. If both lie in one vector it is loaded once: a load from its middle would wait until
  /// the store that made it has left the core.
  struct Halves {
    const Llr* a;
    std::size_t half;
    Halves(const Workspace& w, unsigned level) : a(w.lane_llr[level]), half(N::width(level - 1)) {}
    [[nodiscard]] Llrs left(std::size_t i) const { return V::load(a + i); }
    [[nodiscard]] Llrs right(std::size_t i) const {
      return half < 64 ? V::move_down(V::load(a), static_cast<unsigned>(half)) : V::load(a + half + i);
    }
  };

  /// LLRs per lane of the right child of a node that has one copy: every position has only two of them, b + a and b -
  /// a, from which the partial sums pick. Both are computed for 64 positions at a time.
  class SingleChild {
   public:
    SingleChild(const Workspace& w, unsigned level, std::size_t offset)
        : a_(w.single_llr[level]), half_(std::size_t{1} << (level - 1)), w_(&w), level_(level - 1), offset_(offset) {}
    Llrs operator()(std::size_t i) { return pick(i, N::load_sums(*w_, offset_, level_, i)); }
    Llrs operator()(std::size_t i, typename V::BitIndex index) {
      return pick(i, V::template permute_bits<L>(N::load_sums(*w_, offset_, level_, i), index));
    }

   private:
    Llrs pick(std::size_t i, std::uint64_t sums) {
      const std::size_t position = i / L;
      if (position / 64 != block_) {
        block_ = position / 64;
        const Llrs x = V::load(a_ + 64 * block_);
        const Llrs y = V::load(a_ + half_ + 64 * block_);
        V::interleave(V::g_zero(x, y), V::g(x, y, ~std::uint64_t{0}), pairs_);
      }
      return V::template pick<L>(pairs_ + 2 * (position % 64), sums);
    }
    const Llr* a_;
    std::size_t half_;
    const Workspace* w_;
    unsigned level_;
    std::size_t offset_;
    std::size_t block_ = ~std::size_t{0};
    alignas(64) Llr pairs_[128 + padding];
  };

  /// Stores a child's LLRs; with then_f also f of the child, while its LLRs are at hand.
  template <bool then_f, class Function>
  static void produce(Workspace& w, unsigned level, Function child) {
    const std::size_t width = N::width(level - 1);
    Llr* out = w.lane_llr[level - 1];
    if constexpr (then_f) {
      Llr* next = w.lane_llr[level - 2];
      const std::size_t half = width / 2;
      const CheckNode check(w.correction);
      Function upper = child;  // a stream of its own
      for (std::size_t i = 0; i < half; i += 64) {
        const Llrs x = child(i);
        const Llrs y = upper(half + i);
        V::store(out + i, x);
        V::store(out + half + i, y);
        V::store(next + i, check(x, y));
      }
    } else {
      for (std::size_t i = 0; i < width; i += 64) V::store(out + i, child(i));
    }
  }
};

}  // namespace caligo::kernels
