// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Deposit and extract of one word on x86 with BMI2.

#include <immintrin.h>

#include <cstddef>
#include <cstdint>

namespace caligo::kernels {

/// Isa: any type of the including unit; it keeps the units' copies apart.
template <class Isa>
struct Bmi2Select {
  static std::uint64_t extract(std::uint64_t x, std::uint64_t mask) { return _pext_u64(x, mask); }
  static std::uint64_t deposit(std::uint64_t x, std::uint64_t mask) { return _pdep_u64(x, mask); }
  static std::size_t count(std::uint64_t x) { return static_cast<std::size_t>(_mm_popcnt_u64(x)); }
};

}  // namespace caligo::kernels
