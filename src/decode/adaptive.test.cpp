// SPDX-License-Identifier: Apache-2.0
// Adaptive decoding and batches against the single decoders that they are made of.
#include <caligo/batch.hpp>
#include <caligo/construct.hpp>

#include <cmath>

#include "decode/sc_test_frames.hpp"

namespace caligo {
namespace {

using test::Frame;

constexpr CrcPlacement placements[] = {CrcPlacement::embedded, CrcPlacement::external};

struct Expected {
  DecodeVerdict verdict;
  BitString message;
  BitString codeword;
  BitString u;
};

/// The first stage whose CRC holds, else the last.
Expected by_stages(const CodeSpec& code, const Frame& frame, unsigned list_size) {
  Expected expected;
  for (const unsigned stage : {1U, 8U, list_size}) {
    if (stage > list_size) continue;
    Decoder decoder(DecodePlan::make(code, stage).value());
    expected.verdict = decoder.decode(frame.input(code)).value();
    expected.message = BitString(decoder.message());
    expected.codeword = BitString(decoder.codeword());
    expected.u = BitString(decoder.u());
    if (expected.verdict.accepted) break;
  }
  return expected;
}

class AdaptiveTest : public testing::TestWithParam<Isa> {};

TEST_P(AdaptiveTest, FirstStageWhoseCrcHoldsElseTheFullList) {
  const test::IsaScope scope(GetParam());
  SCOPED_TRACE("CALIGO_TEST_SEED=" + std::to_string(test::seed()));
  unsigned used[33] = {};
  for (unsigned n = 3; n <= 9; ++n) {
    for (const unsigned list_size : {1U, 2U, 8U, 32U}) {
      for (unsigned round = 0; round < 20; ++round) {
        SCOPED_TRACE("n " + std::to_string(n) + " list " + std::to_string(list_size) + " round " +
                     std::to_string(round));
        CounterRandom random(test::seed() + 20, (n * 100 + list_size) * 100 + round);
        const CodeSpec code = test::random_code(random, n, placements[round % 2]);
        AdaptiveDecoder decoder(AdaptivePlan::make(code, list_size).value());
        for (unsigned kind = 0; kind < 3; ++kind) {
          const Frame frame = test::random_frame(random, code, kind);
          const Expected expected = by_stages(code, frame, list_size);
          const auto verdict = decoder.decode(frame.input(code)).value();
          ASSERT_EQ(verdict.accepted, expected.verdict.accepted);
          ASSERT_EQ(verdict.list_size, expected.verdict.list_size);
          ASSERT_EQ(verdict.rank, expected.verdict.rank);
          ASSERT_EQ(verdict.path_metric, expected.verdict.path_metric);
          ASSERT_TRUE(equal(decoder.message(), expected.message));
          ASSERT_TRUE(equal(decoder.codeword(), expected.codeword));
          ASSERT_TRUE(equal(decoder.u(), expected.u));
          ++used[verdict.list_size];
        }
      }
    }
  }
  for (const unsigned stage : {1U, 2U, 8U, 32U}) EXPECT_GT(used[stage], 10U) << "list size " << stage;
}

/// Frames of a batch and what single decoders make of them.
struct Batch {
  std::vector<std::int8_t> llr;
  std::vector<std::uint8_t> frozen_values;
  std::vector<std::uint32_t> checksums;
  std::vector<Frame> frames;

