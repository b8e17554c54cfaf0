// SPDX-License-Identifier: Apache-2.0
// The soft decoder against the readable reference, and by properties that hold exactly.
#include <gtest/gtest.h>
#include <caligo/encode.hpp>
#include <caligo/random.hpp>
#include <caligo/soft.hpp>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <string>

#include "decode/soft_engine.hpp"
#include "reference/soft_list_decoder.hpp"

namespace caligo {
namespace {

std::uint64_t test_seed() {
  const char* text = std::getenv("CALIGO_TEST_SEED");
  return text != nullptr ? std::strtoull(text, nullptr, 0) : 20261121;
}

reference::Bits unpack(BitView bits) {
  reference::Bits out(bits.size());
  for (std::size_t i = 0; i < bits.size(); ++i) out[i] = bits[i] ? 1 : 0;
  return out;
}

CodeSpec random_code(CounterRandom& random, unsigned n, CrcPlacement placement) {
  const std::size_t length = std::size_t{1} << n;
  const std::size_t shortened = random.below(3) == 0 ? random.below(length / 2) : 0;
  BitString frozen(length);
  const double shift = 2 * random.uniform() - 1;
  for (std::size_t i = 0; i < length; ++i) {
    const double weight = __builtin_popcountll(i) - 0.5 * n + 0.6 * random.gaussian();
    frozen.set(i, i >= length - shortened || weight < shift);
  }
  for (std::size_t i = length - shortened; i-- > 0 && length - popcount(frozen) < 5;) frozen.set(i, false);
  const CrcSpec crc = placement == CrcPlacement::none ? CrcSpec{} : CrcSpec{"3:0x3", 3, 3};
  return CodeSpec::make(frozen, crc, placement, shortened).value();
}

struct Frame {
  BitString message;
  BitString frozen_values;
  BitString codeword;
  std::vector<float> llr;
  std::optional<std::uint32_t> checksum;
};

/// A codeword of a random coset over an AWGN channel.
Frame random_frame(CounterRandom& random, const CodeSpec& code, double sigma) {
  Frame frame{BitString(code.message_bits()), BitString(code.frozen_bits()), BitString(code.sent_bits()), {}, {}};
  random.fill(frame.message);
  random.fill(frame.frozen_values);
  EXPECT_TRUE(Encoder(code).encode(frame.message, frame.frozen_values, frame.codeword).has_value());
  for (std::size_t i = 0; i < code.sent_bits(); ++i) {
    const double y = (frame.codeword[i] ? -1.0 : 1.0) + sigma * random.gaussian();
    frame.llr.push_back(static_cast<float>(2 * y / (sigma * sigma)));
  }
  if (code.crc_placement() == CrcPlacement::external) frame.checksum = Crc(code.crc()).compute(frame.message);
  return frame;
}

struct Expected {
  reference::SoftList list;
  std::vector<bool> counts;  // right CRC, or everything if there is none
  bool accepted = false;
  std::vector<double> posterior;
};

Expected reference_output(const CodeSpec& code, const Frame& frame, unsigned list_size, SoftArithmetic arithmetic) {
  BitString values(code.block_length());
  deposit_bits(frame.frozen_values, code.disclosed_mask(), values);
  std::vector<double> llr(code.block_length(), soft_llr_limit);
  std::copy(frame.llr.begin(), frame.llr.end(), llr.begin());
  const bool exact = arithmetic == SoftArithmetic::exact;
  Expected out;
  out.list = reference::soft_list_decode(unpack(code.frozen_mask()), unpack(values), code.sent_bits(), list_size, llr,
                                         {exact, exact});
  const Crc crc(code.crc());
  for (const auto& path : out.list.paths) {
    BitString u(code.block_length());
    for (std::size_t i = 0; i < u.size(); ++i) u.set(i, path.u[i] != 0);
    BitString information(code.information_bits());
    extract_bits(u, code.information_mask(), information);
    BitString message(code.message_bits());
    copy_bits(information, 0, message, 0, message.size());
    const std::uint32_t checksum = frame.checksum ? *frame.checksum : crc.read(information, message.size());
    out.counts.push_back(crc.compute(message) == checksum);
    out.accepted = out.accepted || out.counts.back();
  }
  if (!out.accepted) out.counts.assign(out.counts.size(), true);
  out.posterior = soft_posterior(out.list, out.counts, out.accepted ? code.crc().width : 0, llr);
  return out;
}

struct Case {
  unsigned list_size;
  SoftArithmetic arithmetic;
};

class SoftDecoderTest : public testing::TestWithParam<Case> {};

std::vector<Case> all_cases() {
  std::vector<Case> cases;
  for (const auto arithmetic : {SoftArithmetic::exact, SoftArithmetic::max_log}) {
    for (const unsigned list_size : {1U, 2U, 4U, 8U, 16U, 32U}) cases.push_back({list_size, arithmetic});
  }
  return cases;
}

TEST_P(SoftDecoderTest, AgreesWithTheReference) {
  const std::uint64_t seed = test_seed();
  SCOPED_TRACE("CALIGO_TEST_SEED=" + std::to_string(seed));
  const auto [list_size, arithmetic] = GetParam();
  // The polynomial of box-plus is off by 1e-4 at most per node and level.
  const double tolerance = arithmetic == SoftArithmetic::exact ? 1e-2 : 1e-3;
  unsigned compared = 0;
  for (unsigned round = 0; round < 180; ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    CounterRandom random(seed, round);
    const auto placement = static_cast<CrcPlacement>(round % 3);
    const CodeSpec code = random_code(random, 3 + round % 5, placement);
    const Frame frame = random_frame(random, code, 0.5 + random.uniform());
    const Expected expected = reference_output(code, frame, list_size, arithmetic);
    if (expected.list.closest < tolerance) continue;  // rounding may prune another path
    ++compared;
    auto decoder = SoftDecoder::make(code, list_size, arithmetic).value();
    std::vector<float> extrinsic(code.sent_bits());
    const auto verdict = decoder.decode({frame.llr, {}, frame.frozen_values, frame.checksum}, extrinsic).value();
    ASSERT_EQ(verdict.accepted, expected.accepted);
    double best = 1e9;
    double total = std::exp(expected.list.log_unvisited - code.crc().width * std::log(2.0));
    const double missing = total;
    for (std::size_t p = 0; p < expected.counts.size(); ++p) {
      if (!expected.counts[p]) continue;
      best = std::min(best, expected.list.paths[p].metric);
      total += std::exp(-expected.list.paths[p].metric);
    }
    EXPECT_NEAR(verdict.error_probability, expected.accepted ? 1 - std::exp(-best) / total : 1, tolerance);
    EXPECT_NEAR(verdict.missing_probability, expected.accepted ? missing / total : 1, tolerance);
    for (std::size_t i = 0; i < extrinsic.size(); ++i) {
      const double exact = std::clamp(expected.posterior[i] - frame.llr[i], -500.0, 500.0);
      ASSERT_NEAR(extrinsic[i], exact, tolerance * (1 + std::fabs(expected.posterior[i]) / 50)) << "bit " << i;
    }
  }
  EXPECT_GE(compared, 80U) << "too few frames without near ties to mean anything";
}

// See the same test of the reference. Over all frozen values, and all values of an external checksum, the estimates of
// the codebook's probability must sum to 1 at every list size.
class SoftCosets : public testing::TestWithParam<unsigned> {};

TEST_P(SoftCosets, CodebookProbabilitiesSumToOne) {
  const std::uint64_t seed = test_seed();
  SCOPED_TRACE("CALIGO_TEST_SEED=" + std::to_string(seed));
  for (unsigned round = 0; round < 12; ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    CounterRandom random(seed + 7, round);
    const CodeSpec code = random_code(random, 3 + round % 2, CrcPlacement::none);
    if (code.frozen_bits() > 12) continue;
    const Frame frame = random_frame(random, code, 0.8);
    decode::SoftEngine engine(code, GetParam(), SoftArithmetic::exact);
    double sum = 0;
    for (std::size_t coset = 0; coset < (std::size_t{1} << code.frozen_bits()); ++coset) {
      BitString values(code.frozen_bits());
      for (std::size_t i = 0; i < values.size(); ++i) values.set(i, ((coset >> i) & 1U) != 0);
      (void)engine.decode({frame.llr, {}, values, {}});
      sum += std::exp(engine.log_unvisited());
      for (unsigned lane = 0; lane < GetParam(); ++lane) {
        if ((engine.alive() >> lane & 1U) != 0) sum += std::exp(-engine.metric(lane));
      }
    }
    EXPECT_NEAR(sum, 1.0, 2e-3);
  }
}

INSTANTIATE_TEST_SUITE_P(EveryList, SoftCosets, testing::Values(1, 2, 4, 8, 16, 32));

TEST_P(SoftDecoderTest, ReportsTheChosenPath) {
  const std::uint64_t seed = test_seed();
  SCOPED_TRACE("CALIGO_TEST_SEED=" + std::to_string(seed));
  for (unsigned round = 0; round < 60; ++round) {
    CounterRandom random(seed + 11, round);
    const CodeSpec code = random_code(random, 3 + round % 8, static_cast<CrcPlacement>(round % 3));
    const Frame frame = random_frame(random, code, 0.3);
    auto decoder = SoftDecoder::make(code, GetParam().list_size, GetParam().arithmetic).value();
    std::vector<float> extrinsic(code.sent_bits());
    const auto verdict = decoder.decode({frame.llr, {}, frame.frozen_values, frame.checksum}, extrinsic).value();
    BitString again(code.sent_bits());
    double metric = 0;
    for (std::size_t i = 0; i < code.sent_bits(); ++i) {
      metric += std::max(0.0F, decoder.codeword()[i] ? frame.llr[i] : -frame.llr[i]);
    }
    EXPECT_NEAR(verdict.path_metric, metric, 1e-3 + 1e-6 * metric);
    EXPECT_GE(verdict.error_probability, verdict.missing_probability);
    if (!verdict.accepted) continue;
    ASSERT_TRUE(Encoder(code).encode(decoder.message(), frame.frozen_values, again).has_value());
    EXPECT_TRUE(equal(decoder.codeword(), again));
    if (code.block_length() >= 64 && code.information_bits() * 3 < code.sent_bits()) {
      EXPECT_TRUE(equal(decoder.message(), frame.message)) << "round " << round;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(EveryList, SoftDecoderTest, testing::ValuesIn(all_cases()), [](const auto& test) {
  return std::string(test.param.arithmetic == SoftArithmetic::exact ? "exact" : "max_log") + "_L" +
         std::to_string(test.param.list_size);
});

CodeSpec small_code(CrcPlacement placement = CrcPlacement::none) {
  CounterRandom random(3, 0);
  return random_code(random, 5, placement);
}

TEST(SoftDecoder, PriorsAddToTheChannelAndAreNotPartOfTheExtrinsic) {
  CounterRandom random(test_seed(), 1);
  const CodeSpec code = small_code();
  const Frame frame = random_frame(random, code, 0.9);
  auto decoder = SoftDecoder::make(code, 8).value();
  std::vector<float> both(code.sent_bits());
  std::vector<float> split(code.sent_bits());
  std::vector<float> part(frame.llr);
  std::vector<float> prior(frame.llr.size());
  for (std::size_t i = 0; i < part.size(); ++i) {
    prior[i] = i % 3 == 0 ? 0.25F * part[i] : 0.0F;  // exact in binary: the sum must be the same float
    part[i] -= prior[i];
  }
  (void)decoder.decode({frame.llr, {}, frame.frozen_values}, both).value();
  (void)decoder.decode({part, prior, frame.frozen_values}, split).value();
  for (std::size_t i = 0; i < both.size(); ++i) EXPECT_NEAR(both[i], split[i], 1e-4) << i;
  // In place: the extrinsic may overwrite the prior.
  (void)decoder.decode({part, prior, frame.frozen_values}, prior).value();
  EXPECT_EQ(prior, split);
}

TEST(SoftDecoder, InfiniteLlrsAreCertainAndOutputIsFinite) {
  const CodeSpec code = small_code();
  CounterRandom random(test_seed(), 2);
  Frame frame = random_frame(random, code, 0.5);
  for (std::size_t i = 0; i < frame.llr.size(); ++i) {
    frame.llr[i] = frame.codeword[i] ? -INFINITY : INFINITY;
  }
  for (const auto arithmetic : {SoftArithmetic::exact, SoftArithmetic::max_log}) {
    auto decoder = SoftDecoder::make(code, 4, arithmetic).value();
    std::vector<float> extrinsic(code.sent_bits());
    std::vector<float> prior(code.sent_bits(), -INFINITY);  // contradicts some
    auto verdict = decoder.decode({frame.llr, {}, frame.frozen_values}, extrinsic).value();
    EXPECT_TRUE(equal(decoder.codeword(), frame.codeword));
    EXPECT_LT(verdict.error_probability, 1e-30);
    verdict = decoder.decode({frame.llr, prior, frame.frozen_values}, extrinsic).value();
    for (const float e : extrinsic) EXPECT_LE(std::fabs(e), soft_llr_limit);
    EXPECT_TRUE(std::isfinite(verdict.path_metric));
  }
}

TEST(SoftDecoder, ErasedChannelGivesNoInformation) {
  const CodeSpec code = small_code();
  auto decoder = SoftDecoder::make(code, 4).value();
  const std::vector<float> llr(code.sent_bits(), 0.0F);
  std::vector<float> extrinsic(code.sent_bits());
  const auto verdict = decoder.decode({llr}, extrinsic).value();
  EXPECT_NEAR(verdict.missing_probability, 1 - 4 * std::exp2(-static_cast<double>(code.information_bits())), 1e-3);
}

TEST(SoftDecoder, RefusesWrongInputAndWritesNothing) {
  const CodeSpec code = small_code(CrcPlacement::external);
  auto decoder = SoftDecoder::make(code, 4).value();
  std::vector<float> llr(code.sent_bits(), 1.0F);
  std::vector<float> extrinsic(code.sent_bits(), 7.0F);
  const std::vector<float> short_llr(code.sent_bits() - 1, 1.0F);
  const BitString wrong(code.frozen_bits() + 1);
  const auto error = [&](const SoftInput& input, std::span<float> out) { return decoder.decode(input, out).error(); };
  EXPECT_EQ(error({short_llr, {}, {}, 0}, extrinsic).code, ErrorCode::size_mismatch);
  EXPECT_EQ(error({llr, short_llr, {}, 0}, extrinsic).code, ErrorCode::size_mismatch);
  EXPECT_EQ(error({llr, {}, wrong, 0}, extrinsic).code, ErrorCode::size_mismatch);
  EXPECT_EQ(error({llr, {}, {}, 0}, std::span(extrinsic).subspan(1)).code, ErrorCode::size_mismatch);
  EXPECT_EQ(error({llr, {}, {}, {}}, extrinsic).code, ErrorCode::invalid_argument);
  std::vector<float> nan(llr);
  nan[5] = NAN;
  EXPECT_EQ(error({nan, {}, {}, 0}, extrinsic).message, "channel LLR 5 is not a number");
  EXPECT_EQ(error({llr, nan, {}, 0}, extrinsic).message, "prior LLR 5 is not a number");
  EXPECT_EQ(extrinsic, std::vector<float>(code.sent_bits(), 7.0F));
  EXPECT_TRUE(decoder.decode({llr, {}, {}, 0}, {}).has_value()) << "no extrinsic wanted";
}

TEST(SoftDecoder, MemoryIsLimited) {
  for (const unsigned list_size : {0U, 3U, 64U}) {
    EXPECT_EQ(SoftDecoder::make(small_code(), list_size).error().code, ErrorCode::invalid_argument) << list_size;
  }
  BitString frozen(std::size_t{1} << 20);
  for (std::size_t i = 0; i < frozen.size(); ++i) frozen.set(i, __builtin_popcountll(i) < 10);
  const CodeSpec code = CodeSpec::make(frozen, {}, CrcPlacement::none).value();
  const auto refused = SoftDecoder::make(code, 32);
  ASSERT_FALSE(refused.has_value());
  EXPECT_NE(refused.error().message.find("limit is 128 MB"), std::string::npos) << refused.error().message;
  EXPECT_LE(SoftDecoder::make(code, 16).value().memory_bytes(), std::size_t{128} << 20);
}

TEST(SoftDecoder, DependsOnTheInputAlone) {
  CounterRandom random(test_seed(), 3);
  const CodeSpec code = random_code(random, 9, CrcPlacement::embedded);
  const Frame first = random_frame(random, code, 0.9);
  const Frame second = random_frame(random, code, 0.7);
  auto fresh = SoftDecoder::make(code, 32).value();
  auto used = SoftDecoder::make(code, 32).value();
  std::vector<float> a(code.sent_bits());
  std::vector<float> b(code.sent_bits());
  (void)used.decode({second.llr, {}, second.frozen_values}, b).value();
  (void)fresh.decode({first.llr, {}, first.frozen_values}, a).value();
  (void)used.decode({first.llr, {}, first.frozen_values}, b).value();
  EXPECT_EQ(a, b);
}

TEST(SoftMath, PolynomialIsWithinItsBound) {
  for (float x = 0; x < 30; x += 1e-3F) {
    EXPECT_NEAR(decode::log1p_exp_neg(x), std::log1p(std::exp(-double{x})), 6e-5) << x;
  }
  EXPECT_EQ(decode::log1p_exp_neg(500), 0.0F);
}

}  // namespace
}  // namespace caligo
