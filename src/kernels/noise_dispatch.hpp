// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <caligo/isa.hpp>

#include "kernels/noise_kernels.hpp"

namespace caligo::kernels {

/// The table of a built and supported ISA.
const NoiseKernels& noise_kernels_for(Isa isa) noexcept;

}  // namespace caligo::kernels
