// SPDX-License-Identifier: Apache-2.0
#pragma once
/// x ← x·F^(⊗n) on packed bits, over a vector of words W (words_scalar.hpp says what its operations mean).
///
/// Stage s adds bit i + 2^s to every bit i without 2^s in its binary form. Stages commute, so they run in the order
/// that suits the caches: the longest strides first, several stages per sweep while the operands are in registers, then
/// each part by itself, depth first, down to blocks that fit the registers altogether.

#include <cstddef>
#include <cstdint>

namespace caligo::kernels {

/// The stages between `count` vectors.
template <class W, std::size_t count>
inline void add_upper(typename W::Type (&v)[count]) {
  for (std::size_t h = 1; h < count; h *= 2) {
    for (std::size_t i = 0; i < count; ++i) {
      if ((i & h) == 0) v[i] = W::add(v[i], v[i + h]);
    }
  }
}

/// All stages of `count` neighbouring vectors.
template <class W, std::size_t count>
inline void transform_block(std::uint64_t* x) {
  typename W::Type v[count];
  for (std::size_t i = 0; i < count; ++i) v[i] = W::transform(W::load(x + i * W::words));
  add_upper<W>(v);
  for (std::size_t i = 0; i < count; ++i) W::store(x + i * W::words, v[i]);
}

/// The uppermost stages of `count` parts of `part` words each.
template <class W, std::size_t count>
inline void transform_upper(std::uint64_t* x, std::size_t part) {
  for (std::size_t column = 0; column < part; column += W::words) {
    typename W::Type v[count];
    for (std::size_t i = 0; i < count; ++i) v[i] = W::load(x + i * part + column);
    add_upper<W>(v);
    for (std::size_t i = 0; i < count; ++i) W::store(x + i * part + column, v[i]);
  }
}

/// Fewer words than a vector has: zeros above them change nothing below.
template <class W>
inline void transform_short(std::uint64_t* x, std::size_t words) {
  std::uint64_t padded[W::words] = {};
  for (std::size_t i = 0; i < words; ++i) padded[i] = x[i];
  transform_block<W, 1>(padded);
  for (std::size_t i = 0; i < words; ++i) x[i] = padded[i];
}

/// `vectors`, a power of two from `count` to W::block.
template <class W, std::size_t count = 1>
inline void transform_registers(std::uint64_t* x, std::size_t vectors) {
  if (vectors == count) return transform_block<W, count>(x);
  if constexpr (count < W::block) transform_registers<W, 2 * count>(x, vectors);
}

template <class W>
void polar_transform(std::uint64_t* x, std::size_t words) {
  static_assert(W::radix <= W::block);
  if (words < W::words) return transform_short<W>(x, words);
  if (words <= W::block * W::words) return transform_registers<W>(x, words / W::words);
  const std::size_t part = words / W::radix;
  transform_upper<W, W::radix>(x, part);
  for (std::size_t i = 0; i < W::radix; ++i) polar_transform<W>(x + i * part, part);
}

}  // namespace caligo::kernels
