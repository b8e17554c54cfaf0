// SPDX-License-Identifier: Apache-2.0
#include "kernels/kernels.hpp"

#if defined(__aarch64__)
#include "kernels/list_kernel.hpp"
#include "kernels/narrow_llrs.hpp"
#include "kernels/vector_neon.hpp"

namespace caligo::kernels {
const KernelTable* neon_kernels() noexcept { return &kernel_table<NarrowLlrs<neon::Vector>>; }
}  // namespace caligo::kernels

#else  // another processor family

namespace caligo::kernels {
const KernelTable* neon_kernels() noexcept { return nullptr; }
}  // namespace caligo::kernels
#endif
