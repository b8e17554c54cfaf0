// SPDX-License-Identifier: Apache-2.0
#include "cli/progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <utility>

namespace caligo::cli {

namespace {

/// 12345678 "b" -> "12.3 Mb".
std::string with_prefix(double value, std::string_view unit) {
  constexpr std::array<std::string_view, 5> prefixes = {"", "k", "M", "G", "T"};
  std::size_t index = 0;
  for (; value >= 1000 && index + 1 < prefixes.size(); ++index) value /= 1000;
  return fmt::format("{:.3g} {}{}", value, prefixes[index], unit);
}

std::string clock_form(double seconds) {
  const auto whole = static_cast<long>(seconds + 0.5);
  return whole >= 3600 ? fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60)
                       : fmt::format("{}:{:02}", whole / 60, whole % 60);
}

}  // namespace

Progress::Progress(const Context& context, std::string what, std::uint64_t total, std::string unit)
    : enabled_(!context.quiet && !context.no_progress && context.log != "json" && ::isatty(STDERR_FILENO) == 1),
      what_(std::move(what)),
      total_(total),
      unit_(std::move(unit)),
      start_(Clock::now()),
      last_(start_) {}

Progress::~Progress() {
  if (enabled_) std::fputs("\r\x1b[K", stderr);
}

void Progress::update(std::uint64_t done) {
  if (!enabled_) return;
  const Clock::time_point now = Clock::now();
  if (now - last_ < std::chrono::milliseconds(100)) return;
  last_ = now;
  draw(done, now);
}

void Progress::draw(std::uint64_t done, Clock::time_point now) {
  const double elapsed = std::chrono::duration<double>(now - start_).count();
  const double rate = static_cast<double>(done) / elapsed;
  std::string line = fmt::format("\r{}: ", what_);
  if (total_ > 0) line += fmt::format("{:.0f}%  ", 100.0 * static_cast<double>(done) / static_cast<double>(total_));
  line += with_prefix(rate, unit_) + "/s";
  if (total_ > done && done > 0) line += "  " + clock_form(static_cast<double>(total_ - done) / rate) + " left";
  std::fputs((line + "\x1b[K").c_str(), stderr);
}

}  // namespace caligo::cli
