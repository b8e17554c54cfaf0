// SPDX-License-Identifier: Apache-2.0
#include <caligo/results.hpp>

#include <cmath>

namespace caligo {

ReconciliationCounts& ReconciliationCounts::operator+=(const ReconciliationCounts& other) noexcept {
  bits += other.bits;
  channel_errors += other.channel_errors;
  key_bits += other.key_bits;
  rounds += other.rounds;
  messages += other.messages;
  leaked += other.leaked;
  return *this;
}

Statistics& Statistics::operator+=(const Statistics& other) noexcept {
  frames += other.frames;
  frame_errors += other.frame_errors;
  undetected_errors += other.undetected_errors;
  bit_errors += other.bit_errors;
  cpu_seconds += other.cpu_seconds;
  for (std::size_t i = 0; i < lists.size(); ++i) lists[i] += other.lists[i];
  reconciliation += other.reconciliation;
  return *this;
}

bool Statistics::same_counts(const Statistics& other) const noexcept {
  return frames == other.frames && frame_errors == other.frame_errors && undetected_errors == other.undetected_errors &&
         bit_errors == other.bit_errors && lists == other.lists && reconciliation == other.reconciliation;
}

namespace {

/// ln of p^k (1 - p)^(n - k).
double log_likelihood(double k, double n, double p) noexcept {
  return (k > 0 ? k * std::log(p) : 0) + (k < n ? (n - k) * std::log1p(-p) : 0);
}

/// Where the likelihood falls to `level` between `inside`, where it is higher, and `outside`, where it is not; by
/// bisection of ln p, so that small rates keep their digits.
double boundary(double k, double n, double level, double inside, double outside) noexcept {
  for (int i = 0; i < 200; ++i) {
    const double middle = std::sqrt(inside) * std::sqrt(outside);
    (log_likelihood(k, n, middle) >= level ? inside : outside) = middle;
  }
  return inside;
}

}  // namespace

Interval likelihood_interval(std::uint64_t errors, std::uint64_t frames, double ratio) noexcept {
  if (frames == 0) return {};
  const auto k = static_cast<double>(errors);
  const auto n = static_cast<double>(frames);
  const double best = k / n;
  const double level = log_likelihood(k, n, best) - std::log(ratio);
  Interval interval{0, 1};
  if (errors == 0) {
    interval.high = -std::expm1(-std::log(ratio) / n);
  } else if (errors < frames) {
    interval.high = boundary(k, n, level, best, 1);
  }
  if (errors == frames) {
    interval.low = std::exp(-std::log(ratio) / n);
  } else if (errors > 0) {
    interval.low = boundary(k, n, level, best, 1e-300);
  }
  return interval;
}

}  // namespace caligo
