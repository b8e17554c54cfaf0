// SPDX-License-Identifier: Apache-2.0
// Decoding in segments: without help from checksums it is the plain list decoder; after a disclosure it goes on as a
// decoder that knew the values from the start.
#include <caligo/segmented.hpp>

#include <optional>

#include "decode/sc_test_frames.hpp"

namespace caligo {
namespace {

using test::Frame;

std::size_t information_in(const CodeSpec& code, const Segment& segment) {
  return popcount({code.information_mask().words().data() + segment.offset / 64, segment.length()});
}

/// Random subtrees that cover all information positions.
void cut(CounterRandom& random, const CodeSpec& code, Segment segment, std::vector<Segment>& out) {
  if (information_in(code, segment) == 0) return;
  if (segment.level == SegmentedPlan::min_level || (segment.level < code.log2_length() && random.below(2) == 0)) {
    out.push_back(segment);
    return;
  }
  cut(random, code, {segment.level - 1, segment.offset}, out);
  cut(random, code, {segment.level - 1, segment.offset + segment.length() / 2}, out);
}

std::vector<Segment> random_segments(CounterRandom& random, const CodeSpec& code) {
  std::vector<Segment> segments;
  cut(random, code, {code.log2_length(), 0}, segments);
  return segments;
}

/// A segment's root is always split; a plain decoder would decide these as wholes.
bool is_leaf(const CodeSpec& code, const Segment& segment) {
  const std::size_t information = information_in(code, segment);
  return information == segment.length() || information == 1 ||
         (information == segment.length() - 1 && !code.information_mask()[segment.offset]);
}
/// An ancestor of segments that a plain decoder decides as a whole.
bool hides_a_leaf(const CodeSpec& code, const std::vector<Segment>& segments) {
  for (Segment segment : segments) {
    for (; segment.level < code.log2_length(); ++segment.level) {
      segment.offset = segment.offset / segment.length() * segment.length();
      if (is_leaf(code, segment)) return true;
    }
  }
  return false;
}

CodeSpec random_code(CounterRandom& random, unsigned n) {
  const CodeSpec code = test::random_code(random, n, CrcPlacement::external);
  return CodeSpec::make(BitString(code.frozen_mask()), parse_crc("crc24a").value(), CrcPlacement::external,
                        code.shortened())
      .value();
}

struct Truth {
  BitString x;
  BitString u;
  std::vector<std::int8_t> llr;

