// SPDX-License-Identifier: Apache-2.0
// Kernels on packed bits against their definitions, one bit at a time, at every instruction set of this machine.
#include "kernels/bit_kernels.hpp"

#include <gtest/gtest.h>
#include <caligo/isa.hpp>

#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "kernels/dispatch.hpp"

namespace caligo::kernels {
namespace {

using Words = std::vector<std::uint64_t>;

std::uint64_t test_seed() {
  const char* text = std::getenv("CALIGO_TEST_SEED");
  return text != nullptr ? std::strtoull(text, nullptr, 0) : 20261124;
}

bool bit(const Words& words, std::size_t i) { return ((words[i / 64] >> (i % 64)) & 1U) != 0; }

void set(Words& words, std::size_t i, bool value) {
  const std::uint64_t one = std::uint64_t{1} << (i % 64);
  words[i / 64] = value ? words[i / 64] | one : words[i / 64] & ~one;
}

class BitKernelsAt : public ::testing::TestWithParam<Isa> {
 protected:
  void SetUp() override {
    RecordProperty("seed", std::to_string(test_seed()));
    ASSERT_TRUE(force_isa(GetParam()));
  }
  void TearDown() override { ASSERT_TRUE(force_isa(supported_isas().back())); }
  Words random_words(std::size_t count) {
    Words words(count);
    for (std::uint64_t& w : words) w = random_();
    return words;
  }
  /// All kinds of words: ones and zeros only, runs, single bits and single gaps, noise; in a mix that changes.
  Words random_mask(std::size_t count) {
    Words mask(count);
    const std::uint64_t kinds = 1 + random_() % 6;
    for (std::uint64_t& m : mask) {
      switch (random_() % kinds) {
        case 0:
          m = random_() % 2 == 0 ? 0 : ~std::uint64_t{0};
          break;
        case 1:
          m = random_();
          break;
        case 2:
          m = ~std::uint64_t{0} << (random_() % 64) >> (random_() % 64);
          break;
        case 3:
          m = std::uint64_t{1} << (random_() % 64);
          break;
        case 4:
          m = ~(std::uint64_t{1} << (random_() % 64));
          break;
        default:
          m = random_() | random_() | random_();
          break;
      }
    }
    return mask;
  }
  std::mt19937_64 random_{test_seed()};
};

TEST_P(BitKernelsAt, CountsAndDistancesBitByBit) {
  SCOPED_TRACE("CALIGO_TEST_SEED=" + std::to_string(test_seed()));
  for (std::size_t count = 0; count < 200; ++count) {
    const Words a = random_mask(count);
    const Words b = random_mask(count);
    std::size_t ones = 0;
    std::size_t apart = 0;
    for (std::size_t i = 0; i < 64 * count; ++i) {
      ones += bit(a, i) ? 1U : 0U;
      apart += bit(a, i) != bit(b, i) ? 1U : 0U;
    }
    ASSERT_EQ(bit_kernels().count(a.data(), count), ones);
    ASSERT_EQ(bit_kernels().distance(a.data(), b.data(), count), apart);
  }
}

TEST_P(BitKernelsAt, TransformAddsUpStageByStage) {
  SCOPED_TRACE("CALIGO_TEST_SEED=" + std::to_string(test_seed()));
  for (std::size_t count = 1; count <= 4096; count *= 2) {
    Words x = random_words(count + 1);  // one more, which must stay
    Words expected = x;
    for (std::size_t h = 1; h < 64 * count; h *= 2) {
      for (std::size_t i = 0; i < 64 * count; ++i) {
        if ((i & h) == 0) set(expected, i, bit(expected, i) != bit(expected, i + h));
      }
    }
    bit_kernels().polar_transform(x.data(), count);
    ASSERT_EQ(x, expected) << count << " words";
  }
}

// Strings end with their last word: the sanitized build notices any access beyond.
TEST_P(BitKernelsAt, DepositAndExtractFollowTheMask) {
  SCOPED_TRACE("CALIGO_TEST_SEED=" + std::to_string(test_seed()));
  for (int trial = 0; trial < 2000; ++trial) {
    const std::size_t count = 1 + random_() % 40;
    const Words mask = random_mask(count);
    std::size_t ones = 0;
    for (std::size_t i = 0; i < 64 * count; ++i) ones += bit(mask, i) ? 1U : 0U;
    const std::size_t packed = (ones + 63) / 64;

    Words narrow = random_words(packed);
    if (ones % 64 != 0) narrow.back() &= (std::uint64_t{1} << (ones % 64)) - 1;
    Words wide(count);
    for (std::size_t i = 0, j = 0; i < 64 * count; ++i) set(wide, i, bit(mask, i) && bit(narrow, j++));
    Words out = random_words(count);
    bit_kernels().deposit(narrow.data(), ones, mask.data(), out.data(), count);
    ASSERT_EQ(out, wide) << "trial " << trial;

    const Words noise = random_words(count);
    Words kept(count), both(count);
    for (std::size_t i = 0; i < count; ++i) {
      kept[i] = noise[i] & ~mask[i];
      both[i] = kept[i] | wide[i];
    }
    bit_kernels().deposit_into(narrow.data(), ones, mask.data(), kept.data(), count);
    ASSERT_EQ(kept, both) << "trial " << trial;

    Words back = random_words(packed);
    bit_kernels().extract(both.data(), mask.data(), count, back.data(), ones);
    ASSERT_EQ(back, narrow) << "trial " << trial;
  }
}

INSTANTIATE_TEST_SUITE_P(Isas, BitKernelsAt, ::testing::ValuesIn(supported_isas()),
                         [](const auto& tested) { return std::string(to_string(tested.param)); });

}  // namespace
}  // namespace caligo::kernels
