// SPDX-License-Identifier: Apache-2.0
#include "kernels/kernels.hpp"

#if defined(__AVX512BW__)
// GCC 12's own intrinsic headers start from "undefined" registers and warn about them once inlined (GCC bug 105593).
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#pragma GCC diagnostic ignored "-Wuninitialized"
#define CALIGO_AVX512 avx512bw
#include "kernels/list_kernel.hpp"
#include "kernels/narrow_llrs.hpp"
#include "kernels/vector_avx512.hpp"

namespace caligo::kernels {
const KernelTable* avx512bw_kernels() noexcept { return &kernel_table<NarrowLlrs<avx512bw::Vector>>; }
}  // namespace caligo::kernels

#else  // another processor family

namespace caligo::kernels {
const KernelTable* avx512bw_kernels() noexcept { return nullptr; }
}  // namespace caligo::kernels
#endif