  Truth(CounterRandom& random, const CodeSpec& code, double noise, unsigned largest) : x(code.block_length()) {
    for (std::size_t i = 0; i < code.sent_bits(); ++i) x.set(i, random.below(2) != 0);
    u = x;
    polar_transform(u);
    for (std::size_t i = 0; i < code.sent_bits(); ++i) {
      int value = 1 + static_cast<int>(random.below(largest));
      if (random.uniform() < noise) value = -value;
      llr.push_back(static_cast<std::int8_t>(x[i] ? -value : value));
    }
  }
  [[nodiscard]] BitString frozen_values(const CodeSpec& code) const {
    BitString values(code.frozen_bits());
    extract_bits(u, code.disclosed_mask(), values);
    return values;
  }
  [[nodiscard]] std::vector<std::uint32_t> checksums(const CodeSpec& code, const std::vector<Segment>& segments) const {
    const Crc crc(code.crc());
    std::vector<std::uint32_t> sums;
    for (const Segment& segment : segments) {
      const BitView mask(code.information_mask().words().data() + segment.offset / 64, segment.length());
      BitString information(popcount(mask));
      extract_bits({u.words().data() + segment.offset / 64, segment.length()}, mask, information);
      sums.push_back(crc.compute(information));
    }
    return sums;
  }
};

class SegmentedTest : public testing::TestWithParam<Isa> {};

constexpr unsigned list_sizes[] = {2, 4, 8, 16, 32};

TEST_P(SegmentedTest, WithoutChecksumsItIsTheListDecoder) {
  const test::IsaScope scope(GetParam());
  SCOPED_TRACE("CALIGO_TEST_SEED=" + std::to_string(test::seed()));
  CounterRandom random(test::seed() + 40, 0);
  unsigned compared = 0;
  for (unsigned round = 0; round < 400; ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    const CodeSpec code = random_code(random, static_cast<unsigned>(7 + random.below(5)));
    const std::vector<Segment> segments = random_segments(random, code);
    const unsigned list_size = list_sizes[random.below(5)];
    const Truth truth(random, code, 0.12 * random.uniform(), round % 2 == 0 ? 1 : 20);
    if (hides_a_leaf(code, segments)) continue;
    Decoder plain(DecodePlan::make(code, list_size).value());
    const BitString frozen = truth.frozen_values(code);
    std::vector<std::uint32_t> sums = truth.checksums(code, segments);
    SegmentedDecoder decoder(SegmentedPlan::make(code, segments, list_size).value());
    for (std::uint32_t& sum : sums) sum ^= 0x123456;  // no path has it
    ASSERT_TRUE(decoder.start(truth.llr, frozen, sums).has_value());
    for (std::size_t s = 0; s < segments.size(); ++s) ASSERT_EQ(decoder.advance(), s);
    ASSERT_EQ(decoder.advance(), std::nullopt);
    DecodeInput input{truth.llr, frozen};
    BitString message(code.message_bits());
    extract_bits(truth.u, code.information_mask(), message);
    input.checksum = Crc(code.crc()).compute(message) ^ 0x123456;  // no path has it: the best one is given out
    ASSERT_TRUE(plain.decode(input).has_value());
    ASSERT_TRUE(equal(decoder.u(), plain.u()));
    ASSERT_TRUE(equal(decoder.codeword(), plain.codeword()));
    ++compared;
  }
  EXPECT_GT(compared, 100U);
}

/// Discloses some of the true values of a segment; returns their mask over the whole block.
BitString disclose_some(CounterRandom& random, const CodeSpec& code, const Segment& segment, const Truth& truth,
                        SegmentedDecoder& decoder, double share) {
  BitString mask(segment.length());
  BitString values(segment.length());
  BitString all(code.block_length());
  for (std::size_t i = 0; i < segment.length(); ++i) {
    if (!code.information_mask()[segment.offset + i] || random.uniform() >= share) continue;
    mask.set(i, true);
    values.set(i, truth.u[segment.offset + i]);
    all.set(segment.offset + i, true);
  }
  EXPECT_TRUE(decoder.disclose(mask, values).has_value());
  return all;
}

TEST_P(SegmentedTest, GoesOnAsIfTheValuesHadBeenKnown) {
  const test::IsaScope scope(GetParam());
  SCOPED_TRACE("CALIGO_TEST_SEED=" + std::to_string(test::seed()));
  CounterRandom random(test::seed() + 41, 0);
  unsigned repeated = 0;
  unsigned right = 0;
  for (unsigned round = 0; round < 300; ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    const CodeSpec code = random_code(random, static_cast<unsigned>(8 + random.below(4)));
    const std::vector<Segment> segments = random_segments(random, code);
    const unsigned list_size = list_sizes[random.below(5)];
    const Truth truth(random, code, 0.1 * random.uniform(), round % 2 == 0 ? 1 : 20);
    SegmentedDecoder decoder(SegmentedPlan::make(code, segments, list_size).value());
    ASSERT_TRUE(decoder.start(truth.llr, truth.frozen_values(code), truth.checksums(code, segments)).has_value());
    // All failures of the first run, and what a decoder does that knew from the start what was disclosed up to them.
    BitString known(code.frozen_mask());
    for (auto stuck = decoder.advance(); stuck; stuck = decoder.advance()) {
      ++repeated;
      const BitString extra =
          disclose_some(random, code, segments[*stuck], truth, decoder, 0.3 + 0.7 * random.uniform());
      BitString wider(known);
      for (std::size_t i = 0; i < wider.words().size(); ++i) wider.words()[i] |= extra.words()[i];
      if (popcount(wider) == code.block_length()) break;
      known = wider;
      const CodeSpec informed = CodeSpec::make(known, code.crc(), CrcPlacement::external, code.shortened()).value();
      std::vector<Segment> left;
      std::vector<std::size_t> number;
      for (std::size_t s = 0; s < segments.size(); ++s) {
        if (information_in(informed, segments[s]) == 0) continue;
        left.push_back(segments[s]);
        number.push_back(s);
      }
      SegmentedDecoder other(SegmentedPlan::make(informed, left, list_size).value());
      ASSERT_TRUE(other.start(truth.llr, truth.frozen_values(informed), truth.checksums(informed, left)).has_value());
      const auto expected = other.advance();
      const auto got = decoder.advance();
      ASSERT_EQ(got, expected ? std::optional(number[*expected]) : std::nullopt);
      if (!got) {
        ASSERT_TRUE(equal(decoder.u(), truth.u));
        ASSERT_TRUE(equal(other.u(), truth.u));
        ++right;
        break;
      }
      // The next step starts from `got` again.
      disclose_some(random, code, segments[*got], truth, decoder, 0);
    }
  }
  EXPECT_GT(repeated, 50U);
  EXPECT_GT(right, 20U);
}

TEST(Segmented, RefusesWhatDoesNotFit) {
  CounterRandom random(test::seed(), 42);
  BitString frozen(256);
  for (std::size_t i = 0; i < 128; ++i) frozen.set(i, true);
  const CrcSpec crc = parse_crc("crc16-ccitt").value();
  const CodeSpec code = CodeSpec::make(frozen, crc, CrcPlacement::external).value();
  const auto refused = [&](std::vector<Segment> segments, unsigned list_size = 8) {
    return !SegmentedPlan::make(code, std::move(segments), list_size).has_value();
  };
  EXPECT_FALSE(refused({{7, 128}}));
  EXPECT_FALSE(refused({{6, 128}, {6, 192}}));
  EXPECT_TRUE(refused({{7, 128}}, 1));
  EXPECT_TRUE(refused({{7, 128}}, 3));
  EXPECT_TRUE(refused({}));                    // information positions without a segment
  EXPECT_TRUE(refused({{6, 128}}));            // some of them
  EXPECT_TRUE(refused({{8, 0}}));              // the root
  EXPECT_TRUE(refused({{5, 128}}));            // too short
  EXPECT_TRUE(refused({{7, 0}, {7, 128}}));    // no information
  EXPECT_TRUE(refused({{6, 192}, {6, 128}}));  // order
  EXPECT_TRUE(refused({{7, 128}, {6, 192}}));  // overlap
  EXPECT_TRUE(refused({{7, 160}}));            // alignment
  EXPECT_TRUE(refused({{7, 256}}));            // outside
  const CodeSpec embedded = CodeSpec::make(frozen, crc, CrcPlacement::embedded).value();
  EXPECT_FALSE(SegmentedPlan::make(embedded, {{7, 128}}, 8).has_value());

  SegmentedDecoder decoder(SegmentedPlan::make(code, {{7, 128}}, 8).value());
  const std::vector<std::int8_t> llr(256, 1);
  const std::uint32_t wrong[] = {1};
  EXPECT_FALSE(decoder.start(std::vector<std::int8_t>(255, 1), BitString(128), wrong).has_value());
  EXPECT_FALSE(decoder.start(llr, BitString(127), wrong).has_value());
  EXPECT_FALSE(decoder.start(llr, BitString(128), {}).has_value());
  EXPECT_FALSE(decoder.disclose(BitString(128), BitString(128)).has_value());  // nothing is waiting
  ASSERT_TRUE(decoder.start(llr, BitString(128), wrong).has_value());
  EXPECT_FALSE(decoder.disclose(BitString(128), BitString(128)).has_value());
  ASSERT_EQ(decoder.advance(), 0U);
  EXPECT_FALSE(decoder.disclose(BitString(127), BitString(128)).has_value());
  BitString value(128);
  value.set(3, true);
  EXPECT_FALSE(decoder.disclose(BitString(128), value).has_value());  // a value outside the mask
  EXPECT_TRUE(decoder.disclose(value, value).has_value());
}

INSTANTIATE_TEST_SUITE_P(EveryIsa, SegmentedTest, testing::ValuesIn(supported_isas()),
                         [](const auto& test) { return std::string(to_string(test.param)); });

}  // namespace
}  // namespace caligo
