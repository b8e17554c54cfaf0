// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The frozen set compiled to a flat list of node operations.

#include <caligo/code.hpp>

#include <vector>

#include "kernels/kernels.hpp"

namespace caligo::decode {

struct Program {
  std::vector<kernels::Op> ops;
  /// Levels whose LLRs are kept once per lane / once only.
  bool lane_level[kernels::max_levels] = {};
  bool single_level[kernels::max_levels] = {};
};

/// Node kinds are the largest that fit, from the root down; the root itself is always split.
[[nodiscard]] Program compile(const CodeSpec& code, unsigned list_size);

}  // namespace caligo::decode
