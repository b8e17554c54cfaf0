// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The program loop, and one table per instruction set. Included by the units scalar.cpp, avx2.cpp, avx512.cpp.

#include "kernels/flip_node.hpp"
#include "kernels/leaves.hpp"
#include "kernels/tree.hpp"

namespace caligo::kernels {

template <class Llr>
using Handler = void (*)(Workspace<Llr>& w, unsigned level, std::size_t offset);

/// The handler of a node kind: one for each of the levels 0 … V::fixed_levels, where the level is a constant, and one
/// for those above. function(w, level, offset) is compiled into each.
template <auto function, class Llr>
struct Levels {
  template <unsigned fixed>
  [[gnu::flatten]] static void at(Workspace<Llr>& w, unsigned, std::size_t offset) {
    function(w, fixed, offset);
  }
  [[gnu::flatten]] static void any(Workspace<Llr>& w, unsigned level, std::size_t offset) {
    function(w, level, offset);
  }
};

template <class V, unsigned L>
struct Handlers {
  using Llr = typename V::Llr;
  Handler<Llr> of[op_types][V::fixed_levels + 2] = {};

  constexpr Handlers() {
    using T = Tree<V, L>;
    using Leaf = Leaves<V, L>;
    using Flip = FlipNode<V, L>;
    set<&T::single_f>(OpType::single_f);
    set<&T::single_g_zero>(OpType::single_g_zero);
    set<&T::template single_g<false>>(OpType::single_g);
    set<&T::template single_g<true>>(OpType::single_g_f);
    set<&T::replicate>(OpType::replicate);
    set<&T::template virtual_f<false>>(OpType::virtual_f);
    set<&T::template virtual_f<true>>(OpType::virtual_f_f);
    set<&T::template virtual_g<false>>(OpType::virtual_g);
    set<&T::template virtual_g<true>>(OpType::virtual_g_f);
    set_fixed<&T::template f<false>, 1>(OpType::f);
    set_fixed<&T::template f<true>, 2>(OpType::f_f);
    set_fixed<&T::template g<false>, 1>(OpType::g);
    set_fixed<&T::template g<true>, 2>(OpType::g_f);
    set_fixed<&T::rate0_left_g, 1>(OpType::rate0_left_g);
    set_fixed<&T::combine, 1>(OpType::combine);
    set_fixed<&T::combine_zero, 1>(OpType::combine_zero);
    set_fixed<&Leaf::rate0, 0>(OpType::rate0);
    set_fixed<&Leaf::repetition, 0>(OpType::repetition);
    set_fixed<&Flip::rate1, 1>(OpType::rate1);
    of[static_cast<unsigned>(OpType::rate1)][0] = &Levels<&Leaf::information_bit, Llr>::any;
    set_fixed<&Flip::single_parity, 2>(OpType::single_parity);
    of[static_cast<unsigned>(OpType::single_parity)][1] = &Levels<&Leaf::repetition, Llr>::template at<1>;
  }

 private:
  template <auto function>
  constexpr void set(OpType type) {
    for (Handler<Llr>& handler : of[static_cast<unsigned>(type)]) handler = &Levels<function, Llr>::any;
  }
  /// lowest: the least level on which a node of this kind occurs.
  template <auto function, unsigned lowest, unsigned level = lowest>
  constexpr void set_fixed(OpType type) {
    Handler<Llr>* handler = of[static_cast<unsigned>(type)];
    if constexpr (level <= V::fixed_levels) {
      handler[level] = &Levels<function, Llr>::template at<level>;
      set_fixed<function, lowest, level + 1>(type);
    } else {
      handler[level] = &Levels<function, Llr>::any;
    }
  }
};

template <class V, unsigned L>
void run_program(Workspace<typename V::Llr>& w, const Op* begin, const Op* end) {
  static constexpr Handlers<V, L> handlers;
  for (const Op* op = begin; op != end; ++op) {
    const unsigned level = op->level <= V::fixed_levels ? op->level : V::fixed_levels + 1;
    handlers.of[static_cast<unsigned>(op->type)][level](w, op->level, op->offset);
  }
}

template <class V, unsigned L>
void extract_lane(const std::uint64_t* sums, unsigned lane, std::uint64_t* out, std::size_t words) {
  for (std::size_t i = 0; i < words; ++i) out[i] = V::template lane_bits<L>(sums + i * L, lane);
}

template <class V>
std::uint64_t penalty(const typename V::Llr* llr, const std::uint64_t* bits, std::size_t words) {
  std::uint64_t total = 0;
  for (std::size_t start = 0; start < words;) {
    typename V::Total sum;
    const std::size_t end = start + 128 < words ? start + 128 : words;
    for (; start < end; ++start) {
      sum.add(V::zero_penalty(V::negate(V::load(llr + 64 * start), bits[start])));
    }
    total += sum.total();
  }
  return total;
}

template <class V>
void copy_flipped(const typename V::Llr* in, const std::uint64_t* flip, typename V::Llr* out, std::size_t words) {
  const auto lowest = V::llrs(static_cast<typename V::Llr>(-saturated_llr<typename V::Llr>));
  for (std::size_t i = 0; i < words; ++i) {
    // The maximum first: the least number has no negative.
    V::store(out + 64 * i, V::negate(V::max(V::load(in + 64 * i), lowest), flip[i]));
  }
}

template <class V, unsigned L>
constexpr ListKernel<typename V::Llr> list_kernel() {
  return {&run_program<V, L>, &extract_lane<V, L>};
}

template <class V>
inline constexpr ListKernels<typename V::Llr> kernel_table = {
    {list_kernel<V, 2>(), list_kernel<V, 4>(), list_kernel<V, 8>(), list_kernel<V, 16>(), list_kernel<V, 32>()},
    &copy_flipped<V>,
    &penalty<V>};

}  // namespace caligo::kernels
