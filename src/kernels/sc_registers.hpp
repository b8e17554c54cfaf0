// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Nodes of up to 64 positions of one frame, walked in registers: the time of a single frame is the chain from one
/// decision to the next, and a detour through memory at every node would double it.

#include "kernels/sc_kernels.hpp"

namespace caligo::kernels {

/// R: the row class of an instruction set.
template <class R>
class ScRegisters {
  using Row = typename R::Row;

 public:
  explicit ScRegisters(const NodeKind* program) : next_(program) {}
  /// The kind of the node that is visited next.
  NodeKind take() { return *next_++; }
  [[nodiscard]] NodeKind peek() const { return *next_; }

  /// A node of 2^level ≤ 64 positions at p (readable up to 64 bytes): its code bits.
  std::uint64_t decode(const std::int8_t* p, unsigned level) {
    switch (level) {
      case 6:
        return decode_64(R::load(p), R::load(p + 16), R::load(p + 32), R::load(p + 48));
      case 5: {
        Row x[2] = {R::load(p), R::load(p + 16)};
        node_32(x);
        return pack<2>(x);
      }
      case 4:
        return R::signs(node<4>(R::load(p)));
      default:  // N ≥ 8
        return R::signs(node<3>(R::load(p))) & 0xffU;
    }
  }

 private:
  template <unsigned rows>
  static std::uint64_t pack(const Row* x) {
    std::uint64_t bits = 0;
    for (unsigned k = 0; k < rows; ++k) bits |= static_cast<std::uint64_t>(R::signs(x[k])) << (16 * k);
    return bits;
  }

  [[gnu::noinline]] std::uint64_t decode_64(Row x0, Row x1, Row x2, Row x3) {
    Row x[4] = {x0, x1, x2, x3};
    const NodeKind kind = take();
    if (kind == NodeKind::split) {
      Row left[2] = {R::f(x0, x2), R::f(x1, x3)};
      node_32(left);
      Row right[2] = {R::g(x0, x2, left[0]), R::g(x1, x3, left[1])};
      node_32(right);
      for (unsigned k = 0; k < 2; ++k) {
        x[k] = R::exclusive_or(left[k], right[k]);
        x[k + 2] = right[k];
      }
    } else if (kind == NodeKind::split_rate0_left) {
      Row right[2] = {R::sum(x0, x2), R::sum(x1, x3)};
      node_32(right);
      for (unsigned k = 0; k < 4; ++k) x[k] = right[k % 2];
    } else {
      leaf<16, 4>(kind, x);
    }
    return pack<4>(x);
  }

  /// In place: LLRs to bits.
  [[gnu::always_inline]] void node_32(Row* x) {
    const NodeKind kind = take();
    if (kind == NodeKind::split) {
      const Row left = node<4>(R::f(x[0], x[1]));
      const Row right = node<4>(R::g(x[0], x[1], left));
      x[0] = R::exclusive_or(left, right);
      x[1] = right;
    } else if (kind == NodeKind::split_rate0_left) {
      x[0] = x[1] = node<4>(R::sum(x[0], x[1]));
    } else {
      leaf<16, 2>(kind, x);
    }
  }

  template <unsigned level>
  Row node(Row x) {
    if constexpr (level == 4) return walk<level>(x);
    if constexpr (level < 4) return walk_inline<level>(x);
  }
  template <unsigned level>
  [[gnu::noinline]] Row walk(Row x) {
    return walk_inline<level>(x);
  }
  template <unsigned level>
  [[gnu::always_inline]] Row walk_inline(Row x) {
    const NodeKind kind = take();
    if constexpr (level > 0) {
      constexpr unsigned half = 1U << (level - 1);
      if (kind == NodeKind::split) {
        const Row upper = R::template high<half>(x);
        const Row left = node<level - 1>(R::f(x, upper));
        const Row right = node<level - 1>(R::g(x, upper, left));
        return R::template join<half>(R::exclusive_or(left, right), right);
      }
      if (kind == NodeKind::split_rate0_left) {
        const Row right = node<level - 1>(R::sum(x, R::template high<half>(x)));
        return R::template join<half>(right, right);
      }
      leaf<(1U << level), 1>(kind, &x);
      return x;
    } else {
      return kind == NodeKind::rate0 ? R::zero() : x;
    }
  }

  template <unsigned size, unsigned count>
  [[gnu::always_inline]] static void leaf(NodeKind kind, Row* x) {
    if (kind == NodeKind::rate0) {
      for (unsigned k = 0; k < count; ++k) x[k] = R::zero();
    } else if (kind == NodeKind::repetition) {
      const Row bits = R::template repetition<size, count>(x);
      for (unsigned k = 0; k < count; ++k) x[k] = bits;
    } else if (kind == NodeKind::parity) {
      if constexpr (size * count > 2) R::template parity<size, count>(x);
    }  // rate-1: LLRs are their own decisions
  }

  const NodeKind* next_;
};

}  // namespace caligo::kernels
