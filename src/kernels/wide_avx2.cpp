// SPDX-License-Identifier: Apache-2.0
#include "kernels/kernels.hpp"

namespace caligo::kernels {
const WideKernelTable* avx2_wide_kernels() noexcept { return nullptr; }
}  // namespace caligo::kernels
