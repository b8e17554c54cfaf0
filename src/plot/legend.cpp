// SPDX-License-Identifier: Apache-2.0
#include "plot/legend.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "plot/style.hpp"
#include "plot/upper_limit.hpp"

namespace caligo::plot {

namespace {

std::size_t rows_of(const Legend& legend, std::size_t columns) {
  return (legend.entries.size() + columns - 1) / columns;
}

double column_width(const Legend& legend) {
  double widest = 0;
  for (const LegendEntry& entry : legend.entries) widest = std::max(widest, text_width(entry.label, legend_size));
  return legend_sample + 3 + widest;
}

constexpr double column_gap = 8;

void draw_sample(Canvas& canvas, const LegendEntry& entry, Position left) {
  const Position right{left.x + legend_sample, left.y};
  const Position middle{left.x + legend_sample / 2, left.y};
  switch (entry.kind) {
    case LegendEntry::Kind::curve: {
      const CurveStyle style = curve_style(entry.index);
      canvas.line(left, right, fmt::format(R"(stroke="{}" stroke-width="1.1")", style.colour));
      canvas.marker(middle, style.marker, style.hollow, style.colour);
      break;
    }
    case LegendEntry::Kind::limit:
      canvas.line(left, right,
                  fmt::format(R"(stroke="#444444" stroke-width="1" stroke-dasharray="{}")", limit_dash(entry.index)));
      break;
    case LegendEntry::Kind::upper_limit:
      draw_upper_limit(canvas, {middle.x, middle.y - 2.5}, "#444444", 6);
      break;
  }
}

}  // namespace

void draw_upper_limit(Canvas& canvas, Position at, std::string_view colour, double length) {
  const double tip = at.y + length;
  canvas.line({at.x - 2.6, at.y}, {at.x + 2.6, at.y}, fmt::format(R"(stroke="{}" stroke-width="1.1")", colour));
  canvas.line(at, {at.x, tip - 2}, fmt::format(R"(stroke="{}" stroke-width="0.8")", colour));
  canvas.raw(fmt::format("<path d=\"M{} {}L{} {}L{} {}Z\" fill=\"{}\"/>\n", coordinate(at.x - 1.7),
                         coordinate(tip - 2.6), coordinate(at.x + 1.7), coordinate(tip - 2.6), coordinate(at.x),
                         coordinate(tip), colour));
}

Legend legend_of(const Chart& chart) {
  Legend legend;
  legend.title = chart.legend_title;
  bool limited = false;
  for (std::size_t i = 0; i < chart.curves.size(); ++i) {
    const Curve& curve = chart.curves[i];
    legend.entries.push_back({LegendEntry::Kind::curve, i, curve.label});
    limited =
        limited || std::any_of(curve.marks.begin(), curve.marks.end(), [](const Mark& m) { return m.upper_limit; });
  }
  for (std::size_t i = 0; i < chart.limits.size(); ++i) {
    legend.entries.push_back({LegendEntry::Kind::limit, i, chart.limits[i].label});
  }
  if (limited) legend.entries.push_back({LegendEntry::Kind::upper_limit, 0, "upper limit (no errors)"});
  return legend;
}

Position legend_extent(const Legend& legend, std::size_t columns) {
  const auto count = static_cast<double>(columns);
  const double entries = count * column_width(legend) + (count - 1) * column_gap;
  const double rows = static_cast<double>(rows_of(legend, columns)) + (legend.title.empty() ? 0 : 1);
  return {2 * legend_padding + std::max(entries, text_width(legend.title, legend_size)),
          2 * legend_padding + rows * legend_line - 2};
}

std::optional<Box> find_place(const Box& axes, Position extent, const std::vector<Position>& points) {
  constexpr double margin = 4;
  constexpr double distance = 3;  // from what is drawn
  const double right = axes.right - margin - extent.x;
  const double bottom = axes.bottom - margin - extent.y;
  const double left = axes.left + margin;
  const double top = axes.top + margin;
  if (right < left || bottom < top) return std::nullopt;
  const auto box_at = [&](double x, double y) { return Box{x, y, x + extent.x, y + extent.y}; };
  const auto is_free = [&](const Box& box) {
    const Box wide{box.left - distance, box.top - distance, box.right + distance, box.bottom + distance};
    return std::none_of(points.begin(), points.end(), [&](Position p) { return wide.contains(p); });
  };
  std::vector<Box> places{box_at(left, bottom), box_at(right, top), box_at(right, bottom), box_at(left, top)};
  constexpr int grid = 12;
  for (int row = grid; row >= 0; --row) {
    for (int column = 0; column <= grid; ++column) {
      places.push_back(box_at(left + (right - left) * column / grid, top + (bottom - top) * row / grid));
    }
  }
  const auto found = std::find_if(places.begin(), places.end(), is_free);
  return found == places.end() ? std::nullopt : std::optional<Box>(*found);
}

void draw_legend(Canvas& canvas, const Legend& legend, const Box& box, std::size_t columns, bool framed) {
  canvas.raw("<g>\n");
  if (framed) canvas.rectangle(box, R"(fill="#ffffff" stroke="#bbbbbb" stroke-width="0.5" rx="1.5")");
  const double left = box.left + legend_padding;
  double top = box.top + legend_padding;
  if (!legend.title.empty()) {
    canvas.text({left, top + 6}, legend.title, legend_size, "start");
    top += legend_line;
  }
  const std::size_t rows = rows_of(legend, columns);
  for (std::size_t i = 0; i < legend.entries.size(); ++i) {
    const std::size_t column = i / rows;
    const double x = left + static_cast<double>(column) * (column_width(legend) + column_gap);
    const double y = top + static_cast<double>(i % rows) * legend_line;
    draw_sample(canvas, legend.entries[i], {x, y + 3.6});
    canvas.text({x + legend_sample + 3, y + 6}, legend.entries[i].label, legend_size, "start");
  }
  canvas.raw("</g>\n");
}

}  // namespace caligo::plot
