// SPDX-License-Identifier: Apache-2.0
// Alice and Bob message by message: keys become equal, accounts agree, and what does not belong is refused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <caligo/cascade.hpp>
#include <caligo/channel.hpp>
#include <caligo/random.hpp>

#include <cstdlib>
#include <string>

namespace caligo {
namespace {

std::uint64_t test_seed() {
  const char* text = std::getenv("CALIGO_TEST_SEED");
  return text != nullptr ? std::strtoull(text, nullptr, 0) : 11;
}

struct Pair {
  BitString x;
  BitString y;
  Pair(std::size_t bits, double qber, std::uint64_t stream) : x(bits), y(bits) {
    CounterRandom random(test_seed(), stream);
    random.fill(x);
    random.fill_bernoulli(y, qber);
    xor_into(y, x);
  }
};

struct Roles {
  CascadeAlice alice;
  CascadeBob bob;
  CascadeMessage question;
  CascadeMessage answer;

  Roles(const CascadeParameters& p, std::size_t bits)
      : alice(CascadeAlice::make(p, bits).value()), bob(CascadeBob::make(p, bits).value()) {}
  void begin(const Pair& pair) {
    bob.begin(pair.y).value();
    alice.begin(pair.x, {.simulated = 1}, question).value();
  }
  void round() {
    bob.receive(question, answer).value();
    alice.receive(answer, question).value();
  }
  void run(const Pair& pair) {
    begin(pair);
    while (!alice.finished()) {
      ASSERT_EQ(question.size(), bob.expected_bytes());
      ASSERT_FALSE(question.empty());
      round();
    }
    EXPECT_TRUE(bob.finished());
    EXPECT_TRUE(question.empty());
  }
};

CascadeParameters small_parameters() {
  CascadeParameters p;
  p.log2_block = 10;
  p.log2_first = 5;
  p.log2_second = 7;
  p.unit_blocks = 4;
  return p;
}

TEST(CascadeRoles, EveryLengthBecomesEqual) {
  SCOPED_TRACE("CALIGO_TEST_SEED=" + std::to_string(test_seed()));
  Roles roles(small_parameters(), 20000);
  for (const std::size_t bits : {1U, 2U, 63U, 64U, 65U, 1023U, 1024U, 1025U, 4096U, 4097U, 9999U, 20000U}) {
    const Pair pair(bits, 0.03, bits);
    roles.run(pair);
    EXPECT_EQ(roles.alice.units().size(), (bits + 4095) / 4096);
    std::size_t covered = 0;
    for (const CascadeUnit& unit : roles.bob.units()) {
      EXPECT_TRUE(unit.verified) << bits;
      EXPECT_EQ(unit.offset, covered);
      covered += unit.bits;
    }
    EXPECT_EQ(covered, bits);
    EXPECT_TRUE(equal(roles.bob.corrected(), pair.x)) << bits;
  }
}

TEST(CascadeRoles, CountAlike) {
  SCOPED_TRACE("CALIGO_TEST_SEED=" + std::to_string(test_seed()));
  const Pair pair(30000, 0.03, 1);
  Roles roles(small_parameters(), 30000);
  roles.begin(pair);
  std::uint64_t messages = 0;
  std::uint64_t bytes_of_bob = 0;
  while (!roles.alice.finished()) {
    roles.round();
    messages += 2;
    bytes_of_bob += roles.answer.size();
  }
  const CascadeTraffic& traffic = roles.alice.traffic();
  EXPECT_EQ(traffic, roles.bob.traffic());
  EXPECT_EQ(traffic.messages, messages);
  EXPECT_EQ(traffic.leaked(), traffic.parities + traffic.tags);
  EXPECT_EQ(traffic.mismatches, traffic.parities);
  EXPECT_LE(traffic.mismatches + traffic.verdicts, 8 * bytes_of_bob);
  EXPECT_GE(traffic.mismatches + traffic.verdicts + 8 * messages, 8 * bytes_of_bob);
  std::uint64_t parities = 0;
  std::uint64_t tags = 0;
  std::uint64_t corrected = 0;
  for (std::size_t i = 0; i < roles.alice.units().size(); ++i) {
    const CascadeUnit& unit = roles.alice.units()[i];
    EXPECT_EQ(unit.corrected, roles.bob.units()[i].corrected);
    parities += unit.parities;
    tags += unit.tags;
    corrected += unit.corrected;
  }
  EXPECT_EQ(parities, traffic.parities);
  EXPECT_EQ(64 * tags, traffic.tags);
  EXPECT_EQ(tags, traffic.verdicts);
  EXPECT_EQ(corrected, hamming_distance(pair.x, pair.y));
}

// Without random halves errors are left in most blocks; the tag must say so and the retries must find them.
TEST(CascadeRoles, ATagThatDoesNotMatchReopensItsUnit) {
  SCOPED_TRACE("CALIGO_TEST_SEED=" + std::to_string(test_seed()));
  CascadeParameters p = small_parameters();
  p.subsets = 0;
  const Pair pair(40000, 0.05, 2);
  for (const unsigned retries : {4U, 0U}) {
    p.retries = retries;
    Roles roles(p, 40000);
    roles.run(pair);
    unsigned repeated = 0;
    unsigned failed = 0;
    for (const CascadeUnit& unit : roles.bob.units()) {
      repeated += unit.tags > 1 ? 1 : 0;
      failed += unit.verified ? 0 : 1;
      const BitView key(roles.bob.corrected().words().data() + unit.offset / 64, unit.bits);
      EXPECT_EQ(unit.verified, equal(key, {pair.x.words().data() + unit.offset / 64, unit.bits}));
    }
    EXPECT_EQ(failed == 0, retries != 0);
    EXPECT_EQ(repeated != 0, retries != 0);
  }
}

TEST(CascadeRoles, RunAgainInTheSameMemory) {
  Roles roles(small_parameters(), 9000);
  const Pair first(9000, 0.05, 3);
  const Pair second(5000, 0.01, 4);
  roles.run(first);
  roles.run(second);
  EXPECT_TRUE(equal(roles.bob.corrected(), second.x));
  Roles fresh(small_parameters(), 9000);
  fresh.run(second);
  EXPECT_EQ(fresh.bob.traffic(), roles.bob.traffic());
  roles.begin(first);  // and in the middle of another
  roles.round();
  roles.run(second);
  EXPECT_TRUE(equal(roles.bob.corrected(), second.x));
}

TEST(CascadeRoles, RefuseWhatDoesNotBelong) {
  const Pair pair(5000, 0.03, 5);
  Roles roles(small_parameters(), 5000);
  CascadeMessage out;
  EXPECT_EQ(roles.bob.receive({}, out).error().code, ErrorCode::invalid_argument);  // nothing was begun
  EXPECT_EQ(roles.alice.receive({}, out).error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(roles.bob.begin(BitString(5001)).error().code, ErrorCode::size_mismatch);
  EXPECT_EQ(roles.bob.begin({}).error().code, ErrorCode::size_mismatch);
  EXPECT_EQ(roles.alice.begin(BitString(5001), {}, out).error().code, ErrorCode::size_mismatch);

  roles.begin(pair);
  CascadeMessage longer = roles.question;
  longer.push_back(0);
  EXPECT_THAT(roles.bob.receive(longer, out).error().message, testing::HasSubstr("bytes"));
  EXPECT_EQ(roles.bob.receive(roles.question, out).error().code, ErrorCode::invalid_argument);  // lost for good
  EXPECT_FALSE(roles.bob.finished());

  roles.run(pair);  // a new group
  EXPECT_EQ(roles.alice.receive(roles.answer, out).error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(roles.bob.receive(roles.question, out).error().code, ErrorCode::invalid_argument);
}

TEST(CascadeRoles, RefuseBitsAfterTheLast) {
  const Pair pair(5000, 0.03, 6);
  Roles roles(small_parameters(), 5000);
  CascadeMessage out;
  roles.begin(pair);
  while (!roles.alice.finished()) {
    const std::uint64_t before = roles.bob.traffic().mismatches;
    roles.bob.receive(roles.question, roles.answer).value();
    const std::uint64_t asked = roles.bob.traffic().mismatches - before;
    if (asked % 8 != 0) {
      roles.answer.at(asked / 8) |= 0x80U;
      EXPECT_EQ(roles.alice.receive(roles.answer, out).error().code, ErrorCode::malformed_input);
      return;
    }
    roles.alice.receive(roles.answer, roles.question).value();
  }
  FAIL() << "no message with pad bits came";
}

TEST(CascadeRoles, AZeroKeyIsRefused) {
  CascadeParameters p = small_parameters();
  p.retries = 0;
  const Pair pair(1000, 0.03, 7);
  Roles roles(p, 1000);
  roles.begin(pair);
  while (roles.question.size() != 56) roles.round();
  std::ranges::fill(roles.question, std::uint8_t{0});
  EXPECT_EQ(roles.bob.receive(roles.question, roles.answer).error().code, ErrorCode::malformed_input);
}

TEST(CascadeRoles, CheckTheirParameters) {
  const auto refused = [](auto change) {
    CascadeParameters p;
    change(p);
    return CascadeAlice::make(p, 1000).has_value() ? 0 : 1;
  };
  EXPECT_EQ(refused([](CascadeParameters&) {}), 0);
  EXPECT_EQ(refused([](CascadeParameters& p) { p.log2_block = 7; }), 1);
  EXPECT_EQ(refused([](CascadeParameters& p) { p.log2_block = 17; }), 1);
  EXPECT_EQ(refused([](CascadeParameters& p) { p.log2_first = 0; }), 1);
  EXPECT_EQ(refused([](CascadeParameters& p) { p.log2_first = 14; }), 1);
  EXPECT_EQ(refused([](CascadeParameters& p) { p.log2_second = 5; }), 1);
  EXPECT_EQ(refused([](CascadeParameters& p) { p.log2_second = 14; }), 1);
  EXPECT_EQ(refused([](CascadeParameters& p) { p.subsets = 65; }), 1);
  EXPECT_EQ(refused([](CascadeParameters& p) { p.retry_subsets = 0; }), 1);
  EXPECT_EQ(refused([](CascadeParameters& p) { p.retries = 9; }), 1);
  EXPECT_EQ(refused([](CascadeParameters& p) { p.retry_subsets = 64; }), 1);
  EXPECT_EQ(refused([](CascadeParameters& p) { p.breadth = 17; }), 1);
  EXPECT_EQ(refused([](CascadeParameters& p) { p.unit_blocks = 0; }), 1);
  EXPECT_EQ(refused([](CascadeParameters& p) { p.tag_bits = 0; }), 1);
  EXPECT_FALSE(CascadeBob::make({}, 0).has_value());
  EXPECT_FALSE(CascadeBob::make({}, max_cascade_bits + 1).has_value());
}

TEST(CascadeRoles, FreshKeysDiffer) {
  CascadeParameters p = small_parameters();
  const Pair pair(1000, 0.03, 8);
  CascadeMessage tags[2];
  for (CascadeMessage& tag : tags) {
    Roles roles(p, 1000);
    roles.bob.begin(pair.y).value();
    roles.alice.begin(pair.x, {}, roles.question).value();
    while (!roles.alice.finished()) {
      if (roles.question.size() == 56) tag = roles.question;
      roles.round();
    }
  }
  EXPECT_EQ(tags[0].size(), 56U);
  EXPECT_NE(tags[0], tags[1]);
}

}  // namespace
}  // namespace caligo
