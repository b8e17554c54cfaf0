// SPDX-License-Identifier: Apache-2.0
// Alice's disclosure and Bob's correction, block by block.
#include <gtest/gtest.h>
#include <caligo/construct.hpp>
#include <caligo/encode.hpp>
#include <caligo/random.hpp>
#include <caligo/reconcile.hpp>

#include <cstdlib>

namespace caligo {
namespace {

std::uint64_t test_seed() {
  const char* text = std::getenv("CALIGO_TEST_SEED");
  return text != nullptr ? std::strtoull(text, nullptr, 0) : 7;
}

struct Pair {
  BitString x;
  BitString y;
};

Pair noisy_pair(std::uint64_t seed, std::uint64_t stream, std::size_t bits, double qber) {
  CounterRandom random(seed, stream);
  Pair pair{BitString(bits), BitString(bits)};
  random.fill(pair.x);
  random.fill_bernoulli(pair.y, qber);
  xor_into(pair.y, pair.x);
  return pair;
}

CodeSpec make_test_code(unsigned n, std::size_t shortened, std::size_t disclosed, const std::string& crc) {
  const auto order = construct_order(n, Bsc{0.02}, ConstructionMethod::density_evolution, shortened).value();
  const CrcSpec spec = parse_crc(crc).value();
  return make_code(order, order.indices.size() - disclosed, spec,
                   spec.width > 0 ? CrcPlacement::external : CrcPlacement::none)
      .value();
}

TEST(Discloser, SyndromeIsTheTransformedWordOnTheFrozenSet) {
  const std::uint64_t seed = test_seed();
  SCOPED_TRACE(seed);
  for (const std::size_t shortened : {0U, 13U}) {
    const CodeSpec code = make_test_code(7, shortened, 60, "crc16-ccitt");
    const Pair pair = noisy_pair(seed, shortened, code.sent_bits(), 0.02);
    const auto key = VerificationKey::simulated(seed, 0);
    auto alice = Discloser::make(code, 64).value();
    Disclosure disclosure;
    ASSERT_TRUE(alice.disclose(pair.x, key, disclosure).has_value());

    BitString u(code.block_length());
    copy_bits(pair.x, 0, u, 0, pair.x.size());
    polar_transform(u);
    BitString information(code.information_bits());
    std::size_t frozen = 0;
    std::size_t free = 0;
    for (std::size_t i = 0; i < u.size(); ++i) {
      if (code.disclosed_mask()[i]) {
        EXPECT_EQ(disclosure.frozen_values[frozen++], u[i]) << i;
      } else if (code.information_mask()[i]) {
        information.set(free++, u[i]);
      } else {
        EXPECT_FALSE(u[i]) << "the transform of a word that ends in zeros ends in zeros: " << i;
      }
    }
    EXPECT_EQ(frozen, disclosure.frozen_values.size());
    EXPECT_EQ(disclosure.checksum, Crc(code.crc()).compute(information));
    EXPECT_EQ(disclosure.tag, verification_tag(pair.x, key, 64));
    EXPECT_EQ(alice.leakage(), (Leakage{.frozen = 60, .crc = 16, .tag = 64}));
  }
}

/// Runs `blocks` blocks of `bits` bits; returns how many were verified and checks that these are right.
int verified_blocks(const CodeSpec& code, unsigned list_size, std::size_t bits, double qber, int blocks,
                    std::uint64_t seed) {
  auto alice = Discloser::make(code, 64).value();
  auto bob = Corrector::make(DecodePlan::make(code, list_size).value(), 64).value();
  Disclosure disclosure;
  int verified = 0;
  for (int block = 0; block < blocks; ++block) {
    const auto stream = static_cast<std::uint64_t>(block);
    const Pair pair = noisy_pair(seed, stream, bits, qber);
    EXPECT_TRUE(alice.disclose(pair.x, VerificationKey::simulated(seed, stream), disclosure).has_value());
    const auto correction = bob.correct(disclosure, pair.y);
    EXPECT_TRUE(correction.has_value());
    EXPECT_EQ(bob.corrected().size(), bits);
    EXPECT_EQ(correction->verified, equal(bob.corrected(), pair.x));
    EXPECT_EQ(correction->corrected, hamming_distance(bob.corrected(), pair.y));
    verified += correction->verified ? 1 : 0;
  }
  return verified;
}

TEST(RoundTrip, PlainShortenedAndPaddedBlocks) {
  const std::uint64_t seed = test_seed();
  SCOPED_TRACE(seed);
  for (const unsigned list_size : {1U, 8U, 32U}) {
    SCOPED_TRACE(list_size);
    const std::string crc = list_size == 1 ? "none" : "crc16-ccitt";
    // Disclosing 450 of 1024 bits at 2 % leaves a sum of bit error probabilities below 1e-6.
    EXPECT_EQ(verified_blocks(make_test_code(10, 0, 450, crc), list_size, 1024, 0.02, 20, seed), 20);
    EXPECT_EQ(verified_blocks(make_test_code(10, 301, 330, crc), list_size, 723, 0.02, 20, seed), 20);
    EXPECT_EQ(verified_blocks(make_test_code(10, 301, 330, crc), list_size, 700, 0.02, 20, seed), 20);
    EXPECT_EQ(verified_blocks(make_test_code(3, 0, 7, crc), list_size, 1, 0.0, 4, seed), 4);
  }
}

TEST(RoundTrip, WrongBlocksAreRejected) {
  const std::uint64_t seed = test_seed();
  SCOPED_TRACE(seed);
  // Nobody corrects 20 % with this disclosure.
  EXPECT_EQ(verified_blocks(make_test_code(10, 0, 200, "crc16-ccitt"), 8, 1024, 0.2, 50, seed), 0);
  EXPECT_EQ(verified_blocks(make_test_code(10, 0, 200, "none"), 1, 1024, 0.2, 50, seed), 0);
}

TEST(RoundTrip, TheShorterListGoesFirst) {
  const std::uint64_t seed = test_seed();
  SCOPED_TRACE(seed);
  // So little is disclosed that one path fails often, 32 seldom.
  const CodeSpec code = make_test_code(10, 0, 260, "crc16-ccitt");
  const auto plan = [&](unsigned list_size) { return DecodePlan::make(code, list_size).value(); };
  auto alice = Discloser::make(code, 64).value();
  auto alone = Corrector::make(plan(32), 64).value();
  auto both = Corrector::make(plan(32), 64, plan(1)).value();
  Disclosure disclosure;
  int second_tries = 0;
  for (std::uint64_t block = 0; block < 200; ++block) {
    const Pair pair = noisy_pair(seed, block, 1024, 0.02);
    alice.disclose(pair.x, VerificationKey::simulated(seed, block), disclosure).value();
    const Correction one = alone.correct(disclosure, pair.y).value();
    const Correction two = both.correct(disclosure, pair.y).value();
    EXPECT_GE(two.verified, one.verified);
    EXPECT_LE(one.candidates, 1U);
    EXPECT_LE(two.candidates, 2U);
    EXPECT_EQ(two.verified, equal(both.corrected(), pair.x));
    auto single = Corrector::make(plan(1), 64).value();
    second_tries += two.verified && !single.correct(disclosure, pair.y).value().verified ? 1 : 0;
  }
  EXPECT_GT(second_tries, 5);
  EXPECT_EQ(Corrector::make(plan(32), 64, DecodePlan::make(make_test_code(9, 0, 200, "crc16"), 8).value()).error().code,
            ErrorCode::invalid_argument);
}

TEST(RoundTrip, AChangedDisclosureIsRejected) {
  const std::uint64_t seed = test_seed();
  SCOPED_TRACE(seed);
  const CodeSpec code = make_test_code(10, 0, 450, "crc16-ccitt");
  auto alice = Discloser::make(code, 64).value();
  auto bob = Corrector::make(DecodePlan::make(code, 8).value(), 64).value();
  const Pair pair = noisy_pair(seed, 1, 1024, 0.01);
  Disclosure disclosure;
  const auto accepted = [&] { return bob.correct(disclosure, pair.y).value().verified; };
  const auto renew = [&] { alice.disclose(pair.x, VerificationKey::simulated(seed, 2), disclosure).value(); };
  renew();
  EXPECT_TRUE(accepted());
  disclosure.tag ^= 1;
  EXPECT_FALSE(accepted());
  renew();
  disclosure.key.words[0] ^= 1;
  EXPECT_FALSE(accepted());
  renew();
  disclosure.frozen_values.set(449, !disclosure.frozen_values[449]);
  EXPECT_FALSE(accepted());
}

TEST(Roles, Errors) {
  const CodeSpec code = make_test_code(6, 0, 30, "crc16-ccitt");
  const auto code_of = [](const auto& result) { return result.error().code; };
  EXPECT_EQ(code_of(Discloser::make(code, 0)), ErrorCode::invalid_argument);
  EXPECT_EQ(code_of(Discloser::make(code, 65)), ErrorCode::invalid_argument);
  EXPECT_EQ(code_of(Corrector::make(nullptr, 64)), ErrorCode::invalid_argument);
  const auto order = construct_order(6, Bsc{0.02}, ConstructionMethod::density_evolution).value();
  const auto embedded = make_code(order, 10, parse_crc("crc16").value(), CrcPlacement::embedded).value();
  EXPECT_EQ(code_of(Discloser::make(embedded, 64)), ErrorCode::invalid_argument);

  auto alice = Discloser::make(code, 64).value();
  auto bob = Corrector::make(DecodePlan::make(code, 8).value(), 64).value();
  Disclosure disclosure;
  EXPECT_EQ(code_of(alice.disclose(BitString(65), {}, disclosure)), ErrorCode::size_mismatch);
  EXPECT_EQ(code_of(alice.disclose(BitString(), {}, disclosure)), ErrorCode::size_mismatch);
  EXPECT_EQ(code_of(bob.correct(disclosure, BitString(64))), ErrorCode::size_mismatch);  // no frozen values
  alice.disclose(BitString(64), {}, disclosure).value();
  EXPECT_EQ(code_of(bob.correct(disclosure, BitString(65))), ErrorCode::size_mismatch);
}

}  // namespace
}  // namespace caligo
