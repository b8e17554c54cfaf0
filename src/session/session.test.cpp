// SPDX-License-Identifier: Apache-2.0
// Two sessions over networks of all kinds: in the end the keys are equal, or the block is reported lost.
#include <gtest/gtest.h>
#include <caligo/random.hpp>
#include <caligo/session.hpp>

#include <cstdlib>
#include <memory>
#include <string>

#include "session/simulated_network.hpp"

namespace caligo {
namespace {

using session::Faults;
using session::SimulatedNetwork;

std::uint64_t test_seed() {
  const char* text = std::getenv("CALIGO_TEST_SEED");
  return text != nullptr ? std::strtoull(text, nullptr, 0) : 4;
}

/// Codes are the same for all tests of the program.
std::shared_ptr<CodeBook> shared_book() {
  static const auto book = std::make_shared<CodeBook>();
  return book;
}

struct Pair {
  BitString x;
  BitString y;
  Pair(std::size_t bits, double qber, std::uint64_t seed) : x(bits), y(bits) {
    CounterRandom random(seed, 0);
    random.fill(x);
    random.fill_bernoulli(y, qber);
    xor_into(y, x);
  }
};

SessionSettings known_rate(double qber, unsigned max_log2) {
  SessionSettings settings;
  settings.session_id = 0x1234;
  settings.max_log2_block = max_log2;
  settings.crc = parse_crc("crc16-ccitt").value();
  settings.qber = qber;
  settings.max_frame = 1400;
  settings.simulation_seed = 1;
  return settings;
}

SessionSettings learnt_rate(std::uint32_t sample_bits, unsigned max_log2) {
  SessionSettings settings = known_rate(0, max_log2);
  settings.qber.reset();
  settings.sample_bits = sample_bits;
  return settings;
}

/// What must hold whatever the network did.
void check_agreement(const AliceSession& alice, const BobSession& bob) {
  Leakage sum;
  for (std::size_t i = 0; i < alice.blocks(); ++i) sum += alice.block(i).leaked;
  EXPECT_EQ(alice.leaked().total() - alice.leaked().sample, sum.total());
  if (!alice.finished()) {
    EXPECT_TRUE(alice.key().empty());
    return;
  }
  ASSERT_TRUE(bob.finished());
  std::size_t verified = 0;
  for (std::size_t i = 0; i < alice.blocks(); ++i) {
    const bool both = alice.block(i).outcome == BlockOutcome::verified;
    EXPECT_EQ(both, bob.block(i).outcome == BlockOutcome::verified) << "block " << i;
    EXPECT_NE(alice.block(i).outcome, BlockOutcome::open);
    EXPECT_NE(bob.block(i).outcome, BlockOutcome::open);
    if (both) verified += alice.block(i).bits;
  }
  EXPECT_EQ(alice.key().size(), verified);
  EXPECT_EQ(alice.key(), bob.key());
}

std::size_t count(const AliceSession& alice, BlockOutcome outcome) {
  std::size_t number = 0;
  for (std::size_t i = 0; i < alice.blocks(); ++i) number += alice.block(i).outcome == outcome ? 1U : 0U;
  return number;
}

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
    if (settings.qber && random.below(2) == 0) settings.verdicts = VerdictTiming::at_end;
    settings.window = static_cast<unsigned>(1 + random.below(9));
    settings.max_frame = 256 + random.below(600);
    Faults faults{.lost = 0.4 * random.uniform(),
                  .repeated = 0.3 * random.uniform(),
                  .damaged = 0.2 * random.uniform(),
                  .truncated = 0.2 * random.uniform(),
                  .delay = 1 + random.below(30),
                  .patience = 5 + random.below(30),
                  .limit = random.below(4) == 0 ? random.below(300) : 20000,
                  .idle = 0.5 * random.uniform()};
    auto alice = AliceSession::make(settings, pair.x, shared_book()).value();
    auto bob = BobSession::make(settings, pair.y, shared_book()).value();
    SimulatedNetwork network(faults, seed + run);
    network.run(alice, bob, settings.max_frame);
    SCOPED_TRACE("run " + std::to_string(run));
    check_agreement(alice, bob);
    EXPECT_EQ(network.accepted_damaged(), 0U);
    if (faults.limit == 20000) {
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

}  // namespace
}  // namespace caligo
