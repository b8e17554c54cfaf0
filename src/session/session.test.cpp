// SPDX-License-Identifier: Apache-2.0
// Two sessions over networks of all kinds: in the end the keys are equal, or the block is reported lost.
#include <gtest/gtest.h>
#include <caligo/blind.hpp>
#include <caligo/cascade.hpp>
#include <caligo/random.hpp>
#include <caligo/session.hpp>

#include <algorithm>
#include <memory>
#include <string>

#include "session/session_test_pair.hpp"

namespace caligo::session {
namespace {

TEST(Session, PerfectNetwork) {
  const Pair pair(10000, 0.02, test_seed());
  const SessionSettings settings = known_rate(0.02, 10);
  auto alice = AliceSession::make(settings, pair.x, shared_book()).value();
  auto bob = BobSession::make(settings, pair.y, shared_book()).value();
  SimulatedNetwork network({}, test_seed());
  network.run(alice, bob, settings.max_frame);
  ASSERT_TRUE(alice.finished());
  check_agreement(alice, bob);
  EXPECT_EQ(alice.blocks(), 10U);
  EXPECT_GE(count(alice, BlockOutcome::verified), 9U);
  EXPECT_EQ(count(alice, BlockOutcome::lost), 0U);
  EXPECT_EQ(alice.statistics().frames_repeated, 0U);
  EXPECT_EQ(alice.statistics().refused_total() + bob.statistics().refused_total(), 0U);
  EXPECT_EQ(bob.leaked().total(), 0U);
  EXPECT_EQ(alice.leaked().tag, 640U);
  EXPECT_EQ(alice.leaked().crc, 160U);
}

TEST(Session, LearnsTheRate) {
  const Pair pair(200000, 0.03, test_seed());
  const SessionSettings settings = learnt_rate(2000, 14);
  auto alice = AliceSession::make(settings, pair.x, shared_book()).value();
  auto bob = BobSession::make(settings, pair.y, shared_book()).value();
  SimulatedNetwork network({}, test_seed());
  network.run(alice, bob, settings.max_frame);
  ASSERT_TRUE(alice.finished());
  check_agreement(alice, bob);
  EXPECT_EQ(alice.leaked().sample, 2000U);
  EXPECT_EQ(bob.leaked().feedback, 32 * count(alice, BlockOutcome::verified));
  EXPECT_LE(count(alice, BlockOutcome::failed), 2U);
}

// Without a common book Bob builds what Alice names.
TEST(Session, BobBuildsTheCodesThatAliceNames) {
  for (const SessionMode mode : {SessionMode::one_way, SessionMode::blind}) {
    for (const double qber : {0.0, 0.004, 0.021, 0.06}) {
      SCOPED_TRACE(qber);
      const Pair pair(9000, qber, test_seed());
      SessionSettings settings = known_rate(qber, 12);
      settings.mode = mode;
      auto alice = AliceSession::make(settings, pair.x).value();
      auto bob = BobSession::make(settings, pair.y).value();
      SimulatedNetwork({}, test_seed()).run(alice, bob, settings.max_frame);
      ASSERT_TRUE(alice.finished());
      check_agreement(alice, bob);
      EXPECT_GE(count(alice, BlockOutcome::verified), 2U);
    }
  }
}

TEST(Session, InteractiveDisclosesWhatOneProcessDiscloses) {
  const std::uint64_t seed = test_seed();
  const Pair pair(60000, 0.03, seed);
  SessionSettings settings = known_rate(0.03, 16);
  settings.mode = SessionMode::interactive;
  auto alice = AliceSession::make(settings, pair.x, shared_book()).value();
  auto bob = BobSession::make(settings, pair.y, shared_book()).value();
  SimulatedNetwork({.lost = 0.1, .repeated = 0.1, .delay = 5}, seed).run(alice, bob, settings.max_frame);
  ASSERT_TRUE(alice.finished());
  check_agreement(alice, bob);
  InteractiveReconciler single(InteractiveSettings{.qber = 0.03, .breadth = settings.breadth, .simulated_keys = 1});
  const auto report = single.reconcile(pair.x, pair.y, 60000, VerificationKey::simulated(1, 0)).value();
  ASSERT_EQ(alice.blocks(), 1U);
  EXPECT_EQ(alice.block(0).leaked, report.leaked);
  EXPECT_EQ(alice.key(), BitString(single.key()));
  EXPECT_DOUBLE_EQ(bob.epsilon(), single.epsilon());
  EXPECT_EQ(bob.leaked().total(), 0U);
  EXPECT_GT(alice.block(0).rounds, 5U);
}

/// Steps that are enough for everything.
constexpr std::uint64_t ample = 400000;

class FaultyNetwork : public testing::TestWithParam<int> {};

TEST_P(FaultyNetwork, KeysAreEqualOrBlocksAreLost) {
  const std::uint64_t seed = test_seed() + 1000 * static_cast<std::uint64_t>(GetParam());
  SCOPED_TRACE("CALIGO_TEST_SEED=" + std::to_string(seed));
  std::size_t verified = 0;
  std::size_t stopped = 0;
  for (std::uint64_t run = 0; run < 40; ++run) {
    CounterRandom random(seed, run);
    const double qber = 0.01 + 0.04 * random.uniform();
    const Pair pair(500 + random.below(6000), qber, seed + run);
    const auto max_log2 = static_cast<unsigned>(8 + random.below(4));
    SessionSettings settings = random.below(2) == 0 ? known_rate(0.03, max_log2) : learnt_rate(100, max_log2);
    if (random.below(3) == 0) {
      settings.mode = SessionMode::interactive;
    } else if (random.below(2) == 0) {
      settings.mode = SessionMode::blind;
    } else if (settings.qber && random.below(2) == 0) {
      settings.verdicts = VerdictTiming::at_end;
    }
    settings.window = static_cast<unsigned>(1 + random.below(9));
    settings.max_frame = 256 + random.below(600);
    Faults faults{.lost = 0.4 * random.uniform(),
                  .repeated = 0.3 * random.uniform(),
                  .damaged = 0.2 * random.uniform(),
                  .truncated = 0.2 * random.uniform(),
                  .delay = 1 + random.below(30),
                  .patience = 5 + random.below(30),
                  .limit = random.below(4) == 0 ? random.below(300) : ample,
                  .idle = 0.5 * random.uniform()};
    auto alice = AliceSession::make(settings, pair.x, shared_book()).value();
    auto bob = BobSession::make(settings, pair.y, shared_book()).value();
    SimulatedNetwork network(faults, seed + run);
    network.run(alice, bob, settings.max_frame);
    SCOPED_TRACE("run " + std::to_string(run));
    check_agreement(alice, bob);
    EXPECT_EQ(network.accepted_damaged(), 0U);
    if (faults.limit == ample) {
      EXPECT_TRUE(alice.finished());
      // A short sample may say that no key can be left, and then Alice stops.
      if (!alice.error()) {
        EXPECT_EQ(count(alice, BlockOutcome::lost), 0U);
      } else {
        EXPECT_EQ(alice.error()->code, ErrorCode::no_key);
        ++stopped;
      }
    }
    verified += count(alice, BlockOutcome::verified);
  }
  EXPECT_GT(verified, 100U);
  EXPECT_LT(stopped, 10U);
}

INSTANTIATE_TEST_SUITE_P(Seeds, FaultyNetwork, testing::Range(0, 6));

TEST(Session, DisclosesWhatOneProcessDiscloses) {
  const std::uint64_t seed = test_seed();
  const Pair pair(40000, 0.02, seed);
  for (const SessionMode mode : {SessionMode::one_way, SessionMode::blind}) {
    SessionSettings settings = known_rate(0.02, 12);
    settings.mode = mode;
    auto alice = AliceSession::make(settings, pair.x, shared_book()).value();
    auto bob = BobSession::make(settings, pair.y, shared_book()).value();
    SimulatedNetwork({.lost = 0.2, .repeated = 0.2, .delay = 9}, seed).run(alice, bob, settings.max_frame);
    ASSERT_TRUE(alice.finished());
    EXPECT_GT(alice.statistics().disclosed_repeated, 0U);

    std::unique_ptr<Reconciler> single;
    if (mode == SessionMode::one_way) {
      single = std::make_unique<OneWayReconciler>(OneWaySettings{.list_size = 8, .crc = settings.crc, .qber = 0.02});
    } else {
      single = std::make_unique<BlindReconciler>(BlindSettings{.list_size = 8, .crc = settings.crc, .qber = 0.02});
    }
    const BlockLengths lengths = split_blocks(40000, 12);
    ASSERT_EQ(alice.blocks(), lengths.count);
    for (std::size_t i = 0; i < alice.blocks(); ++i) {
      const std::size_t bits = std::min<std::size_t>(lengths.length, 40000 - i * lengths.length);
      BitString x(bits);
      BitString y(bits);
      copy_bits(pair.x, i * lengths.length, x, 0, bits);
      copy_bits(pair.y, i * lengths.length, y, 0, bits);
      const auto report = single->reconcile(x, y, lengths.length, VerificationKey::simulated(1, i)).value();
      EXPECT_EQ(alice.block(i).outcome == BlockOutcome::verified, report.verified);
      EXPECT_EQ(alice.block(i).leaked, report.leaked) << "block " << i;
      EXPECT_EQ(alice.block(i).rounds, report.rounds);
      if (report.verified) {
        EXPECT_EQ(bob.block(i).errors, report.errors);
      }
    }
    EXPECT_DOUBLE_EQ(bob.epsilon(), single->epsilon());
  }
}

}  // namespace
}  // namespace caligo::session
