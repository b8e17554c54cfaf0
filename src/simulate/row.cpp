// SPDX-License-Identifier: Apache-2.0
#include "simulate/row.hpp"

#include <fmt/format.h>

#include <bit>
#include <charconv>
#include <nlohmann/json.hpp>
#include <numeric>
#include <optional>
#include <utility>

#include "simulate/problem.hpp"

namespace caligo {

namespace {

using Json = nlohmann::ordered_json;
using SortedJson = nlohmann::json;

Error malformed(std::string message) { return Error{ErrorCode::malformed_input, std::move(message)}; }

/// Untrusted text on one line, in ASCII, cut short.
std::string shown(std::string_view text) {
  std::string out;
  for (const char c : text.substr(0, 40)) out += c >= ' ' && c <= '~' ? c : '?';
  return text.size() > 40 ? out + "..." : out;
}

/// RFC 4180: a field that holds commas or quotes is quoted, and quotes in it are doubled.
std::string csv_field(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + '"';
}

/// The fields of a line; nothing if a quote is out of place.
std::optional<std::vector<std::string>> split(std::string_view line) {
  std::vector<std::string> fields(1);
  bool inside = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (inside && c == '"' && i + 1 < line.size() && line[i + 1] == '"') {
      fields.back() += '"';
      ++i;
    } else if (c == '"') {
      const bool at_begin = !inside && fields.back().empty() && (i == 0 || line[i - 1] == ',');
      const bool at_end = inside && (i + 1 == line.size() || line[i + 1] == ',');
      if (!at_begin && !at_end) return std::nullopt;
      inside = !inside;
    } else if (c == ',' && !inside) {
      fields.emplace_back();
    } else {
      fields.back() += c;
    }
  }
  if (inside) return std::nullopt;
  return fields;
}

template <class Number>
bool parse(std::string_view text, Number& value) {
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  return failure == std::errc{} && end == text.data() + text.size();
}

// ---- Metadata

constexpr std::array<std::pair<std::string_view, std::uint64_t ReconciliationCounts::*>, 5> sums{{
    {"bits", &ReconciliationCounts::bits},
    {"channel_errors", &ReconciliationCounts::channel_errors},
    {"key_bits", &ReconciliationCounts::key_bits},
    {"rounds", &ReconciliationCounts::rounds},
    {"messages", &ReconciliationCounts::messages},
}};
constexpr std::array<std::pair<std::string_view, std::uint64_t Leakage::*>, 6> leaks{{
    {"leaked_frozen", &Leakage::frozen},
    {"leaked_crc", &Leakage::crc},
    {"leaked_tag", &Leakage::tag},
    {"leaked_sample", &Leakage::sample},
    {"leaked_feedback", &Leakage::feedback},
    {"leaked_questions", &Leakage::questions},
}};

/// Counts that have no column of their own; only those that are not zero.
Json extra_counts(const Statistics& counts) {
  Json extra = Json::object();
  for (std::size_t i = 0; i < counts.lists.size(); ++i) {
    if (counts.lists[i] > 0) extra[fmt::format("list_{}", 1U << i)] = counts.lists[i];
  }
  for (const auto& [name, member] : sums) {
    if (counts.reconciliation.*member > 0) extra[std::string(name)] = counts.reconciliation.*member;
  }
  for (const auto& [name, member] : leaks) {
    if (counts.reconciliation.leaked.*member > 0) extra[std::string(name)] = counts.reconciliation.leaked.*member;
  }
  return extra;
}

bool take_count(const std::string& name, std::uint64_t value, Statistics& counts) {
  for (std::size_t i = 0; i < counts.lists.size(); ++i) {
    if (name == fmt::format("list_{}", 1U << i)) return counts.lists[i] = value, true;
  }
  for (const auto& [known, member] : sums) {
    if (name == known) return counts.reconciliation.*member = value, true;
  }
  for (const auto& [known, member] : leaks) {
    if (name == known) return counts.reconciliation.leaked.*member = value, true;
  }
  return false;
}

Result<std::uint64_t> natural(const Json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_number_unsigned()) {
    return malformed(fmt::format("metadata: expected a whole number \"{}\"", name));
  }
  return found->get<std::uint64_t>();
}

/// Deep nesting would overflow the stack of whoever prints it.
Json parse_shallow(const std::string& text) {
  constexpr int deepest = 6;
  bool too_deep = false;
  Json parsed = Json::parse(
      text,
      [&](int depth, Json::parse_event_t /*event*/, Json& /*value*/) {
        too_deep = too_deep || depth > deepest;
        return depth <= deepest;
      },
      false);
  return too_deep ? Json(Json::value_t::discarded) : parsed;
}

