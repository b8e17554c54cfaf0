// SPDX-License-Identifier: Apache-2.0
#include "kernels/kernels.hpp"

#if defined(__AVX2__)
#include "kernels/list_kernel.hpp"
#include "kernels/narrow_llrs.hpp"
#include "kernels/vector_avx2.hpp"

namespace caligo::kernels {
const KernelTable* avx2_kernels() noexcept { return &kernel_table<NarrowLlrs<avx2::Vector>>; }
}  // namespace caligo::kernels

#else  // another processor family

namespace caligo::kernels {
const KernelTable* avx2_kernels() noexcept { return nullptr; }
}  // namespace caligo::kernels
#endif
