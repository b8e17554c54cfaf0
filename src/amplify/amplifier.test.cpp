// SPDX-License-Identifier: Apache-2.0
// Toeplitz hashing against its definition, and long ones against a linear-time check, at every instruction set.
#include <gtest/gtest.h>
#include <caligo/amplify.hpp>
#include <caligo/isa.hpp>
#include <caligo/random.hpp>

#include <algorithm>
#include <string>

#include "amplify/amplify_test.hpp"

namespace caligo {
namespace {

using amplify_test::definition;
using amplify_test::has_residue_of_hash;
using amplify_test::random_bits;
using amplify_test::test_seed;

class AmplifierAt : public ::testing::TestWithParam<Isa> {
 protected:
  void SetUp() override { ASSERT_TRUE(force_isa(GetParam())); }
  void TearDown() override { ASSERT_TRUE(force_isa(supported_isas().back())); }

  /// A random hash; every bit of what lies behind the result must be zero.
  BitString hashed(const AmplifierSettings& settings, BitView input, BitView seed) {
    auto amplifier = Amplifier::make(settings).value();
    BitString output(settings.output_bits);
    for (std::uint64_t& word : output.words()) word = ~std::uint64_t{0};  // must not shine through
    amplifier.amplify(input, seed, output).value();
    return output;
  }
};

TEST_P(AmplifierAt, EqualsItsDefinition) {
  SCOPED_TRACE("CALIGO_TEST_SEED=" + std::to_string(test_seed()));
  CounterRandom random(test_seed(), 1);
  for (int trial = 0; trial < 400; ++trial) {
    const std::size_t longest = trial % 4 == 0 ? 5000 : 300;
    AmplifierSettings settings;
    settings.input_bits = 1 + random.below(longest);
    settings.output_bits = 1 + random.below(settings.input_bits);
    if (trial % 16 == 1) settings.output_bits = settings.input_bits;
    settings.form = trial % 2 == 0 ? HashForm::toeplitz : HashForm::modified_toeplitz;
    const std::size_t seed_bits = amplification_seed_bits(settings.input_bits, settings.output_bits, settings.form);
    const BitString input = random_bits(random, settings.input_bits);
    const BitString seed = random_bits(random, seed_bits);
    ASSERT_EQ(hashed(settings, input, seed), definition(settings, input, seed))
        << settings.input_bits << " to " << settings.output_bits << " bits, trial " << trial;
  }
}

// From here on the transforms work in GF(2^8), then in GF(2^16), then in GF(2^32).
TEST_P(AmplifierAt, LongOnesAgreeAtARandomPoint) {
  SCOPED_TRACE("CALIGO_TEST_SEED=" + std::to_string(test_seed()));
  CounterRandom random(test_seed(), 2);
  std::size_t lengths[] = {20000, 65536, 65537, 200001, 1 << 20, 1000000, 6000000};
  for (const std::size_t bits : lengths) {
    if (GetParam() == Isa::scalar && bits > 1100000) continue;  // for the slow tier
    for (const HashForm form : {HashForm::modified_toeplitz, HashForm::toeplitz}) {
      AmplifierSettings settings{.input_bits = bits, .output_bits = 1 + random.below(bits), .form = form};
      if (form == HashForm::modified_toeplitz) settings.output_bits = bits / 2;
      const BitString input = random_bits(random, bits);
      const BitString seed = random_bits(random, amplification_seed_bits(bits, settings.output_bits, form));
      BitString output = hashed(settings, input, seed);
      ASSERT_TRUE(has_residue_of_hash(settings, input, seed, output, random.next())) << bits << " bits";
      const std::size_t flipped = random.below(output.size());
      output.set(flipped, !output[flipped]);
      ASSERT_FALSE(has_residue_of_hash(settings, input, seed, output, random.next())) << "the check does not check";
    }
  }
}

TEST_P(AmplifierAt, TilesAddUp) {
  SCOPED_TRACE("CALIGO_TEST_SEED=" + std::to_string(test_seed()));
  CounterRandom random(test_seed(), 3);
  for (int trial = 0; trial < 30; ++trial) {
    AmplifierSettings settings;
    settings.input_bits = 100000 + random.below(200000);
    settings.output_bits = 1 + random.below(trial % 3 == 0 ? 1000 : settings.input_bits);
    settings.form = trial % 2 == 0 ? HashForm::toeplitz : HashForm::modified_toeplitz;
    const std::size_t seed_bits = amplification_seed_bits(settings.input_bits, settings.output_bits, settings.form);
    const BitString input = random_bits(random, settings.input_bits);
    const BitString seed = random_bits(random, seed_bits);
    const BitString whole = hashed(settings, input, seed);
    settings.max_bytes = std::size_t{64} << 10;
    ASSERT_EQ(hashed(settings, input, seed), whole) << settings.input_bits << " to " << settings.output_bits;
  }
}

TEST_P(AmplifierAt, StreamsEqualBlocks) {
  SCOPED_TRACE("CALIGO_TEST_SEED=" + std::to_string(test_seed()));
  CounterRandom random(test_seed(), 4);
  for (int trial = 0; trial < 30; ++trial) {
    AmplifierSettings settings;
    settings.input_bits = 1 + random.below(150000);
    settings.output_bits = 1 + random.below(settings.input_bits);
    settings.form = trial % 2 == 0 ? HashForm::toeplitz : HashForm::modified_toeplitz;
    const BitString input = random_bits(random, settings.input_bits);
    const BitString seed =
        random_bits(random, amplification_seed_bits(settings.input_bits, settings.output_bits, settings.form));
    const BitString whole = hashed(settings, input, seed);
    settings.max_bytes = std::size_t{256} << 10;
    const std::size_t chunk_bits = 1 + random.below(30000);
    auto stream = StreamAmplifier::make(settings, chunk_bits).value();
    ASSERT_LE(stream.memory_bytes(), settings.max_bytes + 4096);
    BitString output = random_bits(random, settings.output_bits);
    const SeedReader reader = [&](std::size_t offset, MutableBitView out) {
      if (offset + out.size() > seed.size()) return Result<void>(Error{ErrorCode::io, "beyond the seed"});
      std::ranges::fill(out.words(), 0);
      copy_bits(seed, offset, out, 0, out.size());
      return Result<void>{};
    };
    while (stream.consumed() < settings.input_bits) {
      const std::size_t bits =
          std::min<std::size_t>(1 + random.below(chunk_bits), settings.input_bits - stream.consumed());
      BitString chunk(bits);
      copy_bits(input, stream.consumed(), chunk, 0, bits);
      ASSERT_TRUE(stream.push(chunk, reader, output));
    }
    ASSERT_EQ(output, whole) << settings.input_bits << " to " << settings.output_bits << " in " << chunk_bits;
  }
}

TEST_P(AmplifierAt, PreparedSeedServesManyBlocks) {
  CounterRandom random(test_seed(), 5);
  for (const std::size_t bits : {1000UL, 70000UL}) {
    const AmplifierSettings settings{.input_bits = bits, .output_bits = bits / 3};
    auto amplifier = Amplifier::make(settings).value();
    const BitString seed = random_bits(random, amplifier.seed_bits());
    amplifier.prepare(seed).value();
    for (int block = 0; block < 3; ++block) {
      const BitString input = random_bits(random, bits);
      BitString output(settings.output_bits);
      amplifier.amplify_prepared(input, output).value();
      ASSERT_EQ(output, hashed(settings, input, seed));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Isas, AmplifierAt, ::testing::ValuesIn(supported_isas()),
                         [](const auto& tested) { return std::string(to_string(tested.param)); });

TEST(Amplifier, SeedLengths) {
  EXPECT_EQ(amplification_seed_bits(1000, 400, HashForm::toeplitz), 1399U);
  EXPECT_EQ(amplification_seed_bits(1000, 400, HashForm::modified_toeplitz), 999U);
  EXPECT_EQ(amplification_seed_bits(1000, 1000, HashForm::modified_toeplitz), 0U);
  const BitString a = fresh_amplification_seed(100).value();
  EXPECT_EQ(a.size(), 100U);
  EXPECT_EQ(a.words()[1] >> 36, 0U);
  EXPECT_NE(a, fresh_amplification_seed(100).value());
  EXPECT_EQ(simulated_amplification_seed(100, 1, 2), simulated_amplification_seed(100, 1, 2));
  EXPECT_NE(simulated_amplification_seed(100, 1, 2), simulated_amplification_seed(100, 1, 3));
}

TEST(Amplifier, RefusesWrongArguments) {
  EXPECT_EQ(Amplifier::make({.input_bits = 0, .output_bits = 0}).error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(Amplifier::make({.input_bits = 8, .output_bits = 9}).error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(Amplifier::make({.input_bits = 8, .output_bits = 0}).error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(Amplifier::make({.input_bits = 8, .output_bits = 4, .max_bytes = 100}).error().code,
            ErrorCode::invalid_argument);
  EXPECT_EQ(Amplifier::make({.input_bits = ~std::size_t{0}, .output_bits = 4}).error().code,
            ErrorCode::invalid_argument);
  auto amplifier = Amplifier::make({.input_bits = 80, .output_bits = 40}).value();
  BitString input(80), seed(79), output(40);
  EXPECT_EQ(amplifier.amplify_prepared(input, output).error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(amplifier.amplify(BitView(input.words().data(), 79), seed, output).error().code, ErrorCode::size_mismatch);
  EXPECT_EQ(amplifier.amplify(input, input, output).error().code, ErrorCode::size_mismatch);
  EXPECT_EQ(amplifier.amplify(input, seed, input).error().code, ErrorCode::size_mismatch);
  EXPECT_TRUE(amplifier.amplify(input, seed, output));
  EXPECT_EQ(amplifier.amplify_prepared(input, output).error().code, ErrorCode::invalid_argument);
  auto tiled = Amplifier::make({.input_bits = 1 << 20, .output_bits = 40000, .max_bytes = 1 << 16}).value();
  EXPECT_FALSE(tiled.is_one_piece());
  EXPECT_LE(tiled.memory_bytes(), (1U << 16) + 4096U);
  EXPECT_EQ(tiled.prepare(BitString(tiled.seed_bits())).error().code, ErrorCode::unsupported);
  EXPECT_EQ(
      StreamAmplifier::make({.input_bits = 1 << 20, .output_bits = 40000, .max_bytes = 1 << 16}, 1 << 20).error().code,
      ErrorCode::invalid_argument);
}

// A pair of different inputs must collide for 2^-m of the seeds; here for every one of the 2^11 seeds.
TEST(Amplifier, FamilyIsUniversal) {
  CounterRandom random(test_seed(), 6);
  constexpr std::size_t bits = 12;
  constexpr std::size_t out = 5;
  for (const HashForm form : {HashForm::modified_toeplitz, HashForm::toeplitz}) {
    const AmplifierSettings settings{.input_bits = bits, .output_bits = out, .form = form};
    const std::size_t seed_bits = amplification_seed_bits(bits, out, form);
    auto amplifier = Amplifier::make(settings).value();
    for (int trial = 0; trial < 20; ++trial) {
      BitString difference(bits);
      difference.words()[0] = 1 + random.below((1U << bits) - 1);
      std::size_t collisions = 0;
      for (std::uint64_t value = 0; value < (std::uint64_t{1} << seed_bits); ++value) {
        BitString seed(seed_bits), output(out);
        seed.words()[0] = value;
        amplifier.amplify(difference, seed, output).value();  // linear: equal outputs mean that this one is 0
        collisions += output.words()[0] == 0 ? 1U : 0U;
      }
      const bool only_identity = form == HashForm::modified_toeplitz && (difference.words()[0] >> out) == 0;
      EXPECT_EQ(collisions, only_identity ? 0 : std::size_t{1} << (seed_bits - out));
    }
  }
}

}  // namespace
}  // namespace caligo
