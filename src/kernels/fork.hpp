// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The fork: every path meets a bit with two continuations, the list keeps the L best of both kinds.

#include "kernels/lanes.hpp"

namespace caligo::kernels {

template <class V, unsigned L>
struct Fork {
  using N = Lanes<V, L>;

  /// In: w.metric (each path's better continuation), `fork_metric` (its worse one), `hard` (the bit of the better one, one
  /// per lane). Out: the survivors' metrics in w, their bits as the result, where they came from in `map`.
  ///
  /// No sort is needed: as long as the best fork beats the worst kept path it takes its place. Each exchange is two
  /// reductions, and most forks of a long code need none or one (tie rule: <caligo/decode.hpp>).
  static std::uint32_t select(Workspace& w, const std::int32_t* fork_metric, std::uint32_t hard, LaneMap& map) {
    map.identity = true;
    std::uint32_t candidates = V::template less_lanes<L>(fork_metric, w.worst_metric);
    if (candidates == 0) return hard;

    alignas(64) std::int32_t stay[max_list_size];
    alignas(64) std::int32_t fork[max_list_size];
    N::copy_lanes(w.metric, stay);
    N::copy_lanes(fork_metric, fork);
    std::uint32_t accepted = 0;
    std::uint32_t dropped = 0;
    std::int32_t worst = w.worst_metric;
    while (candidates != 0) {
      const std::int32_t best = N::lowest(fork);
      if (best >= worst) break;
      const auto source = first_lane(V::template equal_lanes<L>(fork, best));
      const auto victim = last_lane(V::template equal_lanes<L>(stay, worst));
      accepted |= 1U << source;
      dropped |= 1U << victim;
      fork[source] = empty_metric;
      stay[victim] = -1;
      worst = N::highest(stay);
      candidates &= candidates - 1;  // one candidate fewer, whichever: the loop ends after as many as there were
    }
    return replace(w, fork_metric, hard, accepted, dropped, map);
  }

 private:
  static unsigned first_lane(std::uint32_t lanes) { return static_cast<unsigned>(__builtin_ctz(lanes)); }
  static unsigned last_lane(std::uint32_t lanes) { return 31U - static_cast<unsigned>(__builtin_clz(lanes)); }

  /// Accepted forks move into the dropped lanes, both in increasing order.
  static std::uint32_t replace(Workspace& w, const std::int32_t* fork_metric, std::uint32_t hard, std::uint32_t accepted,
                               std::uint32_t dropped, LaneMap& map) {
    for (unsigned l = 0; l < L; ++l) map.source[l] = static_cast<std::uint8_t>(l);
    map.identity = false;
    std::uint32_t bits = hard;
    for (; accepted != 0; accepted &= accepted - 1, dropped &= dropped - 1) {
      const auto source = first_lane(accepted);
      const auto lane = first_lane(dropped);
      map.source[lane] = static_cast<std::uint8_t>(source);
      w.metric[lane] = fork_metric[source];
      const std::uint32_t bit = ~(hard >> source) & 1U;
      bits = (bits & ~(1U << lane)) | (bit << lane);
    }
    w.worst_metric = N::highest(w.metric);
    return bits;
  }
};

}  // namespace caligo::kernels
