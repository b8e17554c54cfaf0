// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Run-time choice of the instruction set. Results are bit-identical on all of them.

#include <caligo/error.hpp>

#include <string_view>
#include <vector>

namespace caligo {

/// avx512bw is AVX-512 as in Skylake-X (F, BW, VL, DQ); avx512 adds VBMI, VBMI2, BITALG, GFNI and VPCLMULQDQ (Ice Lake,
/// Zen 4).
enum class Isa { scalar, neon, avx2, avx512bw, avx512 };

[[nodiscard]] std::string_view to_string(Isa isa) noexcept;
/// Errors: invalid_argument (lists the names).
Result<Isa> parse_isa(std::string_view name);
/// Compiled into this library, slowest first; always begins with scalar.
[[nodiscard]] std::vector<Isa> built_isas();
/// Built, and offered by this processor and operating system.
[[nodiscard]] std::vector<Isa> supported_isas();
/// What decoders made from now on, and all functions on packed bits, use: the fastest supported one, $CALIGO_ISA, or
/// the last force_isa(). Errors: invalid_argument / unsupported if $CALIGO_ISA names no ISA of this machine.
Result<Isa> active_isa();
/// Errors: unsupported.
Result<void> force_isa(Isa isa);

}  // namespace caligo