Result<void> take_metadata(const std::string& text, ResultRow& row) {
  const Json metadata = parse_shallow(text);
  if (!metadata.is_object()) return malformed("metadata: expected a JSON object");
  const auto task = metadata.find("task");
  if (task == metadata.end() || !task->is_object()) return malformed("metadata: expected an object \"task\"");
  row.task = SortedJson::parse(task->dump()).dump();
  for (const auto& [name, target] : {std::pair("seed", &row.seed), std::pair("first_frame", &row.first_frame)}) {
    auto value = natural(metadata, name);
    if (!value) return std::move(value).error();
    *target = *value;
  }
  if (const auto counts = metadata.find("counts"); counts != metadata.end()) {
    if (!counts->is_object()) return malformed("metadata: expected an object \"counts\"");
    for (const auto& item : counts->items()) {
      if (!item.value().is_number_unsigned() ||
          !take_count(item.key(), item.value().get<std::uint64_t>(), row.counts)) {
        return malformed(fmt::format("metadata: unknown count \"{}\"", shown(item.key())));
      }
    }
  }
  if (const auto run = metadata.find("run"); run != metadata.end() && run->is_object()) row.run = run->dump();
  return {};
}

Result<void> check_row(const ResultRow& row) {
  const Statistics& c = row.counts;
  if (c.frame_errors > c.frames || c.undetected_errors > c.frame_errors) {
    return malformed(fmt::format("expected undetected_errors <= frame_errors <= frames, got {}, {}, {}",
                                 c.undetected_errors, c.frame_errors, c.frames));
  }
  if (!(c.cpu_seconds >= 0)) return malformed("cpu_seconds: expected a number from 0 on");
  if (c.frames > 0 && row.first_frame + c.frames - 1 < row.first_frame) return malformed("frames: beyond 2^64");
  const std::uint64_t decided = std::accumulate(c.lists.begin(), c.lists.end(), std::uint64_t{0});
  if (decided != 0 && decided != c.frames) {
    return malformed(fmt::format("metadata: lists decided {} of {} frames", decided, c.frames));
  }
  if (row.strong_id != simulate::task_id(row.task)) {
    return malformed(
        fmt::format("strong_id {} is not that of the task in the metadata, {}: different problems do not mix",
                    shown(row.strong_id), simulate::task_id(row.task)));
  }
  return {};
}

}  // namespace

namespace simulate {

Result<void> check_header(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (line == result_columns) return {};
  return malformed(fmt::format("no result file of caligo simulate: expected the columns {}, got \"{}\"", result_columns,
                               shown(line)));
}

Result<ResultRow> parse_row(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  const auto fields = line.size() <= longest_line ? split(line) : std::nullopt;
  constexpr std::size_t columns = 8;
  if (!fields || fields->size() != columns) {
    return malformed(fmt::format("expected {} comma-separated fields, got \"{}\"", columns, shown(line)));
  }
  ResultRow row;
  Statistics& counts = row.counts;
  std::size_t column = 0;
  for (std::uint64_t* number : {&counts.frames, &counts.frame_errors, &counts.undetected_errors, &counts.bit_errors}) {
    const std::string& text = (*fields)[column++];
    if (!parse(text, *number)) return malformed(fmt::format("expected a whole number, got \"{}\"", shown(text)));
  }
  if (!parse((*fields)[4], counts.cpu_seconds)) {
    return malformed(fmt::format("cpu_seconds: expected a number, got \"{}\"", shown((*fields)[4])));
  }
  row.decoder = (*fields)[5];
  row.strong_id = (*fields)[6];
  if (auto taken = take_metadata((*fields)[7], row); !taken) return std::move(taken).error();
  if (auto checked = check_row(row); !checked) return std::move(checked).error();
  return row;
}

}  // namespace simulate

std::string to_csv(const ResultRow& row) {
  Json metadata;
  metadata["task"] = Json::parse(row.task, nullptr, false);
  metadata["seed"] = row.seed;
  metadata["first_frame"] = row.first_frame;
  if (Json extra = extra_counts(row.counts); !extra.empty()) metadata["counts"] = std::move(extra);
  if (Json run = Json::parse(row.run, nullptr, false); run.is_object()) metadata["run"] = std::move(run);
  const std::string text = metadata.dump(-1, ' ', true, Json::error_handler_t::replace);
  return fmt::format("{},{},{},{},{:.3f},{},{},{}\n", row.counts.frames, row.counts.frame_errors,
                     row.counts.undetected_errors, row.counts.bit_errors, row.counts.cpu_seconds, row.decoder,
                     row.strong_id, csv_field(text));
}

}  // namespace caligo
