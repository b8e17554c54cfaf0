// SPDX-License-Identifier: Apache-2.0
#include "plot/json.hpp"

#include <cmath>
#include <nlohmann/json.hpp>

#include "plot/axis.hpp"
#include "plot/style.hpp"

namespace caligo::plot {

namespace {

using Json = nlohmann::ordered_json;

Json axis_json(Quantity quantity, const Axis& axis) {
  const Wording& words = wording(quantity);
  return {{"quantity", words.name}, {"label", words.plain}, {"mathtext", words.mathtext},
          {"low", axis.low},        {"high", axis.high},    {"logarithmic", axis.logarithmic}};
}

Json curve_json(const Curve& curve, std::size_t index, bool rates) {
  const CurveStyle style = curve_style(index);
  Json points = Json::array();
  for (const Mark& mark : curve.marks) {
    Json point{{"x", mark.x},
               {"channel", mark.channel},
               {"frames", mark.frames},
               {"frame_errors", mark.frame_errors},
               {"undetected_errors", mark.undetected_errors},
               {"bit_errors", mark.bit_errors},
               {"y", mark.upper_limit ? 0 : mark.y}};
    if (rates) {
      point["low"] = mark.low;
      point["high"] = mark.high;
    }
    points.push_back(std::move(point));
  }
  return {{"label", curve.label},
          {"colour", style.colour},
          {"marker", style.marker},
          {"hollow", style.hollow},
          {"points", std::move(points)}};
}

Json limit_json(const Limit& limit, std::size_t index) {
  Json points = Json::array();
  for (std::size_t i = 0; i < limit.x.size(); ++i) points.push_back({limit.x[i], limit.y[i]});
  Json json{{"label", limit.label}, {"dash", limit_dash(index)}, {"n", limit.n}};
  if (limit.k > 0) json["k"] = limit.k;
  json["points"] = std::move(points);
  return json;
}

}  // namespace

Json to_json(const Chart& chart) {
  constexpr unsigned most_labels = 10;
  const Ranges ranges = ranges_of(chart);
  const Axis x = linear_axis(ranges.x.low, ranges.x.high, most_labels);
  const Axis y = chart.logarithmic() ? decade_axis(ranges.y.low, ranges.y.high, most_labels)
                                     : linear_axis(ranges.y.low, ranges.y.high, most_labels);
  Json json{{"title", chart.title},       {"legend_title", chart.legend_title},     {"x", axis_json(chart.x, x)},
            {"y", axis_json(chart.y, y)}, {"interval_ratio", chart.interval_ratio}, {"curves", Json::array()},
            {"limits", Json::array()}};
  for (std::size_t i = 0; i < chart.curves.size(); ++i) {
    json["curves"].push_back(curve_json(chart.curves[i], i, chart.interval_ratio > 0));
  }
  for (std::size_t i = 0; i < chart.limits.size(); ++i) json["limits"].push_back(limit_json(chart.limits[i], i));
  return json;
}

}  // namespace caligo::plot
