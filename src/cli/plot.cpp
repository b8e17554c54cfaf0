// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/commands.hpp"
#include "cli/plot_output.hpp"
#include "cli/validators.hpp"
#include "plot/collect.hpp"
#include "plot/json.hpp"

namespace caligo::cli {

namespace {

constexpr const char* footer =
    R"(Points of one code and decoder make a curve; rows of the same task in several files are added up, and the same frames
count once. Bars are likelihood intervals; a point without errors is shown as the upper end of its interval. Dashed: the
normal approximation (Polyanskiy, Poor and Verdu 2010) for the message bits of the code, CRC not counted.

Examples:
  caligo plot sc.csv list8.csv list32.csv -o fer.svg
  caligo plot *.csv --width 181 --title "Lists of 8 and 32" -o fer.pdf
  caligo plot runs.csv --y ber --x esn0 -o ber.png
  caligo plot runs.csv -o fer.html
  caligo plot runs.csv --json)";

struct Options {
  std::vector<std::string> files;
  std::string output;
  std::string title;
  std::string x = "auto";
  std::string y = "auto";
  std::string intervals = "bars";
  double width = 88;
  double height = 0;
  double ratio = 1000;
  bool no_limits = false;
  bool html = false;
  bool json = false;
};

Error refuse(std::string message) { return {ErrorCode::invalid_argument, std::move(message)}; }

std::optional<plot::Quantity> quantity_named(const std::string& name) {
  using plot::Quantity;
  for (const Quantity q : {Quantity::ebn0, Quantity::esn0, Quantity::sigma, Quantity::frame_error_rate,
                           Quantity::bit_error_rate, Quantity::efficiency}) {
    if (plot::wording(q).name == name) return q;
  }
  return std::nullopt;  // "auto"
}

Result<PlotForm> choose_form(const Options& options) {
  return options.html ? PlotForm::html : check_plot_name("-o", options.output);
}

Result<void> check(const Options& options) {
  if (options.output.empty() && !options.json) return refuse("expected -o FILE.svg (or .png, .pdf, .html), or --json");
  if (!(options.width >= 40 && options.width <= 1000)) {
    return refuse(fmt::format("--width: expected 40 to 1000 mm, got {}", options.width));
  }
  if (options.height != 0 && !(options.height >= 30 && options.height <= 1000)) {
    return refuse(fmt::format("--height: expected 30 to 1000 mm, got {}", options.height));
  }
  if (!(options.ratio > 1 && options.ratio <= 1e12)) {
    return refuse(fmt::format("--ratio: expected a likelihood ratio above 1 to 1e12, got {}", options.ratio));
  }
  return {};
}

Result<std::vector<plot::NamedRows>> read_files(const std::vector<std::string>& names) {
  std::vector<plot::NamedRows> files;
  for (const std::string& name : names) {
    auto read = read_results(name);
    if (!read) return std::move(read).error();
    if (read->torn) log_warning(fmt::format("{}: the last line has no end and is left out", name));
    files.push_back({name, std::move(read->rows)});
  }
  return files;
}

Result<void> run(const Options& options) {
  if (auto checked = check(options); !checked) return checked;
  plot::ChartRequest request{quantity_named(options.x), quantity_named(options.y), options.title, !options.no_limits,
                             options.ratio};
  PlotSettings settings;
  settings.paper = {options.width, options.height, plot::IntervalStyle::bars};
  if (options.intervals == "bands") settings.paper.intervals = plot::IntervalStyle::bands;
  if (options.intervals == "none") settings.paper.intervals = plot::IntervalStyle::none;
  if (!options.output.empty()) {
    auto form = choose_form(options);
    if (!form) return std::move(form).error();
    settings.form = *form;
  }
  auto files = read_files(options.files);
  if (!files) return std::move(files).error();
  auto chart = plot::make_chart(*files, request);
  if (!chart) return std::move(chart).error();
  if (!options.output.empty()) {
    auto written = write_plot(*files, request, *chart, settings, options.output);
    if (!written) return written;
  }
  return options.json ? print_json(plot::to_json(*chart)) : Result<void>{};
}

void add_look(CLI::App& sub, Options& options) {
  sub.add_option("--title", options.title, "Above the axes (default: none)")->option_text("TEXT");
  sub.add_option("--width", options.width, "In mm; text keeps its size (default 88, a column; 181 is two)")
      ->transform(number())
      ->option_text("MM");
  sub.add_option("--height", options.height, "In mm, a legend below not counted (default: 3/4 of the width)")
      ->transform(number())
      ->option_text("MM");
  sub.add_option("--intervals", options.intervals, "bars, bands or none (default bars)")
      ->transform(one_of({"bars", "bands", "none"}))
      ->option_text("STYLE");
  sub.add_option("--ratio", options.ratio,
                 "Rates within this factor of the greatest likelihood are in an interval (default 1000; 6.83 gives "
                 "about 95 % coverage)")
      ->transform(number())
      ->option_text("R");
  sub.add_flag("--no-limits", options.no_limits, "Without the dashed lines");
}

}  // namespace

void add_plot(CLI::App& app, Context& context) {
  CLI::App* sub = app.add_subcommand("plot", "Draw error rates that simulate has counted: SVG, PNG, PDF or a page");
  auto options = std::make_shared<Options>();
  sub->add_option("FILE", options->files, "CSV files of caligo simulate (required)")
      ->required()
      ->option_text("FILE...");
  sub->add_option("-o,--output", options->output,
                  "Ends in .svg; .png or .pdf, for which Python needs matplotlib; or .html, an interactive page")
      ->option_text("OUT");
  sub->add_option("--y", options->y, "fer, ber, or, for reconciliation, efficiency (default: fer or efficiency)")
      ->transform(one_of({"auto", "fer", "ber", "efficiency"}))
      ->option_text("RATE");
  sub->add_option("--x", options->x, "Of AWGN channels: ebn0, esn0 or sigma (default: as simulated)")
      ->transform(one_of({"auto", "ebn0", "esn0", "sigma"}))
      ->option_text("AXIS");
  add_look(*sub, *options);
  sub->add_flag("--html", options->html, "Write the interactive page, whatever the name of OUT");
  sub->add_flag("--json", options->json, "Print what is drawn: points with counts and intervals, limits");
  sub->footer(footer);
  sub->callback([&context, options] { context.command = [options] { return run(*options); }; });
}

}  // namespace caligo::cli
