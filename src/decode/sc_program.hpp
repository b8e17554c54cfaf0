// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The frozen set as a program for successive cancellation.

#include <caligo/code.hpp>

#include <vector>

#include "kernels/sc_kernels.hpp"

namespace caligo::decode {

/// One byte per visited node, in preorder. Serves single and interleaved frames.
using ScProgram = std::vector<kernels::NodeKind>;

/// Node kinds are the largest that fit, from the root down; the root itself is always split.
[[nodiscard]] ScProgram compile_sc(const CodeSpec& code);

}  // namespace caligo::decode
