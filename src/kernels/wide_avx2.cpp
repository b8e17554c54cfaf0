// SPDX-License-Identifier: Apache-2.0
#include "kernels/kernels.hpp"

#if defined(__AVX2__)
#include "kernels/list_kernel.hpp"
#include "kernels/wide_avx2.hpp"

namespace caligo::kernels {
const WideKernelTable* avx2_wide_kernels() noexcept { return &kernel_table<avx2::WideVector>; }
}  // namespace caligo::kernels

#else  // another processor family

namespace caligo::kernels {
const WideKernelTable* avx2_wide_kernels() noexcept { return nullptr; }
}  // namespace caligo::kernels
#endif
