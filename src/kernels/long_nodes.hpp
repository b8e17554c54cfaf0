// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Rate-1 and single-parity nodes of any length. Beyond 64 positions a test decides the whole node if it can: when even
/// the cheapest deviation costs every path more than the worst path of the list, no fork can survive. Else the node is
/// split.

#include "kernels/short_nodes.hpp"

namespace caligo::kernels {

template <class V, unsigned L>
struct LongNodes {
  using N = Lanes<V, L>;
  using T = Tree<V, L>;
  using Leaf = Leaves<V, L>;
  using Bytes = typename V::Bytes;

  static void rate1(Workspace& w, unsigned level, std::size_t offset) {
    if (level == 0) return Leaf::information_bit(w, offset);
    if (level <= short_node_level) return ShortNode<V, L>(w, level, offset).rate1();
    alignas(64) std::int8_t least[max_list_size];
    const std::int8_t* a = w.lane_llr[level];
    Bytes low = V::fill(127);
    std::uint64_t* sums = N::sum_words(w, offset);
    Leaf::each_vector(level, [&](std::size_t i) {
      const Bytes x = V::load(a + i);
      sums[i / 64] = V::negative(x);
      low = V::min(low, V::magnitude(x));
    });
    V::template fold_min<L>(low, least);
    if (exits(w.metric, w.worst_metric, least)) return N::set_identity(w.result[level]);
    split(w, level, offset, [&] { rate1(w, level - 1, offset); });
  }

  /// Paths of odd parity flip their least reliable bit (Wagner), which is unique or else the node is split.
  static void single_parity(Workspace& w, unsigned level, std::size_t offset) {
    if (level == 1) return Leaf::repetition(w, level, offset);
    if (level <= short_node_level) return ShortNode<V, L>(w, level, offset).single_parity();
    alignas(64) std::int8_t least[max_list_size];
    alignas(64) std::int8_t second[max_list_size];
    const std::uint32_t odd = scan_parity(w, level, offset, least, second);
    alignas(64) std::int8_t bound[max_list_size];
    alignas(64) std::int32_t after[max_list_size];
    for (unsigned l = 0; l < L; ++l) {
      const bool flip = ((odd >> l) & 1U) != 0;
      // Any further deviation flips one more position, and the least reliable one with it or back.
      const int cost = flip ? second[l] - least[l] : second[l] + least[l];
      bound[l] = static_cast<std::int8_t>(cost > 127 ? 127 : cost);
      after[l] = N::saturate(w.metric[l] + (flip ? least[l] : 0));
    }
    if (!exits(after, N::highest(after), bound)) {
      return split(w, level, offset, [&] { single_parity(w, level - 1, offset); });
    }
    if (odd != 0) flip_least(w, level, offset, least, odd);
    N::copy_lanes(after, w.metric);
    w.worst_metric = N::highest(w.metric);
    N::set_identity(w.result[level]);
  }

 private:
  /// f, left child, g, right child (rate-1 in both kinds of node), combine.
  template <class Left>
  static void split(Workspace& w, unsigned level, std::size_t offset, Left left) {
    T::f(w, level);
    left();
    T::g(w, level, offset);
    rate1(w, level - 1, offset + (std::size_t{1} << (level - 1)));
    T::combine(w, level, offset);
  }

  /// bound: the least |LLR| that any information bit of the node can meet. A bound of 0 would leave a zero LLR's
  /// decision to the order of the bits: such nodes are split.
  static bool exits(const std::int32_t* metric, std::int32_t worst, const std::int8_t* bound) {
    bool exit = true;
    for (unsigned l = 0; l < L; ++l) {
      const bool no_fork = (bound[l] >= saturated_llr) | (metric[l] + bound[l] >= worst);
      exit &= ((bound[l] > 0) & no_fork) | (metric[l] == empty_metric);
    }
    return exit;
  }

  /// Hard decisions into the partial sums, two least magnitudes per lane; returns the parity of each lane.
  static std::uint32_t scan_parity(Workspace& w, unsigned level, std::size_t offset, std::int8_t* least,
                                   std::int8_t* second) {
    const std::int8_t* a = w.lane_llr[level];
    std::uint64_t* sums = N::sum_words(w, offset);
    Bytes low = V::fill(127);
    Bytes next = V::fill(127);
    std::uint64_t parity = 0;
    Leaf::each_vector(level, [&](std::size_t i) {
      const Bytes x = V::load(a + i);
      const std::uint64_t signs = V::negative(x);
      sums[i / 64] = signs;
      parity ^= signs;
      const Bytes magnitude = V::magnitude(x);
      next = V::min(next, V::max(low, magnitude));
      low = V::min(low, magnitude);
    });
    fold_two(low, next, least, second);
    return N::fold_xor(parity);
  }
  /// Least and second least over the elements of each lane.
  static void fold_two(const Bytes& low, const Bytes& next, std::int8_t* least, std::int8_t* second) {
    alignas(64) std::int8_t a[64];
    alignas(64) std::int8_t b[64];
    V::store(a, low);
    V::store(b, next);
    for (unsigned half = 32; half >= L; half /= 2) {
      for (unsigned i = 0; i < half; ++i) {
        const std::int8_t larger = a[i] < a[i + half] ? a[i + half] : a[i];
        const std::int8_t seconds = b[i] < b[i + half] ? b[i] : b[i + half];
        a[i] = a[i] < a[i + half] ? a[i] : a[i + half];
        b[i] = larger < seconds ? larger : seconds;
      }
    }
    N::copy_lanes(a, least);
    N::copy_lanes(b, second);
  }
  /// exits() has made sure that each odd lane's least magnitude is unique.
  static void flip_least(Workspace& w, unsigned level, std::size_t offset, const std::int8_t* least,
                         std::uint32_t odd) {
    const std::int8_t* a = w.lane_llr[level];
    std::uint64_t* sums = N::sum_words(w, offset);
    const Bytes target = Leaf::repeat_bytes(least);
    const std::uint64_t lanes = N::repeat(odd);
    Leaf::each_vector(level,
                      [&](std::size_t i) { sums[i / 64] ^= V::equal(V::magnitude(V::load(a + i)), target) & lanes; });
  }
};

}  // namespace caligo::kernels
