// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <caligo/channel.hpp>

#include <cmath>
#include <random>

namespace caligo {
namespace {

using testing::HasSubstr;

TEST(Channel, ParsesEveryForm) {
  EXPECT_EQ(parse_channel("bsc:0.02").value(), Channel(Bsc{0.02}));
  EXPECT_EQ(parse_channel("bec:0.3").value(), Channel(Bec{0.3}));
  EXPECT_EQ(parse_channel("awgn-sigma:0.8").value(), Channel(Awgn{0.8}));
  EXPECT_EQ(parse_channel("awgn-ebn0:-1.5").value(), Channel(AwgnEbN0{-1.5}));
  EXPECT_EQ(parse_channel("awgn-esn0:1").value(), Channel(AwgnEsN0{1}));
}

TEST(Channel, AcceptsTheEndsOfTheDomains) {
  for (const char* text : {"bsc:0", "bsc:0.5", "bec:0", "bec:1", "awgn-sigma:1e-300", "awgn-sigma:1e6",
                           "awgn-ebn0:-100", "awgn-ebn0:100"}) {
    EXPECT_TRUE(parse_channel(text)) << text;
  }
  EXPECT_EQ(to_string(parse_channel("bsc:-0").value()), to_string(Channel(Bsc{0})));
}

TEST(Channel, RefusesEverythingElse) {
  for (const char* text : {"",
                           ":",
                           "bsc",
                           "bsc:",
                           "bsc:0.02x",
                           "bsc: 0.02",
                           "bsc:0.02 ",
                           "bsc:0.500001",
                           "bsc:-0.1",
                           "bsc:nan",
                           "bsc:inf",
                           "bsc:0,02",
                           "bsc:1e999",
                           "bsc:0.02:1",
                           "BSC:0.02",
                           "bec:1.5",
                           "bec:nan",
                           "awgn:1",
                           "awgn-sigma:0",
                           "awgn-sigma:-1",
                           "awgn-sigma:inf",
                           "awgn-sigma:nan",
                           "awgn-ebn0:nan",
                           "awgn-ebn0:inf",
                           "awgn-ebn0:101"}) {
    const auto result = parse_channel(text);
    ASSERT_FALSE(result) << text;
    EXPECT_EQ(result.error().code, ErrorCode::invalid_argument) << text;
  }
}

TEST(Channel, ParsesRanges) {
  const auto range = parse_channels("awgn-ebn0:1:0.1:1.3").value();
  ASSERT_EQ(range.size(), 4U);
  EXPECT_EQ(to_string(range[2]), "awgn-ebn0:1.2");  // not 1.2000000000000002
  EXPECT_EQ(range[3], Channel(AwgnEbN0{1.3}));
  EXPECT_EQ(parse_channels("bsc:0.05:-0.02:0").value().size(), 3U);  // 0.05, 0.03, 0.01
  EXPECT_EQ(parse_channels("bsc:0.05:0.01:0.05").value(), std::vector<Channel>{Bsc{0.05}});
  EXPECT_EQ(parse_channels("bec:0.3").value(), std::vector<Channel>{Bec{0.3}});
  for (const char* text :
       {"bsc:0:0.1:0.6", "bsc:0.1:0:0.2", "bsc:0.2:0.1:0.1", "bsc:0:1e-9:0.5", "bsc:0.1:0.1", "bsc:0.1:0.1:0.2:0.3",
        "bsc:0.1:x:0.2", "bsc:0.1::0.2", "bsc:nan:1:2", "awgn-ebn0:0:1:inf", "foo:1:1:2", "", ":::"}) {
    const auto result = parse_channels(text);
    ASSERT_FALSE(result) << text;
    EXPECT_EQ(result.error().code, ErrorCode::invalid_argument) << text;
  }
}

TEST(Channel, ErrorsSayWhatWasExpectedOnOneLine) {
  EXPECT_THAT(parse_channel("bsc:0.7").error().message, HasSubstr("[0, 0.5], got \"0.7\""));
  EXPECT_THAT(parse_channel("foo").error().message, HasSubstr("awgn-ebn0:DB"));
  const std::string hostile = parse_channel("x\n\x1b[31m" + std::string(10000, 'y')).error().message;
  EXPECT_LT(hostile.size(), 200U);
  EXPECT_EQ(hostile.find_first_of("\n\x1b"), std::string::npos);
}

TEST(Channel, PrintingAndParsingIsTheIdentity) {
  std::mt19937_64 random(20240229);
  std::uniform_real_distribution<double> uniform(0, 0.5);
  for (int i = 0; i < 2000; ++i) {
    const double v = uniform(random);
    for (const Channel& channel : {Channel(Bsc{v}), Channel(Bec{v}), Channel(Awgn{v}), Channel(AwgnEbN0{-200 * v}),
                                   Channel(AwgnEsN0{100 * v})}) {
      EXPECT_EQ(parse_channel(to_string(channel)).value(), channel) << to_string(channel);
    }
  }
}

TEST(Channel, ResolveRateTurnsDecibelsIntoSigma) {
  // 0 dB at rate 1/2: sigma = 1.
  EXPECT_DOUBLE_EQ(std::get<Awgn>(resolve_rate(AwgnEbN0{0}, 0.5)).sigma, 1.0);
  EXPECT_NEAR(std::get<Awgn>(resolve_rate(AwgnEbN0{2}, 0.5)).sigma, 0.794328, 1e-6);
  EXPECT_DOUBLE_EQ(std::get<Awgn>(resolve_rate(AwgnEsN0{2}, 0.1)).sigma,
                   std::get<Awgn>(resolve_rate(AwgnEbN0{2}, 1)).sigma);
  EXPECT_EQ(resolve_rate(Bsc{0.1}, 0.5), Channel(Bsc{0.1}));
  EXPECT_EQ(resolve_rate(Awgn{0.7}, 0.25), Channel(Awgn{0.7}));
}

TEST(Channel, BinaryEntropy) {
  EXPECT_EQ(binary_entropy(0), 0);
  EXPECT_EQ(binary_entropy(1), 0);
  EXPECT_DOUBLE_EQ(binary_entropy(0.5), 1);
  EXPECT_NEAR(binary_entropy(0.11), 0.499916, 1e-6);
  EXPECT_NEAR(binary_entropy(0.89), binary_entropy(0.11), 1e-15);
  EXPECT_GT(binary_entropy(1e-300), 0);
}

}  // namespace
}  // namespace caligo
