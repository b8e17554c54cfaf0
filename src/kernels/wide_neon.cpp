// SPDX-License-Identifier: Apache-2.0
#include "kernels/kernels.hpp"

#if defined(__aarch64__)
#include "kernels/list_kernel.hpp"
#include "kernels/wide_neon.hpp"

namespace caligo::kernels {
const WideKernelTable* neon_wide_kernels() noexcept { return &kernel_table<neon::WideVector>; }
}  // namespace caligo::kernels

#else  // another processor family

namespace caligo::kernels {
const WideKernelTable* neon_wide_kernels() noexcept { return nullptr; }
}  // namespace caligo::kernels
#endif
