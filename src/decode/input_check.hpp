// SPDX-License-Identifier: Apache-2.0
#pragma once
/// What all decoders check before they begin.

#include <caligo/decode.hpp>
#include <caligo/isa.hpp>

namespace caligo::decode {

/// The active instruction set. If CALIGO_ISA is wrong: scalar, which is always there; the command line reports the
/// mistake before it gets here.
[[nodiscard]] Isa isa_for_decoding();

/// Errors: invalid_argument.
[[nodiscard]] Result<void> check_list_size(const CodeSpec& code, unsigned list_size);
/// Sizes, and a checksum if and only if the CRC is external. Errors: size_mismatch, invalid_argument.
[[nodiscard]] Result<void> check_input(const CodeSpec& code, const DecodeInput& input);
/// Errors: invalid_argument.
[[nodiscard]] Result<void> check_checksum_given(const CodeSpec& code, bool given);

}  // namespace caligo::decode
