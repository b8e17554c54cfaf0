// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Rate-1 and single-parity nodes, decided as wholes (Hashemi, Condo, Gross 2016/2017): a path's t-th decision is
/// whether to flip its t-th least reliable position, and L - 1 such decisions reach every path that can stay in a list
/// of L. LLRs never move: the t-th candidate of a path is that of its *original* lane, and which ranks a path has
/// flipped is applied to the partial sums once, at the end.
///
/// In a well polarised code most of these nodes end at the first test: no path's cheapest flip beats the worst path.

#include "kernels/fork.hpp"

namespace caligo::kernels {

template <class V, unsigned L>
class FlipNode {
  using N = Lanes<V, L>;
  using M = typename N::Metrics;
  using Vec = typename M::Vec;
  using Bytes = typename V::Bytes;
  using Llr = typename V::Llr;
  using Llrs = typename V::Llrs;
  using Workspace = typename N::Workspace;
  static constexpr auto saturated = static_cast<Llr>(saturated_llr<Llr>);

 public:
  [[gnu::always_inline]] static void rate1(Workspace& w, unsigned level, std::size_t offset) {
    const Llr* a = w.lane_llr[level];
    Llrs least = V::llrs(saturated);
    for (std::size_t i = 0; i < N::width(level); i += 64) {
      const Llrs x = V::load(a + i);
      N::store_sums(w, offset, level, i, V::negative(x));
      least = V::min(least, magnitude(x, level));
    }
    least = V::template fold_min<L>(least);
    const Vec metric = M::load(w.metric);
    const Vec worst = M::fill(w.worst_metric);
    const Vec fork = M::add(metric, M::price(least));
    const std::uint32_t candidates = M::less(fork, worst);
    if (candidates == 0) return N::set_identity(w.result[level]);
    FlipNode node(w, level, offset);
    node.gather(least, metric, worst, 0);
    node.flip_rate1(metric, worst, fork, candidates, least);
  }

  /// The least reliable position (rank 0) keeps the parity even: every other flip flips it as well.
  [[gnu::always_inline]] static void single_parity(Workspace& w, unsigned level, std::size_t offset) {
    const Llr* a = w.lane_llr[level];
    Llrs least = V::llrs(saturated);
    Llrs second = V::llrs(saturated);
    std::uint64_t parity = 0;
    for (std::size_t i = 0; i < N::width(level); i += 64) {
      Llrs x = V::load(a + i);
      if (N::width(level) < 64) x = V::first(x, static_cast<unsigned>(N::width(level)), 0);
      const std::uint64_t signs = V::negative(x);
      N::store_sums(w, offset, level, i, signs);
      parity ^= signs;
      const Llrs m = magnitude(x, level);
      second = V::min(second, V::max(least, m));
      least = V::min(least, m);
    }
    V::template fold_two_min<L>(least, second);
    const std::uint32_t odd = N::fold_xor(parity);
    const std::uint64_t odd_bytes = N::repeat(odd);
    const Vec before = M::load(w.metric);
    const Vec metric = M::add(before, M::widen(V::keep(least, odd_bytes)));
    const Vec worst = M::highest(metric);
    const Vec extra = M::widen_signed(V::negate(least, odd_bytes));  // what flipping rank 0 once more adds
    const Vec fork = M::add(metric, M::add_extra(M::price(second), extra));
    const std::uint32_t candidates = M::less(fork, worst);
    FlipNode node(w, level, offset);
    if (candidates == 0) {
      N::set_identity(w.result[level]);
      if (odd == 0) return;
      node.flip_least(least, odd_bytes);
      return N::settle(w, metric, worst);
    }
    node.gather(least, before, worst, odd_bytes);
    node.flip_parity(metric, worst, fork, candidates, least, extra, odd);
  }

 private:
  static constexpr unsigned blocks = (L + 7) / 8;  ///< ranks are 0 … L - 1

  [[gnu::always_inline]] FlipNode(Workspace& w, unsigned level, std::size_t offset)
      : w_(w),
        level_(level),
        offset_(offset),
        mark_(w.lane_llr[level]),
        where_(level > gather_level ? reinterpret_cast<std::uint32_t*>(w.lane_llr[level - 1]) : nullptr) {}

  /// Nodes of up to four vectors are not thinned out: that would cost more than it saves.
  static constexpr unsigned gather_level = L == 32 ? 3 : L == 16 ? 4 : L == 8 ? 5 : L == 4 ? 6 : 7;

