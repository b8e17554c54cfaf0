// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Deposit and extract by a mask, a word at a time. S has the two operations on one word (like PDEP and PEXT of x86)
/// and count(), the number of ones. No access leaves the words that hold bits of the strings.

#include <cstddef>
#include <cstdint>

namespace caligo::kernels {

template <class S, bool keep>
inline void deposit_word(std::uint64_t value, std::uint64_t mask, std::uint64_t* dst) {
  const std::uint64_t placed = S::deposit(value, mask);
  *dst = keep ? *dst | placed : placed;
}

template <class S, bool keep>
void deposit(const std::uint64_t* src, std::size_t bits, const std::uint64_t* mask, std::uint64_t* dst,
             std::size_t words) {
  const std::size_t last = bits == 0 ? 0 : (bits - 1) / 64;
  std::size_t position = 0;
  std::size_t i = 0;
  for (; i < words && position < 64 * last; ++i) {
    const std::uint64_t m = mask[i];
    const std::uint64_t* from = src + position / 64;
    // 63 - position % 64 places and one more, as a shift by 64 is undefined.
    const std::uint64_t value = (from[0] >> (position % 64)) | (from[1] << 1 << (~position % 64));
    position += S::count(m);
    deposit_word<S, keep>(value, m, dst + i);
  }
  for (; i < words && position < bits; ++i) {
    const std::uint64_t m = mask[i];
    const std::size_t shift = position - 64 * last;
    position += S::count(m);
    deposit_word<S, keep>(src[last] >> shift, m, dst + i);
  }
  for (; i < words && !keep; ++i) dst[i] = 0;
}

template <class S>
void extract(const std::uint64_t* src, const std::uint64_t* mask, std::size_t words, std::uint64_t* dst,
             std::size_t bits) {
  std::size_t position = 0;
  std::uint64_t open = 0;  // the word that is being filled
  for (std::size_t i = 0; i < words && position < bits; ++i) {
    const std::uint64_t value = S::extract(src[i], mask[i]);
    open |= value << (position % 64);
    dst[position / 64] = open;
    const std::size_t next = position + S::count(mask[i]);
    if (next / 64 != position / 64) open = value >> 1 >> (~position % 64);
    position = next;
  }
  if (position % 64 != 0) dst[position / 64] = open;
}

}  // namespace caligo::kernels
