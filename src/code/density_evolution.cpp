// SPDX-License-Identifier: Apache-2.0
/// Density evolution of the successive-cancellation decoder with int8 LLRs and the min-sum rule (Mori and Tanaka 2009
/// for the principle). The densities are those of the decoder's own integers, so on the BSC with LLR = ±1 the only
/// errors are those of rounding and of Density::negligible.

#include <caligo/channel.hpp>
#include <caligo/llr.hpp>

#include <algorithm>
#include <cmath>

#include "code/density.hpp"
#include "code/polarise.hpp"
#include "code/ranking.hpp"

namespace caligo::code {
namespace {

/// A node is settled as good when even the union over its inputs errs more rarely than this: then no u in it errs more
/// often (all inputs positive give all u right), and no code fails measurably for any choice within it.
constexpr double good_enough = 1e-15;
/// … and as bad when its inputs together carry less information in bits: then no u in it can be told better than with
/// error probability 0.48, by data processing.
constexpr double bad_enough = 0.001;

Density channel_density(const Bsc& channel, unsigned /*n*/) {
  Density density;
  density.low = -1;
  density.high = 1;
  density.stride = 2;
  density.at(-1) = channel.crossover;
  density.at(1) = 1 - channel.crossover;
  return density;
}

Density channel_density(const Bec& channel, unsigned /*n*/) {
  Density density;
  density.high = Density::limit;
  density.at(0) = channel.erasure;
  density.at(Density::limit) = 1 - channel.erasure;
  return density;
}

/// LLR = 2y/σ² is Gaussian with mean 2/σ² and deviation 2/σ; each integer takes the mass that rounds to it.
Density channel_density(const Awgn& channel, unsigned n) {
  const double sigma = std::max(channel.sigma, 1e-4);  // less noise than that makes no difference to int8
  const double scale = static_cast<double>(default_llr_scale(n));
  const double mean = scale * 2 / (sigma * sigma);
  const double root = std::sqrt(2.0) * scale * 2 / sigma;
  Density density;
  density.low = -Density::limit;
  density.high = Density::limit;
  for (int v = density.low; v <= density.high; ++v) {
    // Differences of the tail on the nearer side keep their relative precision.
    const double lower = v == density.low ? -HUGE_VAL : (v - 0.5 - mean) / root;
    const double upper = v == density.high ? HUGE_VAL : (v + 0.5 - mean) / root;
    const double mass = lower > 0 ? std::erfc(lower) - std::erfc(upper) : std::erfc(-upper) - std::erfc(-lower);
    density.at(v) = mass / 2;
  }
  density.trim();
  return density;
}

Density channel_density(const AwgnEbN0& /*unresolved*/, unsigned /*n*/) { return {}; }
Density channel_density(const AwgnEsN0& /*unresolved*/, unsigned /*n*/) { return {}; }

/// Unreliability is log2 of 2e/(1 - 2e) for error probability e: it resolves both tiny e and e near 1/2.
class Evolution {
 public:
  using State = Density;
  explicit Evolution(unsigned n) {
    ranking.unreliability.resize(std::size_t{1} << n);
    ranking.error_probability.resize(std::size_t{1} << n);
  }

  static void minus(const Density& a, const Density& b, Density& out) noexcept { code::minus(a, b, out); }
  static void plus(const Density& a, const Density& b, Density& out) noexcept { code::plus(a, b, out); }

  bool settle(unsigned level, std::size_t offset, const Segments<Density>& node) {
    const std::size_t size = std::size_t{1} << level;
    const bool uniform = node.boundary == size;
    const auto total = [&](auto measure) {
      const double first = static_cast<double>(node.boundary) * measure(node.first);
      return uniform ? first : first + static_cast<double>(size - node.boundary) * measure(node.second);
    };
    const double errors = total(error_probability);
    if (errors < good_enough) {
      extend_good(level, offset, std::log2(2 * errors / static_cast<double>(size)));
      return true;
    }
    if (total(information_bound) < bad_enough) {
      extend_bad(level, offset, std::log2(total(advantage) / static_cast<double>(size)));
      return true;
    }
    if (level > 1) return false;
    settle_pair(offset, node.first, uniform ? node.first : node.second);
    return true;
  }

  Ranking ranking;

 private:
  void set(std::size_t position, double error, double unreliability) {
    ranking.error_probability[position] = static_cast<float>(error);
    ranking.unreliability[position] = unreliability;
  }

  /// The last two u need no densities.
  void settle_pair(std::size_t offset, const Density& a, const Density& b) {
    const double a_error = error_probability(a);
    const double b_error = error_probability(b);
    const double difference = advantage(a) * advantage(b);
    const double left = a_error + b_error - 2 * a_error * b_error;
    const double right = plus_error_probability(a, b);
    set(offset, left, std::log2(2 * left) - std::log2(difference));
    set(offset + 1, right, std::log2(2 * right) - std::log2(std::max(1 - 2 * right, 1e-15)));
  }

  // Below a settled node the order matters little; it follows the erasure channel with Z = 2e, where Z⁻ ≈ 2Z and Z⁺ =
  // Z².
  void extend_good(unsigned level, std::size_t offset, double log_z) {
    if (level == 0) return set(offset, std::exp2(log_z - 1), log_z);
    extend_good(level - 1, offset, log_z + 1);
    extend_good(level - 1, offset + (std::size_t{1} << (level - 1)), 2 * log_z);
  }

  // For weak channels the advantage d = 1 - 2e goes as in Gaussian noise: d⁻ = d², d⁺ ≈ √2·d.
  void extend_bad(unsigned level, std::size_t offset, double log_d) {
    if (level == 0) return set(offset, 0.5 - std::exp2(log_d - 1), -log_d);
    extend_bad(level - 1, offset, 2 * log_d);
    extend_bad(level - 1, offset + (std::size_t{1} << (level - 1)), log_d + 0.5);
  }
};

}  // namespace

Ranking density_evolution(unsigned n, const Channel& channel, std::size_t sent) {
  Evolution evolution(n);
  const Density sent_bit = std::visit([n](const auto& noise) { return channel_density(noise, n); }, channel);
  Polarisation(evolution, n).run(sent_bit, point_mass(Density::limit), sent);
  return std::move(evolution.ranking);
}

}  // namespace caligo::code