  /// LLRs beyond a short node read as saturated.
  static Llrs magnitude(Llrs x, unsigned level) {
    const Llrs m = V::magnitude(x);
    return N::width(level) < 64 ? V::first(m, static_cast<unsigned>(N::width(level)), saturated) : m;
  }

  /// Turns the node's LLRs, which nobody needs any more, into magnitudes. Of a long node only those vectors are kept
  /// that can matter: a flip at price p in a path of metric m survives only if m + p is less than the worst metric, and
  /// what falls is the worst metric alone. Paths of odd parity need their least reliable position as well.
  [[gnu::always_inline]] void gather(Llrs least, Vec metric, Vec worst, std::uint64_t odd) {
    const std::size_t width = N::width(level_);
    origin_ = V::template iota<L>();
    for (unsigned b = 0; b < blocks; ++b) flips_[b] = V::fill(0);
    if (level_ <= gather_level) {
      kept_ = (width + 63) / 64;
      for (std::size_t i = 0; i < width; i += 64) V::store(mark_ + i, V::magnitude(V::load(mark_ + i)));
      if (width < 64) {
        V::store(mark_, V::replace(V::load(mark_), ~((std::uint64_t{1} << width % 64) - 1), -1));
      }
      return;
    }
    const Llrs bound = V::template spread<L>(M::room(worst, metric));
    kept_ = 0;
    for (std::size_t i = 0; i < width; i += 64) {
      const Llrs m = V::magnitude(V::load(mark_ + i));
      V::store(mark_ + 64 * kept_, m);
      where_[kept_] = static_cast<std::uint32_t>(i / 64);
      kept_ += static_cast<std::size_t>((V::less(m, bound) | (V::equal(m, least) & odd)) != 0);
    }
  }

  [[gnu::always_inline]] void flip_rate1(Vec metric, Vec worst, Vec fork, std::uint32_t candidates, Llrs price) {
    const unsigned limit = most_flips(0);
    for (unsigned rank = 0;;) {
      const Llrs next = mark(price, rank);
      const Vec next_price = M::price(of_origin(next));
      const auto exchange = select<V, L>(metric, worst, fork, candidates);
      metric = exchange(metric, fork);
      follow(exchange, rank);
      if (++rank == limit) break;
      fork = M::add(metric, exchange(next_price, next_price));
      candidates = M::less(fork, worst);
      if (candidates == 0) break;
      price = next;
    }
    finish();
    N::settle(w_, metric, worst);
  }

  [[gnu::always_inline]] void flip_parity(Vec metric, Vec worst, Vec fork, std::uint32_t candidates, Llrs least,
                                          Vec extra, std::uint32_t odd) {
    const unsigned limit = most_flips(1);
    Llrs price = mark(least, 0);
    for (unsigned rank = 1;;) {
      const Llrs next = mark(price, rank);
      const Vec next_price = M::price(of_origin(next));
      const Vec plus = M::add_extra(next_price, extra);
      const Vec minus = M::add_extra(next_price, M::negate(extra));
      const auto exchange = select<V, L>(metric, worst, fork, candidates);
      metric = exchange(metric, fork);
      extra = exchange(extra, M::negate(extra));
      odd = follow(exchange, rank, odd) ^ exchange.free;
      if (rank == limit) break;
      ++rank;
      fork = M::add(metric, exchange(plus, minus));
      candidates = M::less(fork, worst);
      if (candidates == 0) break;
      price = next;
    }
    flips_[0] = V::set_bits(flips_[0], N::repeat(odd), 1);
    finish();
    N::settle(w_, metric, worst);
  }

  /// Decisions that can matter, of `fixed` positions fewer than the node has.
  [[nodiscard]] unsigned most_flips(unsigned fixed) const {
    const std::size_t positions = (std::size_t{1} << level_) - fixed;
    return positions < L - 1 ? static_cast<unsigned>(positions) : L - 1;
  }
  /// Prices of the original lanes, brought to the lanes of today.
  [[nodiscard]] Llrs of_origin(Llrs price) const {
    return V::template permute<L>(price, V::template llr_index<L>(origin_));
  }

