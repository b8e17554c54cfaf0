// SPDX-License-Identifier: Apache-2.0
// Successive cancellation of single frames against the readable reference, at every instruction set of this machine.
#include <cmath>
#include <limits>

#include "decode/sc_test_frames.hpp"
#include "reference/list_decoder.hpp"

namespace caligo {
namespace {

using test::Frame;

reference::Bits unpack(BitView bits) {
  reference::Bits out(bits.size());
  for (std::size_t i = 0; i < bits.size(); ++i) out[i] = bits[i] ? 1 : 0;
  return out;
}

reference::Path<int> reference_path(const CodeSpec& code, const Frame& frame) {
  BitString values(code.block_length());
  deposit_bits(frame.frozen_values, code.disclosed_mask(), values);
  std::vector<int> channel(code.block_length(), 127);
  for (std::size_t i = 0; i < frame.llr.size(); ++i) channel[i] = std::max<int>(frame.llr[i], -127);
  reference::ListDecoder<int> decoder(unpack(code.frozen_mask()), unpack(values), 1, reference::Schedule::nodes, {127});
  return decoder.decode(channel).front();
}

void expect_same(const CodeSpec& code, const Frame& frame) {
  Decoder decoder(DecodePlan::make(code, 1).value());
  const auto verdict = decoder.decode(frame.input(code)).value();
  const auto expected = reference_path(code, frame);
  ASSERT_EQ(unpack(decoder.u()), expected.u);
  const reference::Bits x = reference::transform(expected.u);
  std::uint32_t metric = 0;
  for (std::size_t i = 0; i < code.sent_bits(); ++i) {
    ASSERT_EQ(decoder.codeword()[i], x[i] != 0) << i;
    const int llr = std::max<int>(frame.llr[i], -127);
    metric += static_cast<std::uint32_t>(std::max(0, x[i] != 0 ? llr : -llr));
  }
  EXPECT_EQ(verdict.path_metric, metric);
  EXPECT_EQ(verdict.list_size, 1U);
  BitString message(code.information_bits());
  extract_bits(decoder.u(), code.information_mask(), message);
  for (std::size_t i = 0; i < code.message_bits(); ++i) ASSERT_EQ(decoder.message()[i], message[i]) << i;
}

class ScTest : public testing::TestWithParam<Isa> {};

TEST_P(ScTest, SameAsTheReferenceOnRandomCodes) {
  const test::IsaScope scope(GetParam());
  SCOPED_TRACE("CALIGO_TEST_SEED=" + std::to_string(test::seed()));
  for (unsigned n = 3; n <= 12; ++n) {
    const unsigned rounds = n <= 8 ? 120 : (n <= 10 ? 40 : 10);
    for (unsigned round = 0; round < rounds; ++round) {
      SCOPED_TRACE("n " + std::to_string(n) + " round " + std::to_string(round));
      CounterRandom random(test::seed() + 7, n * 1000 + round);
      const CodeSpec code = test::random_code(random, n, CrcPlacement::external);
      ASSERT_NO_FATAL_FAILURE(expect_same(code, test::random_frame(random, code, round % test::frame_kinds)));
    }
  }
}

/// One long node beside a random half: where hard decisions are taken, and where a tie divides the node.
TEST_P(ScTest, SameAsTheReferenceOnLongNodes) {
  const test::IsaScope scope(GetParam());
  SCOPED_TRACE("CALIGO_TEST_SEED=" + std::to_string(test::seed()));
  for (unsigned round = 0; round < 90; ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    CounterRandom random(test::seed() + 8, round);
    const std::size_t length = std::size_t{256} << (round % 3);
    BitString frozen = test::random_frozen_set(random, length, 0);
    const unsigned kind = round / 3 % 3;  // rate-1, parity, repetition
    for (std::size_t i = length / 2; i < length; ++i) {
      frozen.set(i, (kind == 1 && i == length / 2) || (kind == 2 && i + 1 < length));
    }
    const CodeSpec code = CodeSpec::make(frozen, CrcSpec{}, CrcPlacement::none).value();
    ASSERT_NO_FATAL_FAILURE(expect_same(code, test::random_frame(random, code, round % test::frame_kinds)));
  }
}

TEST_P(ScTest, IntegersAndFloatsOfTheSameValueDecodeAlike) {
  const test::IsaScope scope(GetParam());
  SCOPED_TRACE("CALIGO_TEST_SEED=" + std::to_string(test::seed()));
  for (unsigned n = 3; n <= 9; ++n) {
    CounterRandom random(test::seed() + 9, n);
    const CodeSpec code = test::random_code(random, n, CrcPlacement::external);
    const Frame frame = test::random_frame(random, code, 2);
    std::vector<float> floats(frame.llr.begin(), frame.llr.end());
    std::vector<std::int16_t> shorts;
    for (const std::int8_t v : frame.llr) shorts.push_back(static_cast<std::int16_t>(100 * v));
    for (float& v : floats) v *= 0.25F;
    floats[0] = floats[0] < 0 ? -std::numeric_limits<float>::infinity() : std::numeric_limits<float>::infinity();
    shorts[0] = static_cast<std::int16_t>(frame.llr[0] < 0 ? -32768 : 32767);
    Frame clipped = frame;
    clipped.llr[0] = static_cast<std::int8_t>(frame.llr[0] < 0 ? -127 : 127);
    for (const unsigned list_size : {1U, 4U}) {
      Decoder decoder(DecodePlan::make(code, list_size).value());
      DecodeInput input = clipped.input(code);
      const auto expected = decoder.decode(input).value();
      const BitString u(decoder.u());
      input.scale = 4.0F;
      for (const LlrView& llr : {LlrView(floats), LlrView(std::span<const std::int16_t>(shorts), 400.0F)}) {
        input.llr = llr;
        const auto verdict = decoder.decode(input).value();
        EXPECT_TRUE(equal(decoder.u(), u)) << "n " << n << " list " << list_size;
        EXPECT_EQ(verdict.path_metric, expected.path_metric);
      }
    }
  }
}

TEST(ScErrors, NotANumberAndScales) {
  CounterRandom random(1, 0);
  const CodeSpec code = test::random_code(random, 6, CrcPlacement::none);
  Decoder decoder(DecodePlan::make(code, 1).value());
  std::vector<float> llr(code.sent_bits(), 1.0F);
  EXPECT_TRUE(decoder.decode({llr}).has_value());
  for (const float scale : {0.0F, -1.0F, std::numeric_limits<float>::infinity(), std::nanf("")}) {
    EXPECT_EQ(decoder.decode({.llr = llr, .scale = scale}).error().code, ErrorCode::invalid_argument) << scale;
  }
  llr[5] = std::nanf("");
  const auto bad = decoder.decode({llr});
  ASSERT_FALSE(bad.has_value());
  EXPECT_EQ(bad.error().code, ErrorCode::invalid_argument);
  EXPECT_NE(bad.error().message.find("LLR 5 "), std::string::npos) << bad.error().message;
}

INSTANTIATE_TEST_SUITE_P(EveryIsa, ScTest, testing::ValuesIn(supported_isas()),
                         [](const auto& test) { return std::string(to_string(test.param)); });

}  // namespace
}  // namespace caligo
