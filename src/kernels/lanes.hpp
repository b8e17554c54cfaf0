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
  using Workspace = kernels::Workspace<typename V::Llr>;
  using Bytes = typename V::Bytes;
  using Metrics = typename V::template Metrics<L>;
  using MetricVec = typename Metrics::Vec;

  /// All lanes of one element.
  static constexpr std::uint64_t element_mask = (std::uint64_t{1} << L) - 1;
  /// Bits, and LLRs, of a node of this level.
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
  /// Partial sums of the vector at LLR i of a node, whatever its size.
  static std::uint64_t load_sums(const Workspace& w, std::size_t offset, unsigned level, std::size_t i) {
    return width(level) < 64 ? load_bits(w, offset, level) : w.sums[(offset * L + i) / 64];
  }
  static void store_sums(Workspace& w, std::size_t offset, unsigned level, std::size_t i, std::uint64_t bits) {
    if (width(level) < 64) {
      store_bits(w, offset, level, bits);
    } else {
      w.sums[(offset * L + i) / 64] = bits;
    }
  }

  static void set_identity(LaneMap& map) { map.identity = true; }
  static void set(LaneMap& map, Bytes source) {
    map.identity = false;
    V::store(map.source, source);
  }
  static void copy(LaneMap& to, const LaneMap& from) {
    to.identity = from.identity;
    if (!from.identity) V::store(to.source, V::load(from.source));
  }
  /// first, then second: lane l continues what was in first.source[second.source[l]].
  static void compose(LaneMap& out, const LaneMap& first, const LaneMap& second) {
    if (second.identity) return copy(out, first);
    if (first.identity) return copy(out, second);
    set(out, V::template permute<L>(V::load(first.source), V::template index<L>(V::load(second.source))));
  }

  /// words[i] moved along a lane map; a block of eight words at a time where there are so many.
  static void permute_sums(std::uint64_t* words, std::size_t count, Bytes source) {
    each_permuted(
        words, count, source, [&](std::size_t i, Bytes moved) { V::store_words(words + i, moved); },
        [&](std::size_t i, std::uint64_t moved) { words[i] = moved; });
  }
  /// left[i] = left[i] moved along a lane map, XOR right[i].
  static void combine_sums(std::uint64_t* left, const std::uint64_t* right, std::size_t count, Bytes source) {
    each_permuted(
        left, count, source,
        [&](std::size_t i, Bytes moved) { V::store_words(left + i, V::bit_xor(moved, V::load_words(right + i))); },
        [&](std::size_t i, std::uint64_t moved) { left[i] = moved ^ right[i]; });
  }

  /// The list's metrics, whose largest is `worst`, after a node.
  static void settle(Workspace& w, MetricVec metric, MetricVec worst) {
    Metrics::store(w.metric, metric);
    w.worst_metric = Metrics::scalar(worst);
    if (w.worst_metric >= metric_limit) renormalise(w);
  }
  /// kernels.hpp says when and why.
  [[gnu::noinline]] static void renormalise(Workspace& w) {
    std::uint32_t least = empty_metric;
    std::uint32_t most = 0;
    for (unsigned l = 0; l < L; ++l) {
      const std::uint32_t metric = w.metric[l];
      if (metric == empty_metric) continue;
      least = metric < least ? metric : least;
      most = metric > most ? metric : most;
    }
    if (most >= metric_limit) {
      for (unsigned l = 0; l < L; ++l) {
        if (w.metric[l] != empty_metric) w.metric[l] = static_cast<std::uint16_t>(cut(w.metric[l] - least));
      }
    }
    w.worst_metric = Metrics::scalar(Metrics::highest(Metrics::load(w.metric)));
  }
  /// The same for sums that may exceed 16 bits: metric[l] becomes metric[l] + penalty[l].
  [[gnu::noinline]] static void penalise_long(Workspace& w, const std::uint32_t* penalty) {
    std::uint32_t sum[L] = {};
    std::uint32_t least = ~0U;
    std::uint32_t most = 0;
    for (unsigned l = 0; l < L; ++l) {
      if (w.metric[l] == empty_metric) continue;
      sum[l] = w.metric[l] + penalty[l];
      least = sum[l] < least ? sum[l] : least;
      most = sum[l] > most ? sum[l] : most;
    }
    const std::uint32_t base = most >= metric_limit ? least : 0;
    for (unsigned l = 0; l < L; ++l) {
      if (w.metric[l] != empty_metric) w.metric[l] = static_cast<std::uint16_t>(cut(sum[l] - base));
    }
    w.worst_metric = Metrics::scalar(Metrics::highest(Metrics::load(w.metric)));
  }
  static std::uint32_t cut(std::uint32_t metric) { return metric < metric_limit ? metric : metric_limit - 1; }

 private:
  template <class Block, class Word>
  [[gnu::always_inline]] static void each_permuted(const std::uint64_t* words, std::size_t count, Bytes source,
                                                   Block block, Word word) {
    if (count >= 8) {
      const typename V::template BlockPermuter<L> permute(source);
      for (std::size_t i = 0; i < count; i += 8) block(i, permute(V::load_words(words + i)));
    } else {
      const auto index = V::template bit_index<L>(source);
      for (std::size_t i = 0; i < count; ++i) word(i, V::template permute_bits<L>(words[i], index));
    }
  }
};

}  // namespace caligo::kernels
