// SPDX-License-Identifier: Apache-2.0
// The two orders of a block, the transposition between them, and the bits of messages.
#include "cascade/layout.hpp"

#include <gtest/gtest.h>
#include <caligo/random.hpp>

#include <array>
#include <bit>
#include <cstdlib>
#include <set>
#include <string>

#include "cascade/bit_stream.hpp"
#include "cascade/transpose.hpp"

namespace caligo::cascade {
namespace {

std::uint64_t test_seed() {
  const char* text = std::getenv("CALIGO_TEST_SEED");
  return text != nullptr ? std::strtoull(text, nullptr, 0) : 3;
}

bool bit_at(const Cell* cells, std::uint32_t position) {
  return (cells[position / 64].bits >> (position % 64) & 1U) != 0;
}

TEST(Transpose, MovesEveryBit) {
  CounterRandom random(test_seed(), 0);
  std::array<std::uint64_t, 64> before{};
  for (auto& word : before) word = random.next();
  auto after = before;
  transpose64(after.data());
  for (unsigned r = 0; r < 64; ++r) {
    for (unsigned c = 0; c < 64; ++c) ASSERT_EQ(after[c] >> r & 1U, before[r] >> c & 1U) << r << ' ' << c;
  }
}

class LayoutOf : public testing::TestWithParam<unsigned> {};

TEST_P(LayoutOf, OrdersArePermutations) {
  const Layout layout(GetParam(), 0, test_seed());
  std::vector<bool> seen(layout.bits());
  for (std::uint32_t j = 0; j < layout.bits(); ++j) {
    const std::uint32_t by_rows = layout.to_rows(j);
    ASSERT_LT(by_rows, layout.bits());
    ASSERT_FALSE(seen[by_rows]);
    seen[by_rows] = true;
    ASSERT_EQ(layout.to_columns(by_rows), j);
  }
}

TEST_P(LayoutOf, LoadsBothOrdersAndStores) {
  const std::uint64_t seed = test_seed();
  SCOPED_TRACE("CALIGO_TEST_SEED=" + std::to_string(seed));
  const Layout layout(GetParam(), 0, seed);
  BitString block(layout.bits());
  CounterRandom(seed, GetParam()).fill(block);
  std::vector<Cell> cells(2 * std::size_t{layout.words()}, Cell{1, 2, 3, 4});
  layout.load(block.words().data(), cells.data());
  const Cell* const by_rows = cells.data() + layout.words();
  for (std::uint32_t i = 0; i < layout.bits(); ++i) {
    const std::uint32_t position = layout.input_to_rows(i);
    ASSERT_EQ(bit_at(by_rows, position), block[i]) << i;
    ASSERT_EQ(bit_at(cells.data(), layout.to_columns(position)), block[i]) << i;
  }
  for (const Cell& cell : cells) ASSERT_EQ(cell.known | cell.cuts | cell.odd, 0U);
  BitString again(layout.bits());
  layout.store(cells.data(), again.words().data());
  EXPECT_EQ(again, block);
}

// What the layout is for: intervals of the two passes share one bit at most if their lengths multiply to n.
TEST_P(LayoutOf, PassesMeetInOneBit) {
  const unsigned n = GetParam();
  const Layout layout(n, 0, test_seed());
  const unsigned log2_first = std::min(6U, n - 6);
  const unsigned log2_second = n - log2_first;
  for (std::uint32_t lo = 0; lo < layout.bits(); lo += 1U << log2_first) {
    std::set<std::uint32_t> met;
    for (std::uint32_t j = lo; j < lo + (1U << log2_first); ++j) met.insert(layout.to_rows(j) >> log2_second);
    ASSERT_EQ(met.size(), 1U << log2_first);
  }
}

TEST_P(LayoutOf, NeighboursFallIntoDifferentFirstIntervals) {
  const unsigned n = GetParam();
  const Layout layout(n, 0, test_seed());
  const unsigned log2_first = std::min(6U, n - 6);
  for (std::uint32_t i = 0; i < layout.bits(); i += 64) {
    std::set<std::uint32_t> met;
    for (std::uint32_t k = 0; k < 64; ++k) met.insert(layout.to_columns(layout.input_to_rows(i + k)) >> log2_first);
    ASSERT_EQ(met.size(), 64U);
  }
}

INSTANTIATE_TEST_SUITE_P(Log2, LayoutOf, testing::Values(8U, 9U, 10U, 11U, 12U, 13U, 14U, 16U));

TEST(Layout, HalvesAreHalves) {
  const Layout layout(14, 20, test_seed());
  for (std::size_t a = 0; a < 20; ++a) {
    for (std::size_t b = 0; b <= a; ++b) {
      int common = 0;
      for (std::uint32_t w = 0; w < layout.words(); ++w) common += std::popcount(layout.half(a)[w] & layout.half(b)[w]);
      // Six standard deviations.
      EXPECT_NEAR(common, a == b ? 8192 : 4096, 6 * 64);
    }
  }
}

TEST(BitStream, ReadsWhatWasWritten) {
  CounterRandom random(test_seed(), 9);
  for (const std::size_t bits : {0U, 1U, 7U, 8U, 63U, 64U, 65U, 127U, 128U, 129U, 1000U}) {
    BitString source(bits);
    random.fill(source);
    std::vector<std::uint8_t> bytes{0xaa};
    BitWriter writer(bytes);
    for (std::size_t i = 0; i < bits; ++i) writer.put(source[i]);
    writer.finish();
    ASSERT_EQ(bytes.size(), 1 + bytes_for(bits));
    const std::span<const std::uint8_t> written = std::span<const std::uint8_t>(bytes).subspan(1);
    EXPECT_TRUE(pad_is_zero(written, bits));
    BitReader reader(written);
    for (std::size_t i = 0; i < bits; ++i) ASSERT_EQ(reader.get(), source[i]) << i << " of " << bits;
    if (bits % 8 == 0) continue;
    bytes.back() = static_cast<std::uint8_t>(bytes.back() | 0x80U);
    EXPECT_FALSE(pad_is_zero(written, bits));
  }
}

}  // namespace
}  // namespace caligo::cascade
