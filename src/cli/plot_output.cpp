// SPDX-License-Identifier: Apache-2.0
#include "cli/plot_output.hpp"

#include <fmt/format.h>
#include <caligo/version.hpp>

#include <algorithm>
#include <array>
#include <cctype>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/file.hpp"
#include "cli/python.hpp"
#include "plot/json.hpp"

namespace caligo::cli {

namespace {

using Json = nlohmann::ordered_json;

std::string dump(const Json& json) {
  // Titles and file names may hold bytes that are not UTF-8.
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// The chart that was asked for, and first after it the other error rate of the same files.
std::string make_page(const std::vector<plot::NamedRows>& files, plot::ChartRequest request, const plot::Chart& chart) {
  Json data{{"version", version()}, {"files", Json::array()}, {"charts", Json::array({plot::to_json(chart)})}};
  for (const plot::NamedRows& file : files) data["files"].push_back(file.name);
  for (const auto y : {plot::Quantity::frame_error_rate, plot::Quantity::bit_error_rate, plot::Quantity::efficiency}) {
    if (y == chart.y) continue;
    request.y = y;
    if (const auto other = plot::make_chart(files, request)) data["charts"].push_back(plot::to_json(*other));
  }
  // No "<" inside the script element: labels could hold the end tag.
  std::string text;
  for (const char c : dump(data)) c == '<' ? text += "\\u003c" : text += c;
  constexpr std::string_view place = "@DATA@";
  std::string page(plot_page);
  return page.replace(page.find(place), place.size(), text);
}

Result<std::string> through_matplotlib(const plot::Chart& chart, const PlotSettings& settings) {
  constexpr std::array names{"bars", "bands", "none"};
  Json figure = plot::to_json(chart);
  figure["format"] = settings.form == PlotForm::png ? "png" : "pdf";
  figure["width_mm"] = settings.paper.width_mm;
  figure["height_mm"] = settings.paper.height_mm;
  figure["intervals"] = names.at(static_cast<std::size_t>(settings.paper.intervals));
  return run_python(plot_matplotlib, dump(figure));
}

}  // namespace

std::optional<PlotForm> plot_form(const std::string& name) {
  if (name == "-") return PlotForm::svg;
  const std::size_t dot = name.rfind('.');
  if (dot == std::string::npos) return std::nullopt;
  std::string end = name.substr(dot);
  std::transform(end.begin(), end.end(), end.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (end == ".svg") return PlotForm::svg;
  if (end == ".png") return PlotForm::png;
  if (end == ".pdf") return PlotForm::pdf;
  if (end == ".html" || end == ".htm") return PlotForm::html;
  return std::nullopt;
}

Result<void> write_plot(const std::vector<plot::NamedRows>& files, const plot::ChartRequest& request,
                        const plot::Chart& chart, const PlotSettings& settings, const std::string& output) {
  // First, so that a folder that cannot be written is found before any work is done.
  auto file = base::AtomicFile::create(output);
  if (!file) return std::move(file).error();
  std::string text;
  switch (settings.form) {
    case PlotForm::svg:
      text = plot::to_svg(chart, settings.paper);
      break;
    case PlotForm::html:
      text = make_page(files, request, chart);
      break;
    case PlotForm::png:
    case PlotForm::pdf: {
      auto drawn = through_matplotlib(chart, settings);
      if (!drawn) return Error{drawn.error().code, fmt::format("{}: {}", output, drawn.error().message)};
      text = std::move(*drawn);
      break;
    }
  }
  if (auto written = file->write(text); !written) return written;
  return file->commit();
}

Result<PlotForm> check_plot_name(const std::string& option, const std::string& output) {
  if (const auto form = plot_form(output)) return *form;
  return Error{ErrorCode::invalid_argument,
               fmt::format("{} {}: expected a name that ends in .svg, .png, .pdf or .html", option, output)};
}

Result<void> plot_rows(std::vector<ResultRow> rows, const std::string& source, const std::string& output) {
  const auto form = check_plot_name("--plot", output);
  if (!form) return form.error();
  const std::vector<plot::NamedRows> files{{source, std::move(rows)}};
  const plot::ChartRequest request;
  auto chart = plot::make_chart(files, request);
  if (!chart) return std::move(chart).error();
  return write_plot(files, request, *chart, {*form, {}}, output);
}

}  // namespace caligo::cli
