// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The program loop, and one table per instruction set. Included by the units scalar.cpp, avx2.cpp, avx512.cpp.

#include "kernels/long_nodes.hpp"

namespace caligo::kernels {

template <class V, unsigned L>
void run_program(Workspace& w, const Op* begin, const Op* end) {
  using T = Tree<V, L>;
  using Leaf = Leaves<V, L>;
  using Long = LongNodes<V, L>;
  for (const Op* op = begin; op != end; ++op) {
    switch (op->type) {
      case OpType::single_f:
        T::single_f(w, op->level);
        break;
      case OpType::single_g_zero:
        T::single_g_zero(w, op->level);
        break;
      case OpType::single_g:
        T::single_g(w, op->level, op->offset);
        break;
      case OpType::replicate:
        T::replicate(w, op->level);
        break;
      case OpType::f:
        T::f(w, op->level);
        break;
      case OpType::g:
        T::g(w, op->level, op->offset);
        break;
      case OpType::rate0_left_g:
        T::rate0_left_g(w, op->level);
        break;
      case OpType::combine:
        T::combine(w, op->level, op->offset);
        break;
      case OpType::combine_zero:
        T::combine_zero(w, op->level, op->offset);
        break;
      case OpType::rate0:
        Leaf::rate0(w, op->level, op->offset);
        break;
      case OpType::repetition:
        Leaf::repetition(w, op->level, op->offset);
        break;
      case OpType::rate1:
        Long::rate1(w, op->level, op->offset);
        break;
      case OpType::single_parity:
        Long::single_parity(w, op->level, op->offset);
        break;
    }
  }
}

/// Takes every L-th bit: within a word by log2(64/L) shift-and-merge steps, the pieces of L words make one.
template <class V, unsigned L>
void extract_lane(const std::uint64_t* sums, unsigned lane, std::uint64_t* out, std::size_t words) {
  constexpr unsigned elements = 64 / L;
  constexpr std::uint64_t stride = ~std::uint64_t{0} / Lanes<V, L>::element_mask;
  for (std::size_t i = 0; i < words; ++i) {
    std::uint64_t word = 0;
    for (unsigned part = 0; part < L; ++part) {
      std::uint64_t bits = (sums[i * L + part] >> lane) & stride;
      for (unsigned have = 1; have < elements; have *= 2) {
        // Groups of `have` bits lie `have`·L apart; every second group moves down next to its neighbour.
        const std::uint64_t moved = bits | (bits >> (have * (L - 1)));
        const std::uint64_t group = (std::uint64_t{1} << (2 * have - 1) << 1) - 1;
        const unsigned distance = 2 * have * L;
        bits = moved & (distance >= 64 ? group : group * (~std::uint64_t{0} / ((std::uint64_t{1} << distance) - 1)));
      }
      word |= bits << (part * elements % 64);
    }
    out[i] = word;
  }
}

template <class V>
void copy_flipped(const std::int8_t* in, const std::uint64_t* flip, std::int8_t* out, std::size_t words) {
  for (std::size_t i = 0; i < words; ++i) {
    // max with -127 first: -128 has no negative in eight bits.
    V::store(out + 64 * i, V::negate(V::max(V::load(in + 64 * i), V::fill(-127)), flip[i]));
  }
}

template <class V, unsigned L>
constexpr ListKernel list_kernel() {
  return {&run_program<V, L>, &extract_lane<V, L>};
}

template <class V>
inline constexpr KernelTable kernel_table = {{list_kernel<V, 1>(), list_kernel<V, 2>(), list_kernel<V, 4>(),
                                              list_kernel<V, 8>(), list_kernel<V, 16>(), list_kernel<V, 32>()},
                                             &copy_flipped<V>};

}  // namespace caligo::kernels
