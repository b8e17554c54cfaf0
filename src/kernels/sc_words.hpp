// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Bits of 64 interleaved frames: one word per position, bit f belongs to frame f. Templates on the vector class V only
/// so that each unit has code of its own; the loops are written for compilers to vectorise.

#include "kernels/sc_kernels.hpp"

namespace caligo::kernels {

/// Strides 1, 2 and 4 of eight words.
template <class V>
void transform_block_of_8(std::uint64_t* w) {
  for (unsigned h = 1; h < 8; h *= 2) {
    for (unsigned i = 0; i < 8; ++i) {
      if ((i & h) == 0) w[i] ^= w[i + h];
    }
  }
}

template <class V, class S>
void transform_words(std::uint64_t* words, std::size_t count) {
  if (count < 8) {
    for (std::size_t h = 1; h < count; h *= 2) {
      for (std::size_t i = 0; i < count; ++i) {
        if ((i & h) == 0) words[i] ^= words[i + h];
      }
    }
    return;
  }
  for (std::size_t i = 0; i < count; i += 8) S::transform_block_of_8(words + i);
  for (std::size_t h = 8; h < count; h *= 2) {
    for (std::size_t start = 0; start < count; start += 2 * h) {
      std::uint64_t* left = words + start;
      for (std::size_t i = 0; i < h; ++i) left[i] ^= left[h + i];
    }
  }
}

/// Quadrants are exchanged at sizes 32, 16, … 1 (Hacker's Delight, 7-3).
template <class V>
void transpose_words(const std::uint64_t* in, std::uint64_t* out) {
  std::uint64_t w[64];
  for (unsigned i = 0; i < 64; ++i) w[i] = in[i];
  std::uint64_t mask = 0x00000000ffffffffU;
  for (unsigned size = 32; size != 0; size /= 2, mask ^= mask << size) {
    for (unsigned start = 0; start < 64; start += 2 * size) {
      for (unsigned i = start; i < start + size; ++i) {
        const std::uint64_t swap = ((w[i] >> size) ^ w[i + size]) & mask;
        w[i] ^= swap << size;
        w[i + size] ^= swap;
      }
    }
  }
  for (unsigned i = 0; i < 64; ++i) out[i] = w[i];
}

/// Eight positions at a time: all distances are at least 8.
template <class V>
void reduce_words(std::uint64_t* words, std::size_t count, const std::uint16_t* distances, std::size_t taps) {
  std::size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    std::uint64_t sum[8];
    for (unsigned k = 0; k < 8; ++k) sum[k] = words[i + k];
    for (std::size_t t = 0; t < taps; ++t) {
      const std::uint64_t* earlier = words + i - distances[t];
      for (unsigned k = 0; k < 8; ++k) sum[k] ^= earlier[k];
    }
    for (unsigned k = 0; k < 8; ++k) words[i + k] = sum[k];
  }
  for (; i < count; ++i) {
    for (std::size_t t = 0; t < taps; ++t) words[i] ^= *(words + i - distances[t]);  // may lie before words[0]
  }
}

}  // namespace caligo::kernels
