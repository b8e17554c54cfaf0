// SPDX-License-Identifier: Apache-2.0
#include "cli/bench_report.hpp"

#include <fmt/format.h>
#include <caligo/isa.hpp>
#include <caligo/version.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace caligo::cli {

std::string compiler() {
#if defined(__clang__)
  return fmt::format("clang {}.{}.{}", __clang_major__, __clang_minor__, __clang_patchlevel__);
#elif defined(__GNUC__)
  return fmt::format("g++ {}.{}.{}", __GNUC__, __GNUC_MINOR__, __GNUC_PATCHLEVEL__);
#else
  return "unknown";
#endif
}

Result<void> add_origin(nlohmann::ordered_json& document) {
  auto isa = active_isa();
  if (!isa) return std::move(isa).error();
  document["isa"] = to_string(*isa);
  document["version"] = version();
  document["git_hash"] = git_hash();
  document["compiler"] = compiler();
  return {};
}

std::string two_columns(const std::vector<std::pair<std::string, std::string>>& rows) {
  std::size_t width = 0;
  for (const auto& [name, value] : rows) width = std::max(width, name.size());
  std::string text;
  for (const auto& [name, value] : rows) text += fmt::format("{:<{}}  {}\n", name, width, value);
  return text;
}

std::string engineering(double value, std::string_view unit) {
  constexpr std::array<std::string_view, 7> prefixes = {"n", "µ", "m", "", "k", "M", "G"};
  std::size_t index = 3;
  for (; value >= 1000 && index + 1 < prefixes.size(); ++index) value /= 1000;
  for (; value > 0 && value < 1 && index > 0; --index) value *= 1000;
  return fmt::format("{:.4g} {}{}", value, prefixes[index], unit);
}

Interval rate_interval(std::uint64_t events, std::uint64_t trials) noexcept {
  constexpr double z = 1.959963984540054;
  const auto n = static_cast<double>(trials);
  const double p = static_cast<double>(events) / n;
  const double centre = p + z * z / (2 * n);
  const double half = z * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n));
  const double scale = 1 + z * z / n;
  // At the ends the interval reaches the end itself, but for rounding.
  return {events == 0 ? 0.0 : (centre - half) / scale, events == trials ? 1.0 : (centre + half) / scale};
}

nlohmann::ordered_json or_null(std::optional<std::uint64_t> value) {
  return value ? nlohmann::ordered_json(*value) : nlohmann::ordered_json(nullptr);
}

}  // namespace caligo::cli
