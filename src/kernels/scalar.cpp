// SPDX-License-Identifier: Apache-2.0
#include "kernels/list_kernel.hpp"
#include "kernels/narrow_llrs.hpp"
#include "kernels/vector_scalar.hpp"

namespace caligo::kernels {

const KernelTable* scalar_kernels() noexcept { return &kernel_table<NarrowLlrs<scalar::Vector>>; }

}  // namespace caligo::kernels
