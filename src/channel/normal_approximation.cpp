// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <caligo/normal_approximation.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace caligo {
namespace {

Error outside(std::string_view what, double value) {
  return {ErrorCode::invalid_argument, fmt::format("normal approximation: expected {}, got {}", what, value)};
}

/// Upper tail of the standard normal distribution.
double upper_tail(double z) noexcept { return std::erfc(z / std::numbers::sqrt2) / 2; }

/// Q⁻¹ by bisection, to the last digits of a double; probability in (0, 1).
double upper_quantile(double probability) noexcept {
  double low = -40;
  double high = 40;
  for (int step = 0; step < 100; ++step) {
    const double middle = (low + high) / 2;
    (upper_tail(middle) > probability ? low : high) = middle;
  }
  return low;
}

ChannelInformation of_bsc(double q) noexcept {
  if (q == 0) return {1, 0};
  const double slope = std::log2((1 - q) / q);
  return {1 - binary_entropy(q), q * (1 - q) * slope * slope};
}

/// Input +1 is sent, y = 1 + σt, t ~ N(0, 1), L = 2y/σ²; the density is i = 1 - log2(1 + e^-L). The trapezoidal rule
/// converges exponentially for such integrands (Trefethen and Weideman 2014): the nearest singularity, where e^-L = -1,
/// is πσ/2 from the real axis, so a step of a quarter of σ leaves an error near e^-39. Sums of i' = 1 - i, which is
/// small where noise is weak, keep their relative precision.
ChannelInformation of_awgn(double sigma) noexcept {
  constexpr double steps_per_sigma = 4;
  const double step = std::min(sigma / steps_per_sigma, 0.125);
  const double far = std::min(12 + 1 / sigma, 38.0);  // beyond 38 the density underflows
  const auto last = static_cast<long>(std::ceil(far / step));
  double mean = 0;
  double square = 0;
  for (long j = -last; j <= last; ++j) {
    const double t = static_cast<double>(j) * step;
    const double llr = 2 * (1 + sigma * t) / (sigma * sigma);
    const double loss = (llr > 0 ? std::log1p(std::exp(-llr)) : std::log1p(std::exp(llr)) - llr) / std::numbers::ln2;
    const double weight = step * std::exp(-t * t / 2) / std::sqrt(2 * std::numbers::pi);
    mean += weight * loss;
    square += weight * loss * loss;
  }
  return {std::max(1 - mean, 0.0), std::max(square - mean * mean, 0.0)};
}

}  // namespace

Result<ChannelInformation> channel_information(const Channel& channel) {
  if (const auto* bsc = std::get_if<Bsc>(&channel)) {
    const double q = bsc->crossover;
    if (!(q >= 0 && q <= 0.5)) return outside("a crossover probability in [0, 0.5]", q);
    return of_bsc(q);
  }
  if (const auto* bec = std::get_if<Bec>(&channel)) {
    const double e = bec->erasure;
    if (!(e >= 0 && e <= 1)) return outside("an erasure probability in [0, 1]", e);
    return ChannelInformation{1 - e, e * (1 - e)};
  }
  if (const auto* awgn = std::get_if<Awgn>(&channel)) {
    // Below, the channel is free of errors in double precision; above, the information is that of a Gaussian input.
    if (!(awgn->sigma >= 1e-3 && awgn->sigma <= 1e3)) return outside("a sigma in [0.001, 1000]", awgn->sigma);
    return of_awgn(awgn->sigma);
  }
  return Error{
      ErrorCode::invalid_argument,
      fmt::format("normal approximation: expected a channel that needs no code rate, got {}", to_string(channel))};
}

double third_order_term(const Channel& channel, double n) noexcept {
  return std::holds_alternative<Bec>(channel) ? 0 : std::log2(n) / 2;
}

Result<double> normal_approximation_fer(const Channel& channel, double n, double k) {
  if (!(n > 0)) return outside("n > 0", n);
  if (!(k > 0)) return outside("k > 0", k);
  const auto information = channel_information(channel);
  if (!information) return information.error();
  const double room = n * information->capacity - k + third_order_term(channel, n);
  const double spread = std::sqrt(n * information->dispersion);
  if (spread == 0) return room >= 0 ? 0.0 : 1.0;
  return upper_tail(room / spread);
}

Result<double> normal_approximation_bits(const Channel& channel, double n, double fer) {
  if (!(n > 0)) return outside("n > 0", n);
  if (!(fer > 0 && fer < 1)) return outside("a frame error rate in (0, 1)", fer);
  const auto information = channel_information(channel);
  if (!information) return information.error();
  return n * information->capacity - std::sqrt(n * information->dispersion) * upper_quantile(fer) +
         third_order_term(channel, n);
}

}  // namespace caligo
