// SPDX-License-Identifier: Apache-2.0
#include "kernels/sc_lanes_scalar.hpp"
#include "kernels/sc_row_scalar.hpp"
#include "kernels/sc_table.hpp"

namespace caligo::kernels {

const ScKernels* scalar_sc_kernels() noexcept { return &sc_table<scalar::Vector, scalar::Rows, scalar::Lanes>; }

}  // namespace caligo::kernels
