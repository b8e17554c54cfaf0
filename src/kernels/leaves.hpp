// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Leaf nodes with at most one information bit: rate-0 and repetition.

#include "kernels/fork.hpp"
#include "kernels/penalty.hpp"

namespace caligo::kernels {

template <class V, unsigned L>
struct Leaves {
  using N = Lanes<V, L>;
  using M = typename N::Metrics;
  using Vec = typename M::Vec;
  using Bytes = typename V::Bytes;
  using Llr = typename V::Llr;
  using Llrs = typename V::Llrs;
  using Workspace = typename N::Workspace;
  using P = Penalty<V, L>;

  static void rate0(Workspace& w, unsigned level, std::size_t offset) {
    N::set_identity(w.result[level]);
    fill_sums(w, level, offset, 0);
    const Llr* a = w.lane_llr[level];
    P::charge(w, N::width(level), [&](std::size_t i) { return V::zero_penalty(V::load(a + i)); });
  }

  /// All code bits equal one information bit: the penalties of 0 and of 1 are sums over the node.
  static void repetition(Workspace& w, unsigned level, std::size_t offset) {
    if (level > P::short_level) return long_repetition(w, level, offset);
    const Llr* a = w.lane_llr[level];
    Vec zero;
    Vec one;
    P::sum_both(N::width(level), zero, one, [&](std::size_t i) { return V::load(a + i); });
    const Vec metric = M::load(w.metric);
    const Vec with_zero = M::add(metric, zero);
    const Vec with_one = M::add(metric, one);
    const Vec stay = M::min(with_zero, with_one);
    if (P::beyond(metric, stay, M::highest(stay))) return long_repetition(w, level, offset);
    choose(w, level, offset, M::less(with_one, with_zero), stay, M::max(with_zero, with_one));
  }

  /// One leaf of the full tree: a repetition node of one position.
  static void information_bit(Workspace& w, unsigned, std::size_t offset) {
    const Llrs x = V::load(w.lane_llr[0]);
    const Vec metric = M::load(w.metric);
    const Vec with_zero = M::add(metric, M::widen(V::zero_penalty(x)));
    const Vec with_one = M::add(metric, M::widen(V::one_penalty(x)));
    choose(w, 0, offset, M::less(with_one, with_zero), M::min(with_zero, with_one), M::max(with_zero, with_one));
  }

 private:
  /// hard: per lane, the cheaper bit; stay and dear: metrics with it and with its opposite.
  [[gnu::always_inline]] static void choose(Workspace& w, unsigned level, std::size_t offset, std::uint32_t hard,
                                            Vec stay, Vec dear) {
    const Vec fork = M::no_fork_from(stay, dear);
    Vec worst = M::highest(stay);
    const std::uint32_t candidates = M::less(fork, worst);
    if (candidates == 0) {
      N::set_identity(w.result[level]);
      N::settle(w, stay, worst);
      return fill_sums(w, level, offset, N::repeat(hard));
    }
    const auto exchange = select<V, L>(stay, worst, fork, candidates);
    const Bytes source = exchange.source();
    N::set(w.result[level], source);
    N::settle(w, exchange(stay, fork), worst);
    const std::uint64_t bits = V::template permute_bits<L>(N::repeat(hard), V::template bit_index<L>(source));
    fill_sums(w, level, offset, bits ^ N::repeat(exchange.free));
  }

  /// Sums beyond 16 bits: the metrics are brought down before the fork, to which only the difference of the two
  /// matters.
  [[gnu::noinline]] static void long_repetition(Workspace& w, unsigned level, std::size_t offset) {
    const Llr* a = w.lane_llr[level];
    std::uint32_t zero[max_list_size];
    std::uint32_t one[max_list_size];
    P::sum_long(N::width(level), zero, [&](std::size_t i) { return V::zero_penalty(V::load(a + i)); });
    P::sum_long(N::width(level), one, [&](std::size_t i) { return V::one_penalty(V::load(a + i)); });
    std::uint32_t cheap[max_list_size];
    alignas(64) std::uint16_t more[max_list_size] = {};
    std::uint32_t hard = 0;
    for (unsigned l = 0; l < L; ++l) {
      const bool bit = one[l] < zero[l];
      hard |= static_cast<std::uint32_t>(bit) << l;
      cheap[l] = bit ? one[l] : zero[l];
      more[l] = static_cast<std::uint16_t>(N::cut(bit ? zero[l] - one[l] : one[l] - zero[l]));
    }
    N::penalise_long(w, cheap);
    const Vec stay = M::load(w.metric);
    choose(w, level, offset, hard, stay, M::add(stay, M::load(more)));
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
