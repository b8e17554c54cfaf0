// SPDX-License-Identifier: Apache-2.0
// The normal approximation against closed forms, exact bounds, published figures and a slow integration.
#include <gtest/gtest.h>
#include <caligo/normal_approximation.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace caligo {
namespace {

double capacity(const Channel& channel) { return channel_information(channel).value().capacity; }
double dispersion(const Channel& channel) { return channel_information(channel).value().dispersion; }

/// ln of the probability of t events in n trials.
double log_binomial(int n, int t, double p) {
  return std::lgamma(n + 1.0) - std::lgamma(t + 1.0) - std::lgamma(n - t + 1.0) + t * std::log(p) +
         (n - t) * std::log1p(-p);
}

/// Sphere packing on the BSC (Polyanskiy, Poor and Verdú 2010, theorem 35): the least error rate of any (n, k) code.
/// The shells of the 2^(n - k) most likely errors are correct at most.
double bsc_converse(int n, double k, double q) {
  double room = (n - k) * std::numbers::ln2;  // ln of the error patterns still free
  double correct = 0;
  for (int t = 0; t <= n; ++t) {
    const double shell = std::lgamma(n + 1.0) - std::lgamma(t + 1.0) - std::lgamma(n - t + 1.0);
    const double share = std::min(1.0, std::exp(room - shell));
    correct += share * std::exp(log_binomial(n, t, q));
    if (share < 1) break;
    const double left = -std::expm1(shell - room);
    if (left <= 0) break;
    room += std::log(left);
  }
  return 1 - correct;
}

/// Random coding union bound on the BSC (theorem 33): some (n, k) code is no worse.
double bsc_union(int n, double k, double q) {
  double sum = 0;
  double sphere = 0;  // Σ_{s ≤ t} C(n, s) 2^-n
  for (int t = 0; t <= n; ++t) {
    sphere += std::exp(std::lgamma(n + 1.0) - std::lgamma(t + 1.0) - std::lgamma(n - t + 1.0) - n * std::numbers::ln2);
    sum += std::exp(log_binomial(n, t, q)) * std::min(1.0, std::exp2(k) * sphere);
  }
  return sum;
}

/// Theorem 38: with fewer than k bits received, a code word can only be guessed.
double bec_converse(int n, double k, double e) {
  double sum = 0;
  for (int t = 0; t <= n; ++t) sum += std::exp(log_binomial(n, t, e)) * std::max(0.0, 1 - std::exp2(n - t - k));
  return sum;
}

/// Dependence testing on the BEC (theorem 37).
double bec_dependence(int n, double k, double e) {
  double sum = 0;
  for (int t = 0; t <= n; ++t) {
    sum += std::exp(log_binomial(n, t, e)) * std::min(1.0, std::exp2(k - 1 - (n - t)));
  }
  return sum;
}

/// The k at which a bound that grows with k passes the error rate.
template <class Bound>
double solve(const Bound& bound, int n, double p, double fer) {
  double low = 0;
  double high = n;
  for (int step = 0; step < 60; ++step) {
    const double middle = (low + high) / 2;
    (bound(n, middle, p) < fer ? low : high) = middle;
  }
  return low;
}

/// Simpson's rule over the channel output, density written out: neither variable nor rule is that of the library.
ChannelInformation slow_awgn(double sigma) {
  constexpr int intervals = 400000;
  const double from = 1 - 14 * sigma;
  const double width = 28 * sigma / intervals;
  double mean = 0;
  double square = 0;
  for (int j = 0; j <= intervals; ++j) {
    const double y = from + j * width;
    const double plus = std::exp(-(y - 1) * (y - 1) / (2 * sigma * sigma));
    const double minus = std::exp(-(y + 1) * (y + 1) / (2 * sigma * sigma));
    const double weight = (j == 0 || j == intervals ? 1 : j % 2 == 1 ? 4 : 2) * width / 3;
    const double density = std::log2(2 * plus / (plus + minus));
    mean += weight * plus * density;
    square += weight * plus * density * density;
  }
  const double norm = sigma * std::sqrt(2 * std::numbers::pi);
  mean /= norm;
  return {mean, square / norm - mean * mean};
}

TEST(NormalApproximation, ClosedForms) {
  EXPECT_NEAR(capacity(Bsc{0.11}), 0.5, 1e-4);
  EXPECT_NEAR(dispersion(Bsc{0.11}), 0.891, 5e-4);
  EXPECT_DOUBLE_EQ(capacity(Bec{0.3}), 0.7);
  EXPECT_DOUBLE_EQ(dispersion(Bec{0.3}), 0.21);
  EXPECT_DOUBLE_EQ(capacity(Bsc{0}), 1);
  EXPECT_DOUBLE_EQ(dispersion(Bsc{0}), 0);
  EXPECT_NEAR(dispersion(Bsc{0.5}), 0, 1e-15);
}

TEST(NormalApproximation, GaussianNoiseAgainstASlowIntegration) {
  for (const double sigma : {0.3, 0.5, 0.794328, 1.0, 1.7, 5.0}) {
    const ChannelInformation slow = slow_awgn(sigma);
    EXPECT_NEAR(capacity(Awgn{sigma}), slow.capacity, 1e-10) << sigma;
    EXPECT_NEAR(dispersion(Awgn{sigma}), slow.dispersion, 1e-10) << sigma;
  }
}

// Richardson, Shokrollahi and Urbanke 2001, table I: the Shannon limit of rate 1/2 is at σ = 0.979 (0.187 dB).
TEST(NormalApproximation, GaussianNoiseAtTheShannonLimitOfRateOneHalf) {
  EXPECT_NEAR(capacity(Awgn{0.979}), 0.5, 5e-4);
  EXPECT_NEAR(capacity(resolve_rate(AwgnEbN0{0.187}, 0.5)), 0.5, 5e-5);
}

TEST(NormalApproximation, GaussianNoiseInTheExtremes) {
  EXPECT_DOUBLE_EQ(capacity(Awgn{0.01}), 1);
  EXPECT_NEAR(dispersion(Awgn{0.01}), 0, 1e-300);
  // Weak signals carry 1/(2σ²·ln 2) bits, and the dispersion is twice that in nats².
  EXPECT_NEAR(capacity(Awgn{100}) * 2e4 * std::numbers::ln2, 1, 1e-3);
  EXPECT_NEAR(dispersion(Awgn{100}) * 1e4 * std::numbers::ln2 * std::numbers::ln2, 1, 1e-3);
}

// Polyanskiy, Poor and Verdú 2010, figure 1 (BSC 0.11, error rate 10^-3): about 0.38 at n = 500.
TEST(NormalApproximation, PublishedRateOnTheSymmetricChannel) {
  EXPECT_NEAR(normal_approximation_bits(Bsc{0.11}, 500, 1e-3).value() / 500, 0.38, 0.005);
}

// The remainder is O(1): a few bits at short lengths.
TEST(NormalApproximation, IsWithinBitsOfExactBoundsOnTheSymmetricChannel) {
  for (const int n : {200, 500, 1000, 2000}) {
    for (const double fer : {1e-3, 1e-5}) {
      const double k = normal_approximation_bits(Bsc{0.11}, n, fer).value();
      EXPECT_LT(k, solve(bsc_converse, n, 0.11, fer) + 1) << n << ' ' << fer;
      EXPECT_GT(k, solve(bsc_union, n, 0.11, fer) - 5) << n << ' ' << fer;
    }
  }
}

TEST(NormalApproximation, IsWithinABitOfExactBoundsOnTheErasureChannel) {
  for (const int n : {200, 500, 1000, 2000}) {
    for (const double fer : {1e-2, 1e-3}) {
      const double k = normal_approximation_bits(Bec{0.5}, n, fer).value();
      EXPECT_LT(k, solve(bec_converse, n, 0.5, fer) + 1) << n << ' ' << fer;
      EXPECT_GT(k, solve(bec_dependence, n, 0.5, fer) - 1) << n << ' ' << fer;
    }
  }
}

TEST(NormalApproximation, RatesAndErrorRatesAreInverse) {
  for (const Channel& channel : {Channel{Bsc{0.03}}, Channel{Bec{0.4}}, Channel{Awgn{0.9}}}) {
    for (const double fer : {0.5, 1e-2, 1e-6}) {
      const double k = normal_approximation_bits(channel, 1024, fer).value();
      EXPECT_NEAR(normal_approximation_fer(channel, 1024, k).value() / fer, 1, 1e-9) << to_string(channel);
    }
  }
}

TEST(NormalApproximation, ChannelsWithoutDispersionDecideByCapacity) {
  EXPECT_EQ(normal_approximation_fer(Bec{0}, 100, 100).value(), 0);
  EXPECT_EQ(normal_approximation_fer(Bec{1}, 100, 1).value(), 1);
  EXPECT_EQ(normal_approximation_fer(Bec{0}, 100, 101).value(), 1);
}

TEST(NormalApproximation, RefusesWhatHasNoMeaning) {
  for (const Channel& channel :
       {Channel{Bsc{0.6}}, Channel{Bec{-0.1}}, Channel{Awgn{0}}, Channel{Awgn{NAN}}, Channel{AwgnEbN0{2}}}) {
    EXPECT_EQ(channel_information(channel).error().code, ErrorCode::invalid_argument);
  }
  EXPECT_FALSE(normal_approximation_fer(Bsc{0.1}, 0, 1));
  EXPECT_FALSE(normal_approximation_fer(Bsc{0.1}, 10, 0));
  EXPECT_FALSE(normal_approximation_bits(Bsc{0.1}, 10, 1));
  EXPECT_FALSE(normal_approximation_bits(Bsc{0.1}, 10, NAN));
  EXPECT_NE(channel_information(AwgnEbN0{2}).error().message.find("awgn-ebn0:2"), std::string::npos);
}

}  // namespace
}  // namespace caligo
