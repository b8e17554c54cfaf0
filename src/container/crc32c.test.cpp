// SPDX-License-Identifier: Apache-2.0
// CRC32C against published values and against division bit by bit, at every instruction set of this machine.
#include "container/crc32c.hpp"

#include <gtest/gtest.h>
#include <caligo/isa.hpp>
#include <caligo/random.hpp>

#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

namespace caligo::container {
namespace {

std::uint64_t test_seed() {
  const char* text = std::getenv("CALIGO_TEST_SEED");
  return text != nullptr ? std::strtoull(text, nullptr, 0) : 20261125;
}

std::uint32_t bit_by_bit(const std::vector<std::uint64_t>& words) {
  std::uint32_t crc = 0xFFFFFFFF;
  for (const std::uint64_t word : words) {
    for (unsigned i = 0; i < 64; ++i) {
      const bool odd = ((crc ^ (word >> i)) & 1U) != 0;
      crc = (crc >> 1U) ^ (odd ? 0x82F63B78U : 0U);
    }
  }
  return ~crc;
}

std::uint32_t crc_of(const std::vector<std::uint8_t>& bytes) {
  std::vector<std::uint64_t> words(bytes.size() / 8);
  std::memcpy(words.data(), bytes.data(), bytes.size());
  return crc32c(0, words.data(), words.size());
}

class Crc32cAt : public testing::TestWithParam<Isa> {
 protected:
  void SetUp() override { ASSERT_TRUE(force_isa(GetParam())); }
  void TearDown() override { ASSERT_TRUE(force_isa(supported_isas().back())); }
};

// RFC 3720, appendix B.4.
TEST_P(Crc32cAt, PublishedValues) {
  std::vector<std::uint8_t> bytes(32);
  EXPECT_EQ(crc_of(bytes), 0x8A9136AAU);
  bytes.assign(32, 0xFF);
  EXPECT_EQ(crc_of(bytes), 0x62A8AB43U);
  for (std::uint8_t i = 0; i < 32; ++i) bytes[i] = i;
  EXPECT_EQ(crc_of(bytes), 0x46DD794EU);
  for (std::uint8_t i = 0; i < 32; ++i) bytes[i] = static_cast<std::uint8_t>(31 - i);
  EXPECT_EQ(crc_of(bytes), 0x113FDB5CU);
  EXPECT_EQ(crc_of({0x01, 0xC0, 0, 0,    0, 0, 0, 0,    0,    0, 0, 0, 0, 0, 0, 0, 0x14, 0, 0, 0, 0, 0, 4, 0,
                    0,    0,    0, 0x14, 0, 0, 0, 0x18, 0x28, 0, 0, 0, 0, 0, 0, 0, 2,    0, 0, 0, 0, 0, 0, 0}),
            0xD9963A56U);
}

TEST_P(Crc32cAt, IsTheDivisionAndGoesOnFromPieces) {
  SCOPED_TRACE("CALIGO_TEST_SEED=" + std::to_string(test_seed()));
  CounterRandom random(test_seed(), 0);
  EXPECT_EQ(crc32c(0, nullptr, 0), 0U);
  for (std::size_t count = 1; count < 1200; count += 1 + random.below(count < 200 ? 2 : 40)) {
    std::vector<std::uint64_t> words(count);
    for (auto& word : words) word = random.next();
    const std::uint32_t expected = bit_by_bit(words);
    ASSERT_EQ(crc32c(0, words.data(), count), expected) << count << " words";
    const std::size_t cut = random.below(count + 1);
    ASSERT_EQ(crc32c(crc32c(0, words.data(), cut), words.data() + cut, count - cut), expected) << count << ", " << cut;
  }
}

INSTANTIATE_TEST_SUITE_P(Isas, Crc32cAt, testing::ValuesIn(supported_isas()),
                         [](const auto& tested) { return std::string(to_string(tested.param)); });

}  // namespace
}  // namespace caligo::container
