// SPDX-License-Identifier: Apache-2.0
#pragma once
/// A code and a frame to decode, described by a fuzz input.

#include <caligo/decode.hpp>

#include <vector>

#include "tests/fuzz/input.hpp"

namespace caligo::fuzz {

/// Any code of length 2^n: a frozen set polarised, of long runs, of any density or as the input says, with or without
/// shortening and CRC.
CodeSpec read_code(Input& input, unsigned n);

struct Frame {
  std::vector<std::int8_t> llr;
  BitString frozen_values;  ///< or empty
  std::optional<std::uint32_t> checksum;
  [[nodiscard]] DecodeInput view() const { return {llr, frozen_values, checksum}; }
};

/// A noisy codeword with LLRs of one, few or all magnitudes, or no codeword at all: all int8 values occur.
Frame read_frame(Input& input, const CodeSpec& code);

}  // namespace caligo::fuzz
