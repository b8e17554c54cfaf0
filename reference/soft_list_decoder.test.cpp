// SPDX-License-Identifier: Apache-2.0
// The soft reference against enumeration of the whole codebook.
#include "reference/soft_list_decoder.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <random>
#include <string>

#include "reference/soft_cancellation.hpp"

namespace caligo::reference {
namespace {

std::uint64_t test_seed() {
  const char* text = std::getenv("CALIGO_TEST_SEED");
  return text != nullptr ? std::strtoull(text, nullptr, 0) : 20261121;
}

constexpr double known = 200;  // LLR of a shortened bit: its complement has probability 1e-87

struct Problem {
  Bits frozen;
  Bits values;
  std::size_t sent = 0;
  std::vector<double> llr;
};

Problem random_problem(std::mt19937_64& random, std::size_t length, std::size_t information, std::size_t shortened) {
  Problem p{Bits(length, 1), Bits(length, 0), length - shortened, std::vector<double>(length, known)};
  for (std::size_t left = information; left > 0;) {
    const std::size_t i = random() % p.sent;
    left -= p.frozen[i];
    p.frozen[i] = 0;
  }
  std::normal_distribution<double> gauss(0.5, 2.0);
  for (std::size_t i = 0; i < p.sent; ++i) {
    p.llr[i] = gauss(random);
    p.values[i] = p.frozen[i] != 0 && random() % 2 != 0 ? 1 : 0;
  }
  return p;
}

std::vector<std::size_t> positions(const Problem& p, std::uint8_t frozen) {
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < p.sent; ++i) {
    if (p.frozen[i] == frozen) found.push_back(i);
  }
  return found;
}

/// ln P(word | LLRs) where the bits are independent.
double log_probability(const Bits& x, const std::vector<double>& llr) {
  double sum = 0;
  for (std::size_t i = 0; i < x.size(); ++i) sum -= soft_price(llr[i], x[i] != 0, {});
  return sum;
}

/// The posterior LLRs by their definition.
std::vector<double> map_posterior(const Problem& p) {
  constexpr double none = -std::numeric_limits<double>::infinity();
  const auto information = positions(p, 0);
  std::vector<double> zero(p.llr.size(), none);
  std::vector<double> one(p.llr.size(), none);
  for (std::size_t message = 0; message < (std::size_t{1} << information.size()); ++message) {
    Bits u = p.values;
    for (std::size_t j = 0; j < information.size(); ++j) u[information[j]] = (message >> j) & 1U;
    const Bits x = transform(u);
    for (std::size_t i = 0; i < x.size(); ++i) {
      double& sum = x[i] != 0 ? one[i] : zero[i];
      sum = log_add(sum, log_probability(x, p.llr));
    }
  }
  for (std::size_t i = 0; i < zero.size(); ++i) zero[i] -= one[i];
  return zero;
}

TEST(SoftReference, WholeCodebookGivesTheExactPosterior) {
  const std::uint64_t seed = test_seed();
  SCOPED_TRACE("CALIGO_TEST_SEED=" + std::to_string(seed));
  for (unsigned round = 0; round < 60; ++round) {
    std::mt19937_64 random(seed + round);
    const std::size_t length = round % 2 == 0 ? 8 : 16;
    const std::size_t shortened = round % 3 == 0 ? 3 : 0;
    const std::size_t information = 1 + random() % (length == 8 ? 5 : 8);
    const Problem p = random_problem(random, length, information, shortened);
    const std::size_t codewords = std::size_t{1} << information;
    const SoftList list = soft_list_decode(p.frozen, p.values, p.sent, codewords, p.llr);
    ASSERT_EQ(list.paths.size(), codewords);
    for (const auto& path : list.paths) {
      EXPECT_NEAR(-path.metric, log_probability(transform(path.u), p.llr), 1e-9);
    }
    const auto posterior = soft_posterior(list, std::vector<bool>(codewords, true), 0, p.llr);
    const auto exact = map_posterior(p);
    for (std::size_t i = 0; i < p.sent; ++i) {
      if (std::isinf(exact[i])) {
        EXPECT_EQ(posterior[i], exact[i]) << "round " << round << " bit " << i;
      } else {
        EXPECT_NEAR(posterior[i], exact[i], 1e-8) << "round " << round << " bit " << i;
      }
    }
  }
}

// Every frozen value splits the estimate of a node's share between the two cosets, so summed over all frozen values the
// estimates of the codebook probabilities are exactly 1, at every list size. Shortened positions must not count.
TEST(SoftReference, CodebookProbabilitiesOfAllCosetsSumToOne) {
  const std::uint64_t seed = test_seed();
  SCOPED_TRACE("CALIGO_TEST_SEED=" + std::to_string(seed));
  for (unsigned round = 0; round < 24; ++round) {
    std::mt19937_64 random(seed + 1000 + round);
    const std::size_t length = round % 2 == 0 ? 8 : 16;
    const std::size_t shortened = round % 3 == 0 ? 3 : 0;
    const std::size_t unknown = length - shortened - (length == 8 ? 2 : 5);  // more than the list can hold
    Problem p = random_problem(random, length, unknown, shortened);
    const auto frozen = positions(p, 1);
    const std::size_t list_size = std::size_t{1} << (round % 4);
    double sum = 0;
    for (std::size_t coset = 0; coset < (std::size_t{1} << frozen.size()); ++coset) {
      for (std::size_t j = 0; j < frozen.size(); ++j) p.values[frozen[j]] = (coset >> j) & 1U;
      const SoftList list = soft_list_decode(p.frozen, p.values, p.sent, list_size, p.llr);
      EXPECT_GT(list.log_unvisited, -100) << "nothing was pruned: the test says nothing";
      sum += std::exp(list.log_unvisited);
      for (const auto& path : list.paths) sum += std::exp(-path.metric);
    }
    EXPECT_NEAR(sum, 1.0, 1e-9) << "round " << round;
  }
}

// Max-log: leaves keep their exact probability ratios, only what is pruned loses some.
TEST(SoftReference, MaxLogMetricOfALeafIsItsDisagreement) {
  std::mt19937_64 random(test_seed());
  const Problem p = random_problem(random, 16, 7, 0);
  for (const auto& path : soft_list_decode(p.frozen, p.values, p.sent, 4, p.llr, {false, false}).paths) {
    const Bits x = transform(path.u);
    double disagreement = 0;
    for (std::size_t i = 0; i < x.size(); ++i) disagreement += std::max(0.0, x[i] != 0 ? p.llr[i] : -p.llr[i]);
    EXPECT_NEAR(path.metric, disagreement, 1e-9);
  }
}

// On a tree without cycles belief propagation is exact: repetition and parity codes.
TEST(SoftReference, SoftCancellationIsExactForRepetitionAndParity) {
  std::mt19937_64 random(test_seed());
  for (const bool parity : {false, true}) {
    Problem p = random_problem(random, 8, 0, 0);
    p.values.assign(8, 0);
    for (std::size_t i = parity ? 1 : 7; i < 8; ++i) p.frozen[i] = 0;
    const auto extrinsic = SoftCancellation(p.frozen).extrinsic(p.llr, 1);
    const auto exact = map_posterior(p);
    for (std::size_t i = 0; i < 8; ++i) EXPECT_NEAR(extrinsic[i] + p.llr[i], exact[i], 1e-9) << parity << " bit " << i;
  }
}

}  // namespace
}  // namespace caligo::reference
