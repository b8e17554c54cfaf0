// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The fork: every path meets a decision with two continuations, the list keeps the L best of both kinds.

#include "kernels/lanes.hpp"

namespace caligo::kernels {

/// What a fork did to the lanes: continuation number i of the path in lane from[i] now lives in lane to[i], whose own
/// path is gone. No lane is on both sides, so per-lane state can be updated in place, in any order.
struct Exchange {
  unsigned count = 0;
  std::uint32_t turned = 0;  ///< lanes in to[]: their paths took the dearer decision
  std::uint8_t from[max_list_size];
  std::uint8_t to[max_list_size];
};

template <class V, unsigned L>
struct Fork {
  using N = Lanes<V, L>;

  /// Of the dearer decision for a bit, given what both cost; the bit's LLR is the difference of the two.
  static std::int32_t dearer(std::int32_t metric, std::int32_t cheap, std::int32_t dear) {
    return dear - cheap >= saturated_llr ? empty_metric : N::saturate(metric + dear);
  }

  /// In: w.metric (each path's cheaper continuation), `fork_metric` (its dearer one). Out: the survivors' metrics in w.
  ///
  /// No sort is needed: as long as the best fork beats the worst kept path it takes its place. Each exchange is two
  /// reductions, and most forks of a long code need none or one (tie rule: <caligo/decode.hpp>).
  static Exchange select(Workspace& w, const std::int32_t* fork_metric) {
    Exchange exchange;
    if constexpr (L > 1) {
      std::uint32_t candidates = V::template less_lanes<L>(fork_metric, w.worst_metric);
      if (candidates == 0) return exchange;
      alignas(64) std::int32_t stay[max_list_size];
      alignas(64) std::int32_t fork[max_list_size];
      N::copy_lanes(w.metric, stay);
      N::copy_lanes(fork_metric, fork);
      std::uint32_t accepted = 0;
      std::int32_t worst = w.worst_metric;
      for (; candidates != 0; candidates &= candidates - 1) {  // at most as many exchanges as candidates
        const std::int32_t best = N::lowest(fork);
        if (best >= worst) break;
        const unsigned source = first_lane(V::template equal_lanes<L>(fork, best));
        const unsigned victim = last_lane(V::template equal_lanes<L>(stay, worst));
        accepted |= 1U << source;
        exchange.turned |= 1U << victim;
        fork[source] = empty_metric;
        stay[victim] = -1;
        worst = N::highest(stay);
      }
      replace(w, fork_metric, accepted, exchange);
    }
    return exchange;
  }

  /// Moves per-lane state along: values[to] = values[from].
  template <class T>
  static void follow(const Exchange& exchange, T* values) {
    for (unsigned i = 0; i < exchange.count; ++i) values[exchange.to[i]] = values[exchange.from[i]];
  }
  /// The same for one bit per lane.
  static std::uint32_t follow_bits(const Exchange& exchange, std::uint32_t bits) {
    const std::uint32_t before = bits;
    for (unsigned i = 0; i < exchange.count; ++i) {
      bits = (bits & ~(1U << exchange.to[i])) | (((before >> exchange.from[i]) & 1U) << exchange.to[i]);
    }
    return bits;
  }
  /// The map of a node that forked once.
  static void map_of(const Exchange& exchange, LaneMap& map) {
    map.identity = exchange.count == 0;
    if (map.identity) return;
    for (unsigned l = 0; l < L; ++l) map.source[l] = static_cast<std::uint8_t>(l);
    follow(exchange, map.source);
  }

 private:
  static unsigned first_lane(std::uint32_t lanes) { return static_cast<unsigned>(__builtin_ctz(lanes)); }
  static unsigned last_lane(std::uint32_t lanes) { return 31U - static_cast<unsigned>(__builtin_clz(lanes)); }

  /// Accepted forks move into the lanes that were given up, both in increasing order.
  static void replace(Workspace& w, const std::int32_t* fork_metric, std::uint32_t accepted, Exchange& exchange) {
    std::uint32_t free = exchange.turned;
    for (; accepted != 0; accepted &= accepted - 1, free &= free - 1) {
      const unsigned source = first_lane(accepted);
      const unsigned lane = first_lane(free);
      exchange.from[exchange.count] = static_cast<std::uint8_t>(source);
      exchange.to[exchange.count] = static_cast<std::uint8_t>(lane);
      ++exchange.count;
      w.metric[lane] = fork_metric[source];
    }
    w.worst_metric = N::highest(w.metric);
  }
};

}  // namespace caligo::kernels
