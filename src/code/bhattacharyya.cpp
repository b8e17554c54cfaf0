// SPDX-License-Identifier: Apache-2.0
/// Bhattacharyya parameters (Arıkan 2009): Z⁺ = Z₁Z₂ and Z⁻ = Z₁ + Z₂ - Z₁Z₂, exact on the erasure channel and
/// otherwise an upper bound of the true parameter. At large N both Z and 1 - Z leave the range of a double, so both
/// logarithms are kept.

#include <algorithm>
#include <cmath>
#include <limits>

#include "code/polarise.hpp"
#include "code/ranking.hpp"

namespace caligo::code {
namespace {

/// ln Z and ln(1 - Z). The two recursions mirror each other: Z⁺ is a product, and so is 1 - Z⁻ = (1 - Z₁)(1 - Z₂).
struct LogZ {
  double z = 0;
  double complement = -std::numeric_limits<double>::infinity();
};

LogZ from_z(double z) { return {std::log(z), std::log1p(-z)}; }

/// ln(a + b - ab) from ln a and ln b, for a, b in [0, 1].
double log_union(double log_a, double log_b) {
  const double high = std::max(log_a, log_b);
  if (std::isinf(high)) return high;
  return high + std::log1p(std::exp(std::min(log_a, log_b) - high) * -std::expm1(high));
}

double bhattacharyya_of(const Channel& channel) {
  struct Visitor {
    double operator()(const Bsc& c) const { return 2 * std::sqrt(c.crossover * (1 - c.crossover)); }
    double operator()(const Bec& c) const { return c.erasure; }
    double operator()(const Awgn& c) const { return std::exp(-1 / (2 * c.sigma * c.sigma)); }
    double operator()(const AwgnEbN0& /*unresolved*/) const { return 1; }
    double operator()(const AwgnEsN0& /*unresolved*/) const { return 1; }
  };
  return std::visit(Visitor{}, channel);
}

class Parameters {
 public:
  using State = LogZ;
  explicit Parameters(unsigned n) {
    ranking.unreliability.resize(std::size_t{1} << n);
    ranking.error_probability.resize(std::size_t{1} << n);
  }

  static void minus(const LogZ& a, const LogZ& b, LogZ& out) {
    out = {log_union(a.z, b.z), a.complement + b.complement};
  }
  static void plus(const LogZ& a, const LogZ& b, LogZ& out) {
    out = {a.z + b.z, log_union(a.complement, b.complement)};
  }

  bool settle(unsigned level, std::size_t position, const Segments<LogZ>& node) {
    if (level > 0) return false;
    // ln(Z/(1 - Z)) resolves both ends. The error probability is at most Z/2, and equal to it on the erasure channel.
    ranking.unreliability[position] = node.first.z - node.first.complement;
    ranking.error_probability[position] = static_cast<float>(std::exp(node.first.z) / 2);
    return true;
  }

  Ranking ranking;
};

}  // namespace

Ranking bhattacharyya(unsigned n, const Channel& channel, std::size_t sent) {
  Parameters parameters(n);
  Polarisation(parameters, n).run(from_z(bhattacharyya_of(channel)), from_z(0), sent);
  return std::move(parameters.ranking);
}

}  // namespace caligo::code
