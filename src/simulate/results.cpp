// SPDX-License-Identifier: Apache-2.0
// Result files as wholes: reading, combining, summing.
#include <fmt/format.h>
#include <caligo/results.hpp>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/file.hpp"
#include "simulate/row.hpp"

namespace caligo {

namespace {

constexpr std::uint64_t largest_file = std::uint64_t{1} << 30U;

Error at_line(const std::string& source, std::size_t line, const Error& error) {
  return Error{error.code, fmt::format("{}: line {}: {}", source, line, error.message)};
}

/// Of one task and seed.
std::string key_of(const ResultRow& row) { return fmt::format("{} {}", row.strong_id, row.seed); }

std::string range_text(const ResultRow& row) {
  return fmt::format("{} to {}", row.first_frame, row.first_frame + row.counts.frames - 1);
}

/// What both rows say about their runs.
void keep_common_run(ResultRow& row, const ResultRow& other) {
  if (row.run == other.run) return;
  using Json = nlohmann::ordered_json;
  Json mine = Json::parse(row.run, nullptr, false);
  const Json theirs = Json::parse(other.run, nullptr, false);
  Json common = Json::object();
  if (mine.is_object() && theirs.is_object()) {
    for (const auto& item : mine.items()) {
      if (theirs.contains(item.key()) && theirs[item.key()] == item.value()) common[item.key()] = item.value();
    }
  }
  row.run = common.dump();
}

void absorb(ResultRow& row, const ResultRow& other) {
  row.counts += other.counts;
  keep_common_run(row, other);
}

/// Rows of one task and seed, sorted by their first frame, joined where they meet.
Result<void> join(std::vector<ResultRow>& rows, Combination& out) {
  std::stable_sort(rows.begin(), rows.end(), [](const ResultRow& a, const ResultRow& b) {
    return std::pair(a.first_frame, a.counts.frames) < std::pair(b.first_frame, b.counts.frames);
  });
  const ResultRow* last = nullptr;  // as it was before it was joined
  bool begun = false;
  for (ResultRow& row : rows) {
    if (row.counts.frames == 0) continue;
    if (last != nullptr && row.range() == last->range()) {
      if (!row.counts.same_counts(last->counts)) {
        return Error{ErrorCode::malformed_input,
                     fmt::format("frames {} of seed {} of task {} were counted twice, with different outcomes",
                                 range_text(row), row.seed, row.strong_id)};
      }
      ++out.duplicates;
      continue;
    }
    if (last != nullptr && row.first_frame < last->first_frame + last->counts.frames) {
      return Error{ErrorCode::malformed_input,
                   fmt::format("frames {} and {} of seed {} of task {} overlap in part: their sum cannot be told",
                               range_text(*last), range_text(row), row.seed, row.strong_id)};
    }
    if (begun && row.first_frame == out.rows.back().first_frame + out.rows.back().counts.frames) {
      absorb(out.rows.back(), row);
    } else {
      out.rows.push_back(row);
      begun = true;
    }
    last = &row;
  }
  return {};
}

}  // namespace

Result<ResultFile> parse_results(std::string_view text, const std::string& source) {
  ResultFile file;
  std::size_t number = 0;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) {
      file.torn = true;
      break;
    }
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 1);
    if (++number == 1) {
      if (auto header = simulate::check_header(line); !header) return at_line(source, number, header.error());
      continue;
    }
    auto row = simulate::parse_row(line);
    if (!row) return at_line(source, number, row.error());
    file.rows.push_back(std::move(*row));
  }
  // A header that was never finished: only if it may become one.
  if (number == 0 && !result_columns.starts_with(text)) {
    return at_line(source, 1, simulate::check_header(text.substr(0, text.find('\n'))).error());
  }
  return file;
}

Result<ResultFile> read_results(const std::filesystem::path& path) {
  auto text = base::read_file(path, largest_file);
  if (!text) return std::move(text).error();
  return parse_results(*text, path.string());
}

Result<Combination> combine_results(std::span<const ResultRow> rows) {
  std::vector<std::string> order;
  std::map<std::string, std::vector<ResultRow>> groups;
  for (const ResultRow& row : rows) {
    auto& group = groups[key_of(row)];
    if (group.empty()) order.push_back(key_of(row));
    group.push_back(row);
  }
  Combination out;
  for (const std::string& key : order) {
    if (auto joined = join(groups[key], out); !joined) return std::move(joined).error();
  }
  // Seeds of a task side by side, tasks in the order of their first row.
  std::map<std::string, std::size_t> rank;
  for (const ResultRow& row : rows) rank.emplace(row.strong_id, rank.size());
  std::stable_sort(out.rows.begin(), out.rows.end(),
                   [&](const ResultRow& a, const ResultRow& b) { return rank[a.strong_id] < rank[b.strong_id]; });
  return out;
}

std::vector<ResultRow> sum_by_task(std::span<const ResultRow> rows) {
  std::vector<ResultRow> sums;
  std::map<std::string, std::size_t> place;
  for (const ResultRow& row : rows) {
    const auto [found, is_new] = place.emplace(row.strong_id, sums.size());
    if (is_new) {
      sums.push_back(row);
    } else {
      absorb(sums[found->second], row);
    }
  }
  return sums;
}

}  // namespace caligo
