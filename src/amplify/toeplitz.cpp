// SPDX-License-Identifier: Apache-2.0
#include "amplify/toeplitz.hpp"

#include <sodium.h>

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstring>

#include "amplify/tower_field.hpp"
#include "kernels/toeplitz_dispatch.hpp"

namespace caligo::amplify {

namespace {

unsigned log2_points(std::size_t words, std::size_t lanes) noexcept {
  return static_cast<unsigned>(std::bit_width(std::max(words, 2 * lanes) - 1));
}

std::size_t side_bytes(std::size_t words, std::size_t lanes) noexcept {
  return kernels::element_bytes << log2_points(words, lanes);
}

/// out[shift + i] = bits[offset + i] for i < count; all other bits of the `words` words are 0. shift ≤ 64.
void copy_shifted(BitView bits, std::size_t offset, std::size_t count, std::size_t shift, std::uint64_t* out,
                  std::size_t words) noexcept {
  std::memset(out, 0, 8 * words);
  copy_bits(bits, offset, {out, 64 * words}, shift, count);
}

/// out[r] += the lower half of pair r + 1 and the upper half of pair r; of the last word only `bits` in all.
void add_pairs(const std::uint64_t* pairs, std::size_t words, std::uint64_t* out, std::size_t bits) noexcept {
  for (std::size_t r = 0; r < words; ++r) {
    std::uint64_t word = pairs[2 * r + 2] ^ pairs[2 * r + 1];
    if (r + 1 == words && bits % 64 != 0) word &= (std::uint64_t{1} << (bits % 64)) - 1;
    out[r] ^= word;
  }
}

}  // namespace

std::size_t ToeplitzProduct::bytes_for_words(std::size_t words, Isa isa) noexcept {
  const std::size_t bytes = 2 * side_bytes(words, kernels::toeplitz_kernels_for(isa).lanes);
  constexpr std::size_t huge_page = std::size_t{2} << 20;
  return bytes == huge_page / 2 ? huge_page : bytes;  // as the arena rounds powers of two
}

ToeplitzProduct::ToeplitzProduct(std::size_t words, Isa isa) : kernels_(kernels::toeplitz_kernels_for(isa)) {
  const std::size_t side = side_bytes(words, kernels_.lanes);
  const std::size_t input = arena_.reserve(side);
  const std::size_t seed = arena_.reserve(side);
  arena_.allocate();
  input_ = arena_.at<std::uint8_t>(input);
  seed_ = arena_.at<std::uint8_t>(seed);
  (void)field_tables();  // made now rather than in a function that must not fail
}

void ToeplitzProduct::set_shape(std::size_t rows, std::size_t columns) noexcept {
  rows_ = rows;
  columns_ = columns;
  log2_points_ = log2_points(words_for(rows) + words_for(columns), kernels_.lanes);
  const std::size_t products = words_for(columns) * (words_for(rows) + 1);
  is_direct_ = products >> log2_points_ < kernels_.products_per_point;
}

std::uint64_t* ToeplitzProduct::words_of(std::uint8_t* side) const noexcept {
  // Embedding doubles the words, so they wait in the upper half.
  return reinterpret_cast<std::uint64_t*>(side + (is_direct_ ? 0 : std::size_t{8} << log2_points_));
}

void ToeplitzProduct::set_input(BitView bits, std::size_t offset) noexcept {
  const std::size_t points = std::size_t{1} << log2_points_;
  const std::size_t count = words_for(columns_);
  std::uint64_t* words = words_of(input_);
  copy_shifted(bits, offset, columns_, 0, words, is_direct_ ? count : points);
  std::reverse(words, words + count);
  if (is_direct_) {
    std::memset(words + count, 0, 64);
    return;
  }
  // Nothing but zeros beyond the words: the conversion of a shorter polynomial does.
  kernels_.to_novel(words, static_cast<unsigned>(std::bit_width(count - 1)));
  kernels_.embed(field_tables(), words, input_, points);
  kernels_.evaluate(field_tables(), input_, log2_points_);
}

void ToeplitzProduct::set_seed(BitView bits, std::size_t offset) noexcept {
  const std::size_t points = std::size_t{1} << log2_points_;
  const std::size_t pad = 64 * words_for(columns_) - columns_;
  const std::size_t used = words_for(rows_) + words_for(columns_);
  std::uint64_t* words = words_of(seed_);
  copy_shifted(bits, offset, rows_ + columns_ - 1, pad + 1, words, is_direct_ ? used + 9 : points);
  if (is_direct_) return;
  kernels_.to_novel_dual(words, log2_points_);
  kernels_.embed(field_tables(), words, seed_, points);
  kernels_.evaluate_dual(field_tables(), seed_, log2_points_);
}

void ToeplitzProduct::add_forgetting_input(MutableBitView output, std::size_t offset) noexcept {
  if (is_direct_) return add_direct(output, offset);
  add(input_, seed_, output, offset);
}

void ToeplitzProduct::add_forgetting_seed(MutableBitView output, std::size_t offset) noexcept {
  if (is_direct_) return add_direct(output, offset);
  add(seed_, input_, output, offset);
}

void ToeplitzProduct::add(std::uint8_t* product, const std::uint8_t* other, MutableBitView output,
                          std::size_t offset) noexcept {
  const std::size_t points = std::size_t{1} << log2_points_;
  kernels_.multiply(product, other, points);
  kernels_.interpolate_dual(field_tables(), product, log2_points_);
  kernels_.extract(field_tables(), product, points);
  auto* pairs = reinterpret_cast<std::uint64_t*>(product);
  kernels_.from_novel_dual(pairs, log2_points_);
  add_pairs(pairs, words_for(rows_), output.words().data() + offset / 64, rows_);
}

/// Row by row, in blocks whose pairs fit on the stack.
void ToeplitzProduct::add_direct(MutableBitView output, std::size_t offset) const noexcept {
  constexpr std::size_t block = 64;
  const auto* s = reinterpret_cast<const std::uint64_t*>(seed_);
  const auto* x = reinterpret_cast<const std::uint64_t*>(input_);
  const std::size_t padded = (words_for(columns_) + 7) / 8 * 8;
  std::uint64_t* out = output.words().data() + offset / 64;
  for (std::size_t row = 0; row < words_for(rows_); row += block) {
    const std::size_t count = std::min(block, words_for(rows_) - row);
    std::uint64_t pairs[2 * (block + 1)];
    kernels_.correlate(s + row, x, padded, count + 1, pairs);
    add_pairs(pairs, count, out + row, std::min(rows_ - 64 * row, 64 * count));
    sodium_memzero(pairs, sizeof pairs);
  }
}

}  // namespace caligo::amplify
