// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The frozen set compiled to a flat list of node operations.

#include <caligo/code.hpp>
#include <caligo/segmented.hpp>

#include <span>
#include <vector>

#include "kernels/kernels.hpp"

namespace caligo::decode {

/// Where a segment's operations lie in a program, and what its subtree is compiled for.
struct SegmentOps {
  std::size_t begin = 0;
  std::size_t end = 0;
  bool single = false;  ///< its root has one copy of its LLRs
  bool forked = false;  ///< an information bit comes before it
};

struct Program {
  std::vector<kernels::Op> ops;
  /// Levels whose LLRs are kept once per lane / once only.
  bool lane_level[kernels::max_levels] = {};
  bool single_level[kernels::max_levels] = {};
  /// Of the segments, if the program has any.
  std::vector<SegmentOps> segments;
};

/// Node kinds are the largest that fit, from the root down; the root itself is always split. llr_bytes: of one LLR.
[[nodiscard]] Program compile(const CodeSpec& code, unsigned list_size, std::size_t llr_bytes);
/// The same for LLRs of one byte, with no operation that reaches across the border of a segment, and room for any
/// program of a segment. segments: as SegmentedPlan checks them.
[[nodiscard]] Program compile(const CodeSpec& code, unsigned list_size, std::span<const Segment> segments);
/// The operations of one segment alone. information: its 2^level positions.
[[nodiscard]] std::vector<kernels::Op> compile_segment(BitView information, const Segment& segment,
                                                       const SegmentOps& place, unsigned list_size);

}  // namespace caligo::decode
