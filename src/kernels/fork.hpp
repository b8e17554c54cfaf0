// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The fork: every path meets a decision with two continuations, the list keeps the L best of both kinds.

#include "kernels/lanes.hpp"

namespace caligo::kernels {

/// A fork as an exchange of lanes: survivors stay where they are; the `free` lanes, whose paths were dropped, take the
/// `accepted` forks, both in increasing order.
template <class V, unsigned L>
struct Exchange {
  using M = typename V::template Metrics<L>;
  using Vec = typename M::Vec;

  std::uint32_t free;
  std::uint32_t accepted;

  /// A number per lane after the fork, from those of the two continuations.
  Vec operator()(Vec stay, Vec fork) const { return M::refill(stay, free, fork, accepted); }
  /// Where each lane's path was before.
  typename V::Bytes source() const { return V::template refill<L>(free, accepted); }
};

/// stay: metrics of each path's cheaper continuation; `worst`: the largest of them in every lane. fork: of the dearer
/// one. candidates: the lanes whose fork is less than `worst`, at least one. Updates `worst`.
///
/// No sort of pairs is needed. One candidate takes the place of the worst path. Else the L-th smallest of all 2L
/// metrics is the threshold that both kinds have to meet (tie rule: <caligo/decode.hpp>).
template <class V, unsigned L>
[[gnu::always_inline]] inline Exchange<V, L> select(typename V::template Metrics<L>::Vec stay,
                                                    typename V::template Metrics<L>::Vec& worst,
                                                    typename V::template Metrics<L>::Vec fork,
                                                    std::uint32_t candidates) {
  using M = typename V::template Metrics<L>;
  constexpr auto all = static_cast<std::uint32_t>(Lanes<V, L>::element_mask);
  if ((candidates & (candidates - 1)) == 0) {
    const Exchange<V, L> exchange{0x80000000U >> __builtin_clz(M::equal(stay, worst)), candidates};
    worst = M::highest(exchange(stay, fork));
    return exchange;
  }
  worst = M::threshold(stay, fork);
  std::uint32_t stays = ~M::less(worst, stay) & all;
  std::uint32_t forks = ~M::less(worst, fork) & all;
  if (__builtin_popcount(stays) + __builtin_popcount(forks) != static_cast<int>(L)) {
    // Ties: paths that stay come before forks, low lanes before high ones.
    const std::uint32_t tied_stays = M::equal(stay, worst);
    const std::uint32_t tied_forks = M::equal(fork, worst);
    stays ^= tied_stays;
    forks ^= tied_forks;
    const auto room = L - static_cast<unsigned>(__builtin_popcount(stays) + __builtin_popcount(forks));
    const std::uint32_t staying = V::lowest_bits(tied_stays, room);
    stays |= staying;
    forks |= V::lowest_bits(tied_forks, room - static_cast<unsigned>(__builtin_popcount(staying)));
  }
  return {~stays & all, forks};
}

}  // namespace caligo::kernels
