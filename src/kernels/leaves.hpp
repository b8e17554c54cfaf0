// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Leaf nodes with at most one information bit: rate-0 and repetition. What the others share lives here as well.

#include "kernels/fork.hpp"
#include "kernels/tree.hpp"

namespace caligo::kernels {

template <class V, unsigned L>
struct Leaves {
  using N = Lanes<V, L>;
  using T = Tree<V, L>;
  using F = Fork<V, L>;
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
      const bool bit = one[l] < zero[l];
      const std::int32_t cheap = bit ? one[l] : zero[l];
      const std::int32_t dear = bit ? zero[l] : one[l];
      hard |= static_cast<std::uint32_t>(bit) << l;
      fork[l] = F::dearer(w.metric[l], cheap, dear);
      w.metric[l] = N::saturate(w.metric[l] + cheap);
    }
    w.worst_metric = N::highest(w.metric);
    fill_sums(w, level, offset, N::repeat(decide(w, fork, hard, w.result[level])));
  }

  /// One leaf of the full tree.
  static void information_bit(Workspace& w, std::size_t offset) {
    const std::int8_t* a = w.lane_llr[0];
    const auto hard = static_cast<std::uint32_t>(V::negative(V::load(a)) & N::element_mask);
    alignas(64) std::int32_t fork[max_list_size];
    for (unsigned l = 0; l < L; ++l) fork[l] = F::dearer(w.metric[l], 0, a[l] < 0 ? -a[l] : a[l]);
    N::store_bits(w, offset, 0, decide(w, fork, hard, w.result[0]));
  }

  /// function(i) for every vector of a node, i = 0, 64, …
  template <class Function>
  static void each_vector(unsigned level, Function function) {
    for (std::size_t i = 0; i < N::width(level); i += 64) function(i);
  }
  static std::uint64_t valid_bits(std::uint64_t bits, unsigned level) {
    return N::width(level) < 64 ? bits & ((std::uint64_t{1} << N::width(level)) - 1) : bits;
  }
  /// Bytes beyond a short node read as saturated.
  static Bytes valid_magnitude(const Bytes& x, unsigned level) {
    const Bytes magnitude = V::magnitude(x);
    return N::width(level) < 64 ? V::first(magnitude, static_cast<unsigned>(N::width(level)), 127) : magnitude;
  }
  /// Partial sums of the vector at i of a node.
  static void store_sums(Workspace& w, unsigned level, std::size_t offset, std::size_t i, std::uint64_t bits) {
    if (N::width(level) < 64) {
      N::store_bits(w, offset, level, bits);
    } else {
      N::sum_words(w, offset)[i / 64] = bits;
    }
  }
  static std::uint64_t load_sums(Workspace& w, unsigned level, std::size_t offset, std::size_t i) {
    return N::width(level) < 64 ? N::load_bits(w, offset, level) : N::sum_words(w, offset)[i / 64];
  }
  /// lanes[l] in every byte e·L + l.
  static Bytes repeat_bytes(const std::int8_t* lanes) {
    alignas(64) std::int8_t repeated[64];
    for (unsigned e = 0; e < 64 / L; ++e) N::copy_lanes(lanes, repeated + std::size_t{e} * L);
    return V::load(repeated);
  }

 private:
  /// Forks on one bit per path; `hard` is its cheaper value.
  static std::uint32_t decide(Workspace& w, const std::int32_t* fork, std::uint32_t hard, LaneMap& map) {
    const Exchange exchange = F::select(w, fork);
    F::map_of(exchange, map);
    return F::follow_bits(exchange, hard) ^ exchange.turned;
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
