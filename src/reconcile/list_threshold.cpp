// SPDX-License-Identifier: Apache-2.0
#include "reconcile/list_threshold.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

namespace caligo::reconcile {

namespace {

/// ln T = constant + slope·x + bend·x² + drift·u + curve·u² + mix·x·u, x = log2(bits) - 16, u = ln(QBER/0.02).
struct Fit {
  double constant;
  double slope;
  double bend;
  double drift;
  double curve;
  double mix;
};
constexpr std::size_t list_sizes = 6;  // 1, 2, 4, 8, 16, 32
constexpr std::array<double, 3> rates = {1e-1, 1e-2, 1e-3};
/// [log2(list size)][target]
using Table = std::array<std::array<Fit, rates.size()>, list_sizes>;
constexpr Table table = {{
#include "reconcile/list_threshold_table.inc"
}};

/// Where the fit was measured; longer, shorter and noisier, its value at the border is taken. Below the lowest QBER of
/// the measurement (0.1 %) the fit goes on: it falls, which is the safe side.
constexpr double shortest = 8;
constexpr double longest = 22;
constexpr double lowest_qber = 1e-5;
constexpr double highest_qber = 0.08;

double evaluate(const Fit& fit, double x, double u) noexcept {
  return fit.constant + fit.slope * x + fit.bend * x * x + fit.drift * u + fit.curve * u * u + fit.mix * x * u;
}

}  // namespace

double list_threshold(std::size_t bits, double qber, unsigned list_size, double target_fer) noexcept {
  const double x = std::clamp(std::log2(static_cast<double>(bits)), shortest, longest) - 16;
  const double u = std::log(std::clamp(qber, lowest_qber, highest_qber) / 0.02);
  // Linear in ln(target) between the fitted targets, and beyond them.
  const std::size_t lower = target_fer >= rates[1] ? 0 : 1;
  const double span = std::log(rates[lower + 1] / rates[lower]);
  const double weight = std::log(target_fer / rates[lower]) / span;
  // SC: the sum bounds the FER from above. A list survives what a shorter one survives; where the fits of different
  // lists cross, far from any measurement, the shorter list's holds for the longer one as well.
  double threshold = target_fer;
  for (std::size_t row = 0; row <= static_cast<std::size_t>(std::countr_zero(list_size)); ++row) {
    const Fit& looser = table[row][lower];
    const Fit& tighter = table[row][lower + 1];
    threshold = std::max(threshold, std::exp((1 - weight) * evaluate(looser, x, u) + weight * evaluate(tighter, x, u)));
  }
  return threshold;
}

}  // namespace caligo::reconcile
