// SPDX-License-Identifier: Apache-2.0
// Encoder and decoder together, for every block length and list size, and the errors of the public functions.
#include <gtest/gtest.h>
#include <caligo/construct.hpp>
#include <caligo/decode.hpp>
#include <caligo/encode.hpp>
#include <caligo/isa.hpp>
#include <caligo/random.hpp>

#include <array>
#include <cmath>
#include <limits>
#include <string>

namespace caligo {
namespace {

/// Encodes a random message, flips code bits with probability `flip`, decodes; returns whether the message came back.
bool round_trip(Encoder& encoder, Decoder& decoder, std::uint64_t seed, double flip) {
  const CodeSpec& code = encoder.code();
  CounterRandom random(seed, 0);
  BitString message(code.message_bits());
  BitString frozen_values(code.frozen_bits());
  BitString codeword(code.sent_bits());
  BitString noise(code.sent_bits());
  random.fill(message);
  random.fill(frozen_values);
  random.fill_bernoulli(noise, flip);
  EXPECT_TRUE(encoder.encode(message, frozen_values, codeword).has_value());
  std::vector<std::int8_t> llr(code.sent_bits());
  for (std::size_t i = 0; i < llr.size(); ++i) llr[i] = static_cast<std::int8_t>((codeword[i] != noise[i]) ? -1 : 1);
  const auto verdict = decoder.decode({llr, frozen_values});
  EXPECT_TRUE(verdict.has_value());
  const bool right = equal(decoder.message(), message);
  if (right) {
    EXPECT_TRUE(verdict->accepted);
    EXPECT_TRUE(equal(decoder.codeword(), codeword));
    EXPECT_EQ(verdict->path_metric, popcount(noise));
  }
  return right;
}

class RoundTripTest : public testing::TestWithParam<unsigned> {};

TEST_P(RoundTripTest, EveryListSize) {
  const unsigned n = GetParam();
  const std::size_t length = std::size_t{1} << n;
  const auto order = construct_order(n, Bsc{0.02}, ConstructionMethod::polarization_weight).value();
  const CrcSpec crc = parse_crc(n >= 6 ? "crc16-ccitt" : "none").value();
  const CrcPlacement placement = n >= 6 ? CrcPlacement::embedded : CrcPlacement::none;
  const CodeSpec code = make_code(order, length / 2 - crc.width, crc, placement).value();
  Encoder encoder(code);
  for (unsigned list_size = 1; list_size <= 32; list_size *= 2) {
    SCOPED_TRACE("list size " + std::to_string(list_size));
    Decoder decoder(DecodePlan::make(code, list_size).value());
    // Far below capacity from n = 6 on: a rate-1/2 code of this order at 1 % fails with probability below 1e-6.
    EXPECT_TRUE(round_trip(encoder, decoder, n * 100 + list_size, n >= 8 ? 0.01 : 0.0));
    if (n == 20 && list_size == 32) {
      EXPECT_LE(decoder.memory_bytes(), std::size_t{48} << 20);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(EveryLength, RoundTripTest, testing::Range(3U, 21U),
                         [](const auto& test) { return "n" + std::to_string(test.param); });

TEST(RoundTrip, LongBlocks) {
  const auto order = construct_order(22, Bsc{0.02}, ConstructionMethod::polarization_weight).value();
  const CodeSpec code =
      make_code(order, std::size_t{1} << 21, parse_crc("crc32").value(), CrcPlacement::embedded).value();
  Encoder encoder(code);
  for (const unsigned list_size : {1U, 2U}) {
    Decoder decoder(DecodePlan::make(code, list_size).value());
    EXPECT_TRUE(round_trip(encoder, decoder, list_size, 0.01));
  }
}

CodeSpec small_code(CrcPlacement placement) {
  const auto order = construct_order(8, Bsc{0.02}, ConstructionMethod::polarization_weight).value();
  return make_code(order, 100, parse_crc("crc11").value(), placement).value();
}

TEST(DecoderErrors, WrongSizesAndChecksums) {
  Decoder embedded(DecodePlan::make(small_code(CrcPlacement::embedded), 4).value());
  Decoder external(DecodePlan::make(small_code(CrcPlacement::external), 4).value());
  const std::vector<std::int8_t> llr(256, 1);
  const std::vector<std::int8_t> short_llr(255, 1);
  const BitString values(embedded.plan().code().frozen_bits() - 1);
  EXPECT_EQ(embedded.decode({short_llr}).error().code, ErrorCode::size_mismatch);
  EXPECT_EQ(embedded.decode({llr, values}).error().code, ErrorCode::size_mismatch);
  EXPECT_EQ(embedded.decode({llr, {}, 0U}).error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(external.decode({llr}).error().code, ErrorCode::invalid_argument);
  EXPECT_TRUE(embedded.decode({llr}).has_value());
  EXPECT_TRUE(external.decode({llr, {}, 0U})->accepted);
  EXPECT_FALSE(external.decode({llr, {}, 1U})->accepted);
}

TEST(DecoderErrors, ListSizesAndLengths) {
  for (const unsigned list_size : {0U, 3U, 5U, 64U, 1U << 31}) {
    const auto plan = DecodePlan::make(small_code(CrcPlacement::embedded), list_size);
    ASSERT_FALSE(plan.has_value()) << list_size;
    EXPECT_EQ(plan.error().code, ErrorCode::invalid_argument);
  }
  const auto order = construct_order(21, Bsc{0.02}, ConstructionMethod::polarization_weight).value();
  const CodeSpec code = make_code(order, 1000, parse_crc("none").value(), CrcPlacement::none).value();
  EXPECT_FALSE(DecodePlan::make(code, 16).has_value());
  EXPECT_TRUE(DecodePlan::make(code, 8).has_value());
}

TEST(DecoderErrors, Arithmetic) {
  const CodeSpec code = small_code(CrcPlacement::embedded);
  const DecodeOptions wide{.width = LlrWidth::bits16};
  const DecodeOptions corrected{.width = LlrWidth::bits16, .check = CheckRule::corrected};
  EXPECT_EQ(DecodePlan::make(code, 1, wide).error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(DecodePlan::make(code, 8, {.check = CheckRule::corrected}).error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(DecodePlan::make(code, 2, corrected).value()->options().check, CheckRule::corrected);
  Decoder decoder(DecodePlan::make(code, 8, corrected).value());
  const std::vector<std::int16_t> llr(256, 40);
  for (const float scale : {0.0F, -1.0F, std::nanf(""), std::numeric_limits<float>::infinity()}) {
    const LlrView view(std::span<const std::int16_t>(llr), scale);
    EXPECT_EQ(decoder.decode({.llr = view, .scale = scale}).error().code, ErrorCode::invalid_argument) << scale;
  }
  EXPECT_TRUE(decoder.decode({.llr = LlrView(std::span<const std::int16_t>(llr), 16)}).has_value());
}

/// All forms of LLRs that say the same give the same decisions.
TEST(WideDecoder, FormsOfInput) {
  const CodeSpec code = small_code(CrcPlacement::embedded);
  CounterRandom random(4, 0);
  for (const CheckRule check : {CheckRule::min_sum, CheckRule::corrected}) {
    Decoder decoder(DecodePlan::make(code, 8, {.width = LlrWidth::bits16, .check = check}).value());
    for (int frame = 0; frame < 20; ++frame) {
      std::vector<float> floats;
      std::vector<std::int16_t> shorts;
      std::vector<std::int8_t> bytes;
      for (std::size_t i = 0; i < 256; ++i) {
        bytes.push_back(static_cast<std::int8_t>(static_cast<int>(random.below(91)) - 25));
        shorts.push_back(static_cast<std::int16_t>(bytes.back() * 2));
        floats.push_back(static_cast<float>(bytes.back()) / 16);
      }
      const auto expected = decoder.decode({.llr = bytes, .scale = 16.0F}).value();
      const BitString u(decoder.u());
      for (const LlrView& llr : {LlrView(floats), LlrView(std::span<const std::int16_t>(shorts), 32)}) {
        const auto verdict = decoder.decode({.llr = llr}).value();  // the default scale is 16
        EXPECT_EQ(verdict.path_metric, expected.path_metric);
        EXPECT_TRUE(equal(decoder.u(), u));
      }
    }
  }
}

/// Sums beyond 32 bits are cut, not wrapped.
TEST(WideDecoder, MetricOfHopelessFrames) {
  constexpr std::size_t length = std::size_t{1} << 19;
  BitString frozen(length);
  for (std::size_t i = 0; i + 1 < length; ++i) frozen.set(i, true);
  const CodeSpec code = CodeSpec::make(frozen, parse_crc("none").value(), CrcPlacement::none).value();
  Decoder decoder(DecodePlan::make(code, 2, {.width = LlrWidth::bits16}).value());
  std::vector<std::int16_t> llr(length, 32767);
  for (std::size_t i = 1; i < length; i += 2) llr[i] = -32767;
  const auto verdict = decoder.decode({.llr = LlrView(std::span<const std::int16_t>(llr), 16)}).value();
  EXPECT_EQ(verdict.path_metric, std::numeric_limits<std::uint32_t>::max());
}

// Hostile LLRs: nothing to check but that the decoder keeps its bounds and its promises (run under sanitizers, too).
TEST(DecoderRobustness, ExtremeLlrs) {
  Decoder decoder(DecodePlan::make(small_code(CrcPlacement::embedded), 32).value());
  CounterRandom random(99, 0);
  for (int frame = 0; frame < 200; ++frame) {
    std::vector<std::int8_t> llr(256);
    constexpr std::array<std::int8_t, 4> extremes{-128, 127, 0, -127};
    for (auto& v : llr) v = extremes.at(random.below(extremes.size()));
    const auto verdict = decoder.decode({llr});
    ASSERT_TRUE(verdict.has_value());
    EXPECT_LT(verdict->rank, 32U);
  }
}

TEST(DecoderRobustness, ExtremeWideLlrs) {
  for (const CheckRule check : {CheckRule::min_sum, CheckRule::corrected}) {
    Decoder decoder(
        DecodePlan::make(small_code(CrcPlacement::embedded), 32, {.width = LlrWidth::bits16, .check = check}).value());
    CounterRandom random(98, 0);
    for (int frame = 0; frame < 200; ++frame) {
      std::vector<std::int16_t> llr(256);
      constexpr std::array<std::int16_t, 6> extremes{-32768, 32767, 0, -32767, 30000, 1};
      for (auto& v : llr) v = extremes.at(random.below(extremes.size()));
      const float scale = frame % 2 == 0 ? 16.0F : 1e30F;
      const auto verdict = decoder.decode({.llr = LlrView(std::span<const std::int16_t>(llr), scale), .scale = scale});
      ASSERT_TRUE(verdict.has_value());
      EXPECT_LT(verdict->rank, 32U);
    }
  }
}

TEST(IsaChoice, ForcesAndRefuses) {
  EXPECT_FALSE(parse_isa("sse9").has_value());
  for (const Isa isa : supported_isas()) {
    ASSERT_TRUE(force_isa(isa).has_value());
    EXPECT_EQ(active_isa().value(), isa);
  }
  EXPECT_EQ(supported_isas().front(), Isa::scalar);
  EXPECT_EQ(force_isa(Isa::neon).has_value(), supported_isas().back() == Isa::neon);
}

}  // namespace
}  // namespace caligo
