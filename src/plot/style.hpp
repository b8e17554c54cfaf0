// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Colours, markers and dashes, the same in every form of a chart.

#include <array>
#include <cstddef>
#include <string_view>

namespace caligo::plot {

/// Okabe and Ito's colours ("Color universal design", 2008), which people with any common colour vision tell apart, in
/// an order in which neighbours differ in lightness too. The markers carry the difference where there is no colour at
/// all.
inline constexpr std::array<std::string_view, 7> colours{"#0072b2", "#d55e00", "#009e73", "#cc79a7",
                                                         "#000000", "#e69f00", "#56b4e9"};
inline constexpr std::array<std::string_view, 6> markers{"circle", "square", "triangle", "diamond", "wedge", "cross"};
/// Lengths in points of strokes and gaps.
inline constexpr std::array<std::string_view, 5> dashes{"4 2", "1 1.8", "6 2 1 2", "2.5 1.5", "8 2"};

struct CurveStyle {
  std::string_view colour;
  std::string_view marker;
  bool hollow = false;
};
/// 7 and 6 have no common divisor: the first 42 pairs differ, and then markers are hollow.
[[nodiscard]] constexpr CurveStyle curve_style(std::size_t index) {
  return {colours[index % colours.size()], markers[index % markers.size()], index / 42 % 2 == 1};
}
[[nodiscard]] constexpr std::string_view limit_dash(std::size_t index) { return dashes[index % dashes.size()]; }

}  // namespace caligo::plot
