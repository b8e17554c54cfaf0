// SPDX-License-Identifier: Apache-2.0
// Known answers, and statistical sanity with fixed seeds. Every statistical bound below is crossed by a good generator
// with probability below 1e-9 (six standard deviations of a normal, or the like), so a failure is a fault.
#include "bits/philox.hpp"

#include <gtest/gtest.h>
#include <caligo/random.hpp>

#include <cmath>
#include <cstdlib>
#include <vector>

namespace caligo {
namespace {

using Block = std::array<std::array<std::uint32_t, 1>, 4>;

std::uint64_t test_seed() {
  const char* text = std::getenv("CALIGO_TEST_SEED");
  return text != nullptr ? std::strtoull(text, nullptr, 0) : 20240229;
}

// The published known answers of Random123 (philox 4x32, 10 rounds).
TEST(Philox, KnownAnswers) {
  Block zero{};
  bits::philox4x32_10(zero, {0, 0});
  EXPECT_EQ(zero, (Block{{{0x6627e8d5}, {0xe169c58d}, {0xbc57ac4c}, {0x9b00dbd8}}}));
  constexpr std::uint32_t ones = 0xffffffff;
  Block full{{{ones}, {ones}, {ones}, {ones}}};
  bits::philox4x32_10(full, {ones, ones});
  EXPECT_EQ(full, (Block{{{0x408f276d}, {0x41c83b0e}, {0xa20bc7c6}, {0x6d5451fd}}}));
  Block pi{{{0x243f6a88}, {0x85a308d3}, {0x13198a2e}, {0x03707344}}};
  bits::philox4x32_10(pi, {0xa4093822, 0x299f31d0});
  EXPECT_EQ(pi, (Block{{{0xd16cfe09}, {0x94fdcceb}, {0x5001e420}, {0x24126ea1}}}));
}

TEST(CounterRandom, FirstWordsAreThePhiloxBlocks) {
  CounterRandom zero(0, 0);
  EXPECT_EQ(zero.next(), 0xe169c58d6627e8d5U);
  EXPECT_EQ(zero.next(), 0x9b00dbd8bc57ac4cU);
  Block second{{{1}, {0}, {0}, {0}}};
  bits::philox4x32_10(second, {0, 0});
  EXPECT_EQ(zero.next(), second[0][0] | (std::uint64_t{second[1][0]} << 32));
}

TEST(CounterRandom, SeedAndStreamBothMatter) {
  const auto first = [](std::uint64_t seed, std::uint64_t stream) { return CounterRandom(seed, stream).next(); };
  EXPECT_EQ(first(1, 2), first(1, 2));
  EXPECT_NE(first(1, 2), first(2, 1));
  EXPECT_NE(first(1, 2), first(1, 3));
  EXPECT_NE(first(1, 0), first(1, std::uint64_t{1} << 32));
  EXPECT_NE(first(1, 0), first(1 + (std::uint64_t{1} << 32), 0));
}

TEST(CounterRandom, FillEqualsSingleWordsAndClearsThePad) {
  for (const std::size_t bits : {1U, 63U, 64U, 65U, 1000U, 1024U, 5000U}) {
    CounterRandom bulk(test_seed(), 7);
    CounterRandom single(test_seed(), 7);
    EXPECT_EQ(bulk.next(), single.next());  // starts in the middle of a buffer
    BitString filled(bits);
    bulk.fill(filled);
    for (std::size_t i = 0; i < filled.words().size(); ++i) {
      const bool last = i + 1 == filled.words().size() && bits % 64 != 0;
      const std::uint64_t mask = last ? (std::uint64_t{1} << (bits % 64)) - 1 : ~std::uint64_t{0};
      ASSERT_EQ(filled.words()[i], single.next() & mask) << bits << " bits, word " << i;
    }
    EXPECT_EQ(bulk.next(), single.next());
  }
}

TEST(CounterRandom, FillIsFairInEveryBitPosition) {
  constexpr std::size_t words = 1 << 16;
  BitString bits(words * 64);
  CounterRandom(test_seed(), 0).fill(bits);
  std::array<std::size_t, 64> ones{};
  for (const std::uint64_t word : bits.words()) {
    for (std::size_t i = 0; i < 64; ++i) ones[i] += (word >> i) & 1U;
  }
  for (std::size_t i = 0; i < 64; ++i) {
    EXPECT_LT(std::abs(static_cast<double>(ones[i]) - words / 2.0), 6.5 * std::sqrt(words / 4.0)) << "bit " << i;
  }
}

double standard_score(std::size_t ones, std::size_t trials, double p) {
  const double mean = static_cast<double>(trials) * p;
  return (static_cast<double>(ones) - mean) / std::sqrt(mean * (1 - p));
}

class Bernoulli : public ::testing::TestWithParam<double> {};

// Number of ones, and number of equal neighbours at distances 1 and 64 (another lane, another word).
TEST_P(Bernoulli, MeanAndCorrelation) {
  const double p = GetParam();
  constexpr std::size_t size = std::size_t{1} << 22;
  SCOPED_TRACE(::testing::Message() << "seed " << test_seed() << ", p " << p);
  BitString bits(size);
  CounterRandom(test_seed(), 1).fill_bernoulli(bits, p);
  EXPECT_LT(std::abs(standard_score(popcount(bits), size, p)), 6.2);
  for (const std::size_t lag : {std::size_t{1}, std::size_t{64}}) {
    BitString early(size - lag);
    BitString late(size - lag);
    copy_bits(bits, 0, early, 0, size - lag);
    copy_bits(bits, lag, late, 0, size - lag);
    const std::size_t both = (popcount(early) + popcount(late) - hamming_distance(early, late)) / 2;
    // Pairs that share a bit are correlated: Var = n·(p² - p⁴ + 2(p³ - p⁴)).
    const double variance = p * p - std::pow(p, 4) + 2 * (std::pow(p, 3) - std::pow(p, 4));
    const double pairs = static_cast<double>(size - lag);
    EXPECT_LT(std::abs(static_cast<double>(both) - pairs * p * p), 6.2 * std::sqrt(pairs * variance) + 12.0) << lag;
  }
}

INSTANTIATE_TEST_SUITE_P(Probabilities, Bernoulli,
                         ::testing::Values(0x1p-16, 0.001, 0.02, 0.1, 0.25, 1.0 / 3, 0.5, 0.75, 0.9, 0.999));

TEST(CounterRandom, BernoulliEndsAreExact) {
  BitString bits(131);
  CounterRandom random(test_seed(), 2);
  for (const double p : {1.0, 2.0}) {
    bits.clear();
    random.fill_bernoulli(bits, p);
    EXPECT_EQ(popcount(bits), 131U);
  }
  for (const double p : {0.0, -1.0, std::nan(""), 0x1p-66}) {
    random.fill_bernoulli(bits, p);
    EXPECT_EQ(popcount(bits), 0U) << p;
  }
  random.fill_bernoulli(bits, 0.5);
  EXPECT_EQ(bits.words().back() >> 3, 0U);
  random.fill_bernoulli(BitString(), 0.5);
}

// For p = 1 - 2^-53 the comparison runs through 53 equal bits unless a lane is decided: all ones in practice. For
// p = 1/2 + 2^-40 the ladder must stop at once for most lanes; both orders of decisions are covered by a naive model.
TEST(CounterRandom, BernoulliEqualsComparisonOfBitSerialNumbers) {
  for (const double p : {0.02, 0.37, 0.5 + 0x1p-40, 0.984375}) {
    CounterRandom fast(test_seed(), 3);
    CounterRandom draws(test_seed(), 3);
    BitString bits(64);
    fast.fill_bernoulli(bits, p);
    std::array<std::uint64_t, 64> numbers{};  // U of every lane, undrawn bits zero
    const auto threshold = static_cast<std::uint64_t>(std::ldexp(p, 64));
    std::uint64_t expected = 0;
    for (unsigned top = 64; top-- > 0;) {
      const std::uint64_t draw = draws.next();
      bool open = false;
      expected = 0;
      for (unsigned lane = 0; lane < 64; ++lane) {
        numbers[lane] |= ((draw >> lane) & 1U) << top;
        const std::uint64_t decided = (numbers[lane] ^ threshold) >> top;
        open = open || decided == 0;
        expected |= std::uint64_t{numbers[lane] >> top < threshold >> top} << lane;
      }
      if (!open || (threshold << (64 - top - 1) << 1) == 0) break;
    }
    EXPECT_EQ(bits.words()[0], expected) << p;
    EXPECT_EQ(fast.next(), draws.next()) << "not the least number of words was drawn for p = " << p;
  }
}

TEST(CounterRandom, UniformStaysInsideAndHasRightMoments) {
  CounterRandom random(test_seed(), 4);
  constexpr int count = 1 << 20;
  double sum = 0;
  double squares = 0;
  for (int i = 0; i < count; ++i) {
    const double u = random.uniform();
    ASSERT_TRUE(u > 0 && u < 1);
    sum += u;
    squares += u * u;
  }
  EXPECT_NEAR(sum / count, 0.5, 6.2 * std::sqrt(1.0 / 12 / count));
  EXPECT_NEAR(squares / count, 1.0 / 3, 6.2 * std::sqrt(4.0 / 45 / count));
}

TEST(CounterRandom, GaussianMomentsAndTail) {
  CounterRandom random(test_seed(), 5);
  constexpr int count = 1 << 20;
  double sum = 0;
  double squares = 0;
  double product = 0;
  std::size_t tail = 0;
  double previous = 0;
  for (int i = 0; i < count; ++i) {
    const double g = random.gaussian();
    sum += g;
    squares += g * g;
    product += g * previous;
    tail += g > 3 ? 1 : 0;
    previous = g;
  }
  EXPECT_LT(std::abs(sum / std::sqrt(count)), 6.2);
  EXPECT_LT(std::abs(squares / count - 1), 6.2 * std::sqrt(2.0 / count));
  EXPECT_LT(std::abs(product / std::sqrt(count)), 6.2);
  EXPECT_LT(std::abs(standard_score(tail, count, 0.5 * std::erfc(3 / std::sqrt(2.0)))), 6.5);
}

TEST(CounterRandom, BelowIsUnbiased) {
  CounterRandom random(test_seed(), 6);
  constexpr std::size_t count = 1 << 19;
  for (const std::uint64_t bound : {std::uint64_t{6}, std::uint64_t{3} << 62, ~std::uint64_t{0}}) {
    const std::uint64_t cell = bound / 6 + (bound % 6 != 0);
    std::array<std::size_t, 6> seen{};
    for (std::size_t i = 0; i < count; ++i) {
      const std::uint64_t value = random.below(bound);
      ASSERT_LT(value, bound);
      ++seen[value / cell];
    }
    for (const std::size_t hits : seen) EXPECT_LT(std::abs(standard_score(hits, count, 1.0 / 6)), 6.5) << bound;
  }
  // Without rejection 2^64 words onto 3·2^62 results would hit every third result twice.
  std::array<std::size_t, 3> residues{};
  for (std::size_t i = 0; i < count; ++i) ++residues[random.below(std::uint64_t{3} << 62) % 3];
  for (const std::size_t hits : residues) EXPECT_LT(std::abs(standard_score(hits, count, 1.0 / 3)), 6.5);
  EXPECT_EQ(random.below(1), 0U);
}

}  // namespace
}  // namespace caligo
