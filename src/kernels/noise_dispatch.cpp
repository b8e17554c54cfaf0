// SPDX-License-Identifier: Apache-2.0
#include "kernels/noise_dispatch.hpp"

namespace caligo::kernels {

const NoiseKernels& noise_kernels_for(Isa isa) noexcept {
  const NoiseKernels* table = nullptr;
  if (isa == Isa::avx512bw || isa == Isa::avx512) table = avx512_noise_kernels();
  if (isa == Isa::avx2) table = avx2_noise_kernels();
  return table != nullptr ? *table : *scalar_noise_kernels();
}

}  // namespace caligo::kernels
