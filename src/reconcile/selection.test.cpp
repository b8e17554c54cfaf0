// SPDX-License-Identifier: Apache-2.0
// The choice of codes: monotone in everything, refused where no key can be left, and as reliable as asked.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <caligo/channel.hpp>
#include <caligo/random.hpp>
#include <caligo/reconcile.hpp>

#include <cmath>
#include <cstdlib>
#include <filesystem>

#include "reconcile/list_threshold.hpp"

namespace caligo {
namespace {

std::uint64_t test_seed() {
  const char* text = std::getenv("CALIGO_TEST_SEED");
  return text != nullptr ? std::strtoull(text, nullptr, 0) : 23;
}

/// Codes chosen without a cache on disk: a directory that cannot be made is no error.
CodeSelector make_selector() { return CodeSelector(std::filesystem::path("/dev/null/no-cache")); }

CodeRequest request(std::size_t bits, double qber, unsigned list_size = 8, double target_fer = 1e-2) {
  return {.bits = bits,
          .qber = qber,
          .list_size = list_size,
          .target_fer = target_fer,
          .crc = parse_crc(list_size > 1 ? "crc16" : "none").value()};
}

TEST(CodeSelector, DisclosesMoreForMoreNoise) {
  CodeSelector selector = make_selector();
  double last = 0;
  for (double qber = 0.0; qber < 0.11; qber += 0.0005) {
    const auto code = selector.select(request(4096, qber));
    ASSERT_TRUE(code.has_value()) << qber;
    // Where two cells of the design grid meet, a step back of 0.3 % is allowed.
    EXPECT_GE(static_cast<double>(code->frozen_bits()), 0.997 * last) << qber;
    EXPECT_GE(static_cast<double>(code->frozen_bits()), 4096 * binary_entropy(qber)) << qber;
    last = static_cast<double>(code->frozen_bits());
  }
}

TEST(CodeSelector, DisclosesLessForLongerListsAndLooserTargets) {
  CodeSelector selector = make_selector();
  for (const std::size_t bits : {300U, 4096U, 30000U}) {
    std::size_t last = bits;
    for (unsigned list_size = 1; list_size <= 32; list_size *= 2) {
      const std::size_t frozen = selector.select(request(bits, 0.03, list_size)).value().frozen_bits();
      EXPECT_LT(frozen, last) << bits << " bits, list " << list_size;
      last = frozen;
    }
    last = bits;
    for (const double target : {1e-4, 1e-3, 1e-2, 1e-1, 0.5}) {
      const std::size_t frozen = selector.select(request(bits, 0.03, 8, target)).value().frozen_bits();
      EXPECT_LT(frozen, last) << bits << " bits, target " << target;
      last = frozen;
    }
  }
}

TEST(CodeSelector, ShortensToTheBlockLength) {
  CodeSelector selector = make_selector();
  const CodeSpec code = selector.select(request(105976, 0.036)).value();
  EXPECT_EQ(code.log2_length(), 17U);
  EXPECT_EQ(code.sent_bits(), 105984U);  // rounded up to a multiple of 128
  EXPECT_EQ(selector.select(request(1000, 0.02)).value().sent_bits(), 1000U);
  EXPECT_EQ(selector.select(request(1025, 0.02)).value().log2_length(), 11U);
  // Length does not change the share disclosed by much.
  const double short_share = static_cast<double>(selector.select(request(5000, 0.02)).value().frozen_bits()) / 5000;
  const double full_share = static_cast<double>(selector.select(request(8192, 0.02)).value().frozen_bits()) / 8192;
  EXPECT_NEAR(short_share, full_share, 0.1 * full_share);
}

TEST(CodeSelector, Errors) {
  CodeSelector selector = make_selector();
  for (const CodeRequest& wrong :
       {request(7, 0.02), request((1U << 24) + 1, 0.02), request(1024, -0.1), request(1024, 0.6),
        request(1024, std::nan("")), request(1024, 0.02, 3), request(1024, 0.02, 64), request(1024, 0.02, 0),
        request(1024, 0.02, 8, 0.0), request(1024, 0.02, 8, 0.9)}) {
    const auto selected = selector.select(wrong);
    ASSERT_FALSE(selected.has_value());
    EXPECT_EQ(selected.error().code, ErrorCode::invalid_argument);
  }
  EXPECT_EQ(selector.select(request(1024, 0.5)).error().code, ErrorCode::no_key);
  EXPECT_EQ(selector.select(request(8, 0.2, 1)).error().code, ErrorCode::no_key);
}

TEST(ListThreshold, GrowsWithListAndTarget) {
  for (const double qber : {1e-5, 0.001, 0.01, 0.03, 0.08, 0.12}) {
    for (const std::size_t bits : {8UL, 256UL, 1UL << 12, 1UL << 17, 1UL << 20, 1UL << 24}) {
      for (unsigned list_size = 1; list_size <= 32; list_size *= 2) {
        double last = 0;
        for (const double target : {1e-4, 1e-3, 1e-2, 3e-2, 1e-1, 0.5}) {
          const double threshold = reconcile::list_threshold(bits, qber, list_size, target);
          EXPECT_GT(threshold, last);
          if (list_size > 1) {
            EXPECT_GE(threshold, reconcile::list_threshold(bits, qber, list_size / 2, target));
          }
          last = threshold;
        }
      }
    }
  }
}

// Where it was measured, each doubling of the list is worth something.
TEST(ListThreshold, LongerListsSurviveMoreWhereMeasured) {
  for (const double qber : {0.01, 0.02, 0.05}) {
    for (const std::size_t bits : {1UL << 12, 1UL << 17, 1UL << 20}) {
      for (unsigned list_size = 2; list_size <= 32; list_size *= 2) {
        EXPECT_GT(reconcile::list_threshold(bits, qber, list_size, 1e-2),
                  1.1 * reconcile::list_threshold(bits, qber, list_size / 2, 1e-2));
      }
    }
  }
}

struct FerCase {
  std::size_t bits;
  double qber;
  unsigned list_size;
  double target_fer;
  int blocks;
};

/// P(X ≥ failures) for X ~ Poisson(expected): a rate of exactly the target.
double tail(int failures, double expected) {
  double term = std::exp(-expected);
  double below = 0;
  for (int k = 0; k < failures; ++k) {
    below += term;
    term *= expected / (k + 1);
  }
  return 1 - below;
}

class SelectedCode : public testing::TestWithParam<FerCase> {};

// One-sided: a code whose FER is 1.5 times the target or less raises a false alarm with probability < 1e-4 per case.
// The factor is the accuracy that the table of thresholds claims. The lower bound notices a selection that gives bits
// away.
TEST_P(SelectedCode, FailsAsOftenAsAsked) {
  const FerCase& c = GetParam();
  const std::uint64_t seed = test_seed();
  SCOPED_TRACE(seed);
  CodeSelector selector = make_selector();
  const CodeSpec code = selector.select(request(c.bits, c.qber, c.list_size, c.target_fer)).value();
  auto alice = Discloser::make(code, 64).value();
  auto bob = Corrector::make(DecodePlan::make(code, c.list_size).value(), 64).value();
  Disclosure disclosure;
  BitString x(c.bits);
  BitString y(c.bits);
  int failures = 0;
  for (int block = 0; block < c.blocks; ++block) {
    const auto stream = static_cast<std::uint64_t>(block);
    CounterRandom random(seed, stream);
    random.fill(x);
    random.fill_bernoulli(y, c.qber);
    xor_into(y, x);
    ASSERT_TRUE(alice.disclose(x, VerificationKey::simulated(seed, stream), disclosure).has_value());
    failures += bob.correct(disclosure, y).value().verified ? 0 : 1;
  }
  RecordProperty("failures", failures);
  const double expected = c.blocks * c.target_fer;
  EXPECT_GT(tail(failures, 1.5 * expected), 1e-4) << failures << " of " << c.blocks << " failed";
  EXPECT_GT(failures, expected / 8) << "the code is needlessly safe";
}

INSTANTIATE_TEST_SUITE_P(Targets, SelectedCode,
                         testing::Values(FerCase{1024, 0.02, 1, 1e-2, 20000}, FerCase{1024, 0.02, 8, 1e-1, 3000},
                                         FerCase{1024, 0.05, 8, 1e-2, 10000}, FerCase{700, 0.036, 8, 1e-2, 10000},
                                         FerCase{4096, 0.02, 32, 1e-2, 3000}, FerCase{4096, 0.03, 4, 1e-2, 5000},
                                         FerCase{3000, 0.08, 16, 1e-1, 1000}));

}  // namespace
}  // namespace caligo
