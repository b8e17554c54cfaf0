// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Kernel tables of an instruction set. Apart from the tables so that the per-ISA units see no standard library types.

#include <caligo/isa.hpp>

#include "kernels/bit_kernels.hpp"
#include "kernels/kernels.hpp"

namespace caligo::kernels {

/// The tables of a built and supported ISA.
const KernelTable& kernels_for(Isa isa) noexcept;
const WideKernelTable& wide_kernels_for(Isa isa) noexcept;

/// Kernels on packed bits of the active ISA, for functions that have no object to keep a table in; costs one load. The
/// environment is read once. A wrong $CALIGO_ISA, which active_isa() reports, counts as none here.
const BitKernels& bit_kernels() noexcept;

}  // namespace caligo::kernels
