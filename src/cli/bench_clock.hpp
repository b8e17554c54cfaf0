// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Clocks and order statistics of measurements.

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace caligo::cli {

/// The wall clock is read in some 20 ns, but counts the time in which the system runs something else; the CPU time of a
/// thread does not, but takes some hundred nanoseconds to read. Hence the former for short calls, the latter for long
/// ones and for sums.
enum class Clock { wall, thread_cpu };

/// "wall" or "thread-cpu".
[[nodiscard]] std::string_view to_string(Clock clock) noexcept;
/// Nanoseconds since some fixed moment.
[[nodiscard]] std::int64_t now_ns(Clock clock) noexcept;

/// Both clocks from construction on.
class Stopwatch {
 public:
  [[nodiscard]] double wall_seconds() const noexcept { return 1e-9 * static_cast<double>(now_ns(Clock::wall) - wall_); }
  [[nodiscard]] double cpu_seconds() const noexcept {
    return 1e-9 * static_cast<double>(now_ns(Clock::thread_cpu) - cpu_);
  }

 private:
  std::int64_t wall_ = now_ns(Clock::wall);
  std::int64_t cpu_ = now_ns(Clock::thread_cpu);
};

/// Durations of single calls by one clock. Memory is taken at construction; what does not fit is not kept.
class Durations {
 public:
  Durations(Clock clock, std::size_t capacity) : clock_(clock) { microseconds_.reserve(capacity); }
  [[nodiscard]] Clock clock() const noexcept { return clock_; }
  [[nodiscard]] bool full() const noexcept { return microseconds_.size() == microseconds_.capacity(); }
  [[nodiscard]] std::int64_t start() const noexcept { return now_ns(clock_); }
  void stop(std::int64_t start) noexcept {
    const std::int64_t end = now_ns(clock_);
    if (!full()) microseconds_.push_back(1e-3F * static_cast<float>(end - start));
  }
  [[nodiscard]] const std::vector<float>& microseconds() const noexcept { return microseconds_; }

 private:
  Clock clock_;
  std::vector<float> microseconds_;
};

/// The smallest value that at least `share` of all values do not exceed (nearest rank); 0 of none. 0 < share <= 1.
[[nodiscard]] double percentile(std::vector<float> values, double share);

}  // namespace caligo::cli
