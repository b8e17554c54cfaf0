// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Axes: ranges that end on round values, and ticks.

#include <string>
#include <vector>

namespace caligo::plot {

struct Tick {
  double value = 0;
  std::string label;  ///< empty for minor ticks; on a logarithmic axis the exponent of ten
  bool major = false;
};

struct Axis {
  double low = 0;
  double high = 1;
  bool logarithmic = false;
  std::vector<Tick> ticks;  ///< increasing, within [low, high]

  /// Where a value lies: 0 at `low`, 1 at `high`, outside [0, 1] beyond.
  [[nodiscard]] double fraction(double value) const noexcept;
};

/// Covers [low, high] with room for markers. Steps are 1, 2 or 5 times a power of ten, at most `most_major` of them
/// labelled. low == high gets a range around it.
Axis linear_axis(double low, double high, unsigned most_major);
/// Whole decades around [low, high], 0 < low <= high, minor ticks at 2 … 9 times each power. Where there are more
/// decades than `most_major`, not all of them have labels.
Axis decade_axis(double low, double high, unsigned most_major);

}  // namespace caligo::plot
