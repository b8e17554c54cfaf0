// SPDX-License-Identifier: Apache-2.0
// Counts every allocation of this test program while decoders run: there must be none.
#include "tests/allocation_counter.hpp"

#include <gtest/gtest.h>
#include <caligo/batch.hpp>
#include <caligo/isa.hpp>
#include <caligo/random.hpp>
#include <caligo/soft.hpp>

namespace caligo {
namespace {

TEST(Allocation, NoneWhileDecoding) {
#if CALIGO_COUNTS_ALLOCATIONS
  constexpr std::size_t length = 4096;
  CounterRandom random(7, 0);
  BitString frozen(length);
  for (std::size_t i = 0; i < length; ++i) frozen.set(i, __builtin_popcountll(i) < 6);
  const CodeSpec code = CodeSpec::make(frozen, parse_crc("crc16-ccitt").value(), CrcPlacement::embedded).value();
  BitString frozen_values(code.frozen_bits());
  random.fill(frozen_values);
  std::vector<std::int8_t> llr(length);
  for (auto& v : llr) v = static_cast<std::int8_t>(static_cast<int>(random.below(15)) - 7);
  const std::vector<float> floats(llr.begin(), llr.end());

  for (const Isa isa : supported_isas()) {
    ASSERT_TRUE(force_isa(isa).has_value());
    for (const unsigned list_size : {1U, 2U, 4U, 8U, 16U, 32U}) {
      const std::size_t before_making = allocations;
      auto plan = DecodePlan::make(code, list_size).value();
      Decoder decoder(plan);
      EXPECT_GT(allocations, before_making) << "the counter does not count";
      const std::size_t before = allocations;
      for (int frame = 0; frame < 3; ++frame) {
        const auto verdict = decoder.decode({llr, frozen_values});
        ASSERT_TRUE(verdict.has_value());
      }
      ASSERT_TRUE(decoder.decode({floats}).has_value());
      EXPECT_EQ(allocations - before, 0U) << to_string(isa) << ", list size " << list_size;
      if (list_size == 1) continue;
      Decoder wide(DecodePlan::make(code, list_size, {LlrWidth::bits16, CheckRule::corrected}).value());
      const std::size_t before_wide = allocations;
      ASSERT_TRUE(wide.decode({llr, frozen_values}).has_value());
      ASSERT_TRUE(wide.decode({floats}).has_value());
      EXPECT_EQ(allocations - before_wide, 0U) << to_string(isa) << ", 16 bits, list size " << list_size;
    }
  }
#else
  GTEST_SKIP() << "SKIPPED: counting needs glibc's malloc, which this build replaces";
#endif
}

TEST(Allocation, NoneInStagesAndBatches) {
#if CALIGO_COUNTS_ALLOCATIONS
  constexpr std::size_t length = 512;
  constexpr std::size_t frames = 70;
  CounterRandom random(8, 0);
  BitString frozen(length);
  for (std::size_t i = 0; i < length; ++i) frozen.set(i, __builtin_popcountll(i) < 5);
  const CodeSpec code = CodeSpec::make(frozen, parse_crc("crc16-ccitt").value(), CrcPlacement::embedded).value();
  std::vector<float> llr(frames * length);  // noise: every stage of every frame runs
  for (auto& v : llr) v = static_cast<float>(random.gaussian());
  std::vector<std::uint8_t> values(frames * bytes_for(code.frozen_bits()));
  std::vector<std::uint8_t> messages(frames * bytes_for(code.message_bits()));
  std::vector<std::uint8_t> codewords(frames * bytes_for(code.sent_bits()));
  std::vector<BatchVerdict> verdicts(frames);
  for (const Isa isa : supported_isas()) {
    ASSERT_TRUE(force_isa(isa).has_value());
    const auto plan = AdaptivePlan::make(code, 32).value();
    AdaptiveDecoder adaptive(plan);
    BatchDecoder batch(plan);
    const std::size_t before = allocations;
    ASSERT_TRUE(adaptive.decode({.llr = std::span(llr).first(length)}).has_value());
    ASSERT_TRUE(batch.decode({frames, llr, values}, {messages, verdicts, codewords}).has_value());
    EXPECT_EQ(allocations - before, 0U) << to_string(isa);
    EXPECT_EQ(verdicts.front().list_size, 32U);
  }
#else
  GTEST_SKIP() << "SKIPPED: counting needs glibc's malloc, which this build replaces";
#endif
}

TEST(Allocation, NoneWhileDecodingSoftly) {
#if CALIGO_COUNTS_ALLOCATIONS
  constexpr std::size_t length = 1024;
  CounterRandom random(8, 0);
  BitString frozen(length);
  for (std::size_t i = 0; i < length; ++i) frozen.set(i, __builtin_popcountll(i) < 5);
  const CodeSpec code = CodeSpec::make(frozen, parse_crc("crc16-ccitt").value(), CrcPlacement::embedded).value();
  BitString frozen_values(code.frozen_bits());
  random.fill(frozen_values);
  std::vector<float> llr(length);
  for (auto& v : llr) v = static_cast<float>(random.gaussian());
  std::vector<float> extrinsic(length);
  for (const unsigned list_size : {1U, 2U, 4U, 8U, 16U, 32U}) {
    const std::size_t before_making = allocations;
    auto decoder = SoftDecoder::make(code, list_size).value();
    EXPECT_GT(allocations, before_making) << "the counter does not count";
    const std::size_t before = allocations;
    for (int frame = 0; frame < 3; ++frame) {
      const auto verdict = decoder.decode({llr, extrinsic, frozen_values}, extrinsic);
      ASSERT_TRUE(verdict.has_value());
    }
    EXPECT_EQ(allocations - before, 0U) << "list size " << list_size;
  }
#else
  GTEST_SKIP() << "SKIPPED: counting needs glibc's malloc, which this build replaces";
#endif
}

}  // namespace
}  // namespace caligo
