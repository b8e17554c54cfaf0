// SPDX-License-Identifier: Apache-2.0
// Results of `caligo simulate` as a table, as JSON, and combined files.
#include <fmt/format.h>
#include <caligo/channel.hpp>

#include <algorithm>
#include <array>

#include "base/file.hpp"
#include "cli/simulate.hpp"

namespace caligo::cli {

namespace {

using Json = nlohmann::ordered_json;

double ratio(std::uint64_t part, double whole) { return whole > 0 ? static_cast<double>(part) / whole : 0; }

/// Bits of a frame that bit errors are counted among.
double bits_of(const TaskSummary& task) {
  return static_cast<double>(task.is_reconciliation ? task.sent_bits : task.message_bits);
}

double efficiency(const ReconciliationCounts& counts, const TaskSummary& task) {
  const auto* bsc = std::get_if<Bsc>(&task.channel);
  const double entropy = bsc != nullptr ? binary_entropy(bsc->crossover) : 0;
  const double least = static_cast<double>(counts.bits) * entropy;
  return least > 0 ? static_cast<double>(counts.leaked.total()) / least : 0;
}

TaskSummary summary_of(const ResultRow& row) {
  auto summary = summarise_task(row.task);
  return summary ? *summary : TaskSummary{};
}

std::string code_text(const TaskSummary& task) {
  if (task.is_reconciliation) return fmt::format("{} bits", task.sent_bits);
  return fmt::format("({}, {})", task.sent_bits, task.message_bits);
}

using Cells = std::vector<std::string>;

Cells cells_of(const ResultRow& row) {
  const TaskSummary task = summary_of(row);
  const Statistics& c = row.counts;
  const auto frames = static_cast<double>(c.frames);
  const caligo::Interval fer = likelihood_interval(c.frame_errors, c.frames);
  const double mbps = c.cpu_seconds > 0 ? frames * bits_of(task) / c.cpu_seconds / 1e6 : 0;
  Cells cells{code_text(task),
              row.decoder,
              to_string(task.channel),
              fmt::format("{}", c.frames),
              fmt::format("{}", c.frame_errors),
              fmt::format("{}", c.undetected_errors),
              short_rate(ratio(c.frame_errors, frames)),
              fmt::format("{} .. {}", short_rate(fer.low), short_rate(fer.high))};
  if (task.is_reconciliation) {
    const auto rounds = static_cast<double>(c.reconciliation.rounds);
    cells.push_back(fmt::format("f {:.4f}, {:.0f} rounds", efficiency(c.reconciliation, task), rounds / frames));
  } else {
    cells.push_back(short_rate(ratio(c.bit_errors, frames * bits_of(task))));
  }
  cells.push_back(c.cpu_seconds > 0 ? fmt::format("{:.3g}", mbps) : "-");
  return cells;
}

/// Columns as wide as their widest cell; figures to the right.
std::string align(const std::vector<Cells>& rows) {
  constexpr std::size_t left_columns = 3;
  std::vector<std::size_t> width(rows.front().size());
  for (const Cells& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) width[i] = std::max(width[i], row[i].size());
  }
  std::string text;
  for (const Cells& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (i > 0) line += "  ";
      line += i < left_columns ? fmt::format("{:<{}}", row[i], width[i]) : fmt::format("{:>{}}", row[i], width[i]);
    }
    text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  return text;
}

Json reconciliation_json(const ResultRow& row, const TaskSummary& task) {
  const ReconciliationCounts& c = row.counts.reconciliation;
  Json out;
  out["bits"] = c.bits;
  out["key_bits"] = c.key_bits;
  out["leaked_bits"] = c.leaked.total();
  out["efficiency"] = efficiency(c, task);
  out["rounds_mean"] = ratio(c.rounds, static_cast<double>(row.counts.frames));
  return out;
}

Json row_json(const ResultRow& row) {
  const TaskSummary task = summary_of(row);
  const Statistics& c = row.counts;
  const auto frames = static_cast<double>(c.frames);
  const caligo::Interval fer = likelihood_interval(c.frame_errors, c.frames);
  Json out;
  out["channel"] = to_string(task.channel);
  out["decoder"] = row.decoder;
  out["strong_id"] = row.strong_id;
  out["seed"] = row.seed;
  out["frames"] = c.frames;
  out["frame_errors"] = c.frame_errors;
  out["undetected_errors"] = c.undetected_errors;
  out["bit_errors"] = c.bit_errors;
  out["fer"] = ratio(c.frame_errors, frames);
  out["fer_low"] = fer.low;
  out["fer_high"] = fer.high;
  out["ber"] = ratio(c.bit_errors, frames * bits_of(task));
  out["cpu_seconds"] = c.cpu_seconds;
  out["mbps"] = c.cpu_seconds > 0 ? Json(frames * bits_of(task) / c.cpu_seconds / 1e6) : Json(nullptr);
  for (std::size_t i = 0; i < c.lists.size(); ++i) {
    if (c.lists[i] > 0) out["decided_by_list"][std::to_string(1U << i)] = c.lists[i];
  }
  if (task.is_reconciliation) out["reconciliation"] = reconciliation_json(row, task);
  out["task"] = Json::parse(row.task, nullptr, false);
  return out;
}

Result<std::vector<ResultRow>> read_all(const std::vector<std::string>& paths) {
  std::vector<ResultRow> rows;
  for (const std::string& path : paths) {
    auto file = read_results(path);
    if (!file) return std::move(file).error();
    if (file->torn) log_warning(path + ": the last line has no end; it is left out");
    std::ranges::move(file->rows, std::back_inserter(rows));
  }
  return rows;
}

}  // namespace

std::string short_rate(double rate) { return rate == 0 ? "0" : fmt::format("{:.2e}", rate); }

std::string result_table(const std::vector<ResultRow>& rows) {
  const bool reconciles = std::ranges::any_of(rows, [](const ResultRow& r) { return summary_of(r).is_reconciliation; });
  std::vector<Cells> table{{"code", "decoder", "channel", "frames", "errors", "undetected", "FER", "interval",
                            reconciles ? "BER or efficiency" : "BER", "Mb/s"}};
  for (const ResultRow& row : rows) table.push_back(cells_of(row));
  return align(table);
}

Json result_json(const std::vector<ResultRow>& rows) {
  Json out = Json::array();
  for (const ResultRow& row : rows) out.push_back(row_json(row));
  return out;
}

Result<void> combine_files(const SimulateOptions& options) {
  auto rows = read_all(options.combine);
  if (!rows) return std::move(rows).error();
  auto combined = combine_results(*rows);
  if (!combined) return std::move(combined).error();
  if (combined->duplicates > 0) {
    log_info(fmt::format("{} rows of frames that had been counted already were left out", combined->duplicates));
  }
  if (options.json) return print_json(Json{{"points", result_json(sum_by_task(combined->rows))}});
  std::string text = std::string(result_columns) + "\n";
  for (const ResultRow& row : combined->rows) text += to_csv(row);
  if (options.output.empty() || options.output == "-") return print(text);
  auto file = base::AtomicFile::create(options.output);
  if (!file) return std::move(file).error();
  if (auto written = file->write(text); !written) return written;
  if (auto committed = file->commit(); !committed) return committed;
  return print(result_table(sum_by_task(combined->rows)));
}

}  // namespace caligo::cli
