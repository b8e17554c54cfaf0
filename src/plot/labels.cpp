// SPDX-License-Identifier: Apache-2.0
#include "plot/labels.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

namespace caligo::plot {

namespace {

std::string decoder_part(const TaskSummary& task) {
  if (task.decoder == "sc") return "SC";
  if (task.decoder == "scl") return fmt::format("SCL, L = {}", task.list_size);
  if (task.decoder == "adaptive") return fmt::format("adaptive SCL, L \u2264 {}", task.list_size);
  return task.list_size == 0 ? task.decoder : fmt::format("{}, L = {}", task.decoder, task.list_size);
}

/// "16:0x1021" -> "CRC-16". Interactive reconciliation decodes nothing and has none.
std::string crc_part(const TaskSummary& task) {
  if (task.crc.empty() || (task.is_reconciliation && task.list_size == 0)) return {};
  return task.crc == "none" ? "no CRC" : "CRC-" + task.crc.substr(0, task.crc.find(':'));
}

void join(std::string& text, const std::string& part) {
  if (part.empty()) return;
  if (!text.empty()) text += ", ";
  text += part;
}

bool all_equal(const std::vector<LabelParts>& parts, std::size_t index) {
  return std::all_of(parts.begin(), parts.end(), [&](const LabelParts& p) { return p[index] == parts[0][index]; });
}

/// Adds to those labels that occur more than once what tells them apart.
void tell_apart(std::vector<std::string>& labels, const std::vector<std::string>& additions) {
  std::map<std::string, std::set<std::string>> found;
  for (std::size_t i = 0; i < labels.size(); ++i) found[labels[i]].insert(additions[i]);
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (found[labels[i]].size() > 1) join(labels[i], additions[i]);
  }
}

}  // namespace

LabelParts label_parts(const TaskSummary& task, const std::string& decoder_name) {
  const auto says = [&](const char* word) { return decoder_name.find(word) != std::string::npos; };
  const std::string size = task.is_reconciliation ? fmt::format("{} bits", task.sent_bits)
                                                  : fmt::format("({}, {})", task.sent_bits, task.message_bits);
  return {size, decoder_part(task), crc_part(task), says("-16bit") ? "16-bit LLRs" : "",
          says("-corrected") ? "corrected check nodes" : ""};
}

Labels make_labels(const std::vector<LabelParts>& parts, const std::vector<std::string>& files) {
  Labels labels{{}, std::vector<std::string>(parts.size())};
  for (std::size_t i = 0; !parts.empty() && i < parts[0].size(); ++i) {
    if (parts.size() > 1 && all_equal(parts, i)) {
      join(labels.common, parts[0][i]);
    } else {
      for (std::size_t j = 0; j < parts.size(); ++j) join(labels.each[j], parts[j][i]);
    }
  }
  std::vector<std::string> names;
  std::vector<std::string> numbers;
  for (const std::string& file : files) {
    names.push_back(std::filesystem::path(file).stem().string());
    numbers.push_back(fmt::format("no. {}", numbers.size() + 1));
  }
  tell_apart(labels.each, names);
  tell_apart(labels.each, numbers);
  return labels;
}

}  // namespace caligo::plot
