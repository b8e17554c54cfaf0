// SPDX-License-Identifier: Apache-2.0
// Two sessions over networks of all kinds: in the end the keys are equal, or the block is reported lost.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <caligo/blind.hpp>
#include <caligo/random.hpp>
#include <caligo/session.hpp>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "session/crc32c.hpp"
#include "session/frame.hpp"
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
    if (random.below(2) == 0) {
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

// ---- The accounts are those of reconciliation within one process
// -------------------------------------------------------

void run_perfectly(AliceSession& alice, BobSession& bob, std::size_t room) {
  SimulatedNetwork({}, 1).run(alice, bob, room);
}

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

// ---- Agreement on settings
// ---------------------------------------------------------------------------------------------

TEST(Session, EveryDifferenceOfSettingsIsNamedOnBothSides) {
  const Pair pair(4000, 0.02, test_seed());
  SessionSettings mine = known_rate(0.02, 10);
  std::vector<std::pair<std::string, SessionSettings>> cases;
  const auto differs = [&](const std::string& name, auto change) {
    SessionSettings other = mine;
    change(other);
    cases.emplace_back(name, other);
  };
  differs("mode", [](SessionSettings& s) { s.mode = SessionMode::blind; });
  differs("timing of verdicts", [](SessionSettings& s) { s.verdicts = VerdictTiming::at_end; });
  differs("log2 of the longest block", [](SessionSettings& s) { s.max_log2_block = 11; });
  differs("list size", [](SessionSettings& s) { s.list_size = 16; });
  differs("tag bits", [](SessionSettings& s) { s.tag_bits = 48; });
  differs("CRC width", [](SessionSettings& s) { s.crc = parse_crc("crc24a").value(); });
  differs("CRC polynomial", [](SessionSettings& s) { s.crc = parse_crc("16:0x8005").value(); });
  differs("window", [](SessionSettings& s) { s.window = 9; });
  differs("longest frame", [](SessionSettings& s) { s.max_frame = 1000; });
  differs("number of codes", [](SessionSettings& s) { s.max_codes = 3; });
  differs("number of rounds", [](SessionSettings& s) { s.max_rounds = 3; });
  differs("boldness", [](SessionSettings& s) { s.boldness = 2; });
  differs("target frame error rate", [](SessionSettings& s) { s.target_fer = 0.1; });
  differs("QBER", [](SessionSettings& s) { s.qber = 0.021; });
  differs("sample bits", [](SessionSettings& s) { s.qber.reset(), s.sample_bits = 100; });
  for (const auto& [name, other] : cases) {
    SCOPED_TRACE(name);
    auto alice = AliceSession::make(other, pair.x, shared_book()).value();
    auto bob = BobSession::make(mine, pair.y, shared_book()).value();
    std::vector<std::byte> buffer(2000);
    const std::size_t hello = alice.next_frame(buffer);
    const auto refused = bob.receive(std::span(buffer).first(hello));
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().message, testing::HasSubstr(name));
    EXPECT_EQ(bob.status(), SessionStatus::negotiating);
    const std::size_t refusal = bob.next_frame(buffer);
    ASSERT_GT(refusal, 0U);
    EXPECT_EQ(bob.next_frame(buffer), 0U);
    EXPECT_TRUE(alice.receive(std::span(buffer).first(refusal)));
    EXPECT_EQ(alice.status(), SessionStatus::failed);
    ASSERT_TRUE(alice.error());
    EXPECT_THAT(alice.error()->message, testing::HasSubstr(name));
    EXPECT_EQ(alice.next_frame(buffer), 0U);
  }
  auto alice = AliceSession::make(mine, BitView(pair.x.words().data(), 3999), shared_book()).value();
  auto bob = BobSession::make(mine, pair.y, shared_book()).value();
  std::vector<std::byte> buffer(2000);
  const std::size_t hello = alice.next_frame(buffer);
  EXPECT_THAT(bob.receive(std::span(buffer).first(hello)).error().message,
              testing::HasSubstr("bits: the peer has 3999, this side 4000"));
}

TEST(Session, OtherVersionsAreToldSo) {
  const Pair pair(4000, 0.02, test_seed());
  const SessionSettings settings = known_rate(0.02, 10);
  auto alice = AliceSession::make(settings, pair.x, shared_book()).value();
  auto bob = BobSession::make(settings, pair.y, shared_book()).value();
  std::vector<std::byte> buffer(2000);
  std::vector<std::byte> hello(buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(alice.next_frame(buffer)));
  std::ranges::copy_n(buffer.begin(), static_cast<std::ptrdiff_t>(hello.size()), hello.begin());
  hello[4] = std::byte{2};
  const std::uint32_t checksum = session::crc32c(std::span(hello).first(hello.size() - 4));
  std::memcpy(hello.data() + hello.size() - 4, &checksum, 4);
  EXPECT_THAT(bob.receive(hello).error().message, testing::HasSubstr("expected version 1, got 2"));
  ASSERT_TRUE(alice.receive(std::span(buffer).first(bob.next_frame(buffer))));
  EXPECT_THAT(alice.error()->message, testing::HasSubstr("version of the format"));
}

