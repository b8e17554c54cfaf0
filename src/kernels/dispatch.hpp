// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Kernel table of an instruction set. Apart from kernels.hpp so that the per-ISA units see no standard library types.

#include <caligo/isa.hpp>

#include "kernels/kernels.hpp"

namespace caligo::kernels {

/// The table of a built and supported ISA.
const KernelTable& kernels_for(Isa isa) noexcept;

}  // namespace caligo::kernels
