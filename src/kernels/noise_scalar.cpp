// SPDX-License-Identifier: Apache-2.0
#include "kernels/noise.hpp"

namespace caligo::kernels {
const NoiseKernels* scalar_noise_kernels() noexcept { return &noise_table; }
}  // namespace caligo::kernels
