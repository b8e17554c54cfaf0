// SPDX-License-Identifier: Apache-2.0
#pragma once
/// SVG elements on a growing string.

#include <span>
#include <string>
#include <string_view>

#include "plot/chart.hpp"

namespace caligo::plot {

struct Position {
  double x = 0;
  double y = 0;
};

struct Box {
  double left = 0;
  double top = 0;
  double right = 0;
  double bottom = 0;
  [[nodiscard]] double width() const noexcept { return right - left; }
  [[nodiscard]] double height() const noexcept { return bottom - top; }
  [[nodiscard]] bool contains(Position p) const noexcept {
    return p.x >= left && p.x <= right && p.y >= top && p.y <= bottom;
  }
};

/// At most two decimals, without trailing zeros: a hundredth of a point is finer than any printer.
std::string coordinate(double value);
/// With & < > " as entities; control characters, which XML forbids, become '?'.
std::string escaped(std::string_view text);
/// About how wide a text in Helvetica is, in points; a little too much rather than too little, as fonts differ.
double text_width(std::string_view text, double size);

class Canvas {
 public:
  /// Everything verbatim.
  void raw(std::string_view text) { text_ += text; }
  void line(Position from, Position to, std::string_view style);
  void polyline(std::span<const Position> points, std::string_view style);
  void rectangle(const Box& box, std::string_view style);
  /// anchor: "start", "middle" or "end".
  void text(Position at, std::string_view words, double size, std::string_view anchor, std::string_view style = {});
  /// Runs with indices and exponents, centred; turned: reads upwards.
  void label(Position at, std::span<const Run> runs, double size, bool turned);
  void marker(Position at, std::string_view shape, bool hollow, std::string_view colour);

  [[nodiscard]] std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

}  // namespace caligo::plot
