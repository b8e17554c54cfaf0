// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Charts as SVG, for papers: sizes in points, text as text, the same bytes from the same chart everywhere.

#include <string>

#include "plot/chart.hpp"

namespace caligo::plot {

enum class IntervalStyle { bars, bands, none };

struct Paper {
  double width_mm = 88;  ///< a column of most journals; text stays 7 to 8 points high whatever the width
  double height_mm = 0;  ///< 0: three quarters of the width. A legend that fits nowhere inside makes the figure higher.
  IntervalStyle intervals = IntervalStyle::bars;
};

/// A document of its own, UTF-8, ends in a newline. Needs no script, no style sheet and no font beyond the reader's
/// sans.
std::string to_svg(const Chart& chart, const Paper& paper);

}  // namespace caligo::plot
