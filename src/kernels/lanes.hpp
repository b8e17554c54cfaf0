// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Lane bookkeeping shared by the node operations: bits of short nodes, lane maps, metrics. Everything here is a
/// template on the vector type V (one per instruction set) and on the list size L, so that every unit gets code of its
/// own.

#include <cstddef>
#include <cstdint>

#include "kernels/kernels.hpp"

namespace caligo::kernels {

template <class V, unsigned L>
struct Lanes {
  /// All lanes of one element.
  static constexpr std::uint64_t element_mask = (std::uint64_t{1} << L) - 1;
  /// Bits, and bytes of LLRs, of a node of this level.
  static constexpr std::size_t width(unsigned level) { return std::size_t{L} << level; }

  /// One bit per lane -> the same bits for each of the 64/L elements of a word.
  static std::uint64_t repeat(std::uint32_t lanes) { return lanes * (~std::uint64_t{0} / element_mask); }
  /// XOR over the elements of a word: one bit per lane.
  static std::uint32_t fold_xor(std::uint64_t word) {
    for (unsigned shift = 32; shift >= L; shift /= 2) word ^= word >> shift;
    return static_cast<std::uint32_t>(word & element_mask);
  }

  /// Partial sums of a node that fills less than a word, right-aligned.
  static std::uint64_t load_bits(const Workspace& w, std::size_t offset, unsigned level) {
    const std::size_t bit = offset * L;
    const std::size_t count = width(level);
    const std::uint64_t word = w.sums[bit / 64] >> (bit % 64);
    return count >= 64 ? word : word & ((std::uint64_t{1} << count) - 1);
  }
  /// `bits` beyond the node are ignored.
  static void store_bits(Workspace& w, std::size_t offset, unsigned level, std::uint64_t bits) {
    const std::size_t bit = offset * L;
    const std::size_t count = width(level);
    const std::uint64_t mask = count >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << count) - 1;
    std::uint64_t& word = w.sums[bit / 64];
    word = (word & ~(mask << (bit % 64))) | ((bits & mask) << (bit % 64));
  }
  static std::uint64_t* sum_words(Workspace& w, std::size_t offset) { return w.sums + offset * L / 64; }

  /// Not std::copy_n: a standard template instantiated in an AVX-512 unit could be the copy that the linker keeps for
  /// all.
  template <class T>
  static void copy_lanes(const T* from, T* to) {
    for (unsigned l = 0; l < L; ++l) to[l] = from[l];
  }

  static void set_identity(LaneMap& map) { map.identity = true; }
  static void copy(LaneMap& to, const LaneMap& from) {
    to.identity = from.identity;
    if (!from.identity) copy_lanes(from.source, to.source);
  }
  /// first, then second: lane l continues what was in first.source[second.source[l]].
  static void compose(LaneMap& out, const LaneMap& first, const LaneMap& second) {
    if (second.identity) return copy(out, first);
    if (first.identity) return copy(out, second);
    for (unsigned l = 0; l < L; ++l) out.source[l] = first.source[second.source[l]];
    out.identity = false;
  }

  static std::int32_t highest(const std::int32_t* metric) {
    std::int32_t high = metric[0];
    for (unsigned l = 1; l < L; ++l) high = metric[l] > high ? metric[l] : high;
    return high;
  }
  static std::int32_t lowest(const std::int32_t* metric) {
    std::int32_t low = metric[0];
    for (unsigned l = 1; l < L; ++l) low = metric[l] < low ? metric[l] : low;
    return low;
  }
  static std::int32_t saturate(std::int32_t metric) { return metric < empty_metric ? metric : empty_metric; }

  /// Adds a frozen node's penalty. With one lane no metric is ever compared, so none is kept.
  static void penalise(Workspace& w, const std::int32_t* penalty) {
    for (unsigned l = 0; l < L; ++l) w.metric[l] = saturate(w.metric[l] + penalty[l]);
    w.worst_metric = highest(w.metric);
  }
};

}  // namespace caligo::kernels
