// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Deposit and extract of one word in plain C++.

#include <cstddef>
#include <cstdint>

namespace caligo::kernels::scalar {

/// Parallel suffix compress and expand, after Warren, Hacker's Delight, 2nd ed., 7-4 and 7-5: six masked shifts, each
/// of which moves the bits whose way to go has that binary digit. Finding the masks costs more than the moves; most
/// words of a polar code's mask are all ones or all zeros and need neither.
struct Select {
  static std::uint64_t extract(std::uint64_t x, std::uint64_t mask) {
    if (mask == 0) return 0;
    if (mask == ~std::uint64_t{0}) return x;
    Moves moves(mask);
    x &= mask;
    for (unsigned step = 0; step < 6; ++step) {
      const std::uint64_t moved = x & moves.of[step];
      x = (x ^ moved) | (moved >> (1U << step));
    }
    return x;
  }
  static std::uint64_t deposit(std::uint64_t x, std::uint64_t mask) {
    if (mask == 0) return 0;
    if (mask == ~std::uint64_t{0}) return x;
    Moves moves(mask);
    for (unsigned step = 6; step-- > 0;) {
      const std::uint64_t shifted = x << (1U << step);
      x = (x & ~moves.of[step]) | (shifted & moves.of[step]);
    }
    return x & mask;
  }
  static std::size_t count(std::uint64_t x) {
    x -= (x >> 1) & 0x5555555555555555U;
    x = (x & 0x3333333333333333U) + ((x >> 2) & 0x3333333333333333U);
    x = (x + (x >> 4)) & 0x0F0F0F0F0F0F0F0FU;
    return static_cast<std::size_t>((x * 0x0101010101010101U) >> 56);
  }

 private:
  struct Moves {
    std::uint64_t of[6];
    explicit Moves(std::uint64_t mask) {
      std::uint64_t zeros_below = ~mask << 1;
      for (unsigned step = 0; step < 6; ++step) {
        std::uint64_t parity = zeros_below;
        for (unsigned shift = 1; shift < 64; shift *= 2) parity ^= parity << shift;
        of[step] = parity & mask;
        mask = (mask ^ of[step]) | (of[step] >> (1U << step));
        zeros_below &= ~parity;
      }
    }
  };
};

}  // namespace caligo::kernels::scalar
