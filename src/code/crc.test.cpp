// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <caligo/crc.hpp>
#include <caligo/isa.hpp>

#include <cstdlib>
#include <random>

namespace caligo {
namespace {

using testing::HasSubstr;

std::uint64_t test_seed() {
  const char* text = std::getenv("CALIGO_TEST_SEED");
  return text != nullptr ? std::strtoull(text, nullptr, 10) : 1;
}

BitString random_bits(std::mt19937_64& random, std::size_t size) {
  BitString bits(size);
  for (std::size_t i = 0; i < size; ++i) bits.set(i, (random() & 1U) != 0);
  return bits;
}

/// Schoolbook long division of message(x)·x^width, one coefficient at a time.
std::uint32_t long_division(const CrcSpec& spec, BitView message) {
  std::vector<bool> dividend(message.size() + spec.width);
  for (std::size_t i = 0; i < message.size(); ++i) dividend[i] = message[i];
  for (std::size_t i = 0; i < message.size(); ++i) {
    if (!dividend[i]) continue;
    dividend[i] = false;
    for (unsigned j = 0; j < spec.width; ++j) {
      if (((spec.polynomial >> (spec.width - 1 - j)) & 1U) != 0) dividend[i + 1 + j] = !dividend[i + 1 + j];
    }
  }
  std::uint32_t remainder = 0;
  for (std::size_t i = 0; i < spec.width; ++i) {
    remainder = (remainder << 1U) | static_cast<std::uint32_t>(dividend[message.size() + i]);
  }
  return remainder;
}

/// The ASCII digits 1 to 9, each byte most significant bit first: the message of the published check values.
BitString check_message() {
  BitString bits(72);
  for (std::size_t byte = 0; byte < 9; ++byte) {
    for (std::size_t bit = 0; bit < 8; ++bit) bits.set(8 * byte + bit, ((('1' + byte) >> (7 - bit)) & 1U) != 0);
  }
  return bits;
}

std::vector<CrcSpec> every_spec() {
  std::vector<CrcSpec> specs;
  for (const std::string& name : crc_names()) specs.push_back(parse_crc(name).value());
  for (const char* text : {"1:0x1", "7:0x9", "8:0x7", "9:0x119", "15:0x4599", "31:0x4c11db7", "32:0x1edc6f41"}) {
    specs.push_back(parse_crc(text).value());
  }
  return specs;
}

TEST(Crc, KnownNames) {
  EXPECT_EQ(parse_crc("crc16").value(), parse_crc("crc16-ccitt").value());
  EXPECT_EQ(parse_crc("crc16").value().name, "crc16-ccitt");
  EXPECT_EQ(parse_crc("crc24c").value(), (CrcSpec{"crc24c", 24, 0xB2B117}));
  EXPECT_EQ(parse_crc("none").value(), CrcSpec{});
  EXPECT_EQ(parse_crc("8:0x07").value(), (CrcSpec{"8:0x7", 8, 0x07}));
  EXPECT_EQ(parse_crc("32:0xFFFFFFFF").value().polynomial, 0xFFFFFFFFU);
}

TEST(Crc, RefusesOtherNamesAndListsTheKnownOnes) {
  for (const char* text : {"", "crc", "CRC32", "crc32 ", "0:0x1", "33:0x1", "8:0x107", "8:0x6", "8:0x", "8:7", "8:0x7z",
                           "-8:0x7", ":0x7", "8:0x-7", "4294967304:0x7", "8:0x100000007"}) {
    const auto result = parse_crc(text);
    ASSERT_FALSE(result) << text;
    EXPECT_EQ(result.error().code, ErrorCode::invalid_argument);
    EXPECT_THAT(result.error().message, HasSubstr("crc16-ccitt, crc24a"));
  }
}

TEST(Crc, PublishedCheckValues) {
  // "check" of the catalogue of parametrised CRC algorithms (RevEng), entries with zero init and no reflection.
  const auto check = [](const char* name) { return Crc(parse_crc(name).value()).compute(check_message()); };
  EXPECT_EQ(check("crc16-ccitt"), 0x31C3U);              // CRC-16/XMODEM
  EXPECT_EQ(check("crc24a"), 0xCDE703U);                 // CRC-24/LTE-A
  EXPECT_EQ(check("crc24b"), 0x23EF52U);                 // CRC-24/LTE-B
  EXPECT_EQ(check("8:0x7"), 0xF4U);                      // CRC-8/SMBUS
  EXPECT_EQ(check("8:0x9b"), 0xEAU);                     // CRC-8/LTE
  EXPECT_EQ(check("15:0x4599"), 0x059EU);                // CRC-15/CAN
  EXPECT_EQ(check("16:0x8005"), 0xFEE8U);                // CRC-16/UMTS
  EXPECT_EQ(check("32:0x814141ab"), 0x3010BF7FU);        // CRC-32/AIXM
  EXPECT_EQ(check("crc32") ^ 0xFFFFFFFFU, 0x765E7680U);  // CRC-32/CKSUM: complemented at the end
  EXPECT_EQ(check("32:0xaf"), 0xBD0BE338U);              // CRC-32/XFER
}

TEST(Crc, EqualsLongDivisionAtEveryLength) {
  const std::uint64_t seed = test_seed();
  SCOPED_TRACE("CALIGO_TEST_SEED=" + std::to_string(seed));
  std::mt19937_64 random(seed);
  for (const CrcSpec& spec : every_spec()) {
    const Crc crc(spec);
    for (std::size_t size = 0; size < 300; size += 1 + random() % 5) {
      const BitString message = random_bits(random, size);
      ASSERT_EQ(crc.compute(message), long_division(spec, message)) << spec.name << ", " << size << " bits";
    }
    const BitString longer = random_bits(random, 20'011);
    ASSERT_EQ(crc.compute(longer), long_division(spec, longer)) << spec.name;
  }
}

// Lengths around the steps of folding, at every instruction set; polynomials need no constant term.
TEST(Crc, RandomPolynomialsEqualLongDivisionEverywhere) {
  const std::uint64_t seed = test_seed();
  SCOPED_TRACE("CALIGO_TEST_SEED=" + std::to_string(seed));
  std::mt19937_64 random(seed);
  const std::vector<Isa> isas = supported_isas();
  for (unsigned trial = 0; trial < 400; ++trial) {
    const unsigned width = 1 + trial % 32;
    const auto polynomial = static_cast<std::uint32_t>(random() & ((std::uint64_t{1} << width) - 1));
    const CrcSpec spec{"random", width, polynomial};
    const Crc crc(spec);
    const std::size_t words = trial < 40 ? trial : random() % 150;
    const std::size_t size = 64 * words + (random() % 3 == 0 ? 0 : random() % 64);
    const BitString message = random_bits(random, size);
    const std::uint32_t expected = long_division(spec, message);
    for (const Isa isa : isas) {
      ASSERT_TRUE(force_isa(isa));
      ASSERT_EQ(crc.compute(message), expected)
          << to_string(isa) << ", width " << width << ", polynomial " << polynomial << ", " << size << " bits";
    }
  }
  ASSERT_TRUE(force_isa(isas.back()));
}

TEST(Crc, MessageWithItsChecksumLeavesNoRemainder) {
  std::mt19937_64 random(test_seed());
  for (const CrcSpec& spec : every_spec()) {
    const Crc crc(spec);
    for (const std::size_t size : {1U, 57U, 64U, 100U, 1000U}) {
      BitString frame = random_bits(random, size + spec.width);
      BitString message(size);
      copy_bits(frame, 0, message, 0, size);
      const std::uint32_t checksum = crc.compute(message);
      crc.append(checksum, frame, size);
      EXPECT_EQ(crc.read(frame, size), checksum);
      EXPECT_EQ(crc.compute(frame), 0U) << spec.name;
    }
  }
}

TEST(Crc, DetectsEverySingleBitError) {
  std::mt19937_64 random(test_seed());
  for (const CrcSpec& spec : every_spec()) {
    if (spec.width == 0) continue;
    const Crc crc(spec);
    const BitString message = random_bits(random, 130);
    for (std::size_t i = 0; i < message.size(); ++i) {
      BitString damaged = message;
      damaged.set(i, !damaged[i]);
      EXPECT_NE(crc.compute(damaged), crc.compute(message)) << spec.name << ", bit " << i;
    }
  }
}

TEST(Crc, NoCrcIsZeroBitsLong) {
  const Crc none{CrcSpec{}};
  BitString bits(70);
  bits.set(3, true);
  EXPECT_EQ(none.compute(bits), 0U);
  EXPECT_EQ(none.read(bits, 70), 0U);
  const BitString before = bits;
  none.append(0xFFFFFFFFU, bits, 0);
  EXPECT_EQ(bits, before);
}

TEST(Crc, FirstBitIsTheHighestPower) {
  // message = x^15 alone: x^15·x^16 mod (x^16 + x^12 + x^5 + 1) starts from a one in the first of 16 places.
  const CrcSpec spec = parse_crc("crc16").value();
  BitString last(16), first(16);
  last.set(15, true);
  first.set(0, true);
  EXPECT_EQ(Crc(spec).compute(last), 0x1021U);  // 1·x^16 reduces to the polynomial itself
  EXPECT_EQ(Crc(spec).compute(first), long_division(spec, first));
  BitString out(16);
  Crc(spec).append(0x8001, out, 0);
  EXPECT_TRUE(out[0] && out[15]);
  Crc(spec).append(0x8000, out, 0);
  EXPECT_TRUE(out[0] && !out[15]);
}

}  // namespace
}  // namespace caligo
