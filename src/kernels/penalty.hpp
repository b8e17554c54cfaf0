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
  using Bytes = typename V::Bytes;

  /// Nodes of up to 256 positions: their sums fit 16 bits beside a metric.
  static constexpr unsigned short_level = 8;
  static constexpr std::size_t short_width = N::width(short_level);

  /// Adds to every metric the sum over vector(i), i = 0, 64, … below `width`. A long code's frozen nodes mostly cost
  /// nothing, and then the metrics need not be touched.
  template <class Function>
  static void charge(Workspace& w, std::size_t width, Function vector) {
    if (width > short_width) return charge_long(w, width, vector);
    Bytes any;
    const Vec penalty = sum(width, vector, any);
    if (!V::any(any)) return;
    const Vec metric = M::add(M::load(w.metric), penalty);
    N::settle(w, metric, M::highest(metric));
  }

  /// Sums of the zero and of the one penalties.
  template <class Function>
  static void sum_both(std::size_t width, Vec& zero, Vec& one, Function vector) {
    typename V::Sum zeros;
    typename V::Sum ones;
    if (width < 64) {
      const Bytes x = V::first(vector(0), static_cast<unsigned>(width), 0);
      zeros.add(V::zero_penalty(x));
      ones.add(V::one_penalty(x));
    }
    for (std::size_t i = 0; i + 64 <= width; i += 64) {
      const Bytes x = vector(i);
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
      Bytes any;
      alignas(64) std::uint16_t part[max_list_size];
      M::store(part, sum(short_width, [&](std::size_t i) { return vector(start + i); }, any));
      for (unsigned l = 0; l < L; ++l) lanes[l] += part[l];
    }
  }

 private:
  template <class Function>
  static Vec sum(std::size_t width, Function vector, Bytes& any) {
    typename V::Sum sum;
    any = V::fill(0);
    if (width < 64) {
      any = V::first(vector(0), static_cast<unsigned>(width), 0);
      sum.add(any);
    }
    for (std::size_t i = 0; i + 64 <= width; i += 64) {
      const Bytes x = vector(i);
      any = V::bit_or(any, x);
      sum.add(x);
    }
    return sum.template lanes<L>();
  }
  template <class Function>
  [[gnu::noinline]] static void charge_long(Workspace& w, std::size_t width, Function vector) {
    std::uint32_t penalty[max_list_size];
    sum_long(width, penalty, vector);
    N::penalise_long(w, penalty);
  }
};

}  // namespace caligo::kernels
