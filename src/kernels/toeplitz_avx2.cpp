// SPDX-License-Identifier: Apache-2.0
#include "kernels/toeplitz_kernels.hpp"

#if defined(__AVX2__) && defined(__PCLMUL__)

#include "kernels/bytes_avx2.hpp"
#include "kernels/correlate_pclmul.hpp"
#include "kernels/toeplitz_table.hpp"

namespace caligo::kernels {

namespace {
constexpr ToeplitzKernels table = toeplitz_table<avx2::Bytes>(correlate_pclmul<avx2::Bytes>, 105);
}  // namespace

const ToeplitzKernels* avx2_toeplitz_kernels() noexcept { return &table; }

}  // namespace caligo::kernels

#else

namespace caligo::kernels {
const ToeplitzKernels* avx2_toeplitz_kernels() noexcept { return nullptr; }
}  // namespace caligo::kernels

#endif