  /// Carries the history of every path along a fork.
  void follow(const Exchange<V, L>& exchange, unsigned rank) {
    const auto index = V::template index<L>(exchange.source());
    origin_ = V::template permute<L>(origin_, index);
    const unsigned block = rank / 8;
    for (unsigned b = 0; b < blocks; ++b) {
      if (b <= block) flips_[b] = V::template permute<L>(flips_[b], index);
    }
    const auto bit = static_cast<std::int8_t>(static_cast<std::uint8_t>(1U << (rank % 8)));
    flips_[block] = V::set_bits(flips_[block], N::repeat(exchange.free), bit);
  }
  /// The same, and one bit per lane.
  std::uint32_t follow(const Exchange<V, L>& exchange, unsigned rank, std::uint32_t bits) {
    follow(exchange, rank);
    const auto index = V::template bit_index<L>(exchange.source());
    return static_cast<std::uint32_t>(V::template permute_bits<L>(bits, index) & N::element_mask);
  }

  /// Marks in every original lane the first position of this price as that of the given rank: its magnitude gives way
  /// to a mark. Returns the next rank's price; from the saturated one on there is none.
  [[gnu::always_inline]] Llrs mark(Llrs price, unsigned rank) {
    const Llr code = V::mark_of(rank);
    Llrs low = V::llrs(-1);
    std::uint32_t found = 0;
    for (std::size_t k = 0; k < kept_; ++k) {
      Llr* at = mark_ + 64 * k;
      const Llrs m = V::load(at);
      const Llrs marked = V::replace(m, first_of_lane(V::equal(m, price), found), code);
      V::store(at, marked);
      low = V::min_unsigned(low, marked);
    }
    return V::template fold_min<L>(low);
  }
  /// The lowest set element of each lane that has not been `found` in an earlier vector.
  static std::uint64_t first_of_lane(std::uint64_t hits, std::uint32_t& found) {
    std::uint64_t seen = hits;
    for (unsigned shift = L; shift < 64; shift *= 2) seen |= seen << shift;
    const std::uint64_t earlier = L < 64 ? seen << L : 0;
    const std::uint64_t first = hits & ~(earlier | N::repeat(found));
    found |= static_cast<std::uint32_t>(seen >> (64 - L));
    return first;
  }

  /// No fork survives: paths of odd parity flip their least reliable position (Wagner).
  [[gnu::always_inline]] void flip_least(Llrs least, std::uint64_t odd) {
    std::uint32_t found = 0;
    for (std::size_t i = 0; i < N::width(level_); i += 64) {
      const Llrs m = magnitude(V::load(mark_ + i), level_);
      const std::uint64_t first = first_of_lane(V::equal(m, least), found);
      N::store_sums(w_, offset_, level_, i, N::load_sums(w_, offset_, level_, i) ^ (first & odd));
    }
  }

  /// Partial sums: the hard decisions of the original lane, with the ranks flipped that this path chose.
  [[gnu::always_inline]] void finish() {
    N::set(w_.result[level_], origin_);
    if (level_ <= gather_level) {
      const auto bit_index = V::template bit_index<L>(origin_);
      for (std::size_t i = 0; i < N::width(level_); i += 64) {
        const std::uint64_t hard = V::template permute_bits<L>(N::load_sums(w_, offset_, level_, i), bit_index);
        N::store_sums(w_, offset_, level_, i, hard ^ flips_at(i));
      }
    } else {
      std::uint64_t* sums = N::sum_words(w_, offset_);
      N::permute_sums(sums, N::width(level_) / 64, origin_);
      for (std::size_t k = 0; k < kept_; ++k) sums[where_[k]] ^= flips_at(64 * k);
    }
  }
  [[nodiscard]] std::uint64_t flips_at(std::size_t i) const {
    const Bytes mark = V::template permute<L>(V::marks(V::load(mark_ + i)), V::template index<L>(origin_));
    std::uint64_t flip = V::test(V::rank_bit(mark, 0), flips_[0]);
    for (unsigned b = 1; b < blocks; ++b) {
      if (V::any(flips_[b])) flip |= V::test(V::rank_bit(mark, b), flips_[b]);
    }
    return flip;
  }

  Workspace& w_;
  unsigned level_;
  std::size_t offset_;
  Llr* mark_;             ///< kept_ vectors: magnitude of a position, or the mark of its rank
  std::uint32_t* where_;  ///< of a thinned node: which vector of the node each of them is
  std::size_t kept_ = 0;
  Bytes origin_;         ///< per lane: the lane its path was in before the node
  Bytes flips_[blocks];  ///< per lane: bit r of block b = the path flips rank 8·b + r
};

}  // namespace caligo::kernels
