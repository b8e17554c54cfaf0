// SPDX-License-Identifier: Apache-2.0
#include "encode/contiguous.hpp"

#include <array>
#include <bit>

namespace caligo::encode {

namespace {

/// low[s]: the bits of a word whose position has no 2^s in its binary form.
constexpr std::array<std::uint64_t, 6> low = {0x5555555555555555U, 0x3333333333333333U, 0x0F0F0F0F0F0F0F0FU,
                                              0x00FF00FF00FF00FFU, 0x0000FFFF0000FFFFU, 0x00000000FFFFFFFFU};

/// Adds every k that has more binary digits than a member.
void close_upwards(BitString& set) {
  const std::span<std::uint64_t> words = set.words();
  for (std::uint64_t& w : words) {
    for (unsigned s = 0; s < 6; ++s) w |= (w & low[s]) << (1U << s);
  }
  for (std::size_t h = 1; h < words.size(); h *= 2) {
    for (std::size_t i = 0; i < words.size(); ++i) {
      if ((i & h) == 0) words[i + h] |= words[i];
    }
  }
}

/// Adds every k that has fewer binary digits than a member.
void close_downwards(BitString& set) {
  const std::span<std::uint64_t> words = set.words();
  for (std::uint64_t& w : words) {
    for (unsigned s = 0; s < 6; ++s) w |= (w >> (1U << s)) & low[s];
  }
  for (std::size_t h = 1; h < words.size(); h *= 2) {
    for (std::size_t i = 0; i < words.size(); ++i) {
      if ((i & h) == 0) words[i] |= words[i + h];
    }
  }
}

}  // namespace

bool domination_contiguous(BitView set) {
  assert(set.empty() || std::has_single_bit(set.size()));
  BitString above(set);
  BitString below(set);
  close_upwards(above);
  close_downwards(below);
  // A non-member in both closures lies between two members. Positions beyond a short set are in no downward closure.
  for (std::size_t i = 0; i < set.words().size(); ++i) {
    if ((above.words()[i] & below.words()[i] & ~set.words()[i]) != 0) return false;
  }
  return true;
}

bool any_above(BitView set, BitView others) {
  assert(set.size() == others.size() && std::has_single_bit(set.size()));
  BitString above(set);
  close_upwards(above);
  for (std::size_t i = 0; i < set.words().size(); ++i) {
    if ((above.words()[i] & others.words()[i]) != 0) return true;
  }
  return false;
}

}  // namespace caligo::encode
