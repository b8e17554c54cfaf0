// SPDX-License-Identifier: Apache-2.0
// That frames are made and counted right, and alike whoever counts them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <caligo/construct.hpp>
#include <caligo/encode.hpp>
#include <caligo/isa.hpp>

#include <cmath>
#include <numeric>
#include <vector>

#include "reference/list_decoder.hpp"
#include "simulate/simulate_test.hpp"

namespace caligo {
namespace {

using testing::HasSubstr;

void expect_same(const Statistics& a, const Statistics& b, const std::string& what) {
  EXPECT_TRUE(a.same_counts(b)) << what << ": " << a.frames << ' ' << a.frame_errors << ' ' << a.undetected_errors
                                << ' ' << a.bit_errors << " against " << b.frames << ' ' << b.frame_errors << ' '
                                << b.undetected_errors << ' ' << b.bit_errors;
}

/// All kinds of tasks, small.
std::vector<SimulationTask> all_kinds() {
  const DecodeOptions wide{.width = LlrWidth::bits16, .check = CheckRule::corrected};
  std::vector<SimulationTask> tasks;
  for (const char* channel : {"awgn-ebn0:1.5", "bsc:0.08", "bec:0.5"}) {
    tasks.push_back(small_task(channel, {.kind = DecoderKind::sc, .list_size = 1}));
    tasks.push_back(small_task(channel, {.kind = DecoderKind::scl, .list_size = 4}));
    tasks.push_back(small_task(channel, {.kind = DecoderKind::adaptive, .list_size = 16}));
    tasks.push_back(small_task(channel, {.kind = DecoderKind::scl, .list_size = 2, .arithmetic = wide}));
  }
  return tasks;
}

TEST(Count, IsTheSameForEveryCutOfTheFrames) {
  for (const SimulationTask& task : all_kinds()) {
    const Statistics whole = count_frames(task, 7, {100, 300}).value();
    EXPECT_EQ(whole.frames, 300U);
    EXPECT_GT(whole.frame_errors, 0U) << task.to_json();
    Simulator other(task, 17);
    Statistics sum;
    for (const FrameRange part : {FrameRange{350, 50}, FrameRange{100, 1}, FrameRange{101, 249}}) {
      sum += other.count(7, part).value();
    }
    expect_same(whole, sum, task.to_json());
    EXPECT_FALSE(whole.same_counts(count_frames(task, 8, {100, 300}).value())) << task.to_json();
  }
}

TEST(Count, IsTheSameOnEveryInstructionSet) {
  const Isa before = active_isa().value();
  for (const Isa isa : supported_isas()) {
    for (const SimulationTask& task : all_kinds()) {
      ASSERT_TRUE(force_isa(Isa::scalar));
      const Statistics portable = count_frames(task, 3, {0, 150}).value();
      ASSERT_TRUE(force_isa(isa));
      expect_same(portable, count_frames(task, 3, {0, 150}).value(), task.to_json() + std::string(to_string(isa)));
    }
  }
  ASSERT_TRUE(force_isa(before));
}

TEST(Count, ReplayedFramesAddUp) {
  for (const SimulationTask& task : all_kinds()) {
    Statistics sum;
    Simulator simulator(task);
    for (std::uint64_t frame = 0; frame < 100; ++frame) {
      const FrameRecord record = simulator.replay(9, frame).value();
      EXPECT_EQ(record.counts.bit_errors, hamming_distance(record.message, record.decided_message));
      sum += record.counts;
    }
    expect_same(simulator.count(9, {0, 100}).value(), sum, task.to_json());
  }
}

struct ReferenceDecision {
  std::vector<bool> message;
  bool accepted = false;
};

/// The decision of the readable list decoder and a bitwise CRC.
ReferenceDecision reference_decode(const CodeSpec& code, const std::vector<int>& llr, unsigned list_size) {
  reference::Bits frozen(code.block_length());
  for (std::size_t i = 0; i < frozen.size(); ++i) frozen[i] = code.frozen_mask()[i] ? 1 : 0;
  reference::ListDecoder<int> decoder(frozen, reference::Bits(frozen.size()), list_size, reference::Schedule::nodes,
                                      {127, 1 << 15, 0});
  ReferenceDecision best;
  const auto list = decoder.decode(llr);
  for (std::size_t rank = 0; rank < list.size(); ++rank) {
    std::vector<bool> information;
    for (std::size_t i = 0; i < frozen.size(); ++i) {
      if (frozen[i] == 0) information.push_back(list[rank].u[i] != 0);
    }
    // The remainder of message then checksum is zero if the checksum is right.
    std::uint64_t remainder = 0;
    for (const bool bit : information) {
      remainder = (remainder << 1U) | (bit ? 1U : 0U);
      if (((remainder >> code.crc().width) & 1U) != 0) {
        remainder ^= (std::uint64_t{1} << code.crc().width) | code.crc().polynomial;
      }
    }
    information.resize(code.message_bits());
    if (rank == 0) best.message = information;
    if (remainder == 0) return {information, true};
  }
  return best;
}

/// Straightforward: unpacked bits, the encoder by its definition, the reference decoder, one count at a time.
TEST(Count, AgreesWithACountByTheReference) {
  const SimulationTask task = small_task("awgn-ebn0:1", {.kind = DecoderKind::scl, .list_size = 4}, "crc6");
  const CodeSpec code = small_code("crc6");
  Simulator simulator(task);
  Statistics slow;
  for (std::uint64_t frame = 0; frame < 600; ++frame) {
    const FrameRecord record = simulator.replay(5, frame).value();
    std::vector<std::int32_t> llr(record.llr.begin(), record.llr.end());
    const auto decided = reference_decode(code, llr, 4);
    std::uint64_t wrong = 0;
    for (std::size_t i = 0; i < record.message.size(); ++i) wrong += record.message[i] != decided.message[i] ? 1U : 0U;
    slow.frames += 1;
    slow.bit_errors += wrong;
    if (wrong > 0) slow.frame_errors += 1;
    if (wrong > 0 && decided.accepted) slow.undetected_errors += 1;
  }
  expect_same(simulator.count(5, {0, 600}).value(), slow, "reference");
  EXPECT_GT(slow.undetected_errors, 0U);
  EXPECT_LT(slow.undetected_errors, slow.frame_errors);
}

TEST(Count, CodeWordsAreThoseOfTheEncoderAndChannelsAreWhatTheySay) {
  for (const char* channel : {"bsc:0.08", "bec:0.4", "awgn-sigma:0.8"}) {
    Simulator simulator(small_task(channel, {.kind = DecoderKind::scl, .list_size = 4}));
    Encoder encoder(small_code());
    BitString word(small_code().sent_bits());
    double wrong = 0, erased = 0, sum = 0, squares = 0, bits = 0;
    for (std::uint64_t frame = 0; frame < 400; ++frame) {
      const FrameRecord record = simulator.replay(1, frame).value();
      ASSERT_TRUE(encoder.encode(record.message, {}, word));
      ASSERT_TRUE(equal(word, record.codeword));
      for (std::size_t i = 0; i < word.size(); ++i) {
        const double llr = (word[i] ? -1.0 : 1.0) * record.llr[i];
        wrong += llr < 0 ? 1 : 0;
        erased += llr == 0 ? 1 : 0;
        sum += llr / static_cast<double>(record.scale);
        squares += llr * llr / static_cast<double>(record.scale * record.scale);
        ++bits;
      }
    }
    const auto rate = [bits](double count, double p) { return (count - bits * p) / std::sqrt(bits * p * (1 - p)); };
    if (std::string(channel).starts_with("bsc")) {
      EXPECT_LT(std::abs(rate(wrong, 0.08)), 5) << wrong / bits;
    } else if (std::string(channel).starts_with("bec")) {
      EXPECT_LT(std::abs(rate(erased, 0.4)), 5) << erased / bits;
      EXPECT_EQ(wrong, 0);
    } else {  // mean 2/σ², variance 4/σ²; rounding adds 1/12 of a squared unit
      const double mean = sum / bits;
      EXPECT_NEAR(mean, 2 / 0.64, 0.05);
      EXPECT_NEAR(squares / bits - mean * mean, 4 / 0.64, 0.15);
    }
  }
}

TEST(Count, ShortenedAndExternalCodesWork) {
  const auto order = construct_order(7, Bsc{0.05}, ConstructionMethod::density_evolution, 21).value();
  const CodeSpec code = make_code(order, 40, parse_crc("crc11").value(), CrcPlacement::external).value();
  for (const DecoderKind kind : {DecoderKind::scl, DecoderKind::adaptive}) {
    for (const char* channel : {"awgn-esn0:-4", "bsc:0.13"}) {
      const auto task = SimulationTask::make(code, parse_channel(channel).value(), {.kind = kind}).value();
      const Statistics counts = count_frames(task, 1, {0, 500}).value();
      EXPECT_GT(counts.frame_errors, 0U);
      EXPECT_LT(counts.frame_errors, 250U);
    }
  }
}

TEST(Count, AdaptiveDecodingSaysWhichListDecided) {
  const auto task = small_task("awgn-ebn0:1.5", {.kind = DecoderKind::adaptive, .list_size = 32});
  const Statistics counts = count_frames(task, 1, {0, 500}).value();
  EXPECT_EQ(std::accumulate(counts.lists.begin(), counts.lists.end(), std::uint64_t{0}), 500U);
  for (const std::size_t stage : {0U, 3U, 5U}) EXPECT_GT(counts.lists[stage], 0U) << stage;
  // Same frames, same decisions as the plain list where the adaptive decoder went all the way.
  const auto plain = small_task("awgn-ebn0:1.5", {.kind = DecoderKind::scl, .list_size = 32});
  EXPECT_NEAR(static_cast<double>(count_frames(plain, 1, {0, 500}).value().frame_errors),
              static_cast<double>(counts.frame_errors), 10);
}

TEST(Count, ReconciliationCountsEveryBitThatLeaks) {
  for (const ReconciliationMode mode :
       {ReconciliationMode::one_way, ReconciliationMode::blind, ReconciliationMode::interactive}) {
    const auto task =
        SimulationTask::make(
            ReconciliationSettings{
                .mode = mode, .block_bits = 4096, .qber = 0.03, .list_size = 8, .crc = parse_crc("crc24a").value()})
            .value();
    const Statistics whole = count_frames(task, 2, {0, 6}).value();
    Statistics sum = count_frames(task, 2, {3, 3}).value();
    sum += count_frames(task, 2, {0, 3}).value();
    expect_same(whole, sum, task.to_json());
    EXPECT_EQ(whole.reconciliation.bits, 6U * 4096U);
    const double leaked = static_cast<double>(whole.reconciliation.leaked.total()) / (6 * 4096 * binary_entropy(0.03));
    EXPECT_GT(leaked, 1.0) << task.to_json();
    EXPECT_LT(leaked, 1.7) << task.to_json();
    EXPECT_EQ(whole.undetected_errors, 0U);
  }
}

TEST(Count, StopsWhenAsked) {
  Simulator simulator(small_task("bsc:0.05", {}), 10);
  int calls = 0;
  const auto counted = simulator.count(1, {0, 100}, [&] { return ++calls > 3; });
  ASSERT_FALSE(counted);
  EXPECT_EQ(counted.error().code, ErrorCode::interrupted);
  EXPECT_FALSE(simulator.count(1, {~std::uint64_t{0} - 3, 10}));
}

TEST(Task, IdentityIsTheProblem) {
  const auto id = [](const char* channel, const DecoderSettings& decoder) {
    return small_task(channel, decoder).strong_id();
  };
  const std::string base = id("bsc:0.02", {});
  EXPECT_EQ(base, id("bsc:0.020", {}));
  EXPECT_NE(base, id("bsc:0.021", {}));
  EXPECT_NE(base, id("bsc:0.02", {.list_size = 4}));
  EXPECT_NE(base, id("bsc:0.02", {.kind = DecoderKind::adaptive}));
  EXPECT_NE(base, id("bsc:0.02", {.arithmetic = {.width = LlrWidth::bits16}}));
  EXPECT_NE(id("awgn-ebn0:2", {}), id("awgn-ebn0:2", {.scale = 5.0F}));
  const TaskSummary summary = summarise_task(small_task("awgn-ebn0:2", {}).to_json()).value();
  EXPECT_EQ(summary.log2_length, 7U);
  EXPECT_EQ(summary.message_bits, small_code().message_bits());
  EXPECT_EQ(summary.channel, Channel(AwgnEbN0{2}));
  EXPECT_EQ(summary.decoder, "scl");
  EXPECT_EQ(summary.list_size, 8U);
  EXPECT_EQ(small_task("awgn-ebn0:2", {}).decoder_name(), "scl-8");
}

TEST(Task, RefusesWhatCannotBe) {
  const auto refused = [](const Channel& channel, const DecoderSettings& decoder, const char* text) {
    const auto task = SimulationTask::make(small_code(), channel, decoder);
    ASSERT_FALSE(task) << text;
    EXPECT_EQ(task.error().code, ErrorCode::invalid_argument);
    EXPECT_THAT(task.error().message, HasSubstr(text));
  };
  refused(Bsc{0.02}, {.kind = DecoderKind::sc, .list_size = 8}, "decoder sc");
  refused(Bsc{0.02}, {.kind = DecoderKind::scl, .list_size = 1}, "decoder scl");
  refused(Bsc{0.02}, {.list_size = 7}, "list");
  refused(Bsc{0.7}, {}, "[0, 0.5]");
  refused(Awgn{-1}, {}, "standard deviation");
  refused(Awgn{0.8}, {.scale = -1.0F}, "scale");
  refused(Bsc{0.02}, {.scale = 2.0F}, "scale");
  refused(Bsc{0.02}, {.kind = DecoderKind::adaptive, .arithmetic = {.width = LlrWidth::bits16}}, "16-bit");
  for (const ReconciliationSettings& settings :
       {ReconciliationSettings{.qber = 0}, ReconciliationSettings{.qber = 0.6}, ReconciliationSettings{.block_bits = 4},
        ReconciliationSettings{.tag_bits = 0}}) {
    EXPECT_FALSE(SimulationTask::make(settings));
  }
}

}  // namespace
}  // namespace caligo
