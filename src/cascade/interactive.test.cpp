// SPDX-License-Identifier: Apache-2.0
// Both roles together: efficiency with every bit counted, estimates that are wrong, the QBER learnt, bursts of errors.
#include <gtest/gtest.h>
#include <caligo/cascade.hpp>
#include <caligo/channel.hpp>
#include <caligo/random.hpp>

#include <cstdlib>
#include <string>

namespace caligo {
namespace {

std::uint64_t test_seed() {
  const char* text = std::getenv("CALIGO_TEST_SEED");
  return text != nullptr ? std::strtoull(text, nullptr, 0) : 23;
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

double efficiency(const BlockReport& report) {
  const auto bits = static_cast<double>(report.bits);
  return static_cast<double>(report.leaked.total()) /
         (bits * binary_entropy(static_cast<double>(report.errors) / bits));
}

void expect_sound(const BlockReport& report) {
  EXPECT_EQ(report.undetected, 0U);
  EXPECT_EQ(report.failed_units, 0U);
  EXPECT_TRUE(report.verified);
  EXPECT_EQ(report.key_bits, report.bits);
  EXPECT_EQ(report.corrected, report.errors);
}

Result<BlockReport> run(InteractiveReconciler& reconciler, const Source& source) {
  return reconciler.reconcile(source.x, source.y, source.x.size(), {});
}

// The means of 2^22 bits and more lie within 0.001 of these; a 2^20-bit group has a standard deviation near 0.002.
TEST(InteractiveReconciler, EfficiencyAtEveryQber) {
  SCOPED_TRACE("CALIGO_TEST_SEED=" + std::to_string(test_seed()));
  Source source;
  const struct {
    double qber;
    double most;
  } cases[] = {{0.001, 1.06}, {0.005, 1.045}, {0.01, 1.045}, {0.02, 1.045}, {0.03, 1.05}, {0.05, 1.06}, {0.08, 1.07}};
  for (const auto& [qber, most] : cases) {
    source.next(1 << 20, qber);
    InteractiveReconciler reconciler({.qber = qber, .simulated_keys = 1});
    const BlockReport report = run(reconciler, source).value();
    expect_sound(report);
    EXPECT_LT(efficiency(report), most) << qber;
    EXPECT_GT(efficiency(report), 1.0) << qber;
    EXPECT_TRUE(equal(reconciler.corrected(), source.x));
    EXPECT_EQ(report.messages, 2U * (report.rounds + 1));
    EXPECT_TRUE(equal(reconciler.key(), source.x));
    EXPECT_GT(reconciler.decoder_bytes(), source.x.size() / 8);
  }
}

TEST(InteractiveReconciler, AWrongEstimateCostsEfficiencyOnly) {
  SCOPED_TRACE("CALIGO_TEST_SEED=" + std::to_string(test_seed()));
  Source source;
  for (const double qber : {0.01, 0.02, 0.05}) {
    for (const double factor : {1 / 1.5, 1.5}) {
      source.next(1 << 19, qber);
      InteractiveReconciler reconciler({.qber = qber * factor, .simulated_keys = 2});
      const BlockReport report = run(reconciler, source).value();
      expect_sound(report);
      EXPECT_LT(efficiency(report), 1.10) << qber << " taken for " << qber * factor;
    }
  }
}

TEST(InteractiveReconciler, ExtremeInputs) {
  Source source;
  for (const double qber : {0.0, 0.25, 0.5}) {
    source.next(50000, qber);
    for (const double estimate : {0.0, 0.02, 0.109}) {
      InteractiveReconciler reconciler({.qber = estimate, .simulated_keys = 3});
      const BlockReport report = run(reconciler, source).value();
      EXPECT_EQ(report.undetected, 0U);
      if (qber == 0) expect_sound(report);
    }
  }
  InteractiveReconciler reconciler({.qber = 0.02});
  EXPECT_FALSE(reconciler.reconcile({}, {}, 0, {}).has_value());
  EXPECT_FALSE(reconciler.reconcile(BitString(10), BitString(11), 11, {}).has_value());
  InteractiveReconciler beyond({.qber = 0.2});
  EXPECT_EQ(run(beyond, source).error().code, ErrorCode::no_key);
}

TEST(InteractiveReconciler, LearnsTheQber) {
  SCOPED_TRACE("CALIGO_TEST_SEED=" + std::to_string(test_seed()));
  Source source;
  InteractiveReconciler reconciler({.simulated_keys = 4});
  reconciler.observe_sample(1000, 60);  // far off
  std::size_t previous = 0;
  for (int group = 0; group < 5; ++group) {
    const std::size_t bits = reconciler.next_blocks(1 << 24, 18).length;
    EXPECT_GE(bits, previous);
    previous = bits;
    source.next(bits, 0.02);
    expect_sound(run(reconciler, source).value());
  }
  EXPECT_EQ(previous, std::size_t{1} << 18);
  EXPECT_NEAR(reconciler.rate().estimate(), 0.02, 0.003);
  EXPECT_EQ(reconciler.parameters().log2_first, choose_cascade(0.02, 1 << 18).log2_first);
}

TEST(InteractiveReconciler, SumsItsGroups) {
  Source source;
  InteractiveReconciler reconciler({.qber = 0.03, .simulated_keys = 5});
  CascadeTraffic sum;
  for (const std::size_t bits : {5000U, 100U, 20000U}) {
    source.next(bits, 0.03);
    ASSERT_TRUE(run(reconciler, source).has_value());
    sum += reconciler.details().traffic;
  }
  EXPECT_EQ(reconciler.traffic(), sum);
}

// Some units fail, some do not: the key is what is left, and the accounts are of all.
TEST(InteractiveReconciler, KeepsTheVerifiedUnits) {
  SCOPED_TRACE("CALIGO_TEST_SEED=" + std::to_string(test_seed()));
  Source source;
  source.next(40000, 0.03);
  CascadeParameters p;
  p.log2_block = 10;
  p.log2_first = 5;
  p.log2_second = 8;
  p.subsets = 1;
  p.retries = 0;
  p.unit_blocks = 1;
  InteractiveReconciler reconciler({.simulated_keys = 5, .parameters = p});
  reconciler.observe_sample(1000, 30);
  const BlockReport report = run(reconciler, source).value();
  EXPECT_FALSE(report.verified);
  EXPECT_EQ(report.units, 40U);
  EXPECT_GT(report.failed_units, 0U);
  EXPECT_LT(report.failed_units, 40U);
  EXPECT_EQ(report.undetected, 0U);
  EXPECT_EQ(report.leaked.tag, 40U * 64);
  std::vector<bool> expected;
  for (const CascadeUnit& unit : reconciler.units()) {
    for (std::size_t i = 0; unit.verified && i < unit.bits; ++i) expected.push_back(source.x[unit.offset + i]);
  }
  ASSERT_EQ(reconciler.key().size(), expected.size());
  EXPECT_EQ(report.key_bits, expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) ASSERT_EQ(reconciler.key()[i], expected[i]) << i;
}

// Detectors that fire again give errors in runs: neighbouring bits fall into different intervals of the first pass.
TEST(InteractiveReconciler, BurstsOfErrors) {
  SCOPED_TRACE("CALIGO_TEST_SEED=" + std::to_string(test_seed()));
  Source source;
  source.next(1 << 20, 0.0);
  CounterRandom random(test_seed(), 1);
  std::size_t errors = 0;
  while (errors < (1 << 20) / 50) {
    const std::size_t start = random.below((1 << 20) - 8);
    for (std::size_t i = start; i < start + 8; ++i) source.y.set(i, !source.y[i]);
    errors += 8;
  }
  InteractiveReconciler reconciler({.qber = 0.02, .simulated_keys = 6});
  const BlockReport report = run(reconciler, source).value();
  expect_sound(report);
  EXPECT_LT(efficiency(report), 1.06);
}

TEST(ChooseCascade, IsValidForEveryInput) {
  for (double qber = 1e-6; qber <= 0.5; qber *= 1.1) {
    for (const std::size_t bits : {1U, 2U, 100U, 256U, 257U, 1000U, 5000U, 70000U, 1U << 28}) {
      const auto checked = check_cascade(choose_cascade(qber, bits));
      EXPECT_TRUE(checked.has_value()) << qber << ' ' << bits;
    }
  }
  EXPECT_TRUE(check_cascade(choose_cascade(0, 1 << 20)).has_value());
}

}  // namespace
}  // namespace caligo
