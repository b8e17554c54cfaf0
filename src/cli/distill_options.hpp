// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The options of `caligo distill`.

#include <caligo/key_length.hpp>

#include <cstdint>
#include <optional>
#include <string>

#include "cli/reconcile_options.hpp"

namespace caligo::cli {

struct DistillOptions {
  ReconcileOptions reconcile;  ///< those that are the same there
  std::optional<std::size_t> sample_bits;
  std::optional<double> tolerated_qber;
  double epsilon_secrecy = 1e-12;
  std::string formula = "tomamichel-2012";
  std::string authentication = "wegman-carter";
  std::string format = "raw";
  unsigned window = 8;
};

void add_distill_options(CLI::App& sub, DistillOptions& options);
/// What the parser cannot judge alone. Errors: invalid_argument.
Result<void> check_options(const DistillOptions& options);

}  // namespace caligo::cli
