// SPDX-License-Identifier: Apache-2.0
// Blind reconciliation: the roles, restarts, accounts, and what a hostile side may send.
#include <gtest/gtest.h>
#include <caligo/blind.hpp>
#include <caligo/channel.hpp>
#include <caligo/random.hpp>

#include <cmath>
#include <cstdlib>
#include <filesystem>

namespace caligo {
namespace {

std::uint64_t test_seed() {
  const char* text = std::getenv("CALIGO_TEST_SEED");
  return text != nullptr ? std::strtoull(text, nullptr, 0) : 61;
}

struct Source {
  CounterRandom random{test_seed(), 0};
  BitString x;
  BitString y;
  void next(std::size_t bits, double qber) {
    x = BitString(bits);
    y = BitString(bits);
    random.fill(x);
    random.fill_bernoulli(y, qber);
    xor_into(y, x);
  }
};

const std::filesystem::path no_cache = "/dev/null/no-cache";

std::shared_ptr<const BlindCode> code_for(std::size_t bits, double qber, double boldness, const char* crc = "crc24a") {
  CodeSelector selector(no_cache);
  return select_blind_code(selector, bits, qber, boldness, parse_crc(crc).value()).value();
}

/// Alternates until the block is decided; returns all requests.
std::vector<BlindRequest> talk(BlindDiscloser& alice, BlindBlock& block, BlindCorrector& bob) {
  std::vector<BlindRequest> requests;
  BitString values;
  while (true) {
    EXPECT_TRUE(bob.work(block).has_value());
    if (block.state() != BlindBlock::State::asking) return requests;
    requests.push_back(block.request());
    EXPECT_TRUE(alice.answer(block.request(), values).has_value());
    EXPECT_TRUE(block.answer(values).has_value());
  }
}

TEST(BlindCode, SegmentsCoverTheInformationAndQuestionsWalkTheOrder) {
  const auto code = code_for(5000, 0.03, 4);
  EXPECT_GT(code->segments().size(), 3U);
  ASSERT_TRUE(code->plan(8).has_value());  // checks the cover
  for (std::size_t s = 0; s < code->segments().size(); ++s) {
    const Segment& segment = code->segments()[s];
    const BitView information(code->code().information_mask().words().data() + segment.offset / 64, segment.length());
    BlindCode::Cursor cursor = code->cursor(s);
    BitString all(segment.length());
    std::size_t total = 0;
    for (std::size_t step = 1;; ++step) {
      BitString mask(segment.length());
      const std::size_t taken = code->take(cursor, step, mask);
      ASSERT_EQ(popcount(mask), taken);
      ASSERT_LE(taken, step);
      for (std::size_t i = 0; i < segment.length(); ++i) {
        if (!mask[i]) continue;
        ASSERT_FALSE(all[i]);
        all.set(i, true);
      }
      total += taken;
      if (taken < step) break;
    }
    EXPECT_TRUE(equal(all, information));
    EXPECT_EQ(total, popcount(information));
  }
}

TEST(BlindCode, RefusesWhatDoesNotFit) {
  const CrcSpec crc = parse_crc("crc24a").value();
  auto order =
      std::make_shared<ReliabilityOrder>(construct_order(8, Bsc{0.02}, ConstructionMethod::density_evolution).value());
  EXPECT_TRUE(BlindCode::make(order, 100, crc).has_value());
  EXPECT_FALSE(BlindCode::make(nullptr, 100, crc).has_value());
  EXPECT_FALSE(BlindCode::make(order, 256, crc).has_value());
  EXPECT_FALSE(BlindCode::make(order, 100, parse_crc("none").value()).has_value());
  EXPECT_FALSE(BlindCode::make(order, 100, parse_crc("crc6").value()).has_value());
  const auto short_order =
      std::make_shared<ReliabilityOrder>(construct_order(6, Bsc{0.02}, ConstructionMethod::density_evolution).value());
  EXPECT_FALSE(BlindCode::make(short_order, 30, crc).has_value());
  order->error_probability.clear();
  EXPECT_FALSE(BlindCode::make(order, 100, crc).has_value());
}

TEST(Blind, CorrectsAndCountsAtManyLengthsAndRates) {
  SCOPED_TRACE("CALIGO_TEST_SEED=" + std::to_string(test_seed()));
  Source source;
  std::uint64_t key_number = 0;
  std::size_t failures = 0;
  std::size_t blocks = 0;
  std::size_t asked = 0;
  for (const std::size_t bits : {std::size_t{128}, std::size_t{1000}, std::size_t{4096}, std::size_t{20000}}) {
    for (const double qber : {0.0, 0.01, 0.05, 0.09}) {
      const auto code = code_for(bits, std::max(qber, 0.002), bits < 1000 ? 0.3 : 2);
      auto alice = BlindDiscloser::make(code, 64).value();
      BlindCorrector bob(code->plan(8).value());
      for (unsigned round = 0; round < 6; ++round) {
        source.next(bits - round, qber);  // shorter than the code: padding
        BlindDisclosure disclosure;
        const auto key = VerificationKey::simulated(test_seed(), ++key_number);
        ASSERT_TRUE(alice.start(source.x, key, disclosure).has_value());
        EXPECT_EQ(alice.leakage().frozen, code->code().frozen_bits());
        EXPECT_EQ(alice.leakage().crc, 24 * code->segments().size());
        auto block = BlindBlock::make(code, disclosure, source.y, 64).value();
        const auto requests = talk(alice, block, bob);
        EXPECT_EQ(block.rounds(), requests.size());
        std::size_t questions = 0;
        for (const BlindRequest& request : requests) questions += request.count;
        EXPECT_EQ(alice.leakage().questions, questions);
        asked += questions;
        ++blocks;
        if (block.state() != BlindBlock::State::verified) {
          ++failures;
          continue;
        }
        EXPECT_TRUE(equal(block.corrected(), source.x));
        EXPECT_EQ(block.corrected_errors(), hamming_distance(source.x, source.y));
      }
    }
  }
  EXPECT_GT(asked, 500U);
  // A checksum holds by chance in fewer than one block of 10^4; at 9 % short blocks have too many errors now and then.
  EXPECT_LE(failures, blocks / 20);
}

TEST(Blind, ManyBlocksInTurnsOnOneDecoderAreDecidedAsEachAlone) {
  SCOPED_TRACE("CALIGO_TEST_SEED=" + std::to_string(test_seed()));
  Source source;
  const auto code = code_for(8192, 0.03, 4);
  BlindCorrector alone(code->plan(8).value());
  BlindCorrector shared(code->plan(8).value());
  std::vector<BlindDiscloser> alices;
  std::vector<BlindBlock> blocks;
  std::vector<std::vector<BlindRequest>> expected;
  std::vector<BitString> words;
  for (std::uint64_t b = 0; b < 6; ++b) {
    source.next(8192, 0.03);
    BlindDisclosure disclosure;
    auto alice = BlindDiscloser::make(code, 64).value();
    ASSERT_TRUE(alice.start(source.x, VerificationKey::simulated(test_seed(), b), disclosure).has_value());
    auto block = BlindBlock::make(code, disclosure, source.y, 64).value();
    expected.push_back(talk(alice, block, alone));
    words.emplace_back(block.corrected());
    alices.push_back(BlindDiscloser::make(code, 64).value());
    ASSERT_TRUE(alices.back().start(source.x, VerificationKey::simulated(test_seed(), b), disclosure).has_value());
    blocks.push_back(BlindBlock::make(code, disclosure, source.y, 64).value());
  }
  std::vector<std::size_t> asked(blocks.size());
  std::size_t total = 0;
  for (bool going = true; going;) {
    going = false;
    for (std::size_t b = 0; b < blocks.size(); ++b) {
      ASSERT_TRUE(shared.work(blocks[b]).has_value());
      if (blocks[b].state() != BlindBlock::State::asking) continue;
      going = true;
      ASSERT_LT(asked[b], expected[b].size());
      ASSERT_EQ(blocks[b].request(), expected[b][asked[b]++]);
      ++total;
      BitString values;
      ASSERT_TRUE(alices[b].answer(blocks[b].request(), values).has_value());
      ASSERT_TRUE(blocks[b].answer(values).has_value());
    }
  }
  for (std::size_t b = 0; b < blocks.size(); ++b) {
    EXPECT_EQ(asked[b], expected[b].size());
    EXPECT_EQ(blocks[b].state(), BlindBlock::State::verified);
    EXPECT_TRUE(equal(blocks[b].corrected(), words[b]));
  }
  EXPECT_GT(total, 5U);
}

TEST(Blind, HostileAnswersEndInFailureNotInAKey) {
  SCOPED_TRACE("CALIGO_TEST_SEED=" + std::to_string(test_seed()));
  Source source;
  const auto code = code_for(2048, 0.02, 1);
  for (unsigned lie = 0; lie < 3; ++lie) {
    source.next(2048, 0.02);
    BlindDisclosure disclosure;
    auto alice = BlindDiscloser::make(code, 64).value();
    ASSERT_TRUE(alice.start(source.x, VerificationKey::simulated(test_seed(), lie), disclosure).has_value());
    if (lie == 0) {
      for (std::uint32_t& sum : disclosure.checksums) sum ^= 1;
    }
    if (lie == 1) disclosure.tag ^= 1;
    if (lie == 2) disclosure.frozen_values.set(5, !disclosure.frozen_values[5]);
    auto block = BlindBlock::make(code, disclosure, source.y, 64).value();
    BlindCorrector bob(code->plan(8).value());
    const auto requests = talk(alice, block, bob);
    EXPECT_EQ(block.state(), BlindBlock::State::failed);
    EXPECT_LT(requests.size(), 200U);  // Bob gives up
  }
}

TEST(Blind, RefusesWhatWasNotAsked) {
  Source source;
  const auto code = code_for(1024, 0.02, 1);
  const auto other = code_for(1024, 0.04, 1);
  auto alice = BlindDiscloser::make(code, 64).value();
  BitString values;
  EXPECT_FALSE(alice.answer({.segment = 0, .count = 1}, values).has_value());  // before start
  source.next(1024, 0.02);
  BlindDisclosure disclosure;
  EXPECT_FALSE(alice.start(BitString(1025), {}, disclosure).has_value());
  ASSERT_TRUE(alice.start(source.x, VerificationKey::simulated(1, 1), disclosure).has_value());
  EXPECT_FALSE(alice.answer({.segment = 1000, .count = 1}, values).has_value());
  EXPECT_FALSE(alice.answer({.segment = 0, .count = 0}, values).has_value());
  ASSERT_TRUE(alice.answer({.segment = 0, .count = 0xffffffff}, values).has_value());
  EXPECT_LE(values.size(), code->segments()[0].length());
  ASSERT_TRUE(alice.answer({.segment = 0, .count = 5}, values).has_value());
  EXPECT_TRUE(values.empty());  // all of it is disclosed

  EXPECT_FALSE(BlindDiscloser::make(code, 65).has_value());
  EXPECT_FALSE(BlindDiscloser::make(nullptr, 64).has_value());
  EXPECT_FALSE(BlindBlock::make(other, disclosure, source.y, 64).has_value());
  EXPECT_FALSE(BlindBlock::make(code, disclosure, BitString(1025), 64).has_value());
  BlindDisclosure fewer = disclosure;
  fewer.checksums.pop_back();
  EXPECT_FALSE(BlindBlock::make(code, fewer, source.y, 64).has_value());
  auto block = BlindBlock::make(code, disclosure, source.y, 64).value();
  EXPECT_FALSE(block.answer(BitString(1)).has_value());
  BlindCorrector stranger(other->plan(8).value());
  EXPECT_FALSE(stranger.work(block).has_value());
}

BlindReconciler make_reconciler(std::optional<double> qber, double boldness = 2) {
  return BlindReconciler(
      {.list_size = 8, .boldness = boldness, .tag_bits = 64, .crc = parse_crc("crc24a").value(), .qber = qber},
      no_cache);
}

TEST(BlindReconciler, CountsEveryBit) {
  SCOPED_TRACE("CALIGO_TEST_SEED=" + std::to_string(test_seed()));
  Source source;
  BlindReconciler reconciler = make_reconciler(std::nullopt);
  reconciler.observe_sample(1000, 20);
  Leakage expected;
  expected.sample = 1000;
  for (std::uint64_t b = 0; b < 12; ++b) {
    source.next(8192 - b, 0.02);
    const auto report =
        reconciler.reconcile(source.x, source.y, 8192, VerificationKey::simulated(test_seed(), b)).value();
    ASSERT_TRUE(report.verified);
    EXPECT_EQ(report.undetected, 0U);
    EXPECT_EQ(report.leaked.feedback, 32U);
    EXPECT_EQ(report.rounds > 0, report.leaked.questions > 0);
    EXPECT_TRUE(equal(reconciler.key(), source.x));
    expected += report.leaked;
  }
  EXPECT_EQ(reconciler.leaked(), expected);
  EXPECT_GT(expected.questions, 0U);
  EXPECT_NEAR(reconciler.rate().estimate(), 0.02, 0.003);
}

/// An estimate that is wrong by half either way costs questions or disclosure, and no block.
TEST(BlindReconciler, BearsAWrongEstimate) {
  SCOPED_TRACE("CALIGO_TEST_SEED=" + std::to_string(test_seed()));
  Source source;
  for (const double factor : {1 / 1.5, 1.0, 1.5}) {
    BlindReconciler reconciler = make_reconciler(0.03 * factor);
    double leaked = 0;
    for (std::uint64_t b = 0; b < 4; ++b) {
      source.next(1 << 14, 0.03);
      const auto report =
          reconciler.reconcile(source.x, source.y, 1 << 14, VerificationKey::simulated(test_seed(), b)).value();
      EXPECT_TRUE(report.verified) << factor;
      EXPECT_LT(report.rounds, 250U) << factor;
      leaked += static_cast<double>(report.leaked.total());
    }
    EXPECT_LT(leaked / (4 * std::pow(2.0, 14) * binary_entropy(0.03)), factor > 1 ? 1.7 : 1.4) << factor;
  }
}

}  // namespace
}  // namespace caligo
