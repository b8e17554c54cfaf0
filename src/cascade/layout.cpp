// SPDX-License-Identifier: Apache-2.0
#include "cascade/layout.hpp"

#include <sodium.h>
#include <caligo/random.hpp>

#include <algorithm>
#include <array>
#include <bit>

#include "cascade/transpose.hpp"

namespace caligo::cascade {

Layout::Layout(unsigned log2_block, unsigned subsets, std::uint64_t seed)
    : log2_words_(log2_block - 6),
      log2_height_(std::min(log2_words_, 6U)),
      log2_tiles_(log2_words_ - log2_height_),
      words_(std::uint32_t{1} << log2_words_),
      height_(std::uint32_t{1} << log2_height_),
      rotations_(words_),
      halves_(std::size_t{subsets} * words_) {
  CounterRandom random(seed, 0);
  for (auto& rotation : rotations_) rotation = static_cast<std::uint8_t>(random.below(64));
  for (std::size_t i = 0; i < subsets; ++i) {
    CounterRandom half(seed, 1 + i);
    half.fill(MutableBitView(halves_.data() + i * words_, bits()));
  }
}

void Layout::load(const std::uint64_t* source, Cell* cells) const noexcept {
  std::fill_n(cells, 2 * std::size_t{words_}, Cell{});
  Cell* const by_rows = cells + words_;
  std::array<std::uint64_t, 64> tile{};
  for (std::uint32_t t = 0; t < tiles(); ++t) {
    for (std::uint32_t i = 0; i < height_; ++i) {
      const std::uint32_t row = t << log2_height_ | i;
      by_rows[i << log2_tiles_ | t].bits = source[row];
      tile[i] = std::rotl(source[row], rotations_[row]);
    }
    transpose64(tile.data());  // rows from `height` on are zero: what they gave is shifted out below
    const std::uint64_t whole = height_ == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << height_) - 1;
    for (std::uint32_t column = 0; column < 64; ++column) {
      const std::uint32_t position = (t << 6 | column) << log2_height_;
      cells[position / 64].bits |= (tile[column] & whole) << (position % 64);
      if (height_ < 64) tile[column] = 0;
    }
  }
  sodium_memzero(tile.data(), sizeof tile);
}

void Layout::store(const Cell* cells, std::uint64_t* target) const noexcept {
  const Cell* const by_rows = cells + words_;
  for (std::uint32_t row = 0; row < words_; ++row) target[row] = by_rows[stored_row(row)].bits;
}

}  // namespace caligo::cascade
