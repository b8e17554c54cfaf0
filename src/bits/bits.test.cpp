// SPDX-License-Identifier: Apache-2.0
// Packed bits against one-bit-at-a-time models.
#include <gtest/gtest.h>
#include <caligo/bits.hpp>
#include <caligo/random.hpp>

#include <cstdlib>
#include <limits>
#include <vector>

namespace caligo {
namespace {

std::uint64_t test_seed() {
  const char* text = std::getenv("CALIGO_TEST_SEED");
  return text != nullptr ? std::strtoull(text, nullptr, 0) : 1;
}

BitString random_bits(CounterRandom& random, std::size_t size, double p = 0.5) {
  BitString bits(size);
  random.fill_bernoulli(bits, p);
  return bits;
}

bool pad_is_zero(BitView bits) { return bits.size() % 64 == 0 || (bits.words().back() >> (bits.size() % 64)) == 0; }

TEST(Bits, SizesRoundUpWithoutOverflow) {
  EXPECT_EQ(words_for(0), 0U);
  EXPECT_EQ(words_for(1), 1U);
  EXPECT_EQ(words_for(64), 1U);
  EXPECT_EQ(words_for(65), 2U);
  EXPECT_EQ(bytes_for(8), 1U);
  EXPECT_EQ(bytes_for(9), 2U);
  constexpr std::size_t top = std::numeric_limits<std::size_t>::max();
  EXPECT_EQ(words_for(top), top / 64 + 1);
  EXPECT_EQ(bytes_for(top), top / 8 + 1);
}

TEST(Bits, BitOrderIsLittleEndianWithinBytes) {
  BitString bits(20);
  bits.set(0, true);
  bits.set(9, true);
  bits.set(19, true);
  EXPECT_EQ(bits.to_bytes(), (std::vector<std::uint8_t>{0x01, 0x02, 0x08}));
  bits.set(9, false);
  EXPECT_EQ(bits.to_bytes(), (std::vector<std::uint8_t>{0x01, 0x00, 0x08}));
  EXPECT_TRUE(bits[19]);
  EXPECT_FALSE(bits[18]);
}

TEST(Bits, BytesRoundTrip) {
  CounterRandom random(test_seed(), 1);
  for (std::size_t size = 0; size <= 200; ++size) {
    const BitString bits = random_bits(random, size);
    const auto bytes = bits.to_bytes();
    ASSERT_EQ(bytes.size(), bytes_for(size));
    const auto back = BitString::from_bytes(bytes, size);
    ASSERT_TRUE(back) << size;
    EXPECT_EQ(*back, bits);
  }
}

TEST(Bits, FromBytesRefusesWrongSizesAndPads) {
  const std::vector<std::uint8_t> bytes{0xff, 0x0f};
  EXPECT_TRUE(BitString::from_bytes(bytes, 12));
  const auto wrong_size = BitString::from_bytes(bytes, 17);
  ASSERT_FALSE(wrong_size);
  EXPECT_EQ(wrong_size.error().code, ErrorCode::size_mismatch);
  EXPECT_EQ(wrong_size.error().message, "17 bits take 3 bytes, got 2");
  EXPECT_EQ(BitString::from_bytes(bytes, 8).error().code, ErrorCode::size_mismatch);
  for (const std::size_t size : {9U, 10U, 11U}) {
    const auto pad = BitString::from_bytes(bytes, size);
    ASSERT_FALSE(pad) << size;
    EXPECT_EQ(pad.error().code, ErrorCode::malformed_input);
  }
  EXPECT_EQ(BitString::from_bytes({}, std::numeric_limits<std::size_t>::max()).error().code, ErrorCode::size_mismatch);
}

TEST(Bits, CopyEqualsNaiveAtAllOffsets) {
  CounterRandom random(test_seed(), 2);
  SCOPED_TRACE(test_seed());
  constexpr std::size_t size = 300;
  for (std::size_t src_offset = 0; src_offset < 130; ++src_offset) {
    for (std::size_t dst_offset = 0; dst_offset < 130; dst_offset += 1 + dst_offset % 3) {
      const std::size_t count = random.below(size - std::max(src_offset, dst_offset) + 1);
      const BitString src = random_bits(random, size);
      BitString dst = random_bits(random, size);
      BitString expected = dst;
      for (std::size_t i = 0; i < count; ++i) expected.set(dst_offset + i, src[src_offset + i]);
      copy_bits(src, src_offset, dst, dst_offset, count);
      ASSERT_EQ(dst, expected) << src_offset << " -> " << dst_offset << ", " << count;
    }
  }
}

TEST(Bits, CopyOfWholeWordsAndOfNothing) {
  CounterRandom random(test_seed(), 3);
  const BitString src = random_bits(random, 256);
  BitString dst(256);
  copy_bits(src, 0, dst, 0, 256);
  EXPECT_EQ(dst, src);
  copy_bits(src, 256, dst, 256, 0);
  copy_bits(BitString(), 0, BitString(), 0, 0);
  EXPECT_EQ(dst, src);
}

TEST(Bits, DepositAndExtractEqualNaive) {
  CounterRandom random(test_seed(), 4);
  SCOPED_TRACE(test_seed());
  for (const double density : {0.0, 0.01, 0.3, 0.5, 0.9, 1.0}) {
    for (const std::size_t size : {1U, 63U, 64U, 65U, 127U, 128U, 500U, 4096U}) {
      const BitString mask = random_bits(random, size, density);
      const std::size_t ones = popcount(mask);
      const BitString src = random_bits(random, ones);
      BitString dst = random_bits(random, size);
      deposit_bits(src, mask, dst);
      BitString expected(size);
      for (std::size_t i = 0, j = 0; i < size; ++i) {
        if (mask[i]) expected.set(i, src[j++]);
      }
      ASSERT_EQ(dst, expected) << size << " bits, density " << density;
      const BitString wide = random_bits(random, size);
      BitString packed = random_bits(random, ones);
      extract_bits(wide, mask, packed);
      BitString narrow(ones);
      for (std::size_t i = 0, j = 0; i < size; ++i) {
        if (mask[i]) narrow.set(j++, wide[i]);
      }
      ASSERT_EQ(packed, narrow) << size << " bits, density " << density;
      EXPECT_TRUE(pad_is_zero(dst) && pad_is_zero(packed));
    }
  }
}

// Every single-bit and every contiguous mask of a word: the corners of the compressor.
TEST(Bits, DepositAndExtractOnContiguousMasks) {
  for (std::size_t begin = 0; begin < 64; ++begin) {
    for (std::size_t end = begin + 1; end <= 64; ++end) {
      BitString mask(64);
      for (std::size_t i = begin; i < end; ++i) mask.set(i, true);
      BitString src(end - begin);
      src.set(0, true);
      src.set(end - begin - 1, true);
      BitString dst(64);
      deposit_bits(src, mask, dst);
      EXPECT_TRUE(dst[begin] && dst[end - 1]);
      ASSERT_EQ(popcount(dst), popcount(src));
      BitString back(end - begin);
      extract_bits(dst, mask, back);
      ASSERT_EQ(back, src);
    }
  }
}

TEST(Bits, CountsAndComparisons) {
  CounterRandom random(test_seed(), 5);
  const BitString a = random_bits(random, 777);
  BitString b = random_bits(random, 777);
  std::size_t ones = 0;
  std::size_t different = 0;
  for (std::size_t i = 0; i < 777; ++i) {
    ones += a[i] ? 1U : 0U;
    different += a[i] != b[i] ? 1U : 0U;
  }
  EXPECT_EQ(popcount(a), ones);
  EXPECT_EQ(hamming_distance(a, b), different);
  EXPECT_FALSE(equal(a, b));
  EXPECT_FALSE(equal(a, BitString(776)));
  xor_into(b, a);
  EXPECT_EQ(popcount(b), different);
  xor_into(b, b);
  EXPECT_EQ(popcount(b), 0U);
  EXPECT_TRUE(equal(BitView(), BitString()));
}

}  // namespace
}  // namespace caligo
