// SPDX-License-Identifier: Apache-2.0
#include "kernels/sc_dispatch.hpp"

namespace caligo::kernels {

const ScKernels& sc_kernels_for(Isa isa) noexcept {
  const ScKernels* table = nullptr;
  if (isa == Isa::avx2 || isa == Isa::avx512bw) table = avx2_sc_kernels();
  if (isa == Isa::avx512) table = avx512_sc_kernels();
  return table != nullptr ? *table : *scalar_sc_kernels();
}

}  // namespace caligo::kernels
