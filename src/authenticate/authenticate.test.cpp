// SPDX-License-Identifier: Apache-2.0
// Tags against slow arithmetic, forgeries of every kind, and the bookkeeping of the key pool.
#include <gtest/gtest.h>
#include <sodium.h>
#include <caligo/authenticate.hpp>
#include <caligo/random.hpp>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "hash/polynomial.hpp"

namespace caligo {
namespace {

using Frame = std::vector<std::uint8_t>;

std::uint64_t test_seed() {
  const char* text = std::getenv("CALIGO_TEST_SEED");
  return text != nullptr ? std::strtoull(text, nullptr, 0) : 5;
}

BitString random_bits(std::size_t bits, std::uint64_t stream) {
  BitString result(bits);
  CounterRandom(test_seed(), stream).fill(result);
  return result;
}

Frame random_frame(CounterRandom& random, std::size_t bytes) {
  Frame frame(bytes);
  for (auto& byte : frame) byte = static_cast<std::uint8_t>(random.next());
  return frame;
}

/// Both sides begin with the same bits.
struct Pools {
  explicit Pools(std::size_t bits)
      : alice(KeyPool::make(random_bits(bits, 1), random_bits(bits, 2), 1e-20).value()),
        bob(KeyPool::make(random_bits(bits, 1), random_bits(bits, 2), 1e-20).value()) {}
  KeyPool alice;
  KeyPool bob;
};

TEST(KeyPool, HandsOutEveryBitOnce) {
  const BitString bits = random_bits(1000, 3);
  auto pool = KeyPool::make(bits, BitString{}).value();
  BitString rebuilt(1000);
  CounterRandom random(test_seed(), 4);
  while (pool.remaining(Direction::alice_to_bob) > 0) {
    const std::uint64_t at = pool.consumed(Direction::alice_to_bob);
    BitString out(std::min<std::uint64_t>(1 + random.below(150), pool.remaining(Direction::alice_to_bob)));
    ASSERT_TRUE(pool.take(Direction::alice_to_bob, out));
    copy_bits(out, 0, rebuilt, at, out.size());
    EXPECT_EQ(pool.peek(Direction::alice_to_bob, at, out).error().code, ErrorCode::invalid_argument) << "used twice";
  }
  EXPECT_EQ(rebuilt, bits);
  BitString one(1);
  EXPECT_EQ(pool.take(Direction::alice_to_bob, one).error().code, ErrorCode::key_exhausted);
  EXPECT_EQ(pool.take(Direction::bob_to_alice, one).error().code, ErrorCode::key_exhausted);
  EXPECT_EQ(pool.consume_to(Direction::alice_to_bob, 999).error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(pool.consume_to(Direction::alice_to_bob, 1001).error().code, ErrorCode::key_exhausted);
}

TEST(KeyPool, ReplenishingKeepsPositions) {
  CounterRandom random(test_seed(), 5);
  const BitString bits = random_bits(20000, 6);
  auto pool = KeyPool::make(BitView(bits.words().data(), 77), BitString{}, 1e-9).value();
  std::size_t given = 77;
  while (given < bits.size() || pool.remaining(Direction::alice_to_bob) > 0) {
    if (given < bits.size() && random.below(2) == 0) {
      BitString more(std::min<std::size_t>(1 + random.below(700), bits.size() - given));
      copy_bits(bits, given, more, 0, more.size());
      ASSERT_TRUE(pool.replenish(Direction::alice_to_bob, more, 1e-12));
      given += more.size();
    }
    const std::uint64_t at = pool.consumed(Direction::alice_to_bob);
    EXPECT_EQ(pool.remaining(Direction::alice_to_bob), given - at);
    BitString out(1 + random.below(300));
    if (!pool.take(Direction::alice_to_bob, out)) {
      EXPECT_EQ(pool.consumed(Direction::alice_to_bob), at) << "a refusal took bits";
      if (given < bits.size()) continue;
      out = BitString(pool.remaining(Direction::alice_to_bob));
      ASSERT_TRUE(pool.take(Direction::alice_to_bob, out));
    }
    BitString expected(out.size());
    copy_bits(bits, at, expected, 0, out.size());
    ASSERT_EQ(out, expected);
  }
  EXPECT_GT(pool.epsilon(), 1e-9);
  EXPECT_EQ(pool.replenish(Direction::alice_to_bob, bits, -1).error().code, ErrorCode::invalid_argument);
}

/// Sum and product modulo 2^127 - 1, bit by bit.
hash::uint128 slow_add(hash::uint128 a, hash::uint128 b) {
  const hash::uint128 sum = a + b;
  return sum >= hash::prime ? sum - hash::prime : sum;
}
hash::uint128 slow_multiply(hash::uint128 a, hash::uint128 b) {
  hash::uint128 product = 0;
  for (int bit = 126; bit >= 0; --bit) {
    product = slow_add(product, product);
    if (((b >> bit) & 1) != 0) product = slow_add(product, a);
  }
  return product;
}

TEST(WegmanCarter, EqualsItsDefinition) {
  const BitString secret = random_bits(384 + 3 * 64, 1);
  auto pool = KeyPool::make(BitString{}, secret).value();
  auto sender = WegmanCarter::make(pool, Direction::bob_to_alice).value();
  const auto element = [&](std::size_t i) {
    const hash::uint128 value = (hash::uint128{secret.words()[2 * i + 1]} << 64) | secret.words()[2 * i];
    return value & hash::prime;
  };
  CounterRandom random(test_seed(), 7);
  for (std::uint64_t counter = 0; counter < 3; ++counter) {
    const Frame frame = random_frame(random, counter * 22);
    hash::uint128 value = 0;
    const auto append = [&](hash::uint128 c) { value = slow_add(slow_multiply(value, element(0)), c); };
    for (std::size_t at = 0; at < frame.size(); at += 15) {
      hash::uint128 coefficient = 0;
      for (std::size_t i = at; i < std::min(frame.size(), at + 15); ++i) {
        coefficient |= hash::uint128{frame[i]} << (8 * (i - at));
      }
      append(coefficient);
    }
    append((hash::uint128{1} << 64) | counter);
    append(frame.size());
    const auto expected = static_cast<std::uint64_t>(slow_add(slow_multiply(element(1), value), element(2))) ^
                          secret.words()[6 + counter];
    const FrameTag tag = sender.seal(frame).value();
    std::uint64_t found = 0;
    std::memcpy(&found, tag.bytes.data(), 8);
    EXPECT_EQ(found, expected);
    EXPECT_EQ(tag.counter, counter);
  }
}

template <class T>
class Authenticators : public ::testing::Test {};
using Both = ::testing::Types<WegmanCarter, HmacSha256>;
TYPED_TEST_SUITE(Authenticators, Both);

TYPED_TEST(Authenticators, AcceptsFramesInOrderOnce) {
  Pools pools(20000);
  auto alice = TypeParam::make(pools.alice, Direction::alice_to_bob).value();
  auto bob = TypeParam::make(pools.bob, Direction::alice_to_bob).value();
  CounterRandom random(test_seed(), 8);
  Frame last;
  FrameTag last_tag;
  for (std::size_t i = 0; i < 100; ++i) {
    const Frame frame = random_frame(random, random.below(100));
    const FrameTag tag = alice.seal(frame).value();
    if (i % 5 == 4) continue;  // lost
    ASSERT_TRUE(bob.open(frame, tag)) << i;
    EXPECT_EQ(bob.open(frame, tag).error().code, ErrorCode::not_authentic) << "replayed";
    EXPECT_EQ(bob.counter(), alice.counter());
    if (i > 0) {
      EXPECT_EQ(bob.open(last, last_tag).error().code, ErrorCode::not_authentic) << "late";
    }
    last = frame;
    last_tag = tag;
  }
}

TYPED_TEST(Authenticators, RefusesWhateverIsChanged) {
  Pools pools(20000);
  auto alice = TypeParam::make(pools.alice, Direction::alice_to_bob).value();
  auto bob = TypeParam::make(pools.bob, Direction::alice_to_bob).value();
  CounterRandom random(test_seed(), 9);
  const Frame frame = random_frame(random, 50);
  const FrameTag tag = alice.seal(frame).value();
  const auto refused = [&](const Frame& data, const FrameTag& offered) {
    return bob.open(data, offered).error().code == ErrorCode::not_authentic;
  };
  for (std::size_t bit = 0; bit < 8 * frame.size(); ++bit) {
    Frame changed = frame;
    changed[bit / 8] = static_cast<std::uint8_t>(changed[bit / 8] ^ (1U << (bit % 8)));
    ASSERT_TRUE(refused(changed, tag)) << bit;
  }
  for (std::size_t bit = 0; bit < 8U * tag.size; ++bit) {
    FrameTag changed = tag;
    changed.bytes[bit / 8] = static_cast<std::uint8_t>(changed.bytes[bit / 8] ^ (1U << (bit % 8)));
    ASSERT_TRUE(refused(frame, changed)) << bit;
  }
  for (const std::uint64_t counter : {1ULL, 2ULL, 1ULL << 63U, ~0ULL}) {
    FrameTag changed = tag;
    changed.counter = counter;
    ASSERT_TRUE(refused(frame, changed)) << counter;
  }
  FrameTag short_tag = tag;
  short_tag.size = 1;
  EXPECT_TRUE(refused(frame, short_tag));
  Frame longer = frame;
  longer.push_back(0);
  EXPECT_TRUE(refused(longer, tag));
  longer.insert(longer.begin(), 14, 0);
  EXPECT_TRUE(refused(longer, tag));
  EXPECT_TRUE(refused(Frame(frame.begin(), frame.end() - 1), tag));
  EXPECT_TRUE(refused({}, tag));
  EXPECT_TRUE(bob.open(frame, tag)) << "attempts must not keep the true frame out";
}

TYPED_TEST(Authenticators, DirectionsAreApart) {
  // The same bits in both directions, which nobody should do: the frame still tells them apart.
  const BitString bits = random_bits(1000, 1);
  auto alice_pool = KeyPool::make(bits, bits).value();
  auto sender = TypeParam::make(alice_pool, Direction::alice_to_bob).value();
  auto receiver = TypeParam::make(alice_pool, Direction::bob_to_alice).value();
  const Frame frame{1, 2, 3};
  const FrameTag tag = sender.seal(frame).value();
  EXPECT_EQ(receiver.open(frame, tag).error().code, ErrorCode::not_authentic) << "reflected";
}

TEST(WegmanCarter, StopsWhenThePoolIsEmptyAndGoesOnWhenItIsFilled) {
  Pools pools(384 + 3 * 64 + 10);
  auto alice = WegmanCarter::make(pools.alice, Direction::alice_to_bob).value();
  auto bob = WegmanCarter::make(pools.bob, Direction::alice_to_bob).value();
  const Frame frame(10, 7);
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(bob.open(frame, alice.seal(frame).value()));
  EXPECT_EQ(alice.seal(frame).error().code, ErrorCode::key_exhausted);
  EXPECT_EQ(alice.counter(), 3U);
  const BitString key = random_bits(1000, 10);
  pools.alice.replenish(Direction::alice_to_bob, key, 1e-12).value();
  const FrameTag tag = alice.seal(frame).value();
  EXPECT_EQ(bob.open(frame, tag).error().code, ErrorCode::key_exhausted);
  pools.bob.replenish(Direction::alice_to_bob, key, 1e-12).value();
  EXPECT_TRUE(bob.open(frame, tag));
  EXPECT_EQ(pools.alice.consumed(Direction::alice_to_bob), 384U + 4 * 64);
  EXPECT_EQ(pools.bob.consumed(Direction::alice_to_bob), 384U + 4 * 64);
  EXPECT_EQ(WegmanCarter::make(pools.alice, Direction::bob_to_alice).value().counter(), 0U);
  EXPECT_EQ(WegmanCarter::make(pools.alice, Direction::bob_to_alice).error().code, ErrorCode::key_exhausted);
}

TEST(WegmanCarter, RefusesPadsThatSomebodyElseTook) {
  Pools pools(2000);
  auto alice = WegmanCarter::make(pools.alice, Direction::alice_to_bob).value();
  const Frame frame(10, 7);
  BitString taken(64);
  pools.alice.take(Direction::alice_to_bob, taken).value();
  EXPECT_EQ(alice.seal(frame).error().code, ErrorCode::invalid_argument);
}

TEST(WegmanCarter, CountsEpsilon) {
  Pools pools(2000);
  auto bob = WegmanCarter::make(pools.bob, Direction::alice_to_bob).value();
  const Frame frame(1000, 7);
  EXPECT_DOUBLE_EQ(WegmanCarter::epsilon(1000), std::ldexp(1.0, -64) + std::ldexp(72.0, -127));
  FrameTag tag{.counter = 0, .size = 8};
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(bob.open(frame, tag));
  EXPECT_DOUBLE_EQ(bob.epsilon(), 5 * WegmanCarter::epsilon(1000));
  EXPECT_EQ(pools.bob.consumed(Direction::alice_to_bob), 384U) << "forgeries must not empty the pool";
}

// What an attacker needs: two frames whose tags differ by a value that he chose. With tags of 8 bits that is seen.
TEST(WegmanCarter, DifferencesOfTagsAreAlmostUniform) {
  SCOPED_TRACE(test_seed());
  CounterRandom random(test_seed(), 11);
  constexpr unsigned tag_bits = 8;
  constexpr int trials = 400000;
  const Frame frame = random_frame(random, 300);
  Frame other = frame;
  other[100] = static_cast<std::uint8_t>(other[100] ^ 1U);
  std::vector<int> seen(std::size_t{1} << tag_bits);
  for (int trial = 0; trial < trials; ++trial) {
    std::uint64_t key[6];
    for (auto& word : key) word = random.next();
    const auto tag = [&](const Frame& data) {
      hash::PolynomialHash polynomial(hash::element(key));
      polynomial.add_bytes(data.data(), data.size());
      return hash::compress(polynomial.value(), hash::element(key + 2), hash::element(key + 4), tag_bits);
    };
    ++seen[tag(frame) ^ tag(other)];
  }
  const double expected = trials * std::ldexp(1.0, -static_cast<int>(tag_bits));
  for (std::size_t value = 0; value < seen.size(); ++value) {  // six standard deviations: false alarms below 1e-6
    EXPECT_NEAR(seen[value], expected, 6 * std::sqrt(expected)) << value;
  }
}

TEST(HmacSha256, IsTheFunctionOfThatName) {
  const BitString secret = random_bits(256, 1);
  auto pool = KeyPool::make(secret, BitString{}).value();
  auto sender = HmacSha256::make(pool, Direction::alice_to_bob).value();
  const Frame frame{10, 20, 30};
  const FrameTag tag = sender.seal(frame).value();
  const Frame text{0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 10, 20, 30};
  std::uint8_t expected[32];
  crypto_auth_hmacsha256(expected, text.data(), text.size(), secret.to_bytes().data());
  EXPECT_TRUE(std::equal(tag.bytes.begin(), tag.bytes.end(), expected));
}

}  // namespace
}  // namespace caligo
