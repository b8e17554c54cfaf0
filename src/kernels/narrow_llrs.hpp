// SPDX-License-Identifier: Apache-2.0
#pragma once
/// A 64-byte vector as the kernels' vector class with 8-bit LLRs: a vector of LLRs is a vector of bytes.
///
/// Kernels know vectors of 64 LLRs (Llrs), whose width is the class's, and vectors of 64 bytes (Bytes), for lane maps
/// and the like, which are the same whatever the LLRs. wide_*.hpp are the classes with 16-bit LLRs.

#include "kernels/kernels.hpp"

namespace caligo::kernels {

template <class Vector>
struct NarrowLlrs : Vector {
  using Llr = std::int8_t;
  using Llrs = typename Vector::Bytes;
  /// Sums of LLRs of up to 256 positions fit 16 bits.
  static constexpr bool sums_saturate = false;
  using Total = typename Vector::Sum;
  /// Nodes of up to 2^fixed_levels positions have handlers of their own.
  static constexpr unsigned fixed_levels = 6;

  /// f at a check node, min-sum.
  struct CheckNode {
    explicit CheckNode(std::uint16_t /*correction*/) {}
    Llrs operator()(const Llrs& a, const Llrs& b) const { return Vector::f(a, b); }
  };

  static Llrs llrs(Llr value) { return Vector::fill(value); }
  /// Index for permute() of LLRs from the sources of a lane map.
  template <unsigned L>
  static typename Vector::Index llr_index(const typename Vector::Bytes& source) {
    return Vector::template index<L>(source);
  }
  /// What takes the place of a magnitude to mark a position as that of a rank: greater than all, as unsigned numbers.
  static Llr mark_of(unsigned rank) { return static_cast<Llr>(static_cast<std::uint8_t>(0x80 | rank)); }
  /// Marks as bytes, 0x80 + rank; what is no mark becomes a byte below 0x80.
  static typename Vector::Bytes marks(const Llrs& v) { return v; }
};

}  // namespace caligo::kernels
