// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Plots into files: SVG and pages from here, PNG and PDF through matplotlib.

#include <caligo/error.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plot/collect.hpp"
#include "plot/svg.hpp"

namespace caligo::cli {

enum class PlotForm { svg, png, pdf, html };

/// By the end of the name; "-", standard output, is SVG.
std::optional<PlotForm> plot_form(const std::string& name);

struct PlotSettings {
  PlotForm form = PlotForm::svg;
  plot::Paper paper;
};

/// Writes aside and renames. files and request: what chart was made of; a page also gets the other error rate. Errors:
/// io; unsupported, if there is no Python or no matplotlib.
Result<void> write_plot(const std::vector<plot::NamedRows>& files, const plot::ChartRequest& request,
                        const plot::Chart& chart, const PlotSettings& settings, const std::string& output);

/// For simulate --plot: is the name one that a plot can have? Errors: invalid_argument, which names the option.
Result<PlotForm> check_plot_name(const std::string& option, const std::string& output);

/// A plot with default settings of rows that are at hand. source: names them where nothing else tells curves apart.
/// Errors: as write_plot() and make_chart().
Result<void> plot_rows(std::vector<ResultRow> rows, const std::string& source, const std::string& output);

/// src/cli/plot_page.html and src/cli/plot_matplotlib.py, which the build turns into strings. @DATA@ in the page stands
/// for the JSON.
extern const std::string_view plot_page;
extern const std::string_view plot_matplotlib;

}  // namespace caligo::cli
