// SPDX-License-Identifier: Apache-2.0
// Toeplitz hashing of long blocks: against NTL, and against the linear-time check at a random point.
#include <gtest/gtest.h>
#include <caligo/amplify.hpp>
#include <caligo/isa.hpp>
#include <caligo/random.hpp>

#include <string>

#include "amplify/amplify_test.hpp"

#if CALIGO_HAS_NTL
#include <NTL/GF2X.h>
#endif

namespace caligo {
namespace {

using amplify_test::has_residue_of_hash;
using amplify_test::random_bits;
using amplify_test::test_seed;

class LongAmplifierAt : public ::testing::TestWithParam<Isa> {
 protected:
  void SetUp() override { ASSERT_TRUE(force_isa(GetParam())); }
  void TearDown() override { ASSERT_TRUE(force_isa(supported_isas().back())); }
};

// The published record's length. Transforms of 2^22 and more points have multipliers of 32 bits in all layers.
TEST_P(LongAmplifierAt, AgreesAtARandomPoint) {
  SCOPED_TRACE("CALIGO_TEST_SEED=" + std::to_string(test_seed()));
  CounterRandom random(test_seed(), 20);
  for (const HashForm form : {HashForm::modified_toeplitz, HashForm::toeplitz}) {
    AmplifierSettings settings{.input_bits = 260000000, .output_bits = 130000000, .form = form};
    if (form == HashForm::toeplitz) settings.output_bits = 250000001;  // 2^23 points
    auto amplifier = Amplifier::make(settings).value();
    const BitString input = random_bits(random, settings.input_bits);
    const BitString seed = random_bits(random, amplifier.seed_bits());
    BitString output(settings.output_bits);
    amplifier.amplify(input, seed, output).value();
    ASSERT_TRUE(amplifier.is_one_piece());
    ASSERT_TRUE(has_residue_of_hash(settings, input, seed, output, random.next()));
    output.set(12345, !output[12345]);
    ASSERT_FALSE(has_residue_of_hash(settings, input, seed, output, random.next()));
  }
}

TEST_P(LongAmplifierAt, TilesEqualOnePiece) {
  CounterRandom random(test_seed(), 21);
  AmplifierSettings settings{.input_bits = 20000000, .output_bits = 9000000};
  auto whole = Amplifier::make(settings).value();
  settings.max_bytes = std::size_t{4} << 20;
  auto tiled = Amplifier::make(settings).value();
  ASSERT_LE(tiled.memory_bytes(), settings.max_bytes + 4096);
  const BitString input = random_bits(random, settings.input_bits);
  const BitString seed = random_bits(random, whole.seed_bits());
  BitString expected(settings.output_bits), found(settings.output_bits);
  whole.amplify(input, seed, expected).value();
  tiled.amplify(input, seed, found).value();
  EXPECT_EQ(found, expected);
}

TEST_P(LongAmplifierAt, EqualsNtl) {
#if CALIGO_HAS_NTL
  CounterRandom random(test_seed(), 22);
  const AmplifierSettings settings{.input_bits = 12345678, .output_bits = 7654321, .form = HashForm::toeplitz};
  auto amplifier = Amplifier::make(settings).value();
  const BitString input = random_bits(random, settings.input_bits);
  const BitString seed = random_bits(random, amplifier.seed_bits());
  BitString output(settings.output_bits);
  amplifier.amplify(input, seed, output).value();
  const auto polynomial = [](const BitString& bits) {
    const auto bytes = bits.to_bytes();
    return NTL::GF2XFromBytes(bytes.data(), static_cast<long>(bytes.size()));
  };
  // T·x is in the product of both from z^(n-1) on (<caligo/amplify.hpp>).
  NTL::GF2X product = polynomial(seed) * polynomial(input);
  product = NTL::trunc(NTL::RightShift(product, static_cast<long>(settings.input_bits) - 1),
                       static_cast<long>(settings.output_bits));
  EXPECT_EQ(polynomial(output), product);
#else
  GTEST_SKIP() << "SKIPPED: NTL is not installed (Debian: libntl-dev)";
#endif
}

INSTANTIATE_TEST_SUITE_P(Isas, LongAmplifierAt, ::testing::ValuesIn(supported_isas()),
                         [](const auto& tested) { return std::string(to_string(tested.param)); });

}  // namespace
}  // namespace caligo
