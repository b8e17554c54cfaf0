// SPDX-License-Identifier: Apache-2.0
#include "kernels/toeplitz_dispatch.hpp"

#if defined(__aarch64__) && defined(__linux__)
#include <asm/hwcap.h>
#include <sys/auxv.h>
#endif

namespace caligo::kernels {

namespace {

bool has_pmull() noexcept {
#if defined(__aarch64__) && defined(__linux__)
  return (getauxval(AT_HWCAP) & HWCAP_PMULL) != 0;
#else
  return false;
#endif
}

}  // namespace

const ToeplitzKernels& toeplitz_kernels_for(Isa isa) noexcept {
  const ToeplitzKernels* table = nullptr;
  if (isa == Isa::avx2 || isa == Isa::avx512bw) table = avx2_toeplitz_kernels();
  if (isa == Isa::avx512) table = avx512_toeplitz_kernels();
  if (isa == Isa::neon) table = has_pmull() ? neon_pmull_toeplitz_kernels() : neon_toeplitz_kernels();
  return table != nullptr ? *table : *scalar_toeplitz_kernels();
}

}  // namespace caligo::kernels
