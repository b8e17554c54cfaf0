// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Successive cancellation (a list of one): what a decoder hands to an instruction set's unit. As in kernels.hpp, units
/// see pointers and plain structs only.

#include <cstddef>
#include <cstdint>

#include "kernels/kernels.hpp"

namespace caligo::kernels {

/// How a node of the code tree is decided. A program is the kinds of all nodes that are visited, in preorder; level and
/// offset follow from the walk. The root is always split.
enum class NodeKind : std::uint8_t {
  rate0,            ///< all positions frozen
  repetition,       ///< only the last position carries information
  parity,           ///< only the first position is frozen
  rate1,            ///< all positions carry information
  split,            ///< left child, right child
  split_rate0_left  ///< the left child is frozen and not listed: right child only
};

/// Frames that an interleaved pass decodes: one per byte of a vector.
inline constexpr std::size_t batch_frames = 64;
/// From this level down one frame's nodes live in registers; no LLR buffer of a lower level exists.
inline constexpr unsigned register_level = 6;

/// One frame. llr[v]: LLRs of the current node of level v, for v from register_level (or n) to n; llr[n] holds the
/// channel's. sums: N partial sums, packed.
struct ScWorkspace {
  std::int8_t* llr[max_levels];
  std::uint64_t* sums;
};

/// 64 interleaved frames. llr[v]: shape (2^v, 64). sums: word i holds position i of all frames, bit f that of frame f.
/// information: the u of the information positions, likewise; the word before the first is written, too.
struct ScBatchWorkspace {
  std::int8_t* llr[max_levels];
  std::uint64_t* sums;
  std::uint64_t* information;
};

/// One frame at a time.
struct ScFrameKernel {
  /// Decodes llr[n] by a program; the code word ends up in sums.
  void (*run)(const ScWorkspace& workspace, const NodeKind* program, unsigned n);
};

/// 64 frames at a time.
struct ScBatchKernel {
  /// Decodes llr[n] by a program: code words in sums, information bits in information.
  void (*run)(const ScBatchWorkspace& workspace, const NodeKind* program, unsigned n);
  /// out[c·64 + f] = rows[f·stride + c] for c < columns ≤ 64, f < frames ≤ 64, sign flipped where bit f of flip[c] is
  /// set (flip may be null); -128 counts as -127. Other frames' bytes are zeros.
  void (*interleave)(const std::int8_t* rows, std::size_t stride, std::size_t frames, std::size_t columns,
                     const std::uint64_t* flip, std::int8_t* out);
  /// Transposes 64×64 bits: bit j of out[i] = bit i of in[j]. in and out may be the same.
  void (*transpose_bits)(const std::uint64_t* in, std::uint64_t* out);
  /// The polar transform of 64 interleaved words: word i takes in word i + h, at all strides h.
  void (*transform)(std::uint64_t* words, std::size_t count);
  /// words[i] ^= XOR over t of words[i - distances[t]], for i = 0 … count - 1 in this order; all distances are 8 or
  /// more, and as many words before the first are readable.
  void (*reduce)(std::uint64_t* words, std::size_t count, const std::uint16_t* distances, std::size_t taps);
};

struct ScKernels {
  ScFrameKernel frame;
  ScBatchKernel batch;
};

/// Null if the unit is not part of this build.
const ScKernels* scalar_sc_kernels() noexcept;
const ScKernels* avx2_sc_kernels() noexcept;
const ScKernels* avx512_sc_kernels() noexcept;

}  // namespace caligo::kernels
