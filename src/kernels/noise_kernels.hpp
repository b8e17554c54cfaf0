// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Kernels that make the noise of simulated channels. Raw pointers and plain structs only, as in kernels.hpp. Results
/// are bit-identical on every instruction set and architecture: integers, and float additions, multiplications,
/// divisions and square roots, which IEEE 754 rounds in one way, in a fixed order and never fused.

#include <cstddef>
#include <cstdint>

namespace caligo::kernels {

/// Gaussian variates come in groups of so many.
inline constexpr std::size_t noise_group = 64;

struct NoiseKernels {
  /// z[i], i < noise_group·groups: standard normal. Philox4x32-10 under the key `seed` at the counters (block,
  /// stream), (block + 1, stream), …, 16 per group, then Box and Muller's transform.
  void (*gaussian)(std::uint64_t seed, std::uint64_t stream, std::uint64_t block, float* z, std::size_t groups);
  /// out[i] = mean·s + deviation·z[i], rounded to the nearest integer (halves to even) and clipped to ±127, where s is
  /// -1 if bit i of `sent` is set, else 1. A multiple of 64 LLRs; out has room for them.
  void (*llr8)(const float* z, const std::uint64_t* sent, float mean, float deviation, std::int8_t* out,
               std::size_t words);
  /// The same, clipped to ±32767.
  void (*llr16)(const float* z, const std::uint64_t* sent, float mean, float deviation, std::int16_t* out,
                std::size_t words);
};

/// Null if the unit is not part of this build.
const NoiseKernels* scalar_noise_kernels() noexcept;
const NoiseKernels* avx2_noise_kernels() noexcept;
const NoiseKernels* avx512_noise_kernels() noexcept;

}  // namespace caligo::kernels
