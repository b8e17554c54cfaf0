// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <caligo/isa.hpp>

#include "kernels/toeplitz_kernels.hpp"

namespace caligo::kernels {

/// The table of a built and supported ISA; that of a lesser one for an ISA that has no unit of its own here.
const ToeplitzKernels& toeplitz_kernels_for(Isa isa) noexcept;

}  // namespace caligo::kernels
