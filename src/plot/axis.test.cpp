// SPDX-License-Identifier: Apache-2.0
#include "plot/axis.hpp"

#include <gtest/gtest.h>
#include <caligo/random.hpp>

#include <cmath>
#include <cstdlib>

namespace caligo::plot {
namespace {

std::vector<std::string> labels(const Axis& axis) {
  std::vector<std::string> all;
  for (const Tick& tick : axis.ticks) {
    if (!tick.label.empty()) all.push_back(tick.label);
  }
  return all;
}

TEST(Axis, LinearTicksAreRound) {
  const Axis axis = linear_axis(1, 3, 5);
  EXPECT_EQ(labels(axis), (std::vector<std::string>{"1.0", "1.5", "2.0", "2.5", "3.0"}));
  EXPECT_DOUBLE_EQ(axis.low, 0.9);
  EXPECT_DOUBLE_EQ(axis.high, 3.1);
  EXPECT_EQ(labels(linear_axis(0.01, 0.05, 5)), (std::vector<std::string>{"0.01", "0.02", "0.03", "0.04", "0.05"}));
  EXPECT_EQ(labels(linear_axis(-2, 2, 5)), (std::vector<std::string>{"\u22122", "\u22121", "0", "1", "2"}));
}

TEST(Axis, OnePointHasRoomAroundIt) {
  for (const double value : {2.0, 0.0, -1.5}) {
    const Axis axis = linear_axis(value, value, 5);
    EXPECT_LT(axis.low, value);
    EXPECT_GT(axis.high, value);
    EXPECT_GE(labels(axis).size(), 2U);
  }
}

TEST(Axis, LinearAxesCoverTheirRangeWithoutWastingIt) {
  const char* text = std::getenv("CALIGO_TEST_SEED");
  const std::uint64_t seed = text != nullptr ? std::strtoull(text, nullptr, 0) : 4;
  CounterRandom random(seed, 0);
  for (int trial = 0; trial < 2000; ++trial) {
    const double low = (random.uniform() - 0.5) * std::pow(10.0, 6 * random.uniform() - 3);
    const double high = low + std::pow(10.0, 6 * random.uniform() - 3);
    const auto most = static_cast<unsigned>(3 + 8 * random.uniform());
    const Axis axis = linear_axis(low, high, most);
    SCOPED_TRACE(testing::Message() << low << ' ' << high << ' ' << most << " CALIGO_TEST_SEED=" << seed);
    ASSERT_LT(axis.low, low);
    ASSERT_GT(axis.high, high);
    ASSERT_LT(axis.high - axis.low, 2 * (high - low));
    ASSERT_LE(labels(axis).size(), most + 2);
    ASSERT_GE(labels(axis).size(), 1U);
    for (std::size_t i = 1; i < axis.ticks.size(); ++i) ASSERT_GT(axis.ticks[i].value, axis.ticks[i - 1].value);
    for (const Tick& tick : axis.ticks) {
      ASSERT_GE(axis.fraction(tick.value), -1e-9);
      ASSERT_LE(axis.fraction(tick.value), 1 + 1e-9);
      // What is written is what is meant.
      if (tick.label.empty()) continue;
      const std::string digits =
          tick.value < 0 && tick.label.starts_with("\u2212") ? "-" + tick.label.substr(3) : tick.label;
      ASSERT_NEAR(std::strtod(digits.c_str(), nullptr), tick.value, 1e-9 * (high - low));
    }
  }
}

TEST(Axis, DecadesHaveEightMinorTicksEach) {
  const Axis axis = decade_axis(3e-5, 0.7, 10);
  EXPECT_DOUBLE_EQ(axis.low, 1e-5);
  EXPECT_DOUBLE_EQ(axis.high, 1);
  EXPECT_EQ(axis.ticks.size(), 6U + 5 * 8);
  EXPECT_EQ(labels(axis), (std::vector<std::string>{"\u22125", "\u22124", "\u22123", "\u22122", "\u22121", "0"}));
  EXPECT_DOUBLE_EQ(axis.fraction(1e-5), 0);
  EXPECT_DOUBLE_EQ(axis.fraction(1), 1);
  EXPECT_NEAR(axis.fraction(1e-2), 0.6, 1e-12);
  // 2 and 5 lie where the logarithm says: 0.30 and 0.70 of a decade.
  EXPECT_NEAR(axis.fraction(2e-5) * 5, 0.30103, 1e-5);
  EXPECT_NEAR(axis.fraction(5e-5) * 5, 0.69897, 1e-5);
}

TEST(Axis, DecadesEndOnPowersOfTen) {
  EXPECT_DOUBLE_EQ(decade_axis(1e-4, 1e-1, 10).low, 1e-4);
  EXPECT_DOUBLE_EQ(decade_axis(1e-4, 1e-1, 10).high, 1e-1);
  EXPECT_DOUBLE_EQ(decade_axis(0.1, 0.1, 10).high, 1) << "at least one decade";
}

TEST(Axis, ManyDecadesSkipLabelsFromAbove) {
  const Axis axis = decade_axis(1e-12, 1, 6);
  EXPECT_EQ(labels(axis),
            (std::vector<std::string>{"\u221212", "\u221210", "\u22128", "\u22126", "\u22124", "\u22122", "0"}));
  EXPECT_EQ(axis.ticks.size(), 13U);
}

}  // namespace
}  // namespace caligo::plot
