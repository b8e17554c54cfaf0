// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Sums of LLR magnitudes over the positions of a node, per lane: what known bits cost a path.

#include "kernels/lanes.hpp"

namespace caligo::kernels {

template <class V, unsigned L>
struct Penalty {
  using N = Lanes<V, L>;
  using M = typename N::Metrics;
  using Vec = typename M::Vec;
  using Workspace = typename N::Workspace;
  using Llrs = typename V::Llrs;

  /// Nodes of up to 256 positions: their sums fit 16 bits beside a metric, if LLRs have eight.
  static constexpr unsigned short_level = 8;
  static constexpr std::size_t short_width = N::width(short_level);

  /// Adds to every metric the sum over vector(i), i = 0, 64, … below `width`. A long code's frozen nodes mostly cost
  /// nothing, and then the metrics need not be touched.
  template <class Function>
  static void charge(Workspace& w, std::size_t width, Function vector) {
    if (width > short_width) return charge_long(w, width, vector);
    Llrs any;
    const Vec penalty = sum(width, vector, any);
    if (!V::any(any)) return;
    const Vec before = M::load(w.metric);
    const Vec metric = M::add(before, penalty);
    const Vec worst = M::highest(metric);
    if (V::sums_saturate && beyond(before, metric, worst)) return charge_long(w, width, vector);
    N::settle(w, metric, worst);
  }

  /// Whether a path that lived `before` is at or beyond the limit `after` a charge. worst: the largest of `after`.
  static bool beyond(Vec before, Vec after, Vec worst) {
    if (M::scalar(worst) < metric_limit) return false;
    const std::uint32_t living = ~M::equal(before, M::fill(empty_metric));
    return (living & ~M::less(after, M::fill(metric_limit)) & static_cast<std::uint32_t>(N::element_mask)) != 0;
  }

  /// Sums of the zero and of the one penalties.
  template <class Function>
  static void sum_both(std::size_t width, Vec& zero, Vec& one, Function vector) {
    typename V::Sum zeros;
    typename V::Sum ones;
    if (width < 64) {
      const Llrs x = V::first(vector(0), static_cast<unsigned>(width), 0);
      zeros.add(V::zero_penalty(x));
      ones.add(V::one_penalty(x));
    }
    for (std::size_t i = 0; i + 64 <= width; i += 64) {
      const Llrs x = vector(i);
      zeros.add(V::zero_penalty(x));
      ones.add(V::one_penalty(x));
    }
    zero = zeros.template lanes<L>();
    one = ones.template lanes<L>();
  }

  /// lanes[l] = sum, without a limit on the width.
  template <class Function>
  static void sum_long(std::size_t width, std::uint32_t* lanes, Function vector) {
    for (unsigned l = 0; l < L; ++l) lanes[l] = 0;
    for (std::size_t start = 0; start < width; start += short_width) {
      const std::size_t part_width = width - start < short_width ? width - start : short_width;
      const auto part_vector = [&](std::size_t i) { return vector(start + i); };
      Llrs any;
      const Vec part = sum(part_width, part_vector, any);
      if (V::sums_saturate && M::equal(part, M::fill(0xffff)) != 0) {
        add_each(part_width, lanes, part_vector);
        continue;
      }
      alignas(64) std::uint16_t parts[max_list_size];
      M::store(parts, part);
      for (unsigned l = 0; l < L; ++l) lanes[l] += parts[l];
    }
  }

 private:
  template <class Function>
  static Vec sum(std::size_t width, Function vector, Llrs& any) {
    typename V::Sum sum;
    any = V::llrs(0);
    if (width < 64) {
      any = V::first(vector(0), static_cast<unsigned>(width), 0);
      sum.add(any);
    }
    for (std::size_t i = 0; i + 64 <= width; i += 64) {
      const Llrs x = vector(i);
      any = V::bit_or(any, x);
      sum.add(x);
    }
    return sum.template lanes<L>();
  }
  /// One by one, where 16 bits do not hold the sum.
  template <class Function>
  [[gnu::noinline]] static void add_each(std::size_t width, std::uint32_t* lanes, Function vector) {
    for (std::size_t i = 0; i < width; i += 64) {
      typename V::Llr each[64];
      V::store(each, vector(i));
      for (std::size_t k = 0; k < 64 && i + k < width; ++k) lanes[k % L] += static_cast<std::uint32_t>(each[k]);
    }
  }
  template <class Function>
  [[gnu::noinline]] static void charge_long(Workspace& w, std::size_t width, Function vector) {
    std::uint32_t penalty[max_list_size];
    sum_long(width, penalty, vector);
    N::penalise_long(w, penalty);
  }
};

}  // namespace caligo::kernels
