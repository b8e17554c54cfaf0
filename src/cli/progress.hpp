// SPDX-License-Identifier: Apache-2.0
#pragma once
/// A progress line on standard error: percentage, rate and the time that is left.

#include "cli/context.hpp"

#include <chrono>
#include <cstdint>
#include <string>

namespace caligo::cli {

/// Silent unless standard error is a terminal and neither --quiet, --no-progress nor --log json was given.
class Progress {
 public:
  /// total: units of work, 0 if unknown. unit: what is counted per second, for example "b" gives "12.3 Mb/s".
  Progress(const Context& context, std::string what, std::uint64_t total, std::string unit);
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  /// Wipes the line.
  ~Progress();

  /// done: units finished so far. Cheap: redraws at most ten times a second.
  void update(std::uint64_t done);

 private:
  using Clock = std::chrono::steady_clock;
  void draw(std::uint64_t done, Clock::time_point now);
  bool enabled_;
  std::string what_;
  std::uint64_t total_;
  std::string unit_;
  Clock::time_point start_;
  Clock::time_point last_;
};

}  // namespace caligo::cli
