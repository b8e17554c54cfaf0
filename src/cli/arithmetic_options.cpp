// SPDX-License-Identifier: Apache-2.0
#include "cli/arithmetic_options.hpp"

#include "cli/validators.hpp"

namespace caligo::cli {

void ArithmeticOptions::add_to(CLI::App& sub) {
  sub.add_option("--llr-bits", llr_bits, "Width of the LLRs inside: 8 (default) or 16, lists only")
      ->transform(one_of({"8", "16"}))
      ->option_text("B");
  sub.add_option("--check", check, "Check nodes: min-sum (default) or corrected, 16 bits only")
      ->transform(one_of({"min-sum", "corrected"}))
      ->option_text("RULE");
}

Result<DecodeOptions> ArithmeticOptions::resolve(bool plain_lists) const {
  if (wide() && !plain_lists) {
    return Error{ErrorCode::invalid_argument, "--llr-bits 16: only with --decoder scl and a list of two or more"};
  }
  if (corrected() && !wide()) return Error{ErrorCode::invalid_argument, "--check corrected: only with --llr-bits 16"};
  return DecodeOptions{.width = wide() ? LlrWidth::bits16 : LlrWidth::bits8,
                       .check = corrected() ? CheckRule::corrected : CheckRule::min_sum};
}

}  // namespace caligo::cli
