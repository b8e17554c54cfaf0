// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <caligo/isa.hpp>

#include "kernels/sc_kernels.hpp"

namespace caligo::kernels {

/// The table of a built and supported ISA; the scalar one for an ISA that has no unit of its own here.
const ScKernels& sc_kernels_for(Isa isa) noexcept;

}  // namespace caligo::kernels
