// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The options of commands that decode: width of the LLRs inside, and rule of the check nodes.

#include <caligo/decode.hpp>

#include <CLI/CLI.hpp>
#include <string>

namespace caligo::cli {

struct ArithmeticOptions {
  std::string llr_bits = "8";
  std::string check = "min-sum";
  void add_to(CLI::App& sub);
  /// plain: lists of fixed size, which alone have a choice. Errors: invalid_argument.
  [[nodiscard]] Result<DecodeOptions> resolve(bool plain_lists) const;
  [[nodiscard]] bool wide() const { return llr_bits == "16"; }
  [[nodiscard]] bool corrected() const { return check == "corrected"; }
};

}  // namespace caligo::cli
