// SPDX-License-Identifier: Apache-2.0
#include <caligo/encode.hpp>

#include <bit>

namespace caligo {

namespace {

/// Words that stay in the first-level cache (16 KiB) while all their stages run.
constexpr std::size_t cached_words = 2048;

/// The six stages inside a word: bit i takes in bit i + s wherever i has no s in its binary form.
void transform_words(std::uint64_t* words, std::size_t count) noexcept {
  for (std::size_t i = 0; i < count; ++i) {
    std::uint64_t w = words[i];
    w ^= (w >> 1) & 0x5555555555555555U;
    w ^= (w >> 2) & 0x3333333333333333U;
    w ^= (w >> 4) & 0x0F0F0F0F0F0F0F0FU;
    w ^= (w >> 8) & 0x00FF00FF00FF00FFU;
    w ^= (w >> 16) & 0x0000FFFF0000FFFFU;
    w ^= w >> 32;
    words[i] = w;
  }
}

/// Two stages in one pass, strides h and 2h, over 4h words.
void butterfly_4(std::uint64_t* words, std::size_t h) noexcept {
  for (std::size_t i = 0; i < h; ++i) {
    const std::uint64_t b = words[h + i];
    const std::uint64_t c = words[2 * h + i];
    const std::uint64_t d = words[3 * h + i];
    words[i] ^= b ^ c ^ d;
    words[h + i] = b ^ d;
    words[2 * h + i] = c ^ d;
  }
}

void butterfly_2(std::uint64_t* words, std::size_t h) noexcept {
  for (std::size_t i = 0; i < h; ++i) words[i] ^= words[h + i];
}

/// All stages of a power of two of words that fits the cache.
void transform_block(std::uint64_t* words, std::size_t count) noexcept {
  transform_words(words, count);
  std::size_t h = 1;
  for (; 4 * h <= count; h *= 4) {
    for (std::size_t start = 0; start < count; start += 4 * h) butterfly_4(words + start, h);
  }
  if (2 * h == count) butterfly_2(words, h);
}

/// The top stages first, then each quarter by itself: the stages commute, and every quarter is fetched once per level.
void transform(std::uint64_t* words, std::size_t count) noexcept {
  if (count <= cached_words) return transform_block(words, count);
  if (count == 2 * cached_words) {
    butterfly_2(words, cached_words);
    transform_block(words, cached_words);
    return transform_block(words + cached_words, cached_words);
  }
  const std::size_t quarter = count / 4;
  butterfly_4(words, quarter);
  for (std::size_t part = 0; part < 4; ++part) transform(words + part * quarter, quarter);
}

}  // namespace

void polar_transform(MutableBitView x) noexcept {
  assert(x.empty() || std::has_single_bit(x.size()));
  // Short words: the pad bits are zero, so the wider transform leaves them and the value alone.
  if (!x.empty()) transform(x.words().data(), x.words().size());
}

}  // namespace caligo
