// SPDX-License-Identifier: Apache-2.0
#pragma once
/// What the roles of all modes share.

#include <caligo/bits.hpp>
#include <caligo/code.hpp>
#include <caligo/error.hpp>

#include <cstdint>
#include <span>

namespace caligo::reconcile {

void wipe(BitString& bits) noexcept;

/// CRC external or none, tag of 1 to 64 bits. Errors: invalid_argument.
Result<void> check_role(const CodeSpec& code, unsigned tag_bits);
/// 1 to `largest` bits. Errors: size_mismatch.
Result<void> check_block(std::size_t bits, std::size_t largest);

/// LLR ±1 for every bit of y (min-sum decoders are scale free on a BSC), 127 for the padding behind it.
void fill_llrs(BitView y, std::span<std::int8_t> llr) noexcept;

}  // namespace caligo::reconcile
