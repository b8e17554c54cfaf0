// SPDX-License-Identifier: Apache-2.0
#include "kernels/wide_scalar.hpp"
#include "kernels/list_kernel.hpp"

namespace caligo::kernels {

const WideKernelTable* scalar_wide_kernels() noexcept { return &kernel_table<scalar::WideVector>; }

}  // namespace caligo::kernels
