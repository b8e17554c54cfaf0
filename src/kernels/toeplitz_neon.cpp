// SPDX-License-Identifier: Apache-2.0
#include "kernels/toeplitz_kernels.hpp"

#if defined(__aarch64__)

#include "kernels/bytes_neon.hpp"
#include "kernels/correlate_neon.hpp"
#include "kernels/toeplitz_table.hpp"

namespace caligo::kernels {

namespace {
// Estimates: there was no such processor to measure on.
constexpr ToeplitzKernels table = toeplitz_table<neon::Bytes>(scalar::correlate, 8);
constexpr ToeplitzKernels pmull_table = toeplitz_table<neon::Bytes>(neon::correlate_pmull, 100);
}  // namespace

const ToeplitzKernels* neon_toeplitz_kernels() noexcept { return &table; }
const ToeplitzKernels* neon_pmull_toeplitz_kernels() noexcept { return &pmull_table; }

}  // namespace caligo::kernels

#else

namespace caligo::kernels {
const ToeplitzKernels* neon_toeplitz_kernels() noexcept { return nullptr; }
const ToeplitzKernels* neon_pmull_toeplitz_kernels() noexcept { return nullptr; }
}  // namespace caligo::kernels

#endif
