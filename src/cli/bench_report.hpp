// SPDX-License-Identifier: Apache-2.0
#pragma once
/// What all reports of `caligo bench` have in common.

#include <caligo/error.hpp>
#include <nlohmann/json.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace caligo::cli {

/// "g++ 12.2.0", "clang 19.1.7" or "unknown".
std::string compiler();
/// Adds isa, version, git_hash, compiler. Errors: those of active_isa().
Result<void> add_origin(nlohmann::ordered_json& document);

/// Two columns, the first padded; each row ends in a newline.
[[nodiscard]] std::string two_columns(const std::vector<std::pair<std::string, std::string>>& rows);

/// Four significant digits and a prefix: 12345678 "b/s" -> "12.35 Mb/s", 1.2e-5 "s" -> "12 µs".
[[nodiscard]] std::string engineering(double value, std::string_view unit);

struct Interval {
  double low;
  double high;
};
/// Wilson's score interval for a rate of which `events` of `trials` were seen, at 95 %; meaningful at 0 as well
/// (E. B. Wilson, J. Am. Stat. Assoc. 22 (1927)). trials > 0.
[[nodiscard]] Interval rate_interval(std::uint64_t events, std::uint64_t trials) noexcept;

/// The number, or null.
[[nodiscard]] nlohmann::ordered_json or_null(std::optional<std::uint64_t> value);

}  // namespace caligo::cli
