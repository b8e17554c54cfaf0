// SPDX-License-Identifier: Apache-2.0
#include "plot/svg.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <ranges>

#include "plot/axis.hpp"
#include "plot/canvas.hpp"
#include "plot/legend.hpp"
#include "plot/style.hpp"
#include "plot/upper_limit.hpp"

namespace caligo::plot {

namespace {

constexpr double points_per_mm = 72 / 25.4;
constexpr double tick_size = 7;  // text, points
constexpr double label_size = 8;
constexpr double title_size = 8.5;

class Drawing {
 public:
  Drawing(const Chart& chart, const Paper& paper) : chart_(chart), paper_(paper), legend_(legend_of(chart)) {
    lay_out();
  }
  std::string draw();

 private:
  void lay_out();
  void place_legend();
  [[nodiscard]] Position at(double x, double y) const {
    return {box_.left + box_.width() * x_.fraction(x), box_.bottom - box_.height() * y_.fraction(y)};
  }
  /// Below the axis there is no place: errors bars end there.
  [[nodiscard]] double inside(double y) const { return std::clamp(y, y_.low, y_.high); }
  [[nodiscard]] std::vector<Position> limit_path(const Limit& limit) const;
  [[nodiscard]] std::vector<Position> everything_drawn() const;
  void draw_head();
  void draw_grid();
  void draw_x_ticks();
  void draw_y_ticks();
  void draw_labels();
  void draw_limits();
  void draw_band(const Curve& curve, const CurveStyle& style);
  void draw_bar(const Mark& mark, const CurveStyle& style);
  void draw_curve(const Curve& curve, const CurveStyle& style);

