// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The recursion that all channel-based constructions share, shortened codes included.
///
/// A node of size S stands for S code positions. Position i is paired with i + S/2: the left half of its u sees the
/// channel `minus` of the pair, the right half the channel `plus`. If the positions are of two kinds, [0, c) of one and
/// [c, S) of another, the pairs are again of at most two kinds, and again split at one boundary:
///   c ≤ S/2: (first, second) below c, then (second, second);   c > S/2: (first, first) below c - S/2, then (first,
///   second).
/// At the root the code bits from `sent` on are known, so two states a node suffice for any shortened length.

#include <cstddef>
#include <vector>

namespace caligo::code {

/// Positions [0, boundary) of a node see `first`, the rest `second`. 1 ≤ boundary ≤ size; `second` counts for nothing
/// if boundary is the size.
template <class State>
struct Segments {
  State first{};
  State second{};
  std::size_t boundary = 0;
};

/// Rule: has a type State and
///   minus(a, b, out), plus(a, b, out): the channels of a pair; a and b may be the same object, out is another;
///   bool settle(level, offset, segments): true if it has dealt with all u of the node, positions offset … offset +
///   2^level
///     - 1, so that the recursion stops there. Must be true at level 0.
template <class Rule>
class Polarisation {
 public:
  using State = typename Rule::State;
  Polarisation(Rule& rule, unsigned n) : rule_(rule), nodes_(n + 1) {}

  void run(const State& sent_bit, const State& known_bit, std::size_t sent) {
    nodes_.back() = {sent_bit, known_bit, sent};
    visit(static_cast<unsigned>(nodes_.size() - 1), 0);
  }

 private:
  void visit(unsigned level, std::size_t offset) {
    if (rule_.settle(level, offset, nodes_[level])) return;
    const std::size_t half = std::size_t{1} << (level - 1);
    const auto minus = [this](const State& a, const State& b, State& out) { rule_.minus(a, b, out); };
    const auto plus = [this](const State& a, const State& b, State& out) { rule_.plus(a, b, out); };
    combine(nodes_[level], half, minus, nodes_[level - 1]);
    visit(level - 1, offset);
    combine(nodes_[level], half, plus, nodes_[level - 1]);
    visit(level - 1, offset + half);
  }

  template <class Operation>
  static void combine(const Segments<State>& node, std::size_t half, Operation operation, Segments<State>& child) {
    const std::size_t boundary = node.boundary;
    if (boundary <= half) {
      operation(node.first, node.second, child.first);
      if (boundary < half) operation(node.second, node.second, child.second);
      child.boundary = boundary;
    } else {
      operation(node.first, node.first, child.first);
      if (boundary < 2 * half) operation(node.first, node.second, child.second);
      child.boundary = boundary - half;
    }
  }

  Rule& rule_;
  std::vector<Segments<State>> nodes_;  ///< one per level: the path from the root to the node in hand
};

}  // namespace caligo::code