  Batch(CounterRandom& random, const CodeSpec& code, std::size_t count) {
    for (std::size_t f = 0; f < count; ++f) {
      frames.push_back(test::random_frame(random, code, static_cast<unsigned>(f % test::frame_kinds)));
      const Frame& frame = frames.back();
      llr.insert(llr.end(), frame.llr.begin(), frame.llr.end());
      const auto row = frame.frozen_values.to_bytes();
      frozen_values.insert(frozen_values.end(), row.begin(), row.end());
      if (code.crc_placement() == CrcPlacement::external) checksums.push_back(frame.checksum);
    }
  }
  [[nodiscard]] BatchInput input() const { return {frames.size(), llr, frozen_values, checksums}; }
};

struct Rows {
  std::vector<std::uint8_t> messages;
  std::vector<BatchVerdict> verdicts;
  std::vector<std::uint8_t> codewords;
  Rows(const CodeSpec& code, std::size_t frames)
      : messages(frames * bytes_for(code.message_bits()), 0xa5),
        verdicts(frames),
        codewords(frames * bytes_for(code.sent_bits()), 0xa5) {}
  [[nodiscard]] BatchOutput output() { return {messages, verdicts, codewords}; }
};

void expect_row(std::span<const std::uint8_t> rows, std::size_t frame, BitView bits) {
  const std::size_t bytes = bytes_for(bits.size());
  const auto row = BitString::from_bytes(rows.subspan(frame * bytes, bytes), bits.size());
  ASSERT_TRUE(row.has_value()) << "pad bits";
  ASSERT_TRUE(equal(*row, bits));
}

void expect_batch_as_single(const CodeSpec& code, unsigned list_size, const Batch& batch) {
  BatchDecoder decoder(AdaptivePlan::make(code, list_size).value());
  Rows rows(code, batch.frames.size());
  ASSERT_TRUE(decoder.decode(batch.input(), rows.output()).has_value());
  AdaptiveDecoder single(decoder.plan().stages().size() == 1 ? AdaptivePlan::make(code, 1).value()
                                                             : AdaptivePlan::make(code, list_size).value());
  for (std::size_t f = 0; f < batch.frames.size(); ++f) {
    SCOPED_TRACE("frame " + std::to_string(f));
    const auto expected = single.decode(batch.frames[f].input(code)).value();
    const BatchVerdict& verdict = rows.verdicts[f];
    ASSERT_EQ(verdict.accepted, expected.accepted);
    ASSERT_EQ(verdict.list_size, expected.list_size);
    ASSERT_EQ(verdict.rank, expected.rank);
    ASSERT_EQ(verdict.path_metric.value_or(expected.path_metric), expected.path_metric);
    ASSERT_TRUE(verdict.list_size == 1 || verdict.path_metric.has_value());
    ASSERT_NO_FATAL_FAILURE(expect_row(rows.messages, f, single.message()));
    ASSERT_NO_FATAL_FAILURE(expect_row(rows.codewords, f, single.codeword()));
  }
}

TEST_P(AdaptiveTest, BatchesDecodeLikeSingleFrames) {
  const test::IsaScope scope(GetParam());
  SCOPED_TRACE("CALIGO_TEST_SEED=" + std::to_string(test::seed()));
  constexpr std::size_t counts[] = {1, 2, 63, 64, 65, 130};
  for (unsigned n = 3; n <= 12; ++n) {
    for (unsigned round = 0; round < (n <= 8 ? 18U : 4U); ++round) {
      SCOPED_TRACE("n " + std::to_string(n) + " round " + std::to_string(round));
      CounterRandom random(test::seed() + 21, n * 1000 + round);
      const unsigned list_size = round % 3 == 0 ? 4 : (round % 3 == 1 ? 16 : 1);
      const CrcPlacement placement = list_size > 1    ? placements[round / 3 % 2]
                                     : round % 2 == 0 ? CrcPlacement::none
                                                      : CrcPlacement::embedded;
      const CodeSpec code = test::random_code(random, n, placement);
      const Batch batch(random, code, counts[(n + round) % 6]);
      ASSERT_NO_FATAL_FAILURE(expect_batch_as_single(code, list_size, batch));
    }
  }
}

/// One long node beside a random half, all frames without ties, or one frame with.
TEST_P(AdaptiveTest, BatchesDecodeLongNodesLikeSingleFrames) {
  const test::IsaScope scope(GetParam());
  SCOPED_TRACE("CALIGO_TEST_SEED=" + std::to_string(test::seed()));
  for (unsigned round = 0; round < 24; ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    CounterRandom random(test::seed() + 22, round);
    const std::size_t length = std::size_t{256} << (round % 3);
    BitString frozen = test::random_frozen_set(random, length, 0);
    const unsigned kind = round / 3 % 3;
    for (std::size_t i = length / 2; i < length; ++i) {
      frozen.set(i, (kind == 1 && i == length / 2) || (kind == 2 && i + 1 < length));
    }
    const CodeSpec code = CodeSpec::make(frozen, CrcSpec{}, CrcPlacement::none).value();
    Batch batch(random, code, 0);
    for (unsigned f = 0; f < 64; ++f) {
      batch.frames.push_back(test::random_frame(random, code, round % 2 == 0 || f > 0 ? 4 : 1));
      const Frame& frame = batch.frames.back();
      batch.llr.insert(batch.llr.end(), frame.llr.begin(), frame.llr.end());
      const auto row = frame.frozen_values.to_bytes();
      batch.frozen_values.insert(batch.frozen_values.end(), row.begin(), row.end());
    }
    ASSERT_NO_FATAL_FAILURE(expect_batch_as_single(code, 1, batch));
  }
}

TEST(BatchDecoder, LongCodesAndOtherFormsOfLlrs) {
  for (const unsigned n : {14U, 16U, 17U}) {
    const auto order = construct_order(n, Bsc{0.02}, ConstructionMethod::polarization_weight).value();
    const CodeSpec code =
        make_code(order, std::size_t{1} << (n - 1), parse_crc("crc16").value(), CrcPlacement::embedded).value();
    CounterRandom random(test::seed() + 23, n);
    Batch batch(random, code, 3);
    for (Frame& frame : batch.frames) frame.frozen_values = BitString(code.frozen_bits());  // another coset: noise
    BatchInput input = batch.input();
    input.frozen_values = {};
    const std::vector<float> floats(batch.llr.begin(), batch.llr.end());
    std::vector<std::int16_t> shorts;
    for (const std::int8_t v : batch.llr) shorts.push_back(static_cast<std::int16_t>(3 * v));
    const auto plan = AdaptivePlan::make(code, 2).value();
    BatchDecoder decoder(plan);
    AdaptiveDecoder single(plan);
    input.scale = 1.0F;
    for (const LlrView& llr :
         {LlrView(batch.llr), LlrView(floats), LlrView(std::span<const std::int16_t>(shorts), 3.0F)}) {
      input.llr = llr;
      Rows rows(code, 3);
      ASSERT_TRUE(decoder.decode(input, rows.output()).has_value());
      for (std::size_t f = 0; f < 3; ++f) {
        const auto verdict = single.decode({batch.frames[f].llr}).value();
        EXPECT_EQ(rows.verdicts[f].list_size, verdict.list_size);
        ASSERT_NO_FATAL_FAILURE(expect_row(rows.messages, f, single.message()));
        ASSERT_NO_FATAL_FAILURE(expect_row(rows.codewords, f, single.codeword()));
      }
    }
  }
}

TEST(BatchDecoder, RefusesWhatDoesNotFit) {
  CounterRandom random(test::seed() + 24, 0);
  const CodeSpec code = test::random_code(random, 7, CrcPlacement::external);
  BatchDecoder decoder(AdaptivePlan::make(code, 4).value());
  const Batch batch(random, code, 5);
  Rows rows(code, 5);
  const auto error = [&](const BatchInput& input, const BatchOutput& output) {
    return decoder.decode(input, output).error().code;
  };
  const BatchInput good = batch.input();
  EXPECT_TRUE(decoder.decode(good, rows.output()).has_value());
  EXPECT_TRUE(decoder.decode({}, {}).has_value()) << "no frames";
  BatchInput bad = good;
  bad.llr = LlrView(batch.llr).subview(1, batch.llr.size() - 1);
  EXPECT_EQ(error(bad, rows.output()), ErrorCode::size_mismatch);
  bad = good;
  bad.frames = 4;
  EXPECT_EQ(error(bad, rows.output()), ErrorCode::size_mismatch);
  bad = good;
  bad.frozen_values = bad.frozen_values.first(bad.frozen_values.size() - 1);
  EXPECT_EQ(error(bad, rows.output()), ErrorCode::size_mismatch);
  bad = good;
  bad.checksums = bad.checksums.first(4);
  EXPECT_EQ(error(bad, rows.output()), ErrorCode::size_mismatch);
  bad.checksums = {};
  EXPECT_EQ(error(bad, rows.output()), ErrorCode::invalid_argument);
  BatchOutput narrow = rows.output();
  narrow.messages = narrow.messages.first(narrow.messages.size() - 1);
  EXPECT_EQ(error(good, narrow), ErrorCode::size_mismatch);
  narrow = rows.output();
  narrow.verdicts = narrow.verdicts.first(4);
  EXPECT_EQ(error(good, narrow), ErrorCode::size_mismatch);
  narrow = rows.output();
  narrow.codewords = narrow.codewords.first(3);
  EXPECT_EQ(error(good, narrow), ErrorCode::size_mismatch);
  std::vector<float> floats(batch.llr.begin(), batch.llr.end());
  floats[code.sent_bits() + 2] = std::nanf("");
  bad = good;
  bad.llr = floats;
  const auto refused = decoder.decode(bad, rows.output());
  ASSERT_FALSE(refused.has_value());
  EXPECT_NE(refused.error().message.find(std::to_string(code.sent_bits() + 2)), std::string::npos);
  if (code.frozen_bits() % 8 != 0) {
    auto values = batch.frozen_values;
    values.back() |= 0x80;
    bad = good;
    bad.frozen_values = values;
    EXPECT_EQ(error(bad, rows.output()), ErrorCode::malformed_input);
  }
}

TEST(AdaptivePlan, StagesAndErrors) {
  CounterRandom random(test::seed() + 25, 0);
  const CodeSpec with_crc = test::random_code(random, 8, CrcPlacement::embedded);
  const CodeSpec without = test::random_code(random, 8, CrcPlacement::none);
  const auto sizes = [&](unsigned list_size) {
    std::vector<unsigned> result;
    const auto plan = AdaptivePlan::make(with_crc, list_size).value();
    for (const auto& stage : plan->stages()) result.push_back(stage->list_size());
    return result;
  };
  EXPECT_EQ(sizes(1), (std::vector<unsigned>{1}));
  EXPECT_EQ(sizes(4), (std::vector<unsigned>{1, 4}));
  EXPECT_EQ(sizes(8), (std::vector<unsigned>{1, 8}));
  EXPECT_EQ(sizes(32), (std::vector<unsigned>{1, 8, 32}));
  EXPECT_TRUE(AdaptivePlan::make(without, 1).has_value());
  for (const unsigned list_size : {0U, 3U, 12U, 64U}) {
    EXPECT_EQ(AdaptivePlan::make(with_crc, list_size).error().code, ErrorCode::invalid_argument) << list_size;
  }
  const auto plan = AdaptivePlan::make(without, 8);
  ASSERT_FALSE(plan.has_value());
  EXPECT_NE(plan.error().message.find("CRC"), std::string::npos);
}

/// The stages use one block of memory: the sum of what they would take alone is more.
TEST(AdaptiveDecoder, SharesMemory) {
  CounterRandom random(test::seed() + 26, 0);
  const CodeSpec code = test::random_code(random, 12, CrcPlacement::embedded);
  const AdaptiveDecoder adaptive(AdaptivePlan::make(code, 32).value());
  const Decoder full(DecodePlan::make(code, 32).value());
  const Decoder shorter(DecodePlan::make(code, 8).value());
  EXPECT_GT(adaptive.memory_bytes(), full.memory_bytes());
  EXPECT_LT(adaptive.memory_bytes(), full.memory_bytes() + shorter.memory_bytes() / 2);
}

INSTANTIATE_TEST_SUITE_P(EveryIsa, AdaptiveTest, testing::ValuesIn(supported_isas()),
                         [](const auto& test) { return std::string(to_string(test.param)); });

}  // namespace
}  // namespace caligo
