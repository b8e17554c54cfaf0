// SPDX-License-Identifier: Apache-2.0
#include "cli/validators.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>

namespace caligo::cli {

namespace {

template <class T>
bool parse(const std::string& text, T& value) {
  const char* end = text.data() + text.size();
  const auto [stop, failure] = std::from_chars(text.data(), end, value);
  return failure == std::errc{} && stop == end;
}

}  // namespace

CLI::Validator whole_number(unsigned long long low, unsigned long long high) {
  const auto check = [low, high](std::string& text) -> std::string {
    unsigned long long value = 0;
    if (!parse(text, value) || value < low || value > high) {
      return fmt::format("expected a whole number from {} to {}, got {}", low, high, text);
    }
    text = std::to_string(value);
    return {};
  };
  return {check, ""};
}

CLI::Validator number() {
  const auto check = [](std::string& text) -> std::string {
    double value = 0;
    return parse(text, value) ? std::string() : fmt::format("expected a number, got {}", text);
  };
  return {check, ""};
}

CLI::Validator one_of(std::vector<std::string> words) {
  const auto check = [words = std::move(words)](std::string& text) -> std::string {
    if (std::find(words.begin(), words.end(), text) != words.end()) return {};
    return fmt::format("expected one of {}, got {}", fmt::join(words, ", "), text);
  };
  return {check, ""};
}

}  // namespace caligo::cli
