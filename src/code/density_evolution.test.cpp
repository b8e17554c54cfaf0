// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <caligo/construct.hpp>

#include <cmath>
#include <functional>
#include <map>

#include "code/density.hpp"
#include "code/ranking.hpp"

namespace caligo::code {
namespace {

/// The LLRs that successive cancellation sees for the all-zero word, from the integers of the channel: the decoder's
/// own arithmetic, written out.
void successive_llrs(const std::vector<int>& llr, std::vector<int>& out) {
  if (llr.size() == 1) {
    out.push_back(llr[0]);
    return;
  }
  const std::size_t half = llr.size() / 2;
  std::vector<int> minus(half), plus(half);
  for (std::size_t i = 0; i < half; ++i) {
    const int a = llr[i], b = llr[i + half];
    minus[i] = ((a < 0) != (b < 0) ? -1 : 1) * std::min(std::abs(a), std::abs(b));
    plus[i] = std::clamp(a + b, -127, 127);
  }
  successive_llrs(minus, out);
  successive_llrs(plus, out);
}

struct Atom {
  int llr;
  double probability;
};

/// Sums over all channel outputs.
std::vector<double> enumerate(std::size_t length, std::size_t sent, const std::vector<Atom>& atoms) {
  std::vector<double> wrong(length, 0);
  std::vector<int> llr(length, 127);
  const std::function<void(std::size_t, double)> choose = [&](std::size_t i, double probability) {
    if (i == sent) {
      std::vector<int> out;
      successive_llrs(llr, out);
      for (std::size_t k = 0; k < length; ++k) {
        wrong[k] += probability * (out[k] < 0 ? 1 : out[k] == 0 ? 0.5 : 0);
      }
      return;
    }
    for (const Atom& atom : atoms) {
      llr[i] = atom.llr;
      choose(i + 1, probability * atom.probability);
    }
  };
  choose(0, 1);
  return wrong;
}

void expect_close(const Ranking& ranking, const std::vector<double>& exact, std::size_t sent) {
  for (std::size_t i = 0; i < sent; ++i) {
    const auto got = static_cast<double>(ranking.error_probability[i]);
    // Settled nodes (error below 1e-15, information below 0.001 bits) are only bounded.
    if (exact[i] < 1e-14) {
      EXPECT_LT(got, 1e-14) << i;
    } else if (exact[i] > 0.48) {
      EXPECT_GT(got, 0.48) << i;
    } else {
      EXPECT_NEAR(got / exact[i], 1, 1e-6) << "position " << i << ", exact " << exact[i];
    }
  }
}

TEST(DensityEvolution, EqualsEnumerationOnTheBsc) {
  for (const unsigned n : {3U, 4U}) {
    for (const double q : {0.001, 0.02, 0.11, 0.3}) {
      SCOPED_TRACE(q);
      const std::size_t length = std::size_t{1} << n;
      expect_close(density_evolution(n, Bsc{q}, length), enumerate(length, length, {{1, 1 - q}, {-1, q}}), length);
    }
  }
}

TEST(DensityEvolution, EqualsEnumerationForEveryShortenedLength) {
  for (const unsigned n : {3U, 4U}) {
    const std::size_t length = std::size_t{1} << n;
    for (std::size_t sent = 1; sent <= length; ++sent) {
      SCOPED_TRACE(sent);
      expect_close(density_evolution(n, Bsc{0.07}, sent), enumerate(length, sent, {{1, 0.93}, {-1, 0.07}}), sent);
    }
  }
}

/// Density evolution as its definition reads: every pair of values, no lattice, no early end.
using Histogram = std::map<int, double>;

void evolve_plainly(const std::vector<Histogram>& llr, std::vector<double>& wrong) {
  if (llr.size() == 1) {
    double sum = 0;
    for (const auto& [v, p] : llr[0]) sum += v < 0 ? p : v == 0 ? p / 2 : 0;
    wrong.push_back(sum);
    return;
  }
  const std::size_t half = llr.size() / 2;
  for (const bool plus : {false, true}) {
    std::vector<Histogram> child(half);
    for (std::size_t i = 0; i < half; ++i) {
      // Equal pairs give equal children: most of a code without shortening is one computation.
      if (i > 0 && llr[i] == llr[i - 1] && llr[i + half] == llr[i + half - 1]) {
        child[i] = child[i - 1];
        continue;
      }
      for (const auto& [a, p] : llr[i]) {
        for (const auto& [b, q] : llr[i + half]) {
          const int sign = (a < 0) != (b < 0) ? -1 : 1;
          const int v = plus ? std::clamp(a + b, -127, 127) : sign * std::min(std::abs(a), std::abs(b));
          child[i][v] += p * q;
        }
      }
    }
    evolve_plainly(child, wrong);
  }
}

TEST(DensityEvolution, EqualsThePlainDefinitionWhereLlrsSaturate) {
  // At q = 0.4 sums of 512 values ±1 pass 127 long before they are sure.
  for (const std::size_t sent : {512U, 400U}) {
    std::vector<Histogram> llr(512, Histogram{{127, 1.0}});
    for (std::size_t i = 0; i < sent; ++i) llr[i] = {{-1, 0.4}, {1, 0.6}};
    std::vector<double> exact;
    evolve_plainly(llr, exact);
    SCOPED_TRACE(sent);
    expect_close(density_evolution(9, Bsc{0.4}, sent), exact, sent);
  }
}

TEST(DensityEvolution, EqualsEnumerationOnTheErasureChannel) {
  expect_close(density_evolution(4, Bec{0.4}, 16), enumerate(16, 16, {{127, 0.6}, {0, 0.4}}), 16);
  expect_close(density_evolution(4, Bec{0.4}, 11), enumerate(16, 11, {{127, 0.6}, {0, 0.4}}), 11);
}

TEST(DensityEvolution, LongCodesOnTheErasureChannelEqualBhattacharyya) {
  // Erasures stay erasures under min-sum, so both are exact: e = Z/2.
  for (const std::size_t sent : {4096U, 4000U, 3000U, 1000U}) {
    const Ranking evolved = density_evolution(12, Bec{0.3}, sent);
    const Ranking bounded = bhattacharyya(12, Bec{0.3}, sent);
    for (std::size_t i = 0; i < sent; ++i) {
      const auto exact = static_cast<double>(bounded.error_probability[i]);
      if (exact > 1e-14 && exact < 0.48) {
        ASSERT_NEAR(static_cast<double>(evolved.error_probability[i]) / exact, 1, 1e-5) << i << " of " << sent;
      }
    }
  }
}

TEST(DensityEvolution, ExtremeChannels) {
  for (const Channel& perfect : {Channel(Bsc{0}), Channel(Bec{0}), Channel(Awgn{1e-300}), Channel(Awgn{0.01})}) {
    for (const float error : density_evolution(6, perfect, 50).error_probability) EXPECT_LT(error, 1e-14F);
  }
  for (const Channel& useless : {Channel(Bsc{0.5}), Channel(Bec{1}), Channel(Awgn{1e6})}) {
    for (const float error : density_evolution(6, useless, 64).error_probability) EXPECT_NEAR(error, 0.5F, 1e-3F);
    for (const double key : density_evolution(6, useless, 50).unreliability) EXPECT_FALSE(std::isnan(key));
  }
}

TEST(DensityEvolution, AwgnAgreesWithTheGaussianChannelItself) {
  // With one position in use the code is repetition: the last u of N = 8 sees the sum of eight Gaussian LLRs.
  const double sigma = 1.5;
  const Ranking ranking = density_evolution(3, Awgn{sigma}, 8);
  const double exact = std::erfc(std::sqrt(8.0) / sigma / std::sqrt(2.0)) / 2;
  EXPECT_NEAR(static_cast<double>(ranking.error_probability[7]) / exact, 1, 0.02);
}

TEST(Density, MassIsPreserved) {
  Density a = point_mass(127);
  a.low = -127;
  double expected = 1;
  for (int v = -127; v < 127; v += 3) expected += a.at(v) = 0.001 * (v + 128);
  const auto mass = [](const Density& d) {
    double sum = 0;
    for (const double p : d.p) sum += p;
    return sum;
  };
  Density out;
  minus(a, a, out);
  EXPECT_NEAR(mass(out), expected * expected, 1e-9);
  plus(a, a, out);
  EXPECT_NEAR(mass(out), expected * expected, 1e-9);
  const Density b = point_mass(-5);
  plus(a, b, out);
  EXPECT_NEAR(mass(out), expected, 1e-9);
  EXPECT_NEAR(plus_error_probability(a, b), error_probability(out), 1e-9);
  minus(a, b, out);
  EXPECT_NEAR(mass(out), expected, 1e-9);
  EXPECT_EQ(out.high, 5);
  EXPECT_EQ(out.low, -5);
}

}  // namespace
}  // namespace caligo::code
