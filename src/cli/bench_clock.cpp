// SPDX-License-Identifier: Apache-2.0
#include "cli/bench_clock.hpp"

#include <algorithm>
#include <cmath>
#include <ctime>

namespace caligo::cli {

std::string_view to_string(Clock clock) noexcept { return clock == Clock::wall ? "wall" : "thread-cpu"; }

std::int64_t now_ns(Clock clock) noexcept {
  timespec time{};
  clock_gettime(clock == Clock::wall ? CLOCK_MONOTONIC : CLOCK_THREAD_CPUTIME_ID, &time);
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

double percentile(std::vector<float> values, double share) {
  if (values.empty()) return 0;
  const double rank = std::ceil(share * static_cast<double>(values.size()));
  const auto index = static_cast<std::ptrdiff_t>(std::max(rank, 1.0)) - 1;
  std::nth_element(values.begin(), values.begin() + index, values.end());
  return static_cast<double>(values[static_cast<std::size_t>(index)]);
}

}  // namespace caligo::cli
