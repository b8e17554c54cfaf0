// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Leaf nodes of the simplified tree: rate-0, repetition, rate-1, single parity check. All are exact: they decide as the
/// bit-by-bit decoder does, ties included (rate-0 and repetition as long as no LLR inside saturates).

#include "kernels/fork.hpp"
#include "kernels/tree.hpp"

namespace caligo::kernels {

template <class V, unsigned L>
struct Leaves {
  using N = Lanes<V, L>;
  using T = Tree<V, L>;
  using Bytes = typename V::Bytes;

  static void rate0(Workspace& w, unsigned level, std::size_t offset) {
    N::set_identity(w.result[level]);
    fill_sums(w, level, offset, 0);
    if constexpr (L > 1) {
      alignas(64) std::int32_t penalty[max_list_size] = {};
      const std::int8_t* a = w.lane_llr[level];
      T::sum_lanes(N::width(level), penalty, [&](std::size_t i) { return V::zero_penalty(V::load(a + i)); });
      N::penalise(w, penalty);
    }
  }

  /// All code bits equal one information bit: the penalties of 0 and of 1 are sums over the node.
  static void repetition(Workspace& w, unsigned level, std::size_t offset) {
    alignas(64) std::int32_t zero[max_list_size] = {};
    alignas(64) std::int32_t one[max_list_size] = {};
    const std::int8_t* a = w.lane_llr[level];
    T::sum_lanes(N::width(level), zero, [&](std::size_t i) { return V::zero_penalty(V::load(a + i)); });
    T::sum_lanes(N::width(level), one, [&](std::size_t i) { return V::one_penalty(V::load(a + i)); });
    std::uint32_t hard = 0;
    alignas(64) std::int32_t fork[max_list_size];
    for (unsigned l = 0; l < L; ++l) {
      hard |= static_cast<std::uint32_t>(one[l] < zero[l]) << l;
      const std::int32_t metric = w.metric[l];
      w.metric[l] = N::saturate(metric + (one[l] < zero[l] ? one[l] : zero[l]));
      fork[l] = fork_metric(metric, one[l] < zero[l] ? one[l] : zero[l], one[l] < zero[l] ? zero[l] : one[l]);
    }
    w.worst_metric = N::highest(w.metric);
    fill_sums(w, level, offset, N::repeat(choose(w, fork, hard, w.result[level])));
  }

  /// If even the cheapest deviation inside the node costs every path more than the worst path of the list, no fork can
  /// survive and all paths take their hard decisions. Otherwise the node is split; its children are rate-1 again.
  static void rate1(Workspace& w, unsigned level, std::size_t offset) {
    if (level == 0) return information_bit(w, offset);
    alignas(64) std::int8_t least[max_list_size];
    const std::int8_t* a = w.lane_llr[level];
    Bytes low = V::fill(127);
    each_vector(level, [&](std::size_t i) {
      const Bytes x = V::load(a + i);
      store_signs(w, level, offset, i, V::negative(x));
      low = V::min(low, valid_magnitude(x, level));
    });
    V::template fold_min<L>(low, least);
    if (no_fork_survives(w, least)) return N::set_identity(w.result[level]);
    split(w, level, offset, [&] { rate1(w, level - 1, offset); });
  }

