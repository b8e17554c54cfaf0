// SPDX-License-Identifier: Apache-2.0
#include "kernels/noise_kernels.hpp"

#if defined(__AVX2__)
#include "kernels/noise.hpp"

namespace caligo::kernels {
const NoiseKernels* avx2_noise_kernels() noexcept { return &noise_table; }
}  // namespace caligo::kernels

#else  // another processor family

namespace caligo::kernels {
const NoiseKernels* avx2_noise_kernels() noexcept { return nullptr; }
}  // namespace caligo::kernels
#endif
