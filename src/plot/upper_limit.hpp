// SPDX-License-Identifier: Apache-2.0
#pragma once
/// How a point without errors is shown: a bar at the upper end of its interval, and an arrow down from there.

#include "plot/canvas.hpp"

namespace caligo::plot {

/// at: the end of the interval. length: of the arrow, points.
void draw_upper_limit(Canvas& canvas, Position at, std::string_view colour, double length);

}  // namespace caligo::plot
