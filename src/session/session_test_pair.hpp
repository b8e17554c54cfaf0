// SPDX-License-Identifier: Apache-2.0
#pragma once
/// What the tests of sessions share.

#include <gtest/gtest.h>
#include <caligo/random.hpp>
#include <caligo/session.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>

#include "session/simulated_network.hpp"

namespace caligo::session {

inline std::uint64_t test_seed() {
  const char* text = std::getenv("CALIGO_TEST_SEED");
  return text != nullptr ? std::strtoull(text, nullptr, 0) : 4;
}

/// Codes are the same for all tests of the program.
inline std::shared_ptr<CodeBook> shared_book() {
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

inline SessionSettings known_rate(double qber, unsigned max_log2) {
  SessionSettings settings;
  settings.session_id = 0x1234;
  settings.max_log2_block = max_log2;
  settings.crc = parse_crc("crc16-ccitt").value();
  settings.qber = qber;
  settings.max_frame = 1400;
  settings.simulation_seed = 1;
  return settings;
}

inline SessionSettings learnt_rate(std::uint32_t sample_bits, unsigned max_log2) {
  SessionSettings settings = known_rate(0, max_log2);
  settings.qber.reset();
  settings.sample_bits = sample_bits;
  return settings;
}

/// What must hold whatever the network did.
inline void check_agreement(const AliceSession& alice, const BobSession& bob) {
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
    if (both) verified += alice.block(i).key_bits;
    EXPECT_EQ(alice.block(i).key_bits, bob.block(i).key_bits);
  }
  EXPECT_EQ(alice.key().size(), verified);
  EXPECT_EQ(alice.key(), bob.key());
}

inline std::size_t count(const AliceSession& alice, BlockOutcome outcome) {
  std::size_t number = 0;
  for (std::size_t i = 0; i < alice.blocks(); ++i) number += alice.block(i).outcome == outcome ? 1U : 0U;
  return number;
}

}  // namespace caligo::session
