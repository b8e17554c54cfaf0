// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <caligo/channel.hpp>
#include <caligo/reconcile.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace caligo {

namespace {

constexpr double memory_in_blocks = 16;

/// z with P(a standard normal exceeds z) = probability, by bisection.
double upper_quantile(double probability) noexcept {
  double low = -10;
  double high = 10;
  for (int step = 0; step < 60; ++step) {
    const double middle = (low + high) / 2;
    (0.5 * std::erfc(middle / std::numbers::sqrt2) > probability ? low : high) = middle;
  }
  return low;
}

/// By how much the limit up to which a code decodes scatters more than a block's own error rate does. Measured with
/// lists at 2 %: 1.1 at 2^12 bits, 1.7 at 2^14, 2.4 at 2^16, 3.7 at 2^20; taken lower, which is the safe side.
double decoder_scatter(double length) noexcept { return std::pow(std::max(length / 4096, 1.0), 0.2); }

}  // namespace

void ErrorRate::observe(std::uint64_t bits, std::uint64_t errors) noexcept {
  if (bits == 0) return;
  const auto fresh = static_cast<double>(bits);
  const double keep = std::min(1.0, memory_in_blocks * fresh / std::max(bits_, 1.0));
  bits_ = bits_ * keep + fresh;
  errors_ = errors_ * keep + static_cast<double>(errors);
  failures_ = 0;
}

void ErrorRate::block_failed() noexcept {
  ++failures_;
  bits_ /= 2;
  errors_ /= 2;
}

double ErrorRate::estimate() const noexcept { return (errors_ + 1) / (bits_ + 2); }

double ErrorRate::design(std::size_t block_bits, double target_fer) const noexcept {
  const double q = std::min(estimate(), 0.5);
  const auto length = static_cast<double>(block_bits);
  const double sigma = std::sqrt(q * (1 - q) / std::max(length, 1.0));
  const double scatter = decoder_scatter(length);
  const double unknown = std::sqrt(scatter * scatter + length / std::max(bits_, 1.0)) - scatter;
  const double margin = upper_quantile(target_fer) * sigma * unknown;
  double raised = q + std::max(margin, 0.0);
  for (unsigned i = 1; i <= failures_; ++i) raised *= 1 + 0.05 * i;
  return std::min(raised, 0.5);
}

double one_way_qber_limit() noexcept {
  double low = 0.1;
  double high = 0.12;
  for (int step = 0; step < 60; ++step) {
    const double middle = (low + high) / 2;
    (1 - 2 * binary_entropy(middle) > 0 ? low : high) = middle;
  }
  return low;
}

double one_way_efficiency_limit(std::size_t bits, double qber, double fer) noexcept {
  if (bits == 0 || qber <= 0 || qber >= 1) return std::numeric_limits<double>::quiet_NaN();
  const auto n = static_cast<double>(bits);
  const double slope = std::log2((1 - qber) / qber);
  const double variance = qber * (1 - qber) * slope * slope;
  const double least = n * binary_entropy(qber) + std::sqrt(n * variance) * upper_quantile(fer) - std::log2(n) / 2;
  return least / (n * binary_entropy(qber));
}

Result<void> check_key_left(double qber, double disclosed) {
  const double limit = one_way_qber_limit();
  if (qber >= limit) {
    return Error{ErrorCode::no_key, fmt::format("a QBER of {:.2f} % leaves no key: one-way reconciliation needs "
                                                "1 - 2 h2(QBER) > 0, that is a QBER below {:.2f} %",
                                                100 * qber, 100 * limit)};
  }
  const double entropy = binary_entropy(qber);
  const double left = 1 - entropy - disclosed;
  if (left > 0) return {};
  return Error{
      ErrorCode::no_key,
      fmt::format(
          "a QBER of {:.2f} % leaves no key: h2(QBER) = {:.4f} and {:.4f} disclosed per bit sum to 1 or "
          "more (even ideal codes leave none from {:.2f} % on); it needs longer blocks, a larger list or a lower QBER",
          100 * qber, entropy, disclosed, 100 * limit)};
}

BlockLengths split_blocks(std::uint64_t bits, unsigned max_log2) noexcept {
  const std::uint64_t largest = std::uint64_t{1} << max_log2;
  BlockLengths result;
  if (bits == 0) return result;
  const std::uint64_t most = (bits - 1) / largest + 1;
  result.length = static_cast<std::size_t>((bits - 1) / most + 1);
  result.count = (bits - 1) / result.length + 1;
  return result;
}

}  // namespace caligo
