// SPDX-License-Identifier: Apache-2.0
// Both roles together: accounts that add up, the QBER learnt from blocks, block lengths, and refusals.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <caligo/channel.hpp>
#include <caligo/random.hpp>
#include <caligo/reconcile.hpp>

#include <cmath>
#include <cstdlib>
#include <filesystem>

namespace caligo {
namespace {

std::uint64_t test_seed() {
  const char* text = std::getenv("CALIGO_TEST_SEED");
  return text != nullptr ? std::strtoull(text, nullptr, 0) : 31;
}

struct Source {
  CounterRandom random{test_seed(), 0};
  BitString x;
  BitString y;
  void next(std::size_t bits, double qber) {
    x = BitString(bits);
    y = BitString(bits);
    random.fill(x);
    random.fill_bernoulli(y, qber);
    xor_into(y, x);
  }
};

OneWayReconciler make_reconciler(std::optional<double> qber, unsigned tag_bits = 64) {
  return OneWayReconciler(
      {.list_size = 8, .target_fer = 1e-2, .tag_bits = tag_bits, .crc = parse_crc("crc16-ccitt").value(), .qber = qber},
      std::filesystem::path("/dev/null/no-cache"));
}

TEST(OneWayReconciler, CountsEveryBit) {
  SCOPED_TRACE(test_seed());
  Source source;
  for (const bool learns : {false, true}) {
    OneWayReconciler reconciler = make_reconciler(learns ? std::nullopt : std::optional(0.02));
    Leakage expected;
    if (learns) {
      reconciler.observe_sample(1000, 20);
      expected.sample = 1000;
    }
    double epsilon = 0;
    for (std::uint64_t block = 0; block < 20; ++block) {
      source.next(4096 - block, 0.02);
      const auto report =
          reconciler.reconcile(source.x, source.y, 4096, VerificationKey::simulated(test_seed(), block)).value();
      EXPECT_EQ(report.errors, hamming_distance(source.x, source.y));
      EXPECT_EQ(report.bits, source.x.size());
      EXPECT_EQ(report.leaked.crc, 16U);
      EXPECT_EQ(report.leaked.tag, 64U);
      EXPECT_EQ(report.leaked.feedback, learns && report.verified ? 32U : 0U);
      EXPECT_EQ(report.undetected, 0U);
      EXPECT_EQ(report.verified, equal(reconciler.key(), source.x));
      expected += report.leaked;
      epsilon += report.verified ? report.epsilon : 0;
    }
    EXPECT_EQ(reconciler.leaked(), expected);
    EXPECT_EQ(reconciler.leaked().total(), expected.frozen + 20 * 80 + expected.sample + expected.feedback);
    EXPECT_DOUBLE_EQ(reconciler.epsilon(), epsilon);
  }
}

TEST(OneWayReconciler, LearnsTheQber) {
  SCOPED_TRACE(test_seed());
  Source source;
  OneWayReconciler reconciler = make_reconciler(std::nullopt);
  reconciler.observe_sample(512, 10);
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  int failed = 0;
  for (std::uint64_t block = 0; block < 30; ++block) {
    source.next(8192, 0.02);
    const auto report =
        reconciler.reconcile(source.x, source.y, 8192, VerificationKey::simulated(test_seed(), block)).value();
    if (block == 0) first = report.leaked.frozen;
    last = report.leaked.frozen;
    failed += report.verified ? 0 : 1;
  }
  EXPECT_LE(failed, 4);  // target 1e-2: five or more of 30 have probability 1e-5
  EXPECT_LT(last, 0.9 * static_cast<double>(first)) << "the margin shrinks";
  EXPECT_NEAR(reconciler.rate().estimate(), 0.02, 0.0015);
}

TEST(OneWayReconciler, RecoversWhenTheQberRises) {
  SCOPED_TRACE(test_seed());
  Source source;
  OneWayReconciler reconciler = make_reconciler(std::nullopt);
  reconciler.observe_sample(4096, 60);
  int verified = 0;
  for (std::uint64_t block = 0; block < 40; ++block) {
    source.next(8192, block < 10 ? 0.015 : 0.03);
    const auto report =
        reconciler.reconcile(source.x, source.y, 8192, VerificationKey::simulated(test_seed(), block)).value();
    EXPECT_GT(report.leaked.frozen, 0U);
    verified += block >= 25 && report.verified ? 1 : 0;
  }
  EXPECT_GE(verified, 12) << "of the last 15 blocks";
}

TEST(OneWayReconciler, WorksWithoutErrors) {
  Source source;
  OneWayReconciler reconciler = make_reconciler(0.0);
  source.next(65536, 0.0);
  const auto report = reconciler.reconcile(source.x, source.y, 65536, VerificationKey::simulated(1, 1)).value();
  EXPECT_TRUE(report.verified);
  EXPECT_LT(report.leaked.total(), 200U);
}

TEST(OneWayReconciler, RefusesWhatLeavesNoKey) {
  Source source;
  source.next(4096, 0.1);
  const VerificationKey key;
  for (const double qber : {0.11003, 0.12, 0.5}) {
    const Error error = make_reconciler(qber).reconcile(source.x, source.y, 4096, key).error();
    EXPECT_EQ(error.code, ErrorCode::no_key);
    EXPECT_THAT(error.message, testing::HasSubstr("below 11.00 %"));
  }
  // Below the limit, but not with the efficiency that is possible.
  const Error error = make_reconciler(0.108).reconcile(source.x, source.y, 4096, key).error();
  EXPECT_EQ(error.code, ErrorCode::no_key);
  EXPECT_THAT(error.message, testing::HasSubstr("disclosed per bit"));
  // Tag and CRC alone exceed a short block.
  source.next(64, 0.01);
  EXPECT_EQ(make_reconciler(0.01).reconcile(source.x, source.y, 64, key).error().code, ErrorCode::no_key);
  EXPECT_EQ(make_reconciler(0.01).reconcile(source.x, BitString(63), 64, key).error().code, ErrorCode::size_mismatch);
  EXPECT_EQ(make_reconciler(0.01).reconcile(source.x, source.y, 63, key).error().code, ErrorCode::size_mismatch);
}

TEST(ErrorRate, MarginShrinksWithKnowledge) {
  double last = 1;
  for (const std::uint64_t observed : {1000UL, 10000UL, 100000UL, 1000000UL, 10000000UL}) {
    ErrorRate rate;
    rate.observe(observed, observed / 50);
    const double design = rate.design(1 << 16, 1e-2);
    EXPECT_GT(design, rate.estimate());
    EXPECT_LT(design, last);
    last = design;
  }
  EXPECT_NEAR(last, 0.02, 2e-5);
  ErrorRate rate;
  EXPECT_EQ(rate.design(1 << 16, 1e-2), 0.5) << "nothing known";
  rate.observe(1 << 16, 1311);
  const double before = rate.design(1 << 16, 1e-2);
  rate.block_failed();
  EXPECT_GT(rate.design(1 << 16, 1e-2), 1.05 * before);
}

// Simulated with binomials: a code decodes up to design + zrσ, with a scatter that makes the whole variance r²σ². r =
// 4^0.2 at this length.
TEST(ErrorRate, MarginKeepsTheTarget) {
  const std::uint64_t seed = test_seed();
  SCOPED_TRACE(seed);
  constexpr std::size_t length = 1 << 14;
  constexpr double qber = 0.03;
  constexpr double target = 0.05;
  const double sigma = std::sqrt(qber * (1 - qber) / length);
  const double r = std::pow(4.0, 0.2);
  const double reach = 1.6449 * r * sigma;  // the 5 % quantile
  BitString sample(4096);
  BitString block(length);
  CounterRandom random(seed, 0);
  int failures = 0;
  constexpr int trials = 4000;
  for (int trial = 0; trial < trials; ++trial) {
    random.fill_bernoulli(sample, qber);
    random.fill_bernoulli(block, qber);
    ErrorRate rate;
    rate.observe(sample.size(), popcount(sample));
    const double scatter = random.gaussian() * sigma * std::sqrt(r * r - 1);
    const double needed = static_cast<double>(popcount(block)) / static_cast<double>(length) + scatter;
    failures += needed > rate.design(length, target) + reach ? 1 : 0;
  }
  // 5 % expected; five standard deviations.
  EXPECT_NEAR(failures, trials * target, 5 * std::sqrt(trials * target));
}

TEST(ErrorRate, OldObservationsFade) {
  ErrorRate rate;
  for (int i = 0; i < 100; ++i) rate.observe(1000, 10);
  EXPECT_LE(rate.observed(), 17000U);
  for (int i = 0; i < 60; ++i) rate.observe(1000, 40);
  EXPECT_NEAR(rate.estimate(), 0.04, 0.002);
}

TEST(Limits, OneWayBound) {
  const double limit = one_way_qber_limit();
  EXPECT_NEAR(limit, 0.110028, 1e-6);
  EXPECT_GT(1 - 2 * binary_entropy(limit - 1e-9), 0);
  EXPECT_LE(1 - 2 * binary_entropy(limit + 1e-9), 0);
  EXPECT_TRUE(check_key_left(0.02, 0.17).has_value());
  EXPECT_TRUE(check_key_left(0.0, 0).has_value());
  EXPECT_FALSE(check_key_left(0.11, 0.52).has_value());
}

TEST(BlockLengths, CoverEverythingOnce) {
  CounterRandom random(test_seed(), 9);
  for (int i = 0; i < 10000; ++i) {
    const std::uint64_t bits = 1 + random.below(std::uint64_t{1} << (1 + random.below(40)));
    const auto max_log2 = static_cast<unsigned>(8 + random.below(13));
    const BlockLengths blocks = split_blocks(bits, max_log2);
    ASSERT_LE(blocks.length, std::size_t{1} << max_log2);
    ASSERT_GE(blocks.count * blocks.length, bits);
    ASSERT_LT((blocks.count - 1) * blocks.length, bits) << "no empty block";
    if (bits > (std::uint64_t{1} << max_log2)) {
      ASSERT_GT(blocks.length, std::size_t{1} << (max_log2 - 1));
    }
  }
  EXPECT_EQ(split_blocks(0, 10).count, 0U);
  EXPECT_EQ(split_blocks(105976, 20).length, 105976U);
}

TEST(BlockLengths, StartShortWhileTheQberIsUnknown) {
  OneWayReconciler reconciler = make_reconciler(std::nullopt);
  reconciler.observe_sample(4096, 80);
  EXPECT_EQ(reconciler.next_blocks(1 << 24, 20).length, std::size_t{1} << 16);
  EXPECT_EQ(reconciler.next_blocks(1 << 24, 20).count, 1U);
  EXPECT_EQ(reconciler.next_blocks(1 << 24, 16).count, 256U);
  EXPECT_EQ(reconciler.next_blocks(50000, 20).length, 50000U);
  EXPECT_EQ(make_reconciler(0.02).next_blocks(1 << 24, 20).count, 16U);
}

}  // namespace
}  // namespace caligo
