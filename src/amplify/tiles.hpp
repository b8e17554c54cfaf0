// SPDX-License-Identifier: Apache-2.0
#pragma once
/// A Toeplitz matrix in tiles, each of which is Toeplitz again.

#include <caligo/amplify.hpp>

#include <cstddef>

#include "amplify/toeplitz.hpp"

namespace caligo::amplify {

/// T of a hash: rows x columns, and where its columns begin in the input.
struct Matrix {
  std::size_t rows = 0;
  std::size_t columns = 0;
  std::size_t first_column = 0;  ///< input bits before it are copied to the output
};
[[nodiscard]] Matrix matrix_of(const AmplifierSettings& settings) noexcept;

/// Errors: invalid_argument.
Result<void> check(const AmplifierSettings& settings);

/// Points, in words, of the longest product that max_bytes allow; 0 if none.
[[nodiscard]] std::size_t affordable_words(std::size_t max_bytes, Isa isa) noexcept;

/// Seed bit 0 of the tile with the given first row, first column and number of columns.
[[nodiscard]] inline std::size_t seed_offset(const Matrix& matrix, std::size_t row, std::size_t column,
                                             std::size_t columns) noexcept {
  return row + matrix.columns - column - columns;
}

/// output += T·x for columns [column, column + columns) of T, whose x is input[offset, offset + columns), in tiles of
/// `tile_rows` rows, a multiple of 64. set_seed(first bit, rows of the tile): calls product.set_seed().
template <class SetSeed>
Result<void> add_columns(ToeplitzProduct& product, const Matrix& matrix, std::size_t tile_rows, std::size_t column,
                         std::size_t columns, BitView input, std::size_t offset, MutableBitView output,
                         SetSeed set_seed) {
  product.set_shape(tile_rows < matrix.rows ? tile_rows : matrix.rows, columns);
  product.set_input(input, offset);
  for (std::size_t row = 0; row < matrix.rows; row += tile_rows) {
    const std::size_t rows = matrix.rows - row < tile_rows ? matrix.rows - row : tile_rows;
    product.set_rows(rows);
    if (auto read = set_seed(seed_offset(matrix, row, column, columns), rows); !read) return read;
    product.add_forgetting_seed(output, row);
  }
  return {};
}

}  // namespace caligo::amplify
