// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Rate-1 and single-parity nodes of up to 64 positions, decided as wholes (Hashemi, Condo, Gross 2016/2017): a path's
/// t-th decision is whether to flip its t-th least reliable position, and L - 1 such decisions reach every path that
/// can stay in a list of L. LLRs never move: the t-th candidate of a path is that of its *original* lane, and which
/// ranks a path has flipped is applied to the partial sums once, at the end.

#include "kernels/leaves.hpp"

namespace caligo::kernels {

inline constexpr unsigned short_node_level = 6;

template <class V, unsigned L>
class ShortNode {
  using N = Lanes<V, L>;
  using F = Fork<V, L>;
  using Leaf = Leaves<V, L>;
  using Bytes = typename V::Bytes;

 public:
  ShortNode(Workspace& w, unsigned level, std::size_t offset) : w_(w), level_(level), offset_(offset) {}

  void rate1() {
    scan();
    for (unsigned rank = 0; rank < limit(0); ++rank) {
      alignas(64) std::int32_t fork[max_list_size];
      for (unsigned l = 0; l < L; ++l) fork[l] = flip_metric(l, 0);
      if (!decide(fork, rank)) break;
    }
    finish();
  }

  /// The least reliable position (rank 0) keeps the parity even: every other flip flips it as well.
  void single_parity() {
    const std::uint32_t odd = scan();
    alignas(64) std::int32_t flip_first[max_list_size];  // what flipping rank 0 once more adds to the metric
    for (unsigned l = 0; l < L; ++l) {
      const bool flipped = ((odd >> l) & 1U) != 0;
      flip_first[l] = flipped ? -price_[l] : price_[l];
      w_.metric[l] = N::saturate(w_.metric[l] + (flipped ? price_[l] : 0));
    }
    w_.worst_metric = N::highest(w_.metric);
    pick(0);
    flipped_[0] = odd;
    ranks_ = 1;
    for (unsigned rank = 1; rank <= limit(1); ++rank) {
      alignas(64) std::int32_t fork[max_list_size];
      for (unsigned l = 0; l < L; ++l) fork[l] = flip_metric(l, flip_first[l]);
      if (!decide(fork, rank)) break;
      flipped_[0] ^= exchange_.turned;
      F::follow(exchange_, flip_first);
      for (unsigned i = 0; i < exchange_.count; ++i) flip_first[exchange_.to[i]] = -flip_first[exchange_.to[i]];
    }
    finish();
  }

 private:
  static constexpr std::size_t max_vectors = (std::size_t{L} << short_node_level) / 64;

  /// Decisions that can matter, of `fixed` positions fewer than the node has.
  [[nodiscard]] unsigned limit(unsigned fixed) const {
    const unsigned positions = (1U << level_) - fixed;
    return positions < L - 1 ? positions : L - 1;
  }

  /// Hard decisions into the partial sums, least magnitudes into price_; returns each lane's parity.
  std::uint32_t scan() {
    for (unsigned l = 0; l < L; ++l) origin_[l] = static_cast<std::uint8_t>(l);
    const std::int8_t* a = w_.lane_llr[level_];
    Bytes low = V::fill(127);
    std::uint64_t parity = 0;
    Leaf::each_vector(level_, [&](std::size_t i) {
      const Bytes x = V::load(a + i);
      const std::uint64_t signs = Leaf::valid_bits(V::negative(x), level_);
      Leaf::store_sums(w_, level_, offset_, i, signs);
      parity ^= signs;
      const Bytes magnitude = Leaf::valid_magnitude(x, level_);
      V::store(magnitude_ + i, magnitude);
      low = V::min(low, magnitude);
    });
    V::template fold_min<L>(low, price_);
    return N::fold_xor(parity);
  }

  /// A saturated position, or none left, does not fork.
  [[nodiscard]] std::int32_t flip_metric(unsigned lane, std::int32_t extra) const {
    const std::int32_t price = price_[origin_[lane]];
    return price >= saturated_llr ? empty_metric : N::saturate(w_.metric[lane] + price + extra);
  }

  /// One decision for all paths. False if no flip survives: none of a higher rank would.
  bool decide(const std::int32_t* fork, unsigned rank) {
    exchange_ = F::select(w_, fork);
    if (exchange_.count == 0) return false;
    for (unsigned r = 0; r < ranks_; ++r) flipped_[r] = F::follow_bits(exchange_, flipped_[r]);
    F::follow(exchange_, origin_);
    flipped_[rank] = exchange_.turned;
    ranks_ = rank + 1;
    moved_ = true;
    pick(rank);
    return true;
  }

  /// Notes the position of this rank in every original lane (the first of equals) and finds the next rank's price.
  void pick(unsigned rank) {
    const Bytes target = Leaf::repeat_bytes(price_);
    Bytes low = V::fill(127);
    std::uint64_t found = 0;
    Leaf::each_vector(level_, [&](std::size_t i) {
      const Bytes magnitude = V::load(magnitude_ + i);
      const std::uint64_t first = first_of_lane(V::equal(magnitude, target), found);
      picked_[rank][i / 64] = first;
      const Bytes rest = V::replace(magnitude, first, 127);
      V::store(magnitude_ + i, rest);
      low = V::min(low, rest);
    });
    V::template fold_min<L>(low, price_);
  }
  /// The lowest set element of each lane that has not been found in an earlier vector.
  static std::uint64_t first_of_lane(std::uint64_t hits, std::uint64_t& found) {
    hits &= ~found;
    std::uint64_t seen = hits;
    for (unsigned shift = L; shift < 64; shift *= 2) seen |= seen << shift;
    found |= N::repeat(static_cast<std::uint32_t>(seen >> (64 - L)));
    return hits & ~(L < 64 ? seen << L : 0);
  }

  /// Partial sums: the hard decisions of the original lane, with the ranks flipped that this path chose.
  void finish() {
    LaneMap& map = w_.result[level_];
    map.identity = !moved_;
    if (!moved_ && ranks_ == 0) return;
    if (moved_) N::copy_lanes(origin_, map.source);
    const auto index = V::template index<L>(origin_);
    Leaf::each_vector(level_, [&](std::size_t i) {
      std::uint64_t bits = moved(Leaf::load_sums(w_, level_, offset_, i), index);
      for (unsigned r = 0; r < ranks_; ++r) {
        if (flipped_[r] != 0) bits ^= moved(picked_[r][i / 64], index) & N::repeat(flipped_[r]);
      }
      Leaf::store_sums(w_, level_, offset_, i, bits);
    });
  }
  [[nodiscard]] std::uint64_t moved(std::uint64_t bits, const typename V::Index& index) const {
    return moved_ ? V::template permute_bits<L>(bits, index) : bits;
  }

  Workspace& w_;
  unsigned level_;
  std::size_t offset_;
  unsigned ranks_ = 0;  ///< ranks decided so far
  bool moved_ = false;  ///< a fork has survived: lanes differ from their origins
  Exchange exchange_;
  std::uint32_t flipped_[max_list_size];          ///< per rank: the lanes whose path flips it
  std::uint8_t origin_[max_list_size];            ///< per lane: the lane its path was in before the node
  alignas(64) std::int8_t price_[max_list_size];  ///< per original lane: magnitude of the next rank
  alignas(64) std::int8_t magnitude_[max_vectors * 64 < 64 ? 64 : max_vectors * 64];
  std::uint64_t picked_[max_list_size][max_vectors < 1 ? 1 : max_vectors];
};

}  // namespace caligo::kernels
