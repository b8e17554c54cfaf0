// SPDX-License-Identifier: Apache-2.0
#pragma once
/// From result files to a chart: which points make a curve, on which axes, under which name, beside which limits.

#include <caligo/error.hpp>
#include <caligo/results.hpp>

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "plot/chart.hpp"

namespace caligo::plot {

/// The rows of one file.
struct NamedRows {
  std::string name;  ///< in errors, and to tell curves apart that nothing else does
  std::vector<ResultRow> rows;
};

struct ChartRequest {
  /// ebn0, esn0 or sigma, for AWGN channels; otherwise, and without it, what the channels were given by.
  std::optional<Quantity> x = std::nullopt;
  /// frame_error_rate, bit_error_rate or efficiency. Without it: efficiency for reconciliation, else frame error rate.
  std::optional<Quantity> y = std::nullopt;
  std::string title = {};
  bool limits = true;
  double interval_ratio = 1000;  ///< as in likelihood_interval(); 0: no intervals
};

/// Curves in the order in which the files have them. Points of the same task are added up, whatever their seed; the
/// same frames count once. Errors: invalid_argument for channels or quantities that share no axis, for no points, for
/// more curves than can be told apart; malformed_input as combine_results().
Result<Chart> make_chart(std::span<const NamedRows> files, const ChartRequest& request);

inline constexpr std::size_t most_curves = 42;

}  // namespace caligo::plot
