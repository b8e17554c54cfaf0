// SPDX-License-Identifier: Apache-2.0
#include "plot/axis.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace caligo::plot {

namespace {

struct Step {
  double size;
  int decimals;     ///< that its multiples need
  int subdivision;  ///< minor steps in a major one
};

/// The smallest round step of which at most `most` fit into the range.
Step choose_step(double range, unsigned most) {
  struct Round {
    double size;
    int subdivision;
  };
  constexpr std::array<Round, 3> rounds{{{1, 5}, {2, 4}, {5, 5}}};
  const int exponent = static_cast<int>(std::floor(std::log10(range / most)));
  for (int e = exponent;; ++e) {
    for (const Round& round : rounds) {
      const double size = round.size * std::pow(10.0, e);
      if (range / size <= most) return {size, std::max(0, -e), round.subdivision};
    }
  }
}

/// Typographic minus, and no "-0".
std::string label_of(double value, int decimals) {
  std::string text = fmt::format("{:.{}f}", std::abs(value), decimals);
  const bool zero = text.find_first_not_of("0.") == std::string::npos;
  return value < 0 && !zero ? "\u2212" + text : text;
}

}  // namespace

double Axis::fraction(double value) const noexcept {
  if (logarithmic) return std::log10(value / low) / std::log10(high / low);
  return (value - low) / (high - low);
}

Axis linear_axis(double low, double high, unsigned most_major) {
  if (!(high > low)) {
    const double around = low == 0 ? 1 : std::abs(low) / 10;
    low -= around;
    high += around;
  }
  const double room = (high - low) * 0.03;
  const Step step = choose_step(high - low + 2 * room, most_major);
  const double minor = step.size / step.subdivision;
  const auto first = static_cast<long>(std::floor((low - room) / minor + 1e-9));
  const auto last = static_cast<long>(std::ceil((high + room) / minor - 1e-9));
  Axis axis;
  axis.low = static_cast<double>(first) * minor;
  axis.high = static_cast<double>(last) * minor;
  for (long i = first; i <= last; ++i) {
    const double value = static_cast<double>(i) * minor;
    const bool major = i % step.subdivision == 0;
    axis.ticks.push_back({value, major ? label_of(value, step.decimals) : "", major});
  }
  return axis;
}

Axis decade_axis(double low, double high, unsigned most_major) {
  const auto first = static_cast<int>(std::floor(std::log10(low) + 1e-9));
  const auto last = std::max(first + 1, static_cast<int>(std::ceil(std::log10(high) - 1e-9)));
  const int spread = last - first;
  const int every = (spread + static_cast<int>(most_major) - 1) / static_cast<int>(most_major);
  Axis axis;
  axis.logarithmic = true;
  axis.low = std::pow(10.0, first);
  axis.high = std::pow(10.0, last);
  for (int e = first; e <= last; ++e) {
    // Labels count from above, so that 10^0 has one.
    const bool labelled = (last - e) % every == 0;
    axis.ticks.push_back({std::pow(10.0, e), labelled ? label_of(e, 0) : "", true});
    if (e == last || every > 1) continue;
    for (int digit = 2; digit <= 9; ++digit) axis.ticks.push_back({digit * std::pow(10.0, e), "", false});
  }
  return axis;
}

}  // namespace caligo::plot
