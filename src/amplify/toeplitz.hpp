// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Products of Toeplitz matrices and vectors over GF(2), in the convention of <caligo/amplify.hpp>.

#include <caligo/bits.hpp>
#include <caligo/isa.hpp>

#include <cstddef>
#include <cstdint>

#include "decode/arena.hpp"
#include "kernels/toeplitz_kernels.hpp"

namespace caligo::amplify {

/// Memory and steps of one product T·x. T·x is a part of a product of polynomials: with words as coefficients, and s
/// shifted so that wanted bits begin with a word, y_q = Σ_j s_(q+j)·x'_j, where x' is x with its words in reverse
/// order. That is the transpose of the multiplication of polynomials by x', which is evaluation, multiplication by
/// values, interpolation; so y comes from the transposed steps in reverse, at no more points than s has words
/// (Bostan, Lecerf and Schost, "Tellegen's principle into practice", ISSAC 2003).
class ToeplitzProduct {
 public:
  /// For all rows, columns with words_for(rows) + words_for(columns) ≤ words. Throws std::bad_alloc.
  ToeplitzProduct(std::size_t words, Isa isa);
  /// Bytes that an object takes.
  [[nodiscard]] static std::size_t bytes_for_words(std::size_t words, Isa isa) noexcept;
  [[nodiscard]] std::size_t memory_bytes() const noexcept { return arena_.size(); }

  /// The shape of what follows, at least one row and one column.
  void set_shape(std::size_t rows, std::size_t columns) noexcept;
  /// Fewer rows from the next seed on, with the input as it is.
  void set_rows(std::size_t rows) noexcept { rows_ = rows; }
  /// x = bits[offset, offset + columns).
  void set_input(BitView bits, std::size_t offset) noexcept;
  /// s = bits[offset, offset + rows + columns - 1).
  void set_seed(BitView bits, std::size_t offset) noexcept;
  /// output[offset, offset + rows) += T·x; offset is a multiple of 64. Forgets the input, or the seed.
  void add_forgetting_input(MutableBitView output, std::size_t offset) noexcept;
  void add_forgetting_seed(MutableBitView output, std::size_t offset) noexcept;

 private:
  void add(std::uint8_t* product, const std::uint8_t* other, MutableBitView output, std::size_t offset) noexcept;
  void add_direct(MutableBitView output, std::size_t offset) const noexcept;
  /// Where `side` has its words before they are embedded.
  [[nodiscard]] std::uint64_t* words_of(std::uint8_t* side) const noexcept;

  const kernels::ToeplitzKernels& kernels_;
  decode::Arena arena_;
  std::uint8_t* input_ = nullptr;
  std::uint8_t* seed_ = nullptr;
  std::size_t rows_ = 0;
  std::size_t columns_ = 0;
  unsigned log2_points_ = 0;
  bool is_direct_ = false;  ///< by correlate(): few words, or few rows or columns
};

}  // namespace caligo::amplify
