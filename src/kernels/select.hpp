// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Deposit and extract by a mask, a word at a time. S has the two operations on one word (like PDEP and PEXT of x86)
/// and count(), the number of ones. No access leaves the words that hold bits of the strings.

#include <cstddef>
#include <cstdint>

namespace caligo::kernels {

template <class S, bool keep>
void deposit(const std::uint64_t* src, std::size_t bits, const std::uint64_t* mask, std::uint64_t* dst,
             std::size_t words) {
  const std::size_t last = bits == 0 ? 0 : (bits - 1) / 64;
  std::size_t position = 0;
  std::size_t i = 0;
  const auto put = [&](std::uint64_t value) {
    const std::uint64_t placed = S::deposit(value, mask[i]);
    dst[i] = keep ? dst[i] | placed : placed;
    position += S::count(mask[i]);
  };
  // Shifted in two steps, as a shift by 64 is undefined.
  for (; i < words && position < 64 * last; ++i) {
    const std::size_t word = position / 64;
    const std::size_t shift = position % 64;
    put((src[word] >> shift) | (src[word + 1] << 1 << (63 - shift)));
  }
  for (; i < words && position < bits; ++i) put(src[last] >> (position - 64 * last));
  for (; i < words && !keep; ++i) dst[i] = 0;
}

template <class S>
void extract(const std::uint64_t* src, const std::uint64_t* mask, std::size_t words, std::uint64_t* dst,
             std::size_t bits) {
  std::size_t position = 0;
  std::uint64_t open = 0;  // the word that is being filled
  for (std::size_t i = 0; i < words && position < bits; ++i) {
    const std::uint64_t value = S::extract(src[i], mask[i]);
    const std::size_t shift = position % 64;
    open |= value << shift;
    dst[position / 64] = open;
    const std::size_t next = position + S::count(mask[i]);
    if (next / 64 != position / 64) open = value >> 1 >> (63 - shift);
    position = next;
  }
  if (position % 64 != 0) dst[position / 64] = open;
}

}  // namespace caligo::kernels
