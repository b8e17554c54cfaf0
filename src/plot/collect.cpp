// SPDX-License-Identifier: Apache-2.0
#include "plot/collect.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "plot/labels.hpp"
#include "plot/limits.hpp"

namespace caligo::plot {

namespace {

/// A row with what its task says.
struct Measured {
  ResultRow row;
  TaskSummary task;
  std::string file;
  std::string family;  ///< the task without its noise: equal for the points of a curve
};

struct Family {
  std::vector<Measured> points;
};

Error refuse(std::string message) { return {ErrorCode::invalid_argument, std::move(message)}; }

/// with_scale: curves at several scales of the LLRs are compared; otherwise the scale follows from the noise.
std::string family_of(const std::string& task, bool with_scale) {
  auto json = nlohmann::json::parse(task, nullptr, false);
  json.erase("channel");
  if (!with_scale) json.erase("llr_scale");
  // Reconciliation chooses its code, or its intervals, for each error rate.
  if (json.contains("block_bits")) {
    json.erase("code");
    json.erase("cascade");
  }
  return json.dump();
}

Result<std::vector<Measured>> read_rows(std::span<const NamedRows> files) {
  std::vector<ResultRow> all;
  std::map<std::string, std::string> file_of;
  for (const NamedRows& file : files) {
    for (const ResultRow& row : file.rows) file_of.emplace(row.strong_id, file.name);
    all.insert(all.end(), file.rows.begin(), file.rows.end());
  }
  auto combined = combine_results(all);
  if (!combined) return std::move(combined).error();
  std::vector<Measured> measured;
  for (ResultRow& row : sum_by_task(combined->rows)) {
    if (row.counts.frames == 0) continue;
    auto task = summarise_task(row.task);
    if (!task) return std::move(task).error();
    std::string family = family_of(row.task, false);
    std::string file = file_of[row.strong_id];
    measured.push_back({std::move(row), std::move(*task), std::move(file), std::move(family)});
  }
  if (measured.empty()) {
    return Error{ErrorCode::malformed_input,
                 fmt::format("{}: no points to plot", files.empty() ? "plot" : files.front().name)};
  }
  return measured;
}

/// Points of one family at the same noise differ in their scale, and then the scale makes curves of its own.
void split_by_scale(std::vector<Measured>& measured) {
  std::set<std::string> seen;
  std::set<std::string> ambiguous;
  for (const Measured& m : measured) {
    if (!seen.insert(m.family + to_string(m.task.channel)).second) ambiguous.insert(m.family);
  }
  for (Measured& m : measured) {
    if (ambiguous.contains(m.family)) m.family = family_of(m.row.task, true);
  }
}

Result<std::vector<Family>> group(std::vector<Measured> measured) {
  split_by_scale(measured);
  std::vector<Family> families;
  std::map<std::string, std::size_t> place;
  for (Measured& m : measured) {
    const auto [found, added] = place.emplace(m.family, families.size());
    if (added) families.emplace_back();
    families[found->second].points.push_back(std::move(m));
  }
  if (families.size() > most_curves) {
    return refuse(fmt::format("{} curves: at most {} can be told apart in one plot", families.size(), most_curves));
  }
  return families;
}

/// What the channel was given by.
Quantity natural_quantity(const TaskSummary& task) {
  constexpr std::array quantities{Quantity::crossover, Quantity::erasure, Quantity::sigma, Quantity::ebn0,
                                  Quantity::esn0};
  return task.is_reconciliation ? Quantity::qber : quantities[task.channel.index()];
}

bool is_gaussian(Quantity quantity) {
  return quantity == Quantity::ebn0 || quantity == Quantity::esn0 || quantity == Quantity::sigma;
}

Result<Quantity> choose_x(const std::vector<Measured>& measured, std::optional<Quantity> wanted) {
  const Quantity first = natural_quantity(measured.front().task);
  bool same = true;
  for (const Measured& m : measured) {
    const Quantity other = natural_quantity(m.task);
    if (other == first) continue;
    same = false;
    if (!is_gaussian(first) || !is_gaussian(other)) {
      return refuse(fmt::format("{} is about {}, {} about {}: they share no axis", measured.front().file,
                                wording(first).plain, m.file, wording(other).plain));
    }
  }
  if (!wanted) return same ? first : Quantity::ebn0;
  if (*wanted != first && (!is_gaussian(first) || !is_gaussian(*wanted))) {
    return refuse(fmt::format("{} is about {}, which cannot be drawn over {}", measured.front().file,
                              wording(first).plain, wording(*wanted).plain));
  }
  return *wanted;
}

Result<Quantity> choose_y(Quantity x, std::optional<Quantity> wanted) {
  const bool reconciliation = x == Quantity::qber;
  if (!wanted) return reconciliation ? Quantity::efficiency : Quantity::frame_error_rate;
  if (*wanted == Quantity::efficiency && !reconciliation) {
    return refuse("efficiency: only reconciliation has one; expected fer or ber for these files");
  }
  if (*wanted == Quantity::bit_error_rate && reconciliation) {
    return refuse(
        "ber: reconciliation has none, as its blocks are verified; expected efficiency or fer for these files");
  }
  return *wanted;
}

/// The bits of a frame fail together, so the frames are the independent trials. The interval of the bit error rate is
/// that of the frame error rate, times the measured share of wrong bits in a wrong frame; without errors that share is
/// unknown and counts as 1.
void set_error_rate(Mark& mark, const Measured& m, const ChartRequest& request, Quantity y) {
  const Statistics& counts = m.row.counts;
  const auto frames = static_cast<double>(counts.frames);
  const auto errors = static_cast<double>(counts.frame_errors);
  const double ratio = request.interval_ratio > 0 ? request.interval_ratio : 1000;
  const Interval interval = likelihood_interval(counts.frame_errors, counts.frames, ratio);
  double share = 1;
  if (y == Quantity::bit_error_rate && counts.frame_errors > 0) {
    share = static_cast<double>(counts.bit_errors) / (errors * static_cast<double>(m.task.message_bits));
  }
  mark.upper_limit = counts.frame_errors == 0;
  mark.low = mark.upper_limit ? 0 : interval.low * share;
  mark.high = interval.high * share;
  mark.y = mark.upper_limit ? mark.high : errors / frames * share;
}

double efficiency_of(const Measured& m) {
  const ReconciliationCounts& counts = m.row.counts.reconciliation;
  const double q = std::get<Bsc>(m.task.channel).crossover;
  return static_cast<double>(counts.leaked.total()) / (static_cast<double>(counts.bits) * binary_entropy(q));
}

Mark make_mark(const Measured& m, const ChartRequest& request, Quantity x, Quantity y) {
  Mark mark;
  mark.x = abscissa(m.task.channel, x, m.task.is_reconciliation ? 1 : m.task.rate()).value_or(0);
  mark.channel = to_string(m.task.channel);
  mark.frames = m.row.counts.frames;
  mark.frame_errors = m.row.counts.frame_errors;
  mark.undetected_errors = m.row.counts.undetected_errors;
  mark.bit_errors = m.row.counts.bit_errors;
  if (y == Quantity::efficiency) {
    mark.y = mark.low = mark.high = efficiency_of(m);
  } else {
    set_error_rate(mark, m, request, y);
  }
  return mark;
}

void add_limits(Chart& chart, const std::vector<Family>& families) {
  if (chart.y == Quantity::bit_error_rate) return;  // the approximation is about frames
  Range range = ranges_of(chart).x;
  std::set<std::pair<std::size_t, std::size_t>> done;
  for (const Family& family : families) {
    const TaskSummary& task = family.points.front().task;
    if (!done.emplace(task.sent_bits, task.message_bits).second) continue;
    const auto n = static_cast<double>(task.sent_bits);
    if (chart.y == Quantity::efficiency) {
      chart.limits.push_back(efficiency_limit(n, 1e-3, range.low, range.high));
    } else if (!task.is_reconciliation) {
      chart.limits.push_back(
          error_rate_limit(chart.x, n, static_cast<double>(task.message_bits), range.low, range.high));
    }
  }
  std::erase_if(chart.limits, [](const Limit& limit) { return limit.x.empty(); });
  // One limit needs no name beyond what the legend's title or the curve says.
  if (chart.limits.size() < 2) return;
  for (Limit& limit : chart.limits) {
    limit.label +=
        limit.k > 0 ? fmt::format(" ({:.0f}, {:.0f})", limit.n, limit.k) : fmt::format(", {:.0f} bits", limit.n);
  }
}

}  // namespace

Result<Chart> make_chart(std::span<const NamedRows> files, const ChartRequest& request) {
  auto measured = read_rows(files);
  if (!measured) return std::move(measured).error();
  const auto x = choose_x(*measured, request.x);
  if (!x) return x.error();
  const auto y = choose_y(*x, request.y);
  if (!y) return y.error();
  auto families = group(std::move(*measured));
  if (!families) return std::move(families).error();
  Chart chart;
  chart.title = request.title;
  chart.x = *x;
  chart.y = *y;
  chart.interval_ratio = *y == Quantity::efficiency ? 0 : request.interval_ratio;
  std::vector<LabelParts> parts;
  std::vector<std::string> names;
  for (const Family& family : *families) {
    Curve curve;
    for (const Measured& m : family.points) curve.marks.push_back(make_mark(m, request, *x, *y));
    std::stable_sort(curve.marks.begin(), curve.marks.end(), [](const Mark& a, const Mark& b) { return a.x < b.x; });
    chart.curves.push_back(std::move(curve));
    parts.push_back(label_parts(family.points.front().task, family.points.front().row.decoder));
    names.push_back(family.points.front().file);
  }
  Labels labels = make_labels(parts, names);
  chart.legend_title = std::move(labels.common);
  for (std::size_t i = 0; i < labels.each.size(); ++i) chart.curves[i].label = std::move(labels.each[i]);
  if (request.limits) add_limits(chart, *families);
  return chart;
}

}  // namespace caligo::plot
