// SPDX-License-Identifier: Apache-2.0
#include "code/ranking.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace caligo::code {
namespace {

/// Z of every position of an erasure channel, one position of the code at a time: the definition.
std::vector<double> direct_erasure(std::vector<double> z) {
  if (z.size() == 1) return z;
  const std::size_t half = z.size() / 2;
  std::vector<double> minus(half), plus(half);
  for (std::size_t i = 0; i < half; ++i) {
    minus[i] = z[i] + z[i + half] - z[i] * z[i + half];
    plus[i] = z[i] * z[i + half];
  }
  std::vector<double> out = direct_erasure(minus);
  const std::vector<double> right = direct_erasure(plus);
  out.insert(out.end(), right.begin(), right.end());
  return out;
}

TEST(Bhattacharyya, EqualsTheDirectRecursionForEveryShortenedLength) {
  for (std::size_t sent = 1; sent <= 256; ++sent) {
    std::vector<double> channel(256, 0);
    for (std::size_t i = 0; i < sent; ++i) channel[i] = 0.37;
    const std::vector<double> exact = direct_erasure(channel);
    const Ranking ranking = bhattacharyya(8, Bec{0.37}, sent);
    for (std::size_t i = 0; i < 256; ++i) {
      const double got = 2 * static_cast<double>(ranking.error_probability[i]);
      ASSERT_NEAR(got, exact[i], 1e-6 * exact[i] + 1e-40) << i << " of " << sent;
    }
  }
}

TEST(Bhattacharyya, ResolvesBothEndsAtLargeLengths) {
  const Ranking ranking = bhattacharyya(20, Bec{0.5}, std::size_t{1} << 20U);
  // ln(Z/(1 - Z)) at the ends: Z of the last position is 2^-(2^20), and 1 - Z of the first.
  const double extreme = std::log(2.0) * std::exp2(20);
  EXPECT_NEAR(ranking.unreliability.back() / -extreme, 1, 1e-9);
  EXPECT_NEAR(ranking.unreliability.front() / extreme, 1, 1e-9);
  for (const double key : ranking.unreliability) ASSERT_TRUE(std::isfinite(key));
  // The erasure channel at 1/2 is its own mirror image: Z of position i is 1 - Z of position N-1-i.
  for (std::size_t i = 0; i < 1000; ++i) {
    const double a = ranking.unreliability[i * 1000];
    const double b = ranking.unreliability[ranking.unreliability.size() - 1 - i * 1000];
    ASSERT_NEAR(a, -b, 1e-6 * std::abs(a) + 1e-9);
  }
}

TEST(Bhattacharyya, ExtremeChannelsGiveNoNaN) {
  for (const Channel& channel : {Channel(Bec{0}), Channel(Bec{1}), Channel(Bsc{0}), Channel(Bsc{0.5}),
                                 Channel(Awgn{1e-200}), Channel(Awgn{1e6})}) {
    for (const std::size_t sent : {64U, 41U, 1U}) {
      for (const double key : bhattacharyya(6, channel, sent).unreliability) EXPECT_FALSE(std::isnan(key));
    }
  }
}

TEST(GaussianApproximation, RepetitionIsExact) {
  // The last u sees the sum of all LLRs; the mean of a sum is the sum of the means, without approximation.
  const Ranking ranking = gaussian_approximation(4, Awgn{2.0}, 16);
  EXPECT_NEAR(ranking.unreliability.back(), -16 * 2 / 4.0, 1e-12);
  EXPECT_NEAR(ranking.error_probability.back(), 0.5 * std::erfc(2.0 / std::sqrt(2.0)), 1e-7);
}

TEST(GaussianApproximation, KnownPositionsActAsInfinitelyReliable) {
  // Only position 0 sent: u_0 sees the channel itself through seven perfect check nodes.
  const Ranking ranking = gaussian_approximation(3, Awgn{1.0}, 1);
  EXPECT_NEAR(ranking.unreliability[0], -2.0, 1e-9);
}

TEST(GaussianApproximation, StaysOrderedAtLargeLengths) {
  const Ranking ranking = gaussian_approximation(20, Awgn{1.2}, std::size_t{1} << 20U);
  double capacity = 0;
  for (std::size_t i = 0; i < ranking.unreliability.size(); ++i) {
    ASSERT_FALSE(std::isnan(ranking.unreliability[i]));
    ASSERT_LE(ranking.unreliability[i], 0);
    capacity += ranking.error_probability[i] < 1e-3F ? 1 : 0;
  }
  // σ = 1.2: the capacity of BPSK is 0.395 bits; at 2^20 nearly that share of positions is good.
  capacity /= static_cast<double>(ranking.unreliability.size());
  EXPECT_GT(capacity, 0.34);
  EXPECT_LT(capacity, 0.40);
}

TEST(GaussianApproximation, ExtremeChannelsGiveNoNaN) {
  for (const double sigma : {1e-300, 1e-200, 1e-3, 1e6}) {
    for (const std::size_t sent : {64U, 41U, 1U}) {
      for (const double key : gaussian_approximation(6, Awgn{sigma}, sent).unreliability) EXPECT_FALSE(std::isnan(key));
    }
  }
}

TEST(PolarizationWeight, IsTheBetaExpansion) {
  const Ranking ranking = polarization_weight(8);
  const double beta = std::pow(2.0, 0.25);
  EXPECT_EQ(ranking.unreliability[0], 0);
  EXPECT_NEAR(ranking.unreliability[0b10010110], -(beta + beta * beta + std::pow(beta, 4) + std::pow(beta, 7)), 1e-12);
  EXPECT_TRUE(ranking.error_probability.empty());
}

TEST(SortedPositions, LeavesTheTailOutAndBreaksTiesUpwards) {
  EXPECT_EQ(sorted_positions({3, 1, 2, 1, 0}, 4), (std::vector<std::uint32_t>{3, 1, 2, 0}));
  EXPECT_TRUE(sorted_positions({1, 2}, 0).empty());
}

}  // namespace
}  // namespace caligo::code
