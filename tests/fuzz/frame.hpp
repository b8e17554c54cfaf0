// SPDX-License-Identifier: Apache-2.0
#pragma once
/// A code and a frame to decode, described by a fuzz input.

#include <caligo/decode.hpp>

#include <algorithm>
#include <vector>

#include "tests/fuzz/input.hpp"

namespace caligo::fuzz {

/// Any code of length 2^n: a frozen set polarised, of long runs, of any density or as the input says, with or without
/// shortening and CRC.
CodeSpec read_code(Input& input, unsigned n);

struct Frame {
  std::vector<std::int8_t> llr;
  std::vector<std::int16_t> wide_llr;  ///< if not empty, used in place of the others
  float scale = 1;                     ///< units per nat of wide LLRs
  BitString frozen_values;             ///< or empty
  std::optional<std::uint32_t> checksum;
  [[nodiscard]] DecodeInput view() const {
    if (wide_llr.empty()) return {llr, frozen_values, checksum};
    return {LlrView(std::span(wide_llr), scale), frozen_values, checksum, scale};
  }
  /// The largest LLR.
  [[nodiscard]] int limit() const { return wide_llr.empty() ? 127 : 32767; }
  /// As decoders take it.
  [[nodiscard]] int llr_at(std::size_t i) const {
    return std::max<int>(wide_llr.empty() ? llr[i] : wide_llr[i], -limit());
  }
};

/// A noisy codeword with LLRs of one, few or all magnitudes, or no codeword at all: all int8 values occur.
Frame read_frame(Input& input, const CodeSpec& code);

/// The same frame with LLRs of 16 bits: as large as they were, with finer steps, or of any size.
Frame read_wide(Input& input, Frame frame);
DecodeOptions read_wide_options(Input& input);

}  // namespace caligo::fuzz
