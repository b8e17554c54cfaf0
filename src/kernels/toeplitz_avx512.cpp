// SPDX-License-Identifier: Apache-2.0
#include "kernels/toeplitz_kernels.hpp"

#if defined(__AVX512BW__) && defined(__GFNI__) && defined(__VPCLMULQDQ__)
// GCC 12's own intrinsic headers start from "undefined" registers and warn about them once inlined (GCC bug 105593).
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#pragma GCC diagnostic ignored "-Wuninitialized"
#include "kernels/bytes_avx512.hpp"
#include "kernels/correlate_vpclmul.hpp"
#include "kernels/planes_avx512.hpp"
#include "kernels/toeplitz_table.hpp"

namespace caligo::kernels {

namespace {
constexpr ToeplitzKernels table = toeplitz_table<avx512::Bytes>(avx512::correlate, 60);
}  // namespace

const ToeplitzKernels* avx512_toeplitz_kernels() noexcept { return &table; }

}  // namespace caligo::kernels

#else

namespace caligo::kernels {
const ToeplitzKernels* avx512_toeplitz_kernels() noexcept { return nullptr; }
}  // namespace caligo::kernels

#endif
