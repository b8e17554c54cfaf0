// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The legend: what it says, and where it is in nobody's way.

#include <optional>
#include <string>
#include <vector>

#include "plot/canvas.hpp"

namespace caligo::plot {

struct LegendEntry {
  enum class Kind { curve, limit, upper_limit } kind = Kind::curve;
  std::size_t index = 0;  ///< of the curve or limit, for its style
  std::string label;
};

struct Legend {
  std::string title;
  std::vector<LegendEntry> entries;
};

/// The entries of a chart, upper limits once for all curves.
Legend legend_of(const Chart& chart);

inline constexpr double legend_size = 7;       ///< of its text, points
inline constexpr double legend_line = 9.4;     ///< from line to line
inline constexpr double legend_sample = 17;    ///< the piece of curve beside a label
inline constexpr double legend_padding = 3.5;  ///< around everything

/// Width and height of the legend in that many columns.
Position legend_extent(const Legend& legend, std::size_t columns);

/// A place inside `axes` for a box of this extent that none of the points falls into: corners first, then the rest of
/// the area. points: samples of everything drawn, close together.
std::optional<Box> find_place(const Box& axes, Position extent, const std::vector<Position>& points);

/// Draws it into a box of at least legend_extent(). framed: with background and border, for inside the axes.
void draw_legend(Canvas& canvas, const Legend& legend, const Box& box, std::size_t columns, bool framed);

}  // namespace caligo::plot