TEST(Session, SettingsThatCannotBe) {
  const Pair pair(4000, 0.02, test_seed());
  const auto refused = [&](auto change) {
    SessionSettings settings = known_rate(0.02, 10);
    change(settings);
    const auto alice = AliceSession::make(settings, pair.x, shared_book());
    const auto bob = BobSession::make(settings, pair.y, shared_book());
    EXPECT_EQ(alice.has_value(), bob.has_value());
    return alice ? 0 : static_cast<int>(alice.error().code);
  };
  const int invalid = static_cast<int>(ErrorCode::invalid_argument);
  EXPECT_EQ(refused([](SessionSettings&) {}), 0);
  EXPECT_EQ(refused([](SessionSettings& s) { s.max_log2_block = 5; }), invalid);
  EXPECT_EQ(refused([](SessionSettings& s) { s.max_log2_block = 25; }), invalid);
  EXPECT_EQ(refused([](SessionSettings& s) { s.list_size = 3; }), invalid);
  EXPECT_EQ(refused([](SessionSettings& s) { s.list_size = 16, s.max_log2_block = 21; }), invalid);
  EXPECT_EQ(refused([](SessionSettings& s) { s.target_fer = 0.9; }), invalid);
  EXPECT_EQ(refused([](SessionSettings& s) { s.tag_bits = 31; }), invalid);
  EXPECT_EQ(refused([](SessionSettings& s) { s.window = 0; }), invalid);
  EXPECT_EQ(refused([](SessionSettings& s) { s.max_frame = 255; }), invalid);
  EXPECT_EQ(refused([](SessionSettings& s) { s.max_frame = (1 << 20) + 1; }), invalid);
  EXPECT_EQ(refused([](SessionSettings& s) { s.max_codes = 0; }), invalid);
  EXPECT_EQ(refused([](SessionSettings& s) { s.qber = -0.1; }), invalid);
  EXPECT_EQ(refused([](SessionSettings& s) { s.qber = 0.12; }), static_cast<int>(ErrorCode::no_key));
  EXPECT_EQ(refused([](SessionSettings& s) { s.qber.reset(); }), invalid);
  EXPECT_EQ(refused([](SessionSettings& s) { s.qber.reset(), s.sample_bits = 1001; }), invalid);
  EXPECT_EQ(refused([](SessionSettings& s) { s.sample_bits = 10; }), invalid);
  EXPECT_EQ(refused([](SessionSettings& s) { s.mode = SessionMode{9}; }), invalid);
  EXPECT_EQ(refused([](SessionSettings& s) { s.mode = SessionMode::blind, s.list_size = 1; }), invalid);
  EXPECT_EQ(refused([](SessionSettings& s) { s.mode = SessionMode::blind, s.boldness = 0; }), invalid);
  EXPECT_FALSE(AliceSession::make(known_rate(0.02, 10), BitView(pair.x.words().data(), 63)));
}

// ---- What is said, and when
// --------------------------------------------------------------------------------------------

TEST(Session, VerdictsAtTheEndComeAfterAllBlocks) {
  const Pair pair(20000, 0.02, test_seed());
  SessionSettings settings = known_rate(0.02, 11);
  settings.verdicts = VerdictTiming::at_end;
  settings.window = 3;
  auto alice = AliceSession::make(settings, pair.x, shared_book()).value();
  auto bob = BobSession::make(settings, pair.y, shared_book()).value();
  std::vector<std::byte> buffer(settings.max_frame);
  for (int round = 0; round < 1000 && !alice.finished(); ++round) {
    while (alice.work().value()) continue;
    while (const std::size_t size = alice.next_frame(buffer)) {
      (void)bob.receive(std::span(buffer).first(size));  // busy at times
    }
    bool open = false;
    if (!bob.work()) alice.on_timeout();
    for (std::size_t i = 0; i < bob.blocks(); ++i) open = open || bob.block(i).outcome == BlockOutcome::open;
    while (const std::size_t size = bob.next_frame(buffer)) {
      const auto type = static_cast<session::FrameType>(buffer[5]);
      EXPECT_TRUE(!open || type != session::FrameType::answer) << "an answer before the end";
      ASSERT_TRUE(alice.receive(std::span(buffer).first(size)));
    }
  }
  EXPECT_TRUE(alice.finished());
  check_agreement(alice, bob);
  EXPECT_EQ(bob.leaked().total(), 0U);
}

