// SPDX-License-Identifier: Apache-2.0
// What the two sides say when, and what they refuse.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <caligo/session.hpp>

#include <algorithm>
#include <cstring>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "session/crc32c.hpp"
#include "session/frame.hpp"
#include "session/session_test_pair.hpp"

namespace caligo::session {
namespace {

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
  const std::uint32_t checksum = crc32c(std::span(hello).first(hello.size() - 4));
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
      const auto type = static_cast<FrameType>(buffer[5]);
      EXPECT_TRUE(!open || type != FrameType::answer) << "an answer before the end";
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
    SimulatedNetwork({}, 1).run(alice, bob, settings.max_frame);
    ASSERT_TRUE(alice.finished());
    check_agreement(alice, bob);
    EXPECT_GT(count(alice, BlockOutcome::verified), alice.blocks() / 4);
  }
}

// ---- Frames that cannot be
// ---------------------------------------------------------------------------------------------

/// A frame of the session whose envelope is right.
std::vector<std::byte> craft(const Frame& fields, std::size_t payload_bytes) {
  const std::vector<std::byte> payload(payload_bytes);
  Frame frame = fields;
  frame.payload = payload;
  if (frame.total == 0) frame.total = static_cast<std::uint32_t>(payload_bytes);
  std::vector<std::byte> bytes(envelope_bytes + payload_bytes);
  write_frame(frame, 0x1234, bytes);
  return bytes;
}

template <class Side>
std::optional<Refusal> refusal_of(Side& side, const std::vector<std::byte>& frame) {
  const auto before = side.statistics().refused;
  const bool accepted = side.receive(frame).has_value();
  for (std::size_t i = 0; i < refusal_count; ++i) {
    if (side.statistics().refused[i] != before[i]) {
      EXPECT_FALSE(accepted);
      return static_cast<Refusal>(i);
    }
  }
  EXPECT_TRUE(accepted);
  return std::nullopt;
}

TEST(Session, RefusesWhatCannotBe) {
  const Pair pair(10000, 0.02, test_seed());
  SessionSettings settings = known_rate(0.02, 10);
  settings.max_frame = 256;
  settings.window = 2;
  auto alice = AliceSession::make(settings, pair.x, shared_book()).value();
  auto bob = BobSession::make(settings, pair.y, shared_book()).value();
  std::vector<std::byte> buffer(settings.max_frame);
  EXPECT_EQ(refusal_of(bob, craft({.type = FrameType::disclose}, 200)), Refusal::state);
  EXPECT_EQ(refusal_of(bob, craft({.type = FrameType::hello}, 71)), Refusal::message);
  ASSERT_TRUE(bob.receive(std::span(buffer).first(alice.next_frame(buffer))));
  EXPECT_EQ(refusal_of(bob, craft({.type = FrameType::hello}, 72)), Refusal::state);
  ASSERT_TRUE(alice.receive(std::span(buffer).first(bob.next_frame(buffer))));
  EXPECT_EQ(refusal_of(alice, craft({.type = FrameType::refuse}, 4)), Refusal::state);
  EXPECT_EQ(refusal_of(alice, craft({.type = FrameType::accept}, 1)), Refusal::message);
  EXPECT_EQ(refusal_of(alice, craft({.type = FrameType::answer}, 12)), Refusal::exchange);
  EXPECT_EQ(refusal_of(alice, craft({.type = FrameType::receipt_b}, 0)), Refusal::exchange);
  ASSERT_TRUE(alice.work().value());

  for (const FrameType type : {FrameType::accept, FrameType::refuse, FrameType::answer, FrameType::receipt_b}) {
    EXPECT_EQ(refusal_of(bob, craft({.type = type}, 0)), Refusal::type);
  }
  for (const FrameType type : {FrameType::hello, FrameType::disclose, FrameType::receipt_a}) {
    EXPECT_EQ(refusal_of(alice, craft({.type = type}, 0)), Refusal::type);
  }
  const auto disclose = [](std::uint32_t exchange, std::uint32_t message, std::uint32_t total, std::uint32_t offset) {
    return Frame{
        .type = FrameType::disclose, .exchange = exchange, .message = message, .total = total, .offset = offset};
  };
  EXPECT_EQ(refusal_of(bob, craft(disclose(11, 0, 0, 0), 200)), Refusal::exchange);
  EXPECT_EQ(refusal_of(bob, craft(disclose(4, 0, 0, 0), 200)), Refusal::exchange);
  EXPECT_EQ(refusal_of(bob, craft(disclose(2, 0, 0, 0), 200)), Refusal::busy);
  EXPECT_EQ(refusal_of(bob, craft(disclose(0, 1, 0, 0), 200)), Refusal::message);
  EXPECT_EQ(refusal_of(bob, craft(disclose(0, 0, 300, 100), 200)), Refusal::message);
  EXPECT_EQ(refusal_of(bob, craft(disclose(0, 0, 1000, 0), 216)), Refusal::message);  // longer than any
  EXPECT_EQ(refusal_of(bob, craft(disclose(10, 0, 0, 0), 11)), Refusal::message);     // a closing of another length
  EXPECT_EQ(refusal_of(bob, craft({.type = FrameType::receipt_a, .exchange = 5}, 0)), Refusal::exchange);
  bob.on_timeout();
  EXPECT_EQ(bob.next_frame(buffer), 0U) << "a refused frame has left something behind";

  EXPECT_EQ(refusal_of(alice, craft({.type = FrameType::receipt_b, .message = 1}, 0)), Refusal::message);
  EXPECT_EQ(refusal_of(alice, craft({.type = FrameType::receipt_b}, 2)), Refusal::message);
  EXPECT_EQ(refusal_of(alice, craft({.type = FrameType::answer}, 12)), Refusal::message);  // kind 0
  EXPECT_EQ(refusal_of(alice, craft({.type = FrameType::answer, .message = 1}, 12)), Refusal::message);
  EXPECT_EQ(alice.status(), SessionStatus::running);
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
}  // namespace caligo::session
