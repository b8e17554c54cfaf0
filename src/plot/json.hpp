// SPDX-License-Identifier: Apache-2.0
#pragma once
/// A chart as JSON: for scripts, the interactive page and matplotlib.

#include <nlohmann/json_fwd.hpp>

#include "plot/chart.hpp"

namespace caligo::plot {

/// Everything that is drawn: axes with ranges, curves with colour, marker, counts, rates and intervals, limits with
/// their points. The format is in docs/plot.md.
nlohmann::ordered_json to_json(const Chart& chart);

}  // namespace caligo::plot
