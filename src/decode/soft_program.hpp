// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The node schedule of the soft decoder. Its leaves are rate-0 and repetition nodes (an information bit is a
/// repetition node of one position): there the paths are pruned at one bit only, so deciding the node as a whole prunes
/// the same paths with the same probabilities as bit by bit. Rate-1 and parity nodes prune at every bit; shortcuts for
/// them that follow the order of reliabilities, as in the int8 decoder, make another tree, hence another estimate.

#include <caligo/code.hpp>

#include <cstdint>
#include <vector>

namespace caligo::decode {

enum class SoftOpType : std::uint8_t {
  f,           ///< LLRs of the left child
  g,           ///< LLRs of the right child
  combine,     ///< partial sums of this node from both children
  rate0,       ///< leaf: all positions frozen
  repetition,  ///< leaf: only the last position carries information
};

/// On the node of level v (2^v positions) that begins at offset.
struct SoftOp {
  SoftOpType type;
  std::uint8_t level;
  std::uint32_t offset;
  std::uint32_t frozen_to_come;  ///< repetition: frozen values still to be met behind the node
};

std::vector<SoftOp> compile_soft(const CodeSpec& code);

}  // namespace caligo::decode
