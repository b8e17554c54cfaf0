// SPDX-License-Identifier: Apache-2.0
#pragma once
/// What a decoder hands to an instruction set's unit: a program of node operations and raw scratch memory. Units see
/// pointers and plain structs only; standard templates compiled there could leak wide instructions into other units.

#include <cstddef>
#include <cstdint>

namespace caligo::kernels {

inline constexpr unsigned max_list_size = 32;
inline constexpr unsigned max_levels = 25;  ///< n ≤ 24
/// Every buffer is readable and writable this many bytes beyond its nominal size: kernels work on whole vectors.
inline constexpr std::size_t padding = 64;

/// Metrics are unsigned 16-bit numbers, so that a list of 32 fills one vector. When the largest of a living path
/// reaches 2^15 after a node, the least is subtracted from all, and what is then still larger is cut to 2^15 - 1: only
/// paths that are that far behind the best can be confused. A node of 8-bit LLRs adds at most 256·127 in one step
/// (longer ones are summed in 32 bits), so nothing overflows in between; of 16-bit LLRs sums saturate, which is
/// noticed, and then they are formed anew in 32 bits.
inline constexpr std::uint32_t empty_metric = 0xffff;  ///< a lane without a path
inline constexpr std::uint32_t metric_limit = 0x8000;

/// LLRs are int8 or int16, clipped to ± the largest. A saturated LLR stands for any larger one, so the price of
/// deciding against it is unknown: charged as 127 it would be far too cheap, and at N ≥ 2^19 such forks crowd the right
/// path out of the list. Its bit does not fork at all.
template <class Llr>
inline constexpr std::int32_t saturated_llr = (1 << (8 * sizeof(Llr) - 1)) - 1;

/// Node operations. A node of level v covers 2^v positions from `offset`. "Single" nodes lie before the first
/// information bit: all paths agree, so one copy of their LLRs is kept instead of one per lane. The LLRs of a "virtual"
/// node, the right child of a single one, are computed from those of its parent wherever they are read, never stored.
enum class OpType : std::uint8_t {
  single_f,       ///< LLRs of the left child, one copy
  single_g_zero,  ///< LLRs of the right child behind a frozen left child, one copy
  single_g,       ///< LLRs of the right child, one copy -> lanes
  replicate,      ///< LLRs of this node, one copy -> lanes
  virtual_f,      ///< LLRs of the left child of a virtual node
  virtual_g,      ///< LLRs of the right child of a virtual node
  f,              ///< LLRs of the left child
  g,              ///< LLRs of the right child
  rate0_left_g,   ///< penalty of a frozen left child, and LLRs of the right child
  // The same, and f of the child in the same pass, whose f would be the next operation.
  single_g_f,
  virtual_f_f,
  virtual_g_f,
  f_f,
  g_f,
  combine,        ///< partial sums of this node from both children
  combine_zero,   ///< the same with a frozen left child
  rate0,          ///< leaf: all positions frozen
  repetition,     ///< leaf: only the last position carries information
  rate1,          ///< leaf: all positions carry information
  single_parity,  ///< leaf: only the first position is frozen
};
inline constexpr std::size_t op_types = static_cast<std::size_t>(OpType::single_parity) + 1;

struct Op {
  OpType type;
  std::uint8_t level;
  std::uint32_t offset;
};

/// Where the path in each lane came from: after a node, lane l continues the path that was in lane source[l] before it.
/// The L sources are repeated over all 64 bytes, the form in which vectors are permuted.
struct LaneMap {
  alignas(64) std::int8_t source[64];
  bool identity;
};

/// Scratch of one decoder. With L lanes, LLRs of a node of S positions lie as [S][L] (lane = path); partial sums are
/// bit planes: the bit of position i in lane l is bit i·L + l of `sums`.
template <class Llr>
struct Workspace {
  alignas(64) std::uint16_t metric[max_list_size];
  std::uint32_t worst_metric;  ///< max over the lanes
  Llr* lane_llr[max_levels];
  Llr* single_llr[max_levels];
  std::uint64_t* sums;
  LaneMap result[max_levels];  ///< map of the last finished node of a level
  LaneMap left[max_levels];    ///< map of the left child, kept while the right child runs
  std::uint16_t correction;    ///< of f, in LLR units (16-bit LLRs only): see the unit's CheckNode
};

/// One list size of one instruction set.
template <class Llr>
struct ListKernel {
  /// Runs a program on channel LLRs that lie in single_llr[n].
  void (*run)(Workspace<Llr>& workspace, const Op* begin, const Op* end);
  /// out[i/64] bit i%64 = partial sum of position i in `lane`, for 64·words positions.
  void (*extract_lane)(const std::uint64_t* sums, unsigned lane, std::uint64_t* out, std::size_t words);
};

template <class Llr>
struct ListKernels {
  ListKernel<Llr> list[5];  ///< list sizes 2, 4, 8, 16, 32
  /// out[i] = flip bit i ? -in[i] : in[i], with the least number taken as the next one; whole words of 64 bits.
  void (*copy_flipped)(const Llr* in, const std::uint64_t* flip, Llr* out, std::size_t words);
  /// Sum of |LLR| over the positions whose bit goes against the LLR; whole words of 64 bits, no LLR is the least
  /// number.
  std::uint64_t (*penalty)(const Llr* llr, const std::uint64_t* bits, std::size_t words);
};
using KernelTable = ListKernels<std::int8_t>;
using WideKernelTable = ListKernels<std::int16_t>;

/// Null if the unit is not part of this build.
const KernelTable* scalar_kernels() noexcept;
const KernelTable* neon_kernels() noexcept;
const KernelTable* avx2_kernels() noexcept;
const KernelTable* avx512bw_kernels() noexcept;
const KernelTable* avx512_kernels() noexcept;
const WideKernelTable* scalar_wide_kernels() noexcept;
const WideKernelTable* neon_wide_kernels() noexcept;
const WideKernelTable* avx2_wide_kernels() noexcept;
const WideKernelTable* avx512bw_wide_kernels() noexcept;
const WideKernelTable* avx512_wide_kernels() noexcept;

}  // namespace caligo::kernels
