// SPDX-License-Identifier: Apache-2.0
#include "kernels/kernels.hpp"

#if defined(__AVX512VBMI__)
// GCC 12's own intrinsic headers start from "undefined" registers and warn about them once inlined (GCC bug 105593).
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#pragma GCC diagnostic ignored "-Wuninitialized"
#include "kernels/list_kernel.hpp"
#include "kernels/wide_avx512.hpp"

namespace caligo::kernels {
const WideKernelTable* avx512_wide_kernels() noexcept { return &kernel_table<avx512::WideVector>; }
}  // namespace caligo::kernels

#else  // another processor family

namespace caligo::kernels {
const WideKernelTable* avx512_wide_kernels() noexcept { return nullptr; }
}  // namespace caligo::kernels
#endif
