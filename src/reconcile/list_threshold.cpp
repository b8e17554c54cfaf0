// SPDX-License-Identifier: Apache-2.0
#include "reconcile/list_threshold.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

namespace caligo::reconcile {

namespace {

/// ln T = constant + slope·x + bend·x² + drift·ln(QBER/0.02), x = log2(bits) - 16.
struct Fit {
  double constant;
  double slope;
  double bend;
  double drift;
};
constexpr std::size_t list_sizes = 6;  // 1, 2, 4, 8, 16, 32
constexpr std::array<double, 3> rates = {1e-1, 1e-2, 1e-3};
/// [log2(list size)][target]
using Table = std::array<std::array<Fit, rates.size()>, list_sizes>;
constexpr Table table = {{
#include "reconcile/list_threshold_table.inc"
}};

/// Where the fit was measured; outside, its value at the border is taken.
constexpr double shortest = 8;
constexpr double longest = 20;
constexpr double lowest_qber = 1e-3;
constexpr double highest_qber = 0.08;

double evaluate(const Fit& fit, double x, double q) noexcept {
  return fit.constant + fit.slope * x + fit.bend * x * x + fit.drift * q;
}

}  // namespace

double list_threshold(std::size_t bits, double qber, unsigned list_size, double target_fer) noexcept {
  const double x = std::clamp(std::log2(static_cast<double>(bits)), shortest, longest) - 16;
  const double q = std::log(std::clamp(qber, lowest_qber, highest_qber) / 0.02);
  const auto& row = table[static_cast<std::size_t>(std::countr_zero(list_size))];
  // Linear in ln(target) between the fitted targets, and beyond them.
  const std::size_t lower = target_fer >= rates[1] ? 0 : 1;
  const double span = std::log(rates[lower + 1] / rates[lower]);
  const double weight = std::log(target_fer / rates[lower]) / span;
  return std::exp((1 - weight) * evaluate(row[lower], x, q) + weight * evaluate(row[lower + 1], x, q));
}

}  // namespace caligo::reconcile
