// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Kernels on packed bits: polar transform, selection by a mask, remainders, counts. Like kernels.hpp, this is what the
/// per-ISA units see, so it has raw pointers and plain structs only. Bit i of a string is bit i%64 of word i/64.

#include <cstddef>
#include <cstdint>

namespace caligo::kernels {

/// Distances in bits over which a remainder is carried forward at once (crc.hpp).
inline constexpr std::size_t fold_distances[] = {128, 512, 2048};

/// A generator polynomial of degree w, 1 to 32, prepared for division. Everything is mirrored, as in `Crc`: bit 0 is
/// the highest power, so packed bits enter as they are.
struct CrcDivisor {
  /// Slicing by eight: sliced[256·k + b] is the remainder of byte b followed by k zero bytes.
  const std::uint32_t* sliced;
  /// For carry-less multiplication. Pairs x^(d+63), x^(d-1) mod P for d in fold_distances, as words whose bit 63 is the
  /// coefficient of x^0; then the quotient floor(x^(64+w)/P), bit 0 for x^64; then P without x^w, bit 1 for x^(w-1).
  const std::uint64_t* multipliers;
};
inline constexpr std::size_t barrett_index = 2 * (sizeof fold_distances / sizeof fold_distances[0]);
inline constexpr std::size_t crc_multipliers = barrett_index + 2;

struct BitKernels {
  /// x ← x·F^(⊗n) in place for 2^n = 64·words bits; words is a power of two.
  void (*polar_transform)(std::uint64_t* x, std::size_t words);
  /// dst[j-th set position of mask] = src[j] for the `bits` ones of the mask; elsewhere 0. `words` of mask and dst.
  void (*deposit)(const std::uint64_t* src, std::size_t bits, const std::uint64_t* mask, std::uint64_t* dst,
                  std::size_t words);
  /// The same, but dst keeps its bits where the mask is 0 (it must be 0 where the mask is 1).
  void (*deposit_into)(const std::uint64_t* src, std::size_t bits, const std::uint64_t* mask, std::uint64_t* dst,
                       std::size_t words);
  /// dst[j] = src[j-th set position of mask], pad bits 0; the mask has `bits` ones.
  void (*extract)(const std::uint64_t* src, const std::uint64_t* mask, std::size_t words, std::uint64_t* dst,
                  std::size_t bits);
  /// message(x)·x^w mod P, mirrored; bits of the last word beyond the message are zero. `initial`, w bits, is added to
  /// the message's first bits: the remainder of what came before, or what a CRC starts with.
  std::uint32_t (*remainder)(const CrcDivisor& divisor, const std::uint64_t* message, std::size_t bits,
                             std::uint32_t initial);
  /// Number of ones, and of positions in which two strings differ.
  std::size_t (*count)(const std::uint64_t* a, std::size_t words);
  std::size_t (*distance)(const std::uint64_t* a, const std::uint64_t* b, std::size_t words);
};

/// Null if the unit is not part of this build.
const BitKernels* scalar_bit_kernels() noexcept;
const BitKernels* avx2_bit_kernels() noexcept;
const BitKernels* avx512_bit_kernels() noexcept;

}  // namespace caligo::kernels
