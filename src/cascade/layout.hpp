// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Where the bits of a block lie in the two passes that have intervals, and the random halves of the later ones. A
/// block of n = 64·W bits is a matrix of W rows (its words, as they come) and 64 columns, whose row r is rotated left
/// by rotation(r). The rows are in `tiles` of `height` rows.
///
/// Columns (first pass): tile after tile, in it column after column of the rotated matrix, in it row after row.
/// Rows (second pass): the unrotated rows, row i of every tile, then row i + 1 of every tile, and so on.
///
/// So an interval of the first pass takes its bits from many rows: errors that come in bursts fall into different ones.
/// And as long as the lengths of a first and a second interval multiply to at most n, they have at most one bit in
/// common, so that two errors cannot hide from both passes; a random permutation would let some of them. The rotations
/// make the rest random. Converting between the two costs a transposition of 64 × 64 bits per 64 words.

#include <caligo/bits.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace caligo::cascade {

/// The two orders of the bits of a block, and the third kind of interval: the part of a range of columns order that
/// lies in a random half (or outside it).
enum Order : std::uint32_t { columns = 0, rows = 1, subset = 2 };

/// One word of a block in one order, with what is known about it to both sides.
struct Cell {
  std::uint64_t bits = 0;
  std::uint64_t known = 0;  ///< bits whose value Alice's parities determine: surely right by now
  std::uint64_t cuts = 0;   ///< an interval starts here: one whose parity Alice has disclosed, and no shorter one
  std::uint64_t odd = 0;    ///< … and an odd number of errors is in it; at its start only
};

/// Wipes key material.
void wipe_words(std::uint64_t* words, std::size_t count) noexcept;

class Layout {
 public:
  /// subsets: random halves to prepare.
  Layout(unsigned log2_block, unsigned subsets, std::uint64_t seed);

  [[nodiscard]] std::uint32_t words() const noexcept { return words_; }
  [[nodiscard]] std::uint32_t bits() const noexcept { return 64 * words_; }
  [[nodiscard]] unsigned log2_bits() const noexcept { return log2_words_ + 6; }
  [[nodiscard]] std::uint32_t to_rows(std::uint32_t column_position) const noexcept {
    const std::uint32_t row_in_tile = column_position & (height_ - 1);
    const std::uint32_t column = column_position >> log2_height_ & 63;
    const std::uint32_t tile = column_position >> (log2_height_ + 6);
    const std::uint32_t shift = rotations_[tile << log2_height_ | row_in_tile];
    return (row_in_tile << log2_tiles_ | tile) << 6 | ((column - shift) & 63);
  }
  [[nodiscard]] std::uint32_t to_columns(std::uint32_t row_position) const noexcept {
    const std::uint32_t stored = row_position >> 6;
    const std::uint32_t tile = stored & (tiles() - 1);
    const std::uint32_t row_in_tile = stored >> log2_tiles_;
    const std::uint32_t column = (row_position + rotations_[tile << log2_height_ | row_in_tile]) & 63;
    return (tile << 6 | column) << log2_height_ | row_in_tile;
  }
  /// Word w of random half `index`, in columns order.
  [[nodiscard]] const std::uint64_t* half(std::size_t index) const noexcept { return halves_.data() + index * words_; }

  /// Fills in the bits of both orders and clears the rest. source: words() words; cells: words() of columns order, then
  /// words() of rows order.
  void load(const std::uint64_t* source, Cell* cells) const noexcept;
  /// The reverse, from rows order.
  void store(const Cell* cells, std::uint64_t* target) const noexcept;
  /// Bit i of the block, i < bits(), in rows order.
  [[nodiscard]] std::uint32_t input_to_rows(std::uint32_t i) const noexcept {
    return stored_row(i >> 6) << 6 | (i & 63);
  }

 private:
  [[nodiscard]] std::uint32_t tiles() const noexcept { return std::uint32_t{1} << log2_tiles_; }
  [[nodiscard]] std::uint32_t stored_row(std::uint32_t row) const noexcept {
    return (row & (height_ - 1)) << log2_tiles_ | row >> log2_height_;
  }
  unsigned log2_words_;
  unsigned log2_height_;
  unsigned log2_tiles_;
  std::uint32_t words_;
  std::uint32_t height_;
  std::vector<std::uint8_t> rotations_;  ///< by row
  std::vector<std::uint64_t> halves_;
};

}  // namespace caligo::cascade
