// SPDX-License-Identifier: Apache-2.0
#include "kernels/bytes_scalar.hpp"
#include "kernels/toeplitz_table.hpp"

namespace caligo::kernels {

namespace {
constexpr ToeplitzKernels table = toeplitz_table<scalar::Bytes>(scalar::correlate, 28);
}  // namespace

const ToeplitzKernels* scalar_toeplitz_kernels() noexcept { return &table; }

}  // namespace caligo::kernels
