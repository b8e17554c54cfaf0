// SPDX-License-Identifier: Apache-2.0
/// Gaussian approximation (Chung, Richardson, Urbanke 2001; for polar codes Trifonov 2012): every LLR is taken for
/// Gaussian with mean m and variance 2m, so that m alone describes a channel. A check node multiplies 1 - φ(m), φ(m) =
/// 1 - E[tanh(L/2)]. φ as fitted by Chung et al., with the quadratic piece near zero of Ha, Kim, McLaughlin (2004),
/// whose φ(0) is exactly 1: without that, weak channels come out wrong at large N. All of it works with ln φ, which
/// does not underflow.

#include <cmath>
#include <limits>

#include "code/polarise.hpp"
#include "code/ranking.hpp"

namespace caligo::code {
namespace {

// ln φ(m) = quadratic·m² - linear·m below the pivot, offset - factor·m^exponent from there on. The pieces meet at the
// pivot.
constexpr double quadratic = 0.0564;
constexpr double linear = 0.48560;
constexpr double factor = 0.4527;
constexpr double exponent = 0.86;
constexpr double offset = 0.0218;
constexpr double pivot = 0.867861;
constexpr double log_phi_at_pivot = quadratic * pivot * pivot - linear * pivot;

double log_phi(double m) { return m < pivot ? (quadratic * m - linear) * m : offset - factor * std::pow(m, exponent); }

double inverse_log_phi(double value) {
  if (value < log_phi_at_pivot) return std::pow((offset - value) / factor, 1 / exponent);
  // The smaller root, in the form without cancellation near zero.
  return -2 * value / (linear + std::sqrt(linear * linear + 4 * quadratic * value));
}

/// ln(1 - (1 - φ₁)(1 - φ₂)) from ln φ₁ and ln φ₂.
double check_node(double log_phi_1, double log_phi_2) {
  const double high = std::max(log_phi_1, log_phi_2);
  const double low = std::min(log_phi_1, log_phi_2);
  if (high > -1) return std::log1p(-std::expm1(high) * std::expm1(low));  // weak: 1 - φ must not cancel
  return high + std::log1p(std::exp(low - high) * -std::expm1(high));
}

class Means {
 public:
  using State = double;
  static constexpr double known = std::numeric_limits<double>::infinity();

  explicit Means(unsigned n) {
    ranking.unreliability.resize(std::size_t{1} << n);
    ranking.error_probability.resize(std::size_t{1} << n);
  }

  static void minus(const double& a, const double& b, double& out) {
    if (a == known || b == known) {
      out = std::min(a, b);
      return;
    }
    const double log_phi_a = log_phi(a);
    out = inverse_log_phi(check_node(log_phi_a, a == b ? log_phi_a : log_phi(b)));
  }
  static void plus(const double& a, const double& b, double& out) { out = a + b; }

  bool settle(unsigned level, std::size_t position, const Segments<double>& node) {
    if (level > 0) return false;
    ranking.unreliability[position] = -node.first;
    ranking.error_probability[position] = static_cast<float>(std::erfc(std::sqrt(node.first) / 2) / 2);
    return true;
  }

  Ranking ranking;
};

}  // namespace

Ranking gaussian_approximation(unsigned n, const Awgn& channel, std::size_t sent) {
  Means means(n);
  const double mean = 2 / (channel.sigma * channel.sigma);
  Polarisation(means, n).run(mean, Means::known, sent);
  return std::move(means.ranking);
}

}  // namespace caligo::code
