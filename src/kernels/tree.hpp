// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Inner nodes: LLRs of the children, and partial sums on the way back. A fork never copies a path: only g (which reads
/// the parent's LLRs through the left child's map) and combine (left half through the right child's map) permute lanes.

#include "kernels/lanes.hpp"

namespace caligo::kernels {

template <class V, unsigned L>
struct Tree {
  using N = Lanes<V, L>;
  using Bytes = typename V::Bytes;

  static void single_f(Workspace& w, unsigned level) {
    const std::size_t half = std::size_t{1} << (level - 1);
    const std::int8_t* a = w.single_llr[level];
    for (std::size_t i = 0; i < half; i += 64) {
      V::store(w.single_llr[level - 1] + i, V::f(V::load(a + i), V::load(a + half + i)));
    }
  }
  static void single_g_zero(Workspace& w, unsigned level) {
    const std::size_t half = std::size_t{1} << (level - 1);
    const std::int8_t* a = w.single_llr[level];
    for (std::size_t i = 0; i < half; i += 64) {
      V::store(w.single_llr[level - 1] + i, V::g(V::load(a + i), V::load(a + half + i), 0));
    }
    N::set_identity(w.left[level]);
  }
  static void replicate(Workspace& w, unsigned level) {
    for (std::size_t i = 0; i < N::width(level); i += 64) {
      V::store(w.lane_llr[level] + i, V::template replicate<L>(w.single_llr[level] + i / L));
    }
  }
  /// The parent has one copy, so its lanes need no permutation.
  static void single_g(Workspace& w, unsigned level, std::size_t offset) {
    N::copy(w.left[level], w.result[level - 1]);
    const std::size_t half = std::size_t{1} << (level - 1);
    const std::int8_t* a = w.single_llr[level];
    std::int8_t* out = w.lane_llr[level - 1];
    each_word(w, level - 1, offset, [&](std::size_t i, std::uint64_t sums) {
      V::store(out + i, V::g(V::template replicate<L>(a + i / L), V::template replicate<L>(a + half + i / L), sums));
    });
  }

  static void f(Workspace& w, unsigned level) {
    const std::size_t half = N::width(level - 1);
    const std::int8_t* a = w.lane_llr[level];
    std::int8_t* out = w.lane_llr[level - 1];
    for (std::size_t i = 0; i < half; i += 64) V::store(out + i, V::f(V::load(a + i), V::load(a + half + i)));
  }
  static void g(Workspace& w, unsigned level, std::size_t offset) {
    const LaneMap& map = w.result[level - 1];
    N::copy(w.left[level], map);
    const std::size_t half = N::width(level - 1);
    const std::int8_t* a = w.lane_llr[level];
    std::int8_t* out = w.lane_llr[level - 1];
    if (map.identity) {
      each_word(w, level - 1, offset, [&](std::size_t i, std::uint64_t sums) {
        V::store(out + i, V::g(V::load(a + i), V::load(a + half + i), sums));
      });
    } else if constexpr (L > 1) {
      const auto index = V::template index<L>(map.source);
      each_word(w, level - 1, offset, [&](std::size_t i, std::uint64_t sums) {
        V::store(out + i, V::g(V::template permute<L>(V::load(a + i), index),
                               V::template permute<L>(V::load(a + half + i), index), sums));
      });
    }
  }
  /// A frozen left child costs each path the sum of its negative f; its g needs no partial sums. One pass does both.
  static void rate0_left_g(Workspace& w, unsigned level) {
    N::set_identity(w.left[level]);
    const std::size_t half = N::width(level - 1);
    const std::int8_t* a = w.lane_llr[level];
    std::int8_t* out = w.lane_llr[level - 1];
    if constexpr (L == 1) {
      for (std::size_t i = 0; i < half; i += 64) V::store(out + i, V::g(V::load(a + i), V::load(a + half + i), 0));
    } else {
      alignas(64) std::int32_t penalty[max_list_size] = {};
      sum_lanes(half, penalty, [&](std::size_t i) {
        const Bytes x = V::load(a + i);
        const Bytes y = V::load(a + half + i);
        V::store(out + i, V::g(x, y, 0));
        return V::zero_penalty(V::f(x, y));
      });
      N::penalise(w, penalty);
    }
  }

  static void combine(Workspace& w, unsigned level, std::size_t offset) {
    const LaneMap& right = w.result[level - 1];
    const std::size_t half = N::width(level - 1);
    if (half < 64) {
      std::uint64_t left_bits = N::load_bits(w, offset, level - 1);
      const std::uint64_t right_bits = N::load_bits(w, offset + (std::size_t{1} << (level - 1)), level - 1);
      if (!right.identity) left_bits = V::template permute_bits<L>(left_bits, V::template index<L>(right.source));
      N::store_bits(w, offset, level - 1, left_bits ^ right_bits);
    } else {
      std::uint64_t* left_words = N::sum_words(w, offset);
      const std::uint64_t* right_words = left_words + half / 64;
      if (right.identity) {
        for (std::size_t i = 0; i < half / 64; ++i) left_words[i] ^= right_words[i];
      } else if constexpr (L > 1) {
        const auto index = V::template index<L>(right.source);
        for (std::size_t i = 0; i < half / 64; ++i) {
          left_words[i] = V::template permute_bits<L>(left_words[i], index) ^ right_words[i];
        }
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

  /// lanes[l] += sum over the elements of vector(i), i = 0, 64, … below `width`.
  template <class Function>
  static void sum_lanes(std::size_t width, std::int32_t* lanes, Function vector) {
    if (width < 64) {
      typename V::Sum sum;
      sum.add(V::first(vector(0), static_cast<unsigned>(width), 0));
      sum.template fold<L>(lanes);
      return;
    }
    constexpr std::size_t block = 256 * 64;  // 256 · 127 still fits the 16-bit sums
    for (std::size_t start = 0; start < width; start += block) {
      typename V::Sum sum;
      const std::size_t end = start + block < width ? start + block : width;
      for (std::size_t i = start; i < end; i += 64) sum.add(vector(i));
      sum.template fold<L>(lanes);
    }
  }

 private:
  /// function(i, partial sums of the 64 bits that begin at i) over a node.
  template <class Function>
  static void each_word(Workspace& w, unsigned level, std::size_t offset, Function function) {
    if (N::width(level) < 64) {
      function(std::size_t{0}, N::load_bits(w, offset, level));
    } else {
      const std::uint64_t* words = N::sum_words(w, offset);
      for (std::size_t i = 0; i < N::width(level); i += 64) function(i, words[i / 64]);
    }
  }
};

}  // namespace caligo::kernels