  /// The same with even parity: paths of odd parity flip their least reliable bit (Wagner), which is unique or else the
  /// node is split. Any other deviation flips one more bit on top.
  static void single_parity(Workspace& w, unsigned level, std::size_t offset) {
    if (level == 1) return repetition(w, level, offset);
    alignas(64) std::int8_t least[max_list_size];
    alignas(64) std::int8_t second[max_list_size];
    const std::uint32_t odd = scan_parity(w, level, offset, least, second);
    alignas(64) std::int8_t bound[max_list_size];
    alignas(64) std::int32_t after[max_list_size];
    for (unsigned l = 0; l < L; ++l) {
      const bool flip = ((odd >> l) & 1U) != 0;
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
  /// One leaf of the full tree.
  static void information_bit(Workspace& w, std::size_t offset) {
    const std::int8_t* a = w.lane_llr[0];
    const auto hard = static_cast<std::uint32_t>(V::negative(V::load(a)) & N::element_mask);
    alignas(64) std::int32_t fork[max_list_size];
    for (unsigned l = 0; l < L; ++l) fork[l] = fork_metric(w.metric[l], 0, a[l] < 0 ? -a[l] : a[l]);
    N::store_bits(w, offset, 0, choose(w, fork, hard, w.result[0]));
  }

  /// Of the dearer decision; the bit's LLR is the difference of the two prices.
  static std::int32_t fork_metric(std::int32_t metric, std::int32_t cheap, std::int32_t dear) {
    return dear - cheap >= saturated_llr ? empty_metric : N::saturate(metric + dear);
  }

  static std::uint32_t choose(Workspace& w, const std::int32_t* fork, std::uint32_t hard, LaneMap& map) {
    if constexpr (L == 1) {
      map.identity = true;
      return hard;
    } else {
      return Fork<V, L>::select(w, fork, hard, map);
    }
  }

  /// f, left child, g, right child (rate-1 in both kinds of node), combine.
  template <class Left>
  static void split(Workspace& w, unsigned level, std::size_t offset, Left left) {
    T::f(w, level);
    left();
    T::g(w, level, offset);
    rate1(w, level - 1, offset + (std::size_t{1} << (level - 1)));
    T::combine(w, level, offset);
  }

  /// bound: the least |LLR| that any information bit of the node can meet. A bound of 0 would leave a zero LLR's decision
  /// to the order of the bits: such nodes are split.
  static bool exits(const std::int32_t* metric, std::int32_t worst, const std::int8_t* bound) {
    bool exit = true;
    for (unsigned l = 0; l < L; ++l) {
      const bool no_fork = (bound[l] >= saturated_llr) | (metric[l] + bound[l] >= worst);
      exit &= ((bound[l] > 0) & no_fork) | (metric[l] == empty_metric);
    }
    return exit;
  }
  static bool no_fork_survives(const Workspace& w, const std::int8_t* least) {
    return exits(w.metric, w.worst_metric, least);
  }

  /// Hard decisions into the partial sums, two least magnitudes per lane; returns the parity of each lane.
  static std::uint32_t scan_parity(Workspace& w, unsigned level, std::size_t offset, std::int8_t* least,
                                   std::int8_t* second) {
    const std::int8_t* a = w.lane_llr[level];
    Bytes low = V::fill(127);
    Bytes next = V::fill(127);
    std::uint64_t parity = 0;
    each_vector(level, [&](std::size_t i) {
      const Bytes x = V::load(a + i);
      const std::uint64_t signs = valid_bits(V::negative(x), level);
      store_signs(w, level, offset, i, signs);
      parity ^= signs;
      const Bytes magnitude = valid_magnitude(x, level);
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
  static void flip_least(Workspace& w, unsigned level, std::size_t offset, const std::int8_t* least, std::uint32_t odd) {
    const std::int8_t* a = w.lane_llr[level];
    alignas(64) std::int8_t repeated[64];
    for (unsigned e = 0; e < 64 / L; ++e) N::copy_lanes(least, repeated + std::size_t{e} * L);
    const Bytes target = V::load(repeated);
    const std::uint64_t lanes = N::repeat(odd);
    each_vector(level, [&](std::size_t i) {
      const std::uint64_t hit = valid_bits(V::equal(V::magnitude(V::load(a + i)), target), level) & lanes;
      if (N::width(level) < 64) {
        N::store_bits(w, offset, level, N::load_bits(w, offset, level) ^ hit);
      } else {
        N::sum_words(w, offset)[i / 64] ^= hit;
      }
    });
  }

  template <class Function>
  static void each_vector(unsigned level, Function function) {
    for (std::size_t i = 0; i < N::width(level); i += 64) function(i);
  }
  static std::uint64_t valid_bits(std::uint64_t bits, unsigned level) {
    return N::width(level) < 64 ? bits & ((std::uint64_t{1} << N::width(level)) - 1) : bits;
  }
  static Bytes valid_magnitude(const Bytes& x, unsigned level) {
    const Bytes magnitude = V::magnitude(x);
    return N::width(level) < 64 ? V::first(magnitude, static_cast<unsigned>(N::width(level)), 127) : magnitude;
  }
  static void store_signs(Workspace& w, unsigned level, std::size_t offset, std::size_t i, std::uint64_t signs) {
    if (N::width(level) < 64) {
      N::store_bits(w, offset, level, signs);
    } else {
      N::sum_words(w, offset)[i / 64] = signs;
    }
  }
  static void fill_sums(Workspace& w, unsigned level, std::size_t offset, std::uint64_t word) {
    if (N::width(level) < 64) {
      N::store_bits(w, offset, level, word);
    } else {
      std::uint64_t* words = N::sum_words(w, offset);
      for (std::size_t i = 0; i < N::width(level) / 64; ++i) words[i] = word;
    }
  }
};

}  // namespace caligo::kernels
