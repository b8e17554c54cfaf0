// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Leakage, and the checksum that a mode takes if none is named, in the C interface.

#include <caligo/c/reconcile.h>
#include <caligo/crc.hpp>
#include <caligo/reconcile.hpp>

#include "capi/boundary.hpp"

namespace caligo::capi {

inline constexpr std::uint32_t default_list_size = 8;
inline constexpr std::uint32_t default_tag_bits = 64;
inline constexpr double default_target_fer = 1e-2;

[[nodiscard]] caligo_leakage leakage_to_c(const Leakage& leakage) noexcept;
/// Errors: invalid_argument (also for a mode that there is not).
Result<CrcSpec> mode_crc(const char* crc, std::int32_t mode, std::uint32_t list_size);
[[nodiscard]] inline std::uint32_t value_or(std::uint32_t value, std::uint32_t otherwise) noexcept {
  return value == 0 ? otherwise : value;
}
[[nodiscard]] inline double value_or(double value, double otherwise) noexcept { return value == 0 ? otherwise : value; }

}  // namespace caligo::capi