  const Chart& chart_;  // NOLINT(cppcoreguidelines-avoid-const-or-ref-data-members): lives for one call
  const Paper& paper_;  // NOLINT(cppcoreguidelines-avoid-const-or-ref-data-members): as above
  Legend legend_;
  double width_ = 0;
  double height_ = 0;
  Box box_;  ///< between the axes
  Axis x_;
  Axis y_;
  Box legend_box_;
  std::size_t legend_columns_ = 1;
  bool legend_inside_ = true;
  Canvas canvas_;
};

void Drawing::lay_out() {
  width_ = paper_.width_mm * points_per_mm;
  height_ = paper_.height_mm > 0 ? paper_.height_mm * points_per_mm : 0.75 * width_;
  const Ranges ranges = ranges_of(chart_);
  const double inner = height_ - 40;
  // Room for labels: 28 points of width for one, 16 of height.
  x_ = linear_axis(ranges.x.low, ranges.x.high, static_cast<unsigned>(std::max(2.0, (width_ - 45) / 28)));
  const auto most_y = static_cast<unsigned>(std::max(2.0, inner / 16));
  y_ = chart_.logarithmic() ? decade_axis(ranges.y.low, ranges.y.high, most_y)
                            : linear_axis(ranges.y.low, ranges.y.high, std::min(most_y, 8U));
  double widest = 0;
  for (const Tick& tick : y_.ticks) widest = std::max(widest, text_width(tick.label, tick_size));
  const double labels = chart_.logarithmic() ? text_width("10", tick_size) + 0.72 * widest : widest;
  box_.left = 3 + label_size + 5 + labels + 3;
  box_.top = chart_.title.empty() ? 5 : 17;
  // The last label is centred below the corner and may reach beyond it.
  const double overhang = text_width(x_.ticks.back().label, tick_size) / 2;
  box_.right = width_ - std::max(6.0, overhang + 1);
  box_.bottom = height_ - 27;
  place_legend();
}

/// Inside where it covers nothing, else below, in as many columns as fit.
void Drawing::place_legend() {
  const auto points = everything_drawn();
  if (const auto found = find_place(box_, legend_extent(legend_, 1), points)) {
    legend_box_ = *found;
    return;
  }
  legend_inside_ = false;
  const double room = width_ - 8;
  while (legend_columns_ < legend_.entries.size() && legend_extent(legend_, legend_columns_ + 1).x <= room) {
    ++legend_columns_;
  }
  const Position extent = legend_extent(legend_, legend_columns_);
  const double left = std::max(4.0, std::min(box_.left, width_ - 4 - extent.x));
  legend_box_ = {left, height_ - 1, left + extent.x, height_ - 1 + extent.y};
  height_ += extent.y + 1;
}

std::vector<Position> Drawing::limit_path(const Limit& limit) const {
  std::vector<Position> path;
  for (std::size_t i = 0; i < limit.x.size(); ++i) {
    // A decade below the axis is enough for the clipped line to leave at the right angle.
    if (chart_.logarithmic() && !(limit.y[i] >= y_.low / 10)) continue;
    path.push_back(at(limit.x[i], limit.y[i]));
  }
  return path;
}

/// Lines cut into pieces of about two points, and what the marks need around them.
std::vector<Position> Drawing::everything_drawn() const {
  std::vector<Position> points;
  const auto add_path = [&points](const std::vector<Position>& path) {
    for (std::size_t i = 0; i + 1 < path.size(); ++i) {
      const double dx = path[i + 1].x - path[i].x;
      const double dy = path[i + 1].y - path[i].y;
      const int pieces = std::clamp(static_cast<int>(std::hypot(dx, dy) / 2), 1, 2000);
      for (int j = 0; j <= pieces; ++j) points.push_back({path[i].x + dx * j / pieces, path[i].y + dy * j / pieces});
    }
  };
  for (const Limit& limit : chart_.limits) add_path(limit_path(limit));
  for (const Curve& curve : chart_.curves) {
    std::vector<Position> path;
    for (const Mark& mark : curve.marks) {
      const Position place = at(mark.x, mark.y);
      if (mark.upper_limit) {
        add_path({place, {place.x, place.y + 12}});
        continue;
      }
      path.push_back(place);
      add_path({{place.x - 3, place.y - 3}, {place.x + 3, place.y + 3}});
      if (chart_.interval_ratio > 0) add_path({at(mark.x, inside(mark.low)), at(mark.x, inside(mark.high))});
    }
    add_path(path);
  }
  return points;
}

void Drawing::draw_head() {
  const std::string width = coordinate(width_);
  const std::string height = coordinate(height_);
  canvas_.raw(fmt::format(
      R"(<svg xmlns="http://www.w3.org/2000/svg" width="{}mm" height="{}mm" viewBox="0 0 {} {}" )"
      "font-family=\"Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif\" fill=\"#000000\" role=\"img\">\n",
      coordinate(width_ / points_per_mm), coordinate(height_ / points_per_mm), width, height));
  const std::string about = fmt::format("{} against {}", wording(chart_.y).plain, wording(chart_.x).plain);
  canvas_.raw(fmt::format("<title>{}</title>\n", escaped(chart_.title.empty() ? about : chart_.title)));
  if (chart_.interval_ratio > 0) {
    canvas_.raw(
        fmt::format("<desc>{}. Intervals: all rates whose likelihood is at least 1/{} of the greatest.</desc>\n",
                    escaped(about), chart_.interval_ratio));
  }
  canvas_.raw(fmt::format("<rect width=\"{}\" height=\"{}\" fill=\"#ffffff\"/>\n", width, height));
  canvas_.raw(fmt::format("<clipPath id=\"axes\"><rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"/></clipPath>\n",
                          coordinate(box_.left), coordinate(box_.top), coordinate(box_.width()),
                          coordinate(box_.height())));
}

void Drawing::draw_grid() {
  canvas_.raw("<g stroke=\"#e3e3e3\" stroke-width=\"0.5\">\n");
  for (const Tick& tick : x_.ticks) {
    if (tick.major) canvas_.line(at(tick.value, y_.low), at(tick.value, y_.high), "");
  }
  for (const Tick& tick : y_.ticks) {
    if (tick.major) canvas_.line(at(x_.low, tick.value), at(x_.high, tick.value), "");
  }
  canvas_.raw("</g>\n");
}

void Drawing::draw_x_ticks() {
  for (const Tick& tick : x_.ticks) {
    const double x = at(tick.value, y_.low).x;
    const double length = tick.major ? 3.5 : 1.8;
    canvas_.line({x, box_.bottom}, {x, box_.bottom - length}, R"(stroke="#000000" stroke-width="0.6")");
    canvas_.line({x, box_.top}, {x, box_.top + length}, R"(stroke="#000000" stroke-width="0.6")");
    if (tick.major) canvas_.text({x, box_.bottom + 9}, tick.label, tick_size, "middle");
  }
}

void Drawing::draw_y_ticks() {
  for (const Tick& tick : y_.ticks) {
    const double y = at(x_.low, tick.value).y;
    const double length = tick.major ? 3.5 : 1.8;
    canvas_.line({box_.left, y}, {box_.left + length, y}, R"(stroke="#000000" stroke-width="0.6")");
    canvas_.line({box_.right, y}, {box_.right - length, y}, R"(stroke="#000000" stroke-width="0.6")");
    if (tick.label.empty()) continue;
    if (chart_.logarithmic()) {
      canvas_.raw(fmt::format(R"(<text x="{}" y="{}" font-size="{}" text-anchor="end">10<tspan dy="-2.8" )"
                              "font-size=\"5\">{}</tspan></text>\n",
                              coordinate(box_.left - 3), coordinate(y + 2.8), coordinate(tick_size), tick.label));
    } else {
      canvas_.text({box_.left - 3, y + 2.5}, tick.label, tick_size, "end");
    }
  }
}

void Drawing::draw_labels() {
  canvas_.label({(box_.left + box_.right) / 2, box_.bottom + 20.5}, wording(chart_.x).runs, label_size, false);
  canvas_.label({label_size + 1.5, (box_.top + box_.bottom) / 2}, wording(chart_.y).runs, label_size, true);
  if (!chart_.title.empty()) {
    canvas_.text({(box_.left + box_.right) / 2, 11}, chart_.title, title_size, "middle", R"(font-weight="bold")");
  }
}

void Drawing::draw_limits() {
  for (std::size_t i = 0; i < chart_.limits.size(); ++i) {
    canvas_.polyline(limit_path(chart_.limits[i]),
                     fmt::format(R"(stroke="#444444" stroke-width="1" stroke-dasharray="{}")", limit_dash(i)));
  }
}

void Drawing::draw_band(const Curve& curve, const CurveStyle& style) {
  std::vector<Position> outline;
  for (const Mark& mark : curve.marks) {
    if (!mark.upper_limit) outline.push_back(at(mark.x, inside(mark.high)));
  }
  for (const Mark& mark : std::views::reverse(curve.marks)) {
    if (!mark.upper_limit) outline.push_back(at(mark.x, inside(mark.low)));
  }
  std::string points;
  for (const Position& p : outline) points += fmt::format("{},{} ", coordinate(p.x), coordinate(p.y));
  canvas_.raw(fmt::format("<polygon points=\"{}\" fill=\"{}\" fill-opacity=\"0.2\"/>\n", points, style.colour));
}

void Drawing::draw_bar(const Mark& mark, const CurveStyle& style) {
  const Position low = at(mark.x, inside(mark.low));
  const Position high = at(mark.x, inside(mark.high));
  const std::string stroke = fmt::format(R"(stroke="{}" stroke-width="0.7")", style.colour);
  canvas_.line(low, high, stroke);
  canvas_.line({high.x - 1.8, high.y}, {high.x + 1.8, high.y}, stroke);
  // No cap where the axis cuts the bar: the interval goes on.
  if (mark.low >= y_.low) canvas_.line({low.x - 1.8, low.y}, {low.x + 1.8, low.y}, stroke);
}

void Drawing::draw_curve(const Curve& curve, const CurveStyle& style) {
  std::vector<Position> path;
  for (const Mark& mark : curve.marks) {
    if (!mark.upper_limit) path.push_back(at(mark.x, mark.y));
  }
  canvas_.raw("<g>\n");
  const bool intervals = chart_.interval_ratio > 0;
  if (intervals && paper_.intervals == IntervalStyle::bands) draw_band(curve, style);
  canvas_.polyline(path, fmt::format(R"(stroke="{}" stroke-width="1.1" stroke-linejoin="round")", style.colour));
  for (const Mark& mark : curve.marks) {
    if (mark.upper_limit) {
      draw_upper_limit(canvas_, at(mark.x, mark.y), style.colour, 9);
      continue;
    }
    if (intervals && paper_.intervals == IntervalStyle::bars) draw_bar(mark, style);
    canvas_.marker(at(mark.x, mark.y), style.marker, style.hollow, style.colour);
  }
  canvas_.raw("</g>\n");
}

std::string Drawing::draw() {
  draw_head();
  draw_grid();
  canvas_.raw("<g clip-path=\"url(#axes)\">\n");
  draw_limits();
  for (std::size_t i = chart_.curves.size(); i-- > 0;) draw_curve(chart_.curves[i], curve_style(i));
  canvas_.raw("</g>\n");
  canvas_.rectangle(box_, R"(fill="none" stroke="#000000" stroke-width="0.7")");
  draw_x_ticks();
  draw_y_ticks();
  draw_labels();
  draw_legend(canvas_, legend_, legend_box_, legend_columns_, legend_inside_);
  canvas_.raw("</svg>\n");
  return canvas_.take();
}

}  // namespace

std::string to_svg(const Chart& chart, const Paper& paper) { return Drawing(chart, paper).draw(); }

}  // namespace caligo::plot
