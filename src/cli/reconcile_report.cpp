// SPDX-License-Identifier: Apache-2.0
#include "cli/reconcile_report.hpp"

#include <fmt/format.h>
#include <caligo/channel.hpp>
#include <caligo/version.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string_view>

#include "cli/bench_report.hpp"
#include "cli/reconcile_page.hpp"

namespace caligo::cli {

namespace {

/// 1234567 -> "1,234,567".
std::string grouped(std::uint64_t value) {
  const std::string digits = std::to_string(value);
  std::string text;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) text += ',';
    text += digits[i];
  }
  return text;
}

/// NaN has no place in JSON.
nlohmann::ordered_json number_or_null(double value) {
  return std::isnan(value) ? nlohmann::ordered_json(nullptr) : nlohmann::ordered_json(value);
}

std::string purposes(const Leakage& leaked) {
  std::string text;
  const auto add = [&](std::string_view name, std::uint64_t bits) {
    if (bits > 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", name, grouped(bits));
  };
  add("frozen", leaked.frozen);
  add("crc", leaked.crc);
  add("tag", leaked.tag);
  add("sample", leaked.sample);
  add("feedback", leaked.feedback);
  add("questions", leaked.questions);
  return text;
}

std::string source_text(const ReconcileReport& report) {
  if (report.qber_source == "files") return "known from both files";
  if (report.qber_source == "sample") return "learnt from a sample and earlier blocks";
  return "given";
}

}  // namespace

nlohmann::ordered_json by_purpose(const Leakage& leaked) {
  return {{"frozen", leaked.frozen}, {"crc", leaked.crc},           {"tag", leaked.tag},
          {"sample", leaked.sample}, {"feedback", leaked.feedback}, {"questions", leaked.questions}};
}

double ReconcileReport::qber() const noexcept {
  return bits == 0 ? 0 : static_cast<double>(errors) / static_cast<double>(bits);
}

double ReconcileReport::efficiency() const noexcept {
  const double entropy = static_cast<double>(bits) * binary_entropy(qber());
  return entropy > 0 ? static_cast<double>(leaked.total()) / entropy : std::numeric_limits<double>::quiet_NaN();
}

double ReconcileReport::mbps() const noexcept { return seconds > 0 ? static_cast<double>(bits) / seconds / 1e6 : 0; }

double ReconcileReport::mbps_per_core() const noexcept {
  return cpu_seconds > 0 ? static_cast<double>(bits) / cpu_seconds / 1e6 : 0;
}

double ReconcileReport::one_way_limit() const noexcept {
  std::size_t longest = 0;
  for (const BlockReport& block : per_block) longest = std::max(longest, block.bits);
  return one_way_efficiency_limit(longest, qber(), 1e-3);
}

double ReconcileReport::rounds_mean() const noexcept {
  return groups == 0 ? 0 : static_cast<double>(rounds) / static_cast<double>(groups);
}

nlohmann::ordered_json to_json(const ReconcileReport& report) {
  nlohmann::ordered_json json;
  json["bits"] = report.bits;
  json["blocks"] = report.blocks;
  json["failed_blocks"] = report.failed_blocks;
  json["undetected_errors"] = report.undetected_errors;
  json["qber"] = report.qber();
  json["qber_source"] = report.qber_source;
  json["qber_note"] = report.qber_note;
  json["leaked_bits"] = report.leaked.total();
  json["leaked"] = by_purpose(report.leaked);
  json["efficiency"] = number_or_null(report.efficiency());
  json["one_way_limit"] = number_or_null(report.one_way_limit());
  json["rounds_mean"] = report.rounds_mean();
  json["groups"] = report.groups;
  json["messages_per_mbit"] =
      report.bits == 0 ? 0 : static_cast<double>(report.messages) * 1e6 / static_cast<double>(report.bits);
  json["bob_bits"] = report.bob_bits;
  json["mbps"] = report.mbps();
  json["seconds"] = report.seconds;
  json["cpu_seconds"] = report.cpu_seconds;
  json["mbps_per_core"] = report.mbps_per_core();
  json["design_seconds"] = report.design_seconds;
  json["key_bits"] = report.key_bits;
  json["epsilon_verification"] = report.epsilon_verification;
  json["mode"] = report.mode;
  json["preset"] = report.preset;
  if (report.mode == "interactive") json["breadth"] = report.breadth;
  json["list"] = report.list_size == 0 ? nlohmann::ordered_json(nullptr) : nlohmann::ordered_json(report.list_size);
  json["block_log2"] = report.block_log2;
  if (report.mode == "one-way") json["target_fer"] = report.target_fer;
  if (report.mode == "blind") json["boldness"] = report.boldness;
  json["tag_bits"] = report.tag_bits;
  json["crc"] = report.crc;
  json["simulation"] = report.simulation;
  json["isa"] = report.isa;
  json["version"] = version();
  json["git_hash"] = git_hash();
  json["compiler"] = compiler();
  json["threads"] = report.threads;
  json["decoder_bytes"] = report.decoder_bytes;
  json["per_block"] = nlohmann::ordered_json::array();
  for (const BlockReport& block : report.per_block) {
    json["per_block"].push_back({{"bits", block.bits},
                                 {"errors", block.errors},
                                 {"leaked", block.leaked.total()},
                                 {"leaked_by", by_purpose(block.leaked)},
                                 {"rounds", block.rounds},
                                 {"epsilon", block.epsilon},
                                 {"key_bits", block.key_bits},
                                 {"ok", block.verified}});
  }
  json["per_block_complete"] = report.per_block.size() == report.groups;
  return json;
}

std::string to_page(const ReconcileReport& report) {
  // No "<" inside the script element: file names and notes could hold the end tag.
  std::string data;
  for (const char c : to_json(report).dump()) {
    if (c == '<') {
      data += "\\u003c";
    } else {
      data += c;
    }
  }
  constexpr std::string_view place = "@DATA@";
  std::string page(reconcile_page);
  return page.replace(page.find(place), place.size(), data);
}

std::string to_table(const ReconcileReport& report) {
  const auto row = [](std::string_view name, const std::string& value) {
    return fmt::format("{:<20}{}\n", name, value);
  };
  const double efficiency = report.efficiency();
  const double share = 100 * static_cast<double>(report.leaked.total()) / static_cast<double>(report.bits);
  std::string text;
  text += row("bits", grouped(report.bits));
  text += row("QBER", fmt::format("{:.3f} % (measured; for the codes: {})", 100 * report.qber(), source_text(report)));
  text += row("disclosed", fmt::format("{} bits ({:.2f} %)", grouped(report.leaked.total()), share));
  text += row("  of these", purposes(report.leaked));
  text += row("efficiency f", std::isnan(efficiency) ? "undefined (no errors)" : fmt::format("{:.4f}", efficiency));
  text += row("failed blocks", fmt::format("{} of {}", grouped(report.failed_blocks), grouped(report.blocks)));
  if (report.rounds > 0)
    text += row("questions", fmt::format("{:.1f} rounds per {}", report.rounds_mean(),
                                         report.groups == report.blocks ? "block" : "group"));
  text += row("undetected errors", grouped(report.undetected_errors));
  text += row("key", fmt::format("{} bits, different with probability <= {:.2g}{}", grouped(report.key_bits),
                                 report.epsilon_verification, report.simulation ? " (simulation: seeded)" : ""));
  text += row("speed", fmt::format("{:.2f} Mb/s ({:.2f} s, {:.2f} s of it code design; {})", report.mbps(),
                                   report.seconds, report.design_seconds, report.isa));
  return text;
}

}  // namespace caligo::cli
