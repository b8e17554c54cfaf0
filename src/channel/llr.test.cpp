// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <caligo/llr.hpp>

#include <cmath>
#include <limits>
#include <vector>

namespace caligo {
namespace {

using Integers = std::vector<std::int8_t>;
constexpr float inf = std::numeric_limits<float>::infinity();

TEST(QuantiseLlrs, RoundsClipsAndRefuses) {
  const std::vector<float> llr{0.0F, 0.24F, 0.26F, -1.5F, 1e30F, -inf, inf, -0.25F, 0.75F};
  Integers out(llr.size());
  ASSERT_TRUE(quantise_llrs(llr, 2.0F, out).has_value());
  EXPECT_EQ(out, (Integers{0, 0, 1, -3, 127, -127, 127, 0, 2}));
  const std::vector<float> bad{1.0F, std::nanf("")};
  Integers two(2);
  const auto refused = quantise_llrs(bad, 1.0F, two);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::invalid_argument);
  EXPECT_NE(refused.error().message.find("LLR 1 "), std::string::npos) << refused.error().message;
  EXPECT_EQ(check_llrs(bad, 1.0F).error().message, refused.error().message);
  EXPECT_EQ(quantise_llrs(bad, 1.0F, out).error().code, ErrorCode::size_mismatch);
  for (const float scale : {0.0F, -1.0F, inf, std::nanf("")}) {
    EXPECT_FALSE(quantise_llrs(std::vector<float>{1.0F, 1.0F}, scale, two).has_value()) << scale;
  }
}

/// Every half and its neighbours, against the standard library's rounding to even.
TEST(QuantiseLlrs, RoundsToNearestEven) {
  std::vector<float> llr;
  for (int i = -260; i <= 260; ++i) {
    const float half = static_cast<float>(i) / 2;
    llr.insert(llr.end(), {half, std::nextafter(half, -1000.0F), std::nextafter(half, 1000.0F)});
  }
  Integers out(llr.size());
  ASSERT_TRUE(quantise_llrs(llr, 1.0F, out).has_value());
  for (std::size_t i = 0; i < llr.size(); ++i) {
    EXPECT_EQ(out[i], std::lrint(std::fmin(127.0F, std::fmax(-127.0F, llr[i])))) << llr[i];
  }
}

TEST(QuantiseLlrs, IntegersOfBothWidths) {
  const Integers bytes{-128, -127, 0, 5, 127};
  Integers out(5);
  ASSERT_TRUE(quantise_llrs(bytes, 6.0F, out).has_value());
  EXPECT_EQ(out, (Integers{-127, -127, 0, 5, 127})) << "int8 is taken as it is";
  const std::vector<std::int16_t> shorts{-32768, -16, 0, 24, 32767};
  ASSERT_TRUE(quantise_llrs(LlrView(std::span<const std::int16_t>(shorts), 8.0F), 2.0F, out).has_value());
  EXPECT_EQ(out, (Integers{-127, -4, 0, 6, 127}));
  for (const float units : {0.0F, -8.0F, inf, std::nanf("")}) {
    const LlrView view(std::span<const std::int16_t>(shorts), units);
    EXPECT_EQ(quantise_llrs(view, 2.0F, out).error().code, ErrorCode::invalid_argument) << units;
    EXPECT_FALSE(check_llrs(view, 2.0F).has_value()) << units;
  }
}

TEST(QuantiseLlrs, SixteenBits) {
  const std::vector<float> floats{0.0F, 0.03F, -0.04F, 3.0F, 1e9F, -inf, -2047.97F};
  std::vector<std::int16_t> out(floats.size());
  ASSERT_TRUE(quantise_llrs(floats, 16.0F, out).has_value());
  EXPECT_EQ(out, (std::vector<std::int16_t>{0, 0, -1, 48, 32767, -32767, -32767}));
  const std::vector<std::int16_t> shorts{-32768, -16, 0, 24, 32767, 1, 2};
  ASSERT_TRUE(quantise_llrs(LlrView(std::span<const std::int16_t>(shorts), 8.0F), 8.0F, out).has_value());
  EXPECT_EQ(out, (std::vector<std::int16_t>{-32767, -16, 0, 24, 32767, 1, 2}));
  const Integers bytes{-128, 0, 5, 127, 1, 1, 1};
  ASSERT_TRUE(quantise_llrs(bytes, 16.0F, out).has_value());
  EXPECT_EQ(out, (std::vector<std::int16_t>{-127, 0, 5, 127, 1, 1, 1})) << "int8 is taken as it is";
  EXPECT_FALSE(quantise_llrs(std::vector<float>(7, std::nanf("")), 16.0F, out).has_value());
}

TEST(LlrView, ConvertsAndCuts) {
  const std::vector<float> llr{1.0F, 2.0F, 3.0F, 4.0F};
  const LlrView view = llr;
  EXPECT_EQ(view.size(), 4U);
  EXPECT_TRUE(LlrView().empty());
  const LlrView part = view.subview(1, 2);
  Integers out(2);
  ASSERT_TRUE(quantise_llrs(part, 1.0F, out).has_value());
  EXPECT_EQ(out, (Integers{2, 3}));
}

TEST(LlrScale, FallsWithLength) {
  EXPECT_FLOAT_EQ(default_llr_scale(10), 6.0F);
  EXPECT_FLOAT_EQ(default_llr_scale(12), 6.0F);
  EXPECT_FLOAT_EQ(default_llr_scale(16), 4.75F);
  EXPECT_FLOAT_EQ(default_llr_scale(20), 3.5F);
  EXPECT_FLOAT_EQ(default_llr_scale(10, LlrWidth::bits16), 16.0F);
  EXPECT_FLOAT_EQ(default_llr_scale(20, LlrWidth::bits16), 16.0F);
  for (unsigned n = 3; n < 24; ++n) EXPECT_GE(default_llr_scale(n), default_llr_scale(n + 1));
}

TEST(LlrScale, UnitMagnitudeOnTheBsc) {
  for (const double q : {1e-6, 0.02, 0.11, 0.4}) {
    const float nats = static_cast<float>(std::log((1 - q) / q));
    const std::vector<float> llr{nats, -nats};
    Integers out(2);
    ASSERT_TRUE(quantise_llrs(llr, llr_scale(16, Bsc{q}), out).has_value());
    EXPECT_EQ(out, (Integers{1, -1})) << q;
  }
  EXPECT_EQ(llr_scale(16, Bsc{0}), 1.0F);
  EXPECT_EQ(llr_scale(16, Bsc{0.5}), 1.0F);
  EXPECT_EQ(llr_scale(16, Awgn{0.8}), default_llr_scale(16));
  EXPECT_EQ(llr_scale(16, Bec{0.5}), default_llr_scale(16));
}

}  // namespace
}  // namespace caligo
