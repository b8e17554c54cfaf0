// SPDX-License-Identifier: Apache-2.0
// Transform and encoder against the definition x_j = sum of u_i over all i whose binary digits contain those of j.
#include <gtest/gtest.h>
#include <caligo/construct.hpp>
#include <caligo/encode.hpp>
#include <caligo/isa.hpp>
#include <caligo/random.hpp>

#include <cstdlib>
#include <string>

#include "encode/contiguous.hpp"

namespace caligo {
namespace {

std::uint64_t test_seed() {
  const char* text = std::getenv("CALIGO_TEST_SEED");
  return text != nullptr ? std::strtoull(text, nullptr, 0) : 5;
}

BitString random_bits(CounterRandom& random, std::size_t size, double p = 0.5) {
  BitString bits(size);
  random.fill_bernoulli(bits, p);
  return bits;
}

/// O(N²): row i of F^(⊗n) has a one in column j exactly if j's binary digits are among i's.
BitString naive_transform(BitView u) {
  BitString x(u.size());
  for (std::size_t j = 0; j < u.size(); ++j) {
    bool sum = false;
    for (std::size_t i = 0; i < u.size(); ++i) sum = sum != ((i & j) == j && u[i]);
    x.set(j, sum);
  }
  return x;
}

bool naive_contiguous(BitView set) {
  for (std::size_t k = 0; k < set.size(); ++k) {
    bool above = false;
    bool below = false;
    for (std::size_t i = 0; i < set.size() && !set[k]; ++i) {
      above = above || (set[i] && (i & k) == k);
      below = below || (set[i] && (i & k) == i);
    }
    if (above && below) return false;
  }
  return true;
}

/// A code by polarization weight: nested, and domination contiguous. `information` positions in all.
CodeSpec make_test_code(unsigned n, std::size_t message, const std::string& crc, CrcPlacement placement,
                        std::size_t shortened = 0) {
  const auto order = construct_order(n, Bsc{0.05}, ConstructionMethod::polarization_weight, shortened);
  return make_code(order.value(), message, parse_crc(crc).value(), placement).value();
}

TEST(PolarTransform, EqualsTheMatrixProduct) {
  CounterRandom random(test_seed(), 0);
  SCOPED_TRACE(test_seed());
  for (unsigned n = 0; n <= 10; ++n) {
    for (int trial = 0; trial < 5; ++trial) {
      const BitString u = random_bits(random, std::size_t{1} << n);
      BitString x = u;
      polar_transform(x);
      ASSERT_EQ(x, naive_transform(u)) << "n = " << n;
    }
  }
}

// One input bit at a time: its row, at the lengths where the cache blocking sets in.
TEST(PolarTransform, SingleBitsGiveTheirRow) {
  CounterRandom random(test_seed(), 1);
  for (unsigned n = 11; n <= 20; ++n) {
    const std::size_t size = std::size_t{1} << n;
    const std::size_t i = random.below(size);
    BitString x(size);
    x.set(i, true);
    polar_transform(x);
    EXPECT_EQ(popcount(x), std::size_t{1} << std::popcount(i)) << "n = " << n << ", row " << i;
    for (std::size_t j = 0; j < size; ++j) ASSERT_EQ(x[j], (i & j) == j) << "n = " << n << ", row " << i;
  }
}

TEST(PolarTransform, IsItsOwnInverse) {
  CounterRandom random(test_seed(), 2);
  for (unsigned n = 0; n <= 20; ++n) {
    const BitString u = random_bits(random, std::size_t{1} << n);
    BitString x = u;
    polar_transform(x);
    EXPECT_TRUE(n <= 5 || x != u) << "n = " << n;
    polar_transform(x);
    ASSERT_EQ(x, u) << "n = " << n;
  }
}

TEST(DominationContiguous, EqualsNaive) {
  CounterRandom random(test_seed(), 3);
  int contiguous = 0;
  for (unsigned n = 3; n <= 8; ++n) {
    for (int trial = 0; trial < 200; ++trial) {
      const double density = trial % 2 == 0 ? random.uniform() : 2.0 / static_cast<double>(1U << n);
      const BitString set = random_bits(random, std::size_t{1} << n, density);
      const bool expected = naive_contiguous(set);
      contiguous += expected ? 1 : 0;
      ASSERT_EQ(encode::domination_contiguous(set), expected) << "n = " << n;
    }
  }
  EXPECT_GT(contiguous, 50);
  EXPECT_LT(contiguous, 1150);
}

struct Shape {
  unsigned n;
  std::size_t message;
  std::string crc;
  CrcPlacement placement;
  std::size_t shortened;
};

class Encoding : public ::testing::TestWithParam<Shape> {
 protected:
  void SetUp() override { RecordProperty("seed", std::to_string(test_seed())); }
  const Shape& shape() const { return GetParam(); }
  CodeSpec code() const {
    return make_test_code(shape().n, shape().message, shape().crc, shape().placement, shape().shortened);
  }
  CounterRandom random_{test_seed(), 4};
};

/// Message, then CRC if it is embedded.
BitString information_of(const CodeSpec& code, BitView message) {
  BitString information(code.information_bits());
  copy_bits(message, 0, information, 0, message.size());
  if (code.crc_placement() == CrcPlacement::embedded) {
    const Crc crc(code.crc());
    crc.append(crc.compute(message), information, message.size());
  }
  return information;
}

TEST_P(Encoding, NonSystematicPutsMessageAndFrozenValuesInU) {
  const CodeSpec spec = code();
  Encoder encoder(spec);
  for (const bool zeros : {true, false}) {
    const BitString message = random_bits(random_, spec.message_bits());
    const BitString frozen = zeros ? BitString() : random_bits(random_, spec.frozen_bits());
    BitString codeword = random_bits(random_, spec.sent_bits());
    ASSERT_TRUE(encoder.encode(message, frozen, codeword));
    BitString u(spec.block_length());
    copy_bits(codeword, 0, u, 0, codeword.size());  // the shortened tail of x is zero
    polar_transform(u);
    BitString got(spec.information_bits());
    extract_bits(u, spec.information_mask(), got);
    EXPECT_EQ(got, information_of(spec, message));
    BitString got_frozen(spec.frozen_bits());
    extract_bits(u, spec.disclosed_mask(), got_frozen);
    EXPECT_EQ(got_frozen, zeros ? BitString(spec.frozen_bits()) : frozen);
    for (std::size_t i = spec.sent_bits(); i < spec.block_length(); ++i) ASSERT_FALSE(u[i]);
    BitString back(spec.message_bits());
    ASSERT_TRUE(encoder.extract_message(codeword, back));
    EXPECT_EQ(back, message);
  }
}

TEST_P(Encoding, SystematicShowsTheMessageInXAndKeepsFrozenValues) {
  const CodeSpec spec = code();
  Encoder encoder(spec, EncodeMode::systematic);
  for (const bool zeros : {true, false}) {
    const BitString message = random_bits(random_, spec.message_bits());
    const BitString frozen = zeros ? BitString() : random_bits(random_, spec.frozen_bits());
    BitString codeword(spec.sent_bits());
    ASSERT_TRUE(encoder.encode(message, frozen, codeword));
    BitString x(spec.block_length());
    copy_bits(codeword, 0, x, 0, codeword.size());
    BitString shown(spec.information_bits());
    extract_bits(x, spec.information_mask(), shown);
    EXPECT_EQ(shown, information_of(spec, message));
    polar_transform(x);
    BitString got_frozen(spec.frozen_bits());
    extract_bits(x, spec.disclosed_mask(), got_frozen);
    EXPECT_EQ(got_frozen, zeros ? BitString(spec.frozen_bits()) : frozen);
    for (std::size_t i = spec.sent_bits(); i < spec.block_length(); ++i) ASSERT_FALSE(x[i]);
    BitString back(spec.message_bits());
    ASSERT_TRUE(encoder.extract_message(codeword, back));
    EXPECT_EQ(back, message);
  }
}

TEST_P(Encoding, WrongSizesAreErrors) {
  const CodeSpec spec = code();
  for (const EncodeMode mode : {EncodeMode::non_systematic, EncodeMode::systematic}) {
    Encoder encoder(spec, mode);
    BitString message(spec.message_bits());
    BitString codeword(spec.sent_bits());
    const BitString long_message(spec.message_bits() + 1);
    BitString long_codeword(spec.sent_bits() + 1);
    EXPECT_EQ(encoder.encode(long_message, {}, codeword).error().code, ErrorCode::size_mismatch);
    EXPECT_EQ(encoder.encode(message, {}, long_codeword).error().code, ErrorCode::size_mismatch);
    const auto frozen = encoder.encode(message, BitString(spec.frozen_bits() + 1), codeword);
    EXPECT_EQ(frozen.error().code, ErrorCode::size_mismatch);
    EXPECT_EQ(frozen.error().message, "frozen values: expected " + std::to_string(spec.frozen_bits()) + " bits, got " +
                                          std::to_string(spec.frozen_bits() + 1));
    EXPECT_EQ(encoder.extract_message(long_codeword, message).error().code, ErrorCode::size_mismatch);
  }
}

INSTANTIATE_TEST_SUITE_P(Shapes, Encoding,
                         ::testing::Values(Shape{3, 1, "none", CrcPlacement::none, 0},
                                           Shape{3, 8, "none", CrcPlacement::none, 0},
                                           Shape{5, 10, "crc6", CrcPlacement::embedded, 0},
                                           Shape{6, 20, "crc6", CrcPlacement::embedded, 7},
                                           Shape{7, 64, "none", CrcPlacement::none, 0},
                                           Shape{8, 100, "crc16-ccitt", CrcPlacement::external, 37},
                                           Shape{10, 500, "crc24a", CrcPlacement::embedded, 0},
                                           Shape{13, 5000, "crc32", CrcPlacement::embedded, 1234},
                                           Shape{16, 32768, "crc16-ccitt", CrcPlacement::embedded, 0}));

// Random information sets at every instruction set: x is the matrix product of what stands in u.
TEST(Encoder, EqualsTheDefinitionEverywhere) {
  CounterRandom random(test_seed(), 7);
  SCOPED_TRACE(test_seed());
  for (int trial = 0; trial < 60; ++trial) {
    const std::size_t length = std::size_t{8} << (trial % 8);
    const std::size_t shortened = trial % 3 == 0 ? random.below(length / 2) : 0;
    BitString frozen = random_bits(random, length, random.uniform());
    for (std::size_t i = length - shortened; i < length; ++i) frozen.set(i, true);
    frozen.set(0, false);
    const CodeSpec code = CodeSpec::make(frozen, {}, CrcPlacement::none, shortened).value();
    const BitString message = random_bits(random, code.message_bits());
    const BitString values = random_bits(random, code.frozen_bits());
    BitString u(length);
    for (std::size_t i = 0, m = 0, f = 0; i < code.sent_bits(); ++i) u.set(i, frozen[i] ? values[f++] : message[m++]);
    const BitString x = naive_transform(u);
    BitString expected(code.sent_bits());
    copy_bits(x, 0, expected, 0, expected.size());
    for (const Isa isa : supported_isas()) {
      ASSERT_TRUE(force_isa(isa));
      Encoder encoder(code);
      BitString codeword = random_bits(random, code.sent_bits());
      ASSERT_TRUE(encoder.encode(message, values, codeword));
      ASSERT_EQ(codeword, expected) << to_string(isa) << ", " << length << " bits";
      BitString back(code.message_bits());
      ASSERT_TRUE(encoder.extract_message(codeword, back));
      ASSERT_EQ(back, message) << to_string(isa) << ", " << length << " bits";
    }
  }
}

TEST(AnyAbove, EqualsNaive) {
  CounterRandom random(test_seed(), 8);
  SCOPED_TRACE(test_seed());
  int found = 0;
  for (int trial = 0; trial < 1000; ++trial) {
    const std::size_t size = std::size_t{8} << (trial % 5);
    const BitString set = random_bits(random, size, 2.0 / static_cast<double>(size));
    const BitString others = random_bits(random, size, 2.0 / static_cast<double>(size));
    bool expected = false;
    for (std::size_t j = 0; j < size; ++j) {
      for (std::size_t k = 0; k < size && set[j]; ++k) expected = expected || (others[k] && (j & k) == j);
    }
    found += expected ? 1 : 0;
    ASSERT_EQ(encode::any_above(set, others), expected) << size;
  }
  EXPECT_GT(found, 100);
  EXPECT_LT(found, 900);
}

// {3, 15} of 16 without 7 and 11: 7 lies between 3 and 15.
TEST(Encoder, SystematicRefusesSetsThatAreNotContiguous) {
  BitString frozen(16);
  for (std::size_t i = 0; i < 16; ++i) frozen.set(i, i != 3 && i != 15);
  const CodeSpec code = CodeSpec::make(frozen, {}, CrcPlacement::none).value();
  BitString codeword(16);
  EXPECT_TRUE(Encoder(code).encode(BitString(2), {}, codeword));
  const auto refused = Encoder(code, EncodeMode::systematic).encode(BitString(2), {}, codeword);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::unsupported);
}

// Sets of a channel are closed upwards, so that frozen values never reach x at the information positions; sets that are
// merely contiguous, such as {1, 3} of 8, show whether the coset is taken into account.
TEST(Encoder, SystematicOnContiguousSetsThatAreNotClosedUpwards) {
  CounterRandom random(test_seed(), 6);
  SCOPED_TRACE(test_seed());
  int reached = 0;
  for (int trial = 0; trial < 4000; ++trial) {
    const BitString set = random_bits(random, 16, 0.25);
    if (popcount(set) == 0 || !naive_contiguous(set)) continue;
    BitString frozen_mask(16);
    for (std::size_t i = 0; i < 16; ++i) frozen_mask.set(i, !set[i]);
    const CodeSpec code = CodeSpec::make(frozen_mask, {}, CrcPlacement::none).value();
    const BitString message = random_bits(random, code.message_bits());
    const BitString frozen = random_bits(random, code.frozen_bits());
    BitString x(16);
    ASSERT_TRUE(Encoder(code, EncodeMode::systematic).encode(message, frozen, x));
    BitString shown(code.information_bits());
    extract_bits(x, set, shown);
    ASSERT_EQ(shown, message);
    polar_transform(x);
    BitString values(code.frozen_bits());
    extract_bits(x, frozen_mask, values);
    ASSERT_EQ(values, frozen);
    BitString offset(16);
    deposit_bits(frozen, frozen_mask, offset);
    polar_transform(offset);
    extract_bits(offset, set, shown);
    reached += popcount(shown) > 0 ? 1 : 0;
  }
  EXPECT_GT(reached, 100);
}

}  // namespace
}  // namespace caligo
