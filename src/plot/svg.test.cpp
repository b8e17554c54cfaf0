// SPDX-License-Identifier: Apache-2.0
// Drawing: what is in the document and where. Whole figures are compared in tests/plot.
#include "plot/svg.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <regex>

#include "plot/canvas.hpp"
#include "plot/legend.hpp"

namespace caligo::plot {
namespace {

Chart two_curves() {
  Chart chart;
  chart.interval_ratio = 1000;
  for (const double shift : {0.0, 0.5}) {
    Curve curve;
    curve.label = shift == 0 ? "first" : "second";
    for (double x = 1; x <= 3; x += 0.5) {
      const double y = std::pow(10.0, -1.5 * (x - shift));
      curve.marks.push_back({x, y, y / 2, 2 * y, false, "awgn-ebn0:1", 100, 10, 0, 20});
    }
    chart.curves.push_back(std::move(curve));
  }
  return chart;
}

std::size_t count(const std::string& text, const std::string& piece) {
  std::size_t found = 0;
  for (std::size_t at = text.find(piece); at != std::string::npos; at = text.find(piece, at + 1)) ++found;
  return found;
}

TEST(Svg, HasTheSizeThatWasAskedFor) {
  const std::string svg = to_svg(two_curves(), {.width_mm = 181, .height_mm = 90});
  EXPECT_NE(svg.find("width=\"181mm\" height=\"90mm\" viewBox=\"0 0 513.07 255.12\""), std::string::npos)
      << svg.substr(0, 200);
}

TEST(Svg, TextIsTextAndEscaped) {
  Chart chart = two_curves();
  chart.title = "a < b & \"c\"";
  chart.curves[0].label = "<script>";
  const std::string svg = to_svg(chart, {});
  EXPECT_NE(svg.find(">a &lt; b &amp; &quot;c&quot;</text>"), std::string::npos);
  EXPECT_NE(svg.find(">&lt;script&gt;</text>"), std::string::npos);
  EXPECT_EQ(svg.find("<script>"), std::string::npos);
}

TEST(Svg, EveryPointHasAMarkerAndABar) {
  Chart chart = two_curves();
  const std::string bars = to_svg(chart, {});
  EXPECT_EQ(count(bars, "<circle"), 5U + 1) << "one in the legend";
  const std::string none = to_svg(chart, {.intervals = IntervalStyle::none});
  // A bar is a line with two caps.
  EXPECT_EQ(count(bars, "<line") - count(none, "<line"), 10U * 3);
  EXPECT_EQ(count(to_svg(chart, {.intervals = IntervalStyle::bands}), "<polygon"), 2U);
}

TEST(Svg, ABarThatTheAxisCutsHasNoLowerCap) {
  Chart chart = two_curves();
  const std::size_t whole = count(to_svg(chart, {}), "<line");
  chart.curves[0].marks.back().low = 1e-9;
  EXPECT_EQ(count(to_svg(chart, {}), "<line"), whole - 1);
}

TEST(Svg, APointWithoutErrorsIsAnArrowAndNotOnTheLine) {
  Chart chart = two_curves();
  Mark& last = chart.curves[0].marks.back();
  last.upper_limit = true;
  last.high = last.y = 1e-3;
  last.low = 0;
  const std::string svg = to_svg(chart, {});
  EXPECT_NE(svg.find("upper limit (no errors)"), std::string::npos);
  EXPECT_EQ(count(svg, "<circle"), 4U + 1);
  std::smatch line;
  // Drawn from the last curve to the first.
  const std::regex polyline("<polyline points=\"([^\"]*)\" fill=\"none\" stroke=\"#0072b2\"");
  ASSERT_TRUE(std::regex_search(svg, line, polyline));
  EXPECT_EQ(count(line[1].str(), ","), 4U);
}

TEST(Svg, TheSameChartGivesTheSameBytes) { EXPECT_EQ(to_svg(two_curves(), {}), to_svg(two_curves(), {})); }

TEST(Svg, AnEmptyChartIsStillADocument) {
  const std::string svg = to_svg(Chart{}, {});
  EXPECT_TRUE(svg.ends_with("</svg>\n"));
  EXPECT_EQ(svg.find("nan"), std::string::npos);
  EXPECT_EQ(svg.find("inf"), std::string::npos);
}

TEST(Legend, GoesWhereNothingIsDrawn) {
  const Box axes{0, 0, 200, 100};
  const Position extent{60, 30};
  const auto corner = find_place(axes, extent, {});
  ASSERT_TRUE(corner);
  EXPECT_DOUBLE_EQ(corner->left, 4);
  EXPECT_DOUBLE_EQ(corner->bottom, 96);
  const auto other = find_place(axes, extent, {{30, 80}});
  ASSERT_TRUE(other);
  EXPECT_DOUBLE_EQ(other->right, 196);
  EXPECT_DOUBLE_EQ(other->top, 4);
  // Points everywhere, and a box that is too large: no place.
  std::vector<Position> everywhere;
  for (double x = 0; x <= 200; x += 10) {
    for (double y = 0; y <= 100; y += 10) everywhere.push_back({x, y});
  }
  EXPECT_FALSE(find_place(axes, extent, everywhere));
  EXPECT_FALSE(find_place(axes, {300, 20}, {}));
}

TEST(Legend, BelowTheAxesItMakesTheFigureHigher) {
  Chart chart = two_curves();
  const double width = 88 * 72 / 25.4;
  chart.curves[0].label = std::string(60, 'w');
  const std::string svg = to_svg(chart, {});
  std::smatch box;
  ASSERT_TRUE(std::regex_search(svg, box, std::regex("viewBox=\"0 0 ([0-9.]+) ([0-9.]+)\"")));
  EXPECT_NEAR(std::stod(box[1]), width, 0.01);
  EXPECT_GT(std::stod(box[2]), 0.75 * width + 15);
}

TEST(Canvas, CoordinatesAreShort) {
  EXPECT_EQ(coordinate(1), "1");
  EXPECT_EQ(coordinate(1.256), "1.26");
  EXPECT_EQ(coordinate(100.10), "100.1");
  EXPECT_EQ(coordinate(-0.001), "0");
}

TEST(Canvas, WidthsCountCharactersNotBytes) {
  EXPECT_DOUBLE_EQ(text_width("\u2212", 10), text_width("\u2264", 10));
  EXPECT_LT(text_width("il", 8), text_width("WM", 8));
  EXPECT_EQ(escaped("a\nb"), "a?b");
}

}  // namespace
}  // namespace caligo::plot
