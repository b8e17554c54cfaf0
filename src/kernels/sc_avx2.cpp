// SPDX-License-Identifier: Apache-2.0
#include "kernels/sc_kernels.hpp"

#if defined(__AVX2__)
#include "kernels/sc_lanes_avx2.hpp"
#include "kernels/sc_row_x86.hpp"
#include "kernels/sc_table.hpp"

namespace caligo::kernels {
const ScKernels* avx2_sc_kernels() noexcept { return &sc_table<avx2::Vector, X86Rows<avx2::Vector>, avx2::Lanes>; }
}  // namespace caligo::kernels

#else  // another processor family

namespace caligo::kernels {
const ScKernels* avx2_sc_kernels() noexcept { return nullptr; }
}  // namespace caligo::kernels
#endif