TEST(Session, AbandonedBlocksAreLostOnBothSides) {
  const Pair pair(20000, 0.02, test_seed());
  const SessionSettings settings = known_rate(0.02, 10);
  auto alice = AliceSession::make(settings, pair.x, shared_book()).value();
  auto bob = BobSession::make(settings, pair.y, shared_book()).value();
  SimulatedNetwork({.lost = 0.3, .limit = 60}, test_seed()).run(alice, bob, settings.max_frame);
  ASSERT_TRUE(alice.finished());
  ASSERT_TRUE(bob.finished());
  check_agreement(alice, bob);
  EXPECT_GT(count(alice, BlockOutcome::verified), 0U);
  EXPECT_GT(count(alice, BlockOutcome::lost), 0U);
}

TEST(Session, WithoutAnAnswerThereIsNoKey) {
  const Pair pair(4000, 0.02, test_seed());
  const SessionSettings settings = known_rate(0.02, 10);
  auto alice = AliceSession::make(settings, pair.x, shared_book()).value();
  std::vector<std::byte> buffer(settings.max_frame);
  EXPECT_GT(alice.next_frame(buffer), 0U);
  EXPECT_EQ(alice.next_frame(buffer), 0U);
  EXPECT_FALSE(alice.work().value());
  alice.on_timeout();
  EXPECT_GT(alice.next_frame(buffer), 0U);
  EXPECT_EQ(alice.next_frame(std::span(buffer).first(100)), 0U);
  alice.abandon();
  EXPECT_EQ(alice.status(), SessionStatus::failed);
  EXPECT_EQ(alice.error()->code, ErrorCode::interrupted);
  EXPECT_TRUE(alice.key().empty());
}

// Alice must not ask for more codes than Bob builds.
TEST(Session, FewCodesAreEnough) {
  const Pair pair(60000, 0.04, test_seed());
  for (const SessionMode mode : {SessionMode::one_way, SessionMode::blind}) {
    SessionSettings settings = learnt_rate(200, 10);
    settings.mode = mode;
    settings.max_codes = 1;
    auto alice = AliceSession::make(settings, pair.x, shared_book()).value();
    auto bob = BobSession::make(settings, pair.y, shared_book()).value();
    run_perfectly(alice, bob, settings.max_frame);
    ASSERT_TRUE(alice.finished());
    check_agreement(alice, bob);
    EXPECT_GT(count(alice, BlockOutcome::verified), alice.blocks() / 4);
  }
}

// ---- Threads
// -----------------------------------------------------------------------------------------------------------

TEST(Session, BlocksAreDecodedOnAnyThread) {
  const Pair pair(100000, 0.02, test_seed());
  for (const SessionMode mode : {SessionMode::one_way, SessionMode::blind}) {
    SessionSettings settings = known_rate(0.02, 12);
    settings.mode = mode;
    auto alice = AliceSession::make(settings, pair.x, shared_book()).value();
    auto bob = BobSession::make(settings, pair.y, shared_book()).value();
    std::vector<std::byte> buffer(settings.max_frame);
    for (int round = 0; round < 10000 && !alice.finished(); ++round) {
      while (alice.work().value()) continue;
      while (const std::size_t size = alice.next_frame(buffer)) ASSERT_TRUE(bob.receive(std::span(buffer).first(size)));
      std::vector<DecodeJob> jobs;
      while (auto job = bob.take_job()) jobs.push_back(std::move(*job));
      std::vector<std::thread> threads;
      for (DecodeJob& job : jobs) threads.emplace_back([&job] { job.run(); });
      for (std::thread& thread : threads) thread.join();
      for (DecodeJob& job : jobs) bob.complete(std::move(job));
      while (const std::size_t size = bob.next_frame(buffer)) ASSERT_TRUE(alice.receive(std::span(buffer).first(size)));
    }
    ASSERT_TRUE(alice.finished());
    check_agreement(alice, bob);
    EXPECT_GE(count(alice, BlockOutcome::verified), 22U);
  }
}

TEST(Session, JobsMayOutliveTheirSession) {
  const Pair pair(4000, 0.02, test_seed());
  const SessionSettings settings = known_rate(0.02, 12);
  auto alice = AliceSession::make(settings, pair.x, shared_book()).value();
  std::optional<BobSession> bob(BobSession::make(settings, pair.y, shared_book()).value());
  std::vector<std::byte> buffer(settings.max_frame);
  ASSERT_TRUE(bob->receive(std::span(buffer).first(alice.next_frame(buffer))));
  ASSERT_TRUE(alice.receive(std::span(buffer).first(bob->next_frame(buffer))));
  ASSERT_TRUE(alice.work().value());
  while (const std::size_t size = alice.next_frame(buffer)) ASSERT_TRUE(bob->receive(std::span(buffer).first(size)));
  auto job = bob->take_job();
  ASSERT_TRUE(job);
  bob.reset();
  job->run();
  auto other = BobSession::make(settings, pair.y, shared_book()).value();
  other.complete(std::move(*job));
  EXPECT_EQ(other.block(0).outcome, BlockOutcome::open);
}

}  // namespace
}  // namespace caligo
