// SPDX-License-Identifier: Apache-2.0
// The verification hash against slow arithmetic written from its definition, and its collision rate against ε.
#include <gtest/gtest.h>
#include <caligo/random.hpp>
#include <caligo/reconcile.hpp>

#include <cmath>
#include <cstdlib>
#include <set>

namespace caligo {
namespace {

__extension__ using uint128 = unsigned __int128;
constexpr uint128 prime = (uint128{1} << 127) - 1;

std::uint64_t test_seed() {
  const char* text = std::getenv("CALIGO_TEST_SEED");
  return text != nullptr ? std::strtoull(text, nullptr, 0) : 11;
}

uint128 add(uint128 a, uint128 b) {  // both < p, so no overflow
  const uint128 sum = a + b;
  return sum >= prime ? sum - prime : sum;
}

/// Double and add, bit by bit.
uint128 multiply(uint128 a, uint128 b) {
  uint128 product = 0;
  for (int bit = 126; bit >= 0; --bit) {
    product = add(product, product);
    if (((b >> bit) & 1) != 0) product = add(product, a);
  }
  return product;
}

uint128 word_pair(const VerificationKey& key, std::size_t index) {
  return (uint128{key.words[2 * index + 1]} << 64) | key.words[2 * index];
}

/// Sum of coefficient_i·point^(k-1-i), every coefficient gathered bit by bit.
std::uint64_t slow_tag(BitView block, const VerificationKey& key, unsigned tag_bits) {
  uint128 value = 0;
  for (std::size_t start = 0; start < block.size(); start += 120) {
    uint128 coefficient = 0;
    for (std::size_t i = start; i < block.size() && i < start + 120; ++i) {
      if (block[i]) coefficient |= uint128{1} << (i - start);
    }
    value = add(multiply(value, word_pair(key, 0)), coefficient);
  }
  const uint128 mixed = add(multiply(word_pair(key, 1), value), word_pair(key, 2));
  const uint128 mask = (uint128{1} << tag_bits) - 1;
  return static_cast<std::uint64_t>(mixed & mask);
}

TEST(VerificationTag, EqualsItsDefinition) {
  const std::uint64_t seed = test_seed();
  SCOPED_TRACE(seed);
  CounterRandom random(seed, 0);
  for (std::size_t bits : {1UL, 7UL, 8UL, 64UL, 119UL, 120UL, 121UL, 128UL, 240UL, 1000UL, 4099UL}) {
    BitString block(bits);
    random.fill(block);
    for (unsigned tag_bits : {1U, 8U, 63U, 64U}) {
      const auto key = VerificationKey::simulated(seed, bits + tag_bits);
      EXPECT_EQ(verification_tag(block, key, tag_bits), slow_tag(block, key, tag_bits)) << bits << " bits";
    }
  }
}

TEST(VerificationTag, EdgesOfTheField) {
  // All ones everywhere drives every intermediate sum to its largest value.
  BitString block(1200);
  for (std::size_t i = 0; i < block.size(); ++i) block.set(i, true);
  VerificationKey key;
  for (std::size_t i = 0; i < 3; ++i) {
    key.words[2 * i] = ~std::uint64_t{0} - 1;  // p - 1
    key.words[2 * i + 1] = ~std::uint64_t{0} >> 1;
  }
  EXPECT_EQ(verification_tag(block, key, 64), slow_tag(block, key, 64));
  key.words.fill(~std::uint64_t{0});  // from outside: cut to 127 bits, p stands for 0
  EXPECT_EQ(verification_tag(block, key, 64), 0U);
}

TEST(VerificationTag, CollisionsStayWithinEpsilon) {
  const std::uint64_t seed = test_seed();
  SCOPED_TRACE(seed);
  CounterRandom random(seed, 1);
  BitString x(1 << 12);
  random.fill(x);
  constexpr unsigned tag_bits = 8;
  constexpr int trials = 200000;
  const double epsilon = verification_epsilon(x.size(), tag_bits);
  for (const std::size_t flips : {1U, 2U, 120U}) {  // in neighbouring positions: the worst errors have structure
    BitString other = x;
    for (std::size_t i = 0; i < flips; ++i) other.set(1000 + i, !other[1000 + i]);
    int collisions = 0;
    for (int trial = 0; trial < trials; ++trial) {
      const auto key = VerificationKey::simulated(seed + flips, static_cast<std::uint64_t>(trial));
      collisions += verification_tag(x, key, tag_bits) == verification_tag(other, key, tag_bits) ? 1 : 0;
    }
    // Five standard deviations: false alarms below 1e-6. Far fewer would mean that the test does not test.
    const double sigma = std::sqrt(trials * epsilon);
    EXPECT_LT(collisions, trials * epsilon + 5 * sigma);
    EXPECT_GT(collisions, trials * epsilon - 5 * sigma);
  }
}

TEST(VerificationTag, EpsilonCountsBothStages) {
  EXPECT_DOUBLE_EQ(verification_epsilon(120, 8), std::ldexp(1, -127) + std::ldexp(1, -8));
  EXPECT_DOUBLE_EQ(verification_epsilon(1 << 20, 64), std::ldexp(8739, -127) + std::ldexp(1, -64));
}

TEST(VerificationKey, FreshOnesDiffer) {
  std::set<std::array<std::uint64_t, 6>> seen;
  for (int i = 0; i < 100; ++i) {
    const auto key = VerificationKey::fresh();
    ASSERT_TRUE(key.has_value());
    for (std::size_t j = 1; j < 6; j += 2) EXPECT_EQ(key->words[j] >> 63, 0U);
    EXPECT_TRUE(seen.insert(key->words).second);
  }
  EXPECT_EQ(VerificationKey::simulated(3, 4).words, VerificationKey::simulated(3, 4).words);
  EXPECT_NE(VerificationKey::simulated(3, 4).words, VerificationKey::simulated(3, 5).words);
}

}  // namespace
}  // namespace caligo
