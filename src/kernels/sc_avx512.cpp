// SPDX-License-Identifier: Apache-2.0
#include "kernels/sc_kernels.hpp"

#if defined(__AVX512VBMI__)
// GCC 12's own intrinsic headers start from "undefined" registers and warn about them once inlined (GCC bug 105593).
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#pragma GCC diagnostic ignored "-Wuninitialized"
#include "kernels/sc_lanes_avx512.hpp"
#include "kernels/sc_row_x86.hpp"
#include "kernels/sc_table.hpp"

namespace caligo::kernels {
const ScKernels* avx512_sc_kernels() noexcept {
  return &sc_table<avx512::Vector, X86Rows<avx512::Vector>, avx512::Lanes>;
}
}  // namespace caligo::kernels

#else  // another processor family

namespace caligo::kernels {
const ScKernels* avx512_sc_kernels() noexcept { return nullptr; }
}  // namespace caligo::kernels
#endif
