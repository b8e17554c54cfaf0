// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <caligo/code.hpp>

namespace caligo {
namespace {

using testing::HasSubstr;

/// N = 16, positions below `frozen` and the last `tail` ones frozen.
BitString mask16(std::size_t frozen, std::size_t tail = 0) {
  BitString mask(16);
  for (std::size_t i = 0; i < 16; ++i) mask.set(i, i < frozen || i >= 16 - tail);
  return mask;
}
const CrcSpec crc6 = parse_crc("crc6").value();

TEST(CodeSpec, CountsItsBits) {
  const CodeSpec code = CodeSpec::make(mask16(5, 3), crc6, CrcPlacement::embedded, 3).value();
  EXPECT_EQ(code.log2_length(), 4U);
  EXPECT_EQ(code.block_length(), 16U);
  EXPECT_EQ(code.shortened(), 3U);
  EXPECT_EQ(code.sent_bits(), 13U);
  EXPECT_EQ(code.information_bits(), 8U);
  EXPECT_EQ(code.message_bits(), 2U);
  EXPECT_EQ(code.frozen_bits(), 5U);
  EXPECT_EQ(popcount(code.disclosed_mask()), 5U);
  EXPECT_EQ(popcount(code.information_mask()), 8U);
  for (std::size_t i = 0; i < 16; ++i) {
    EXPECT_EQ(code.disclosed_mask()[i], i < 5) << i;
    EXPECT_EQ(code.information_mask()[i], i >= 5 && i < 13) << i;
  }
}

TEST(CodeSpec, ExternalCrcTakesNoInformationBits) {
  const CodeSpec code = CodeSpec::make(mask16(5), crc6, CrcPlacement::external).value();
  EXPECT_EQ(code.message_bits(), 11U);
  EXPECT_EQ(code.information_bits(), 11U);
}

TEST(CodeSpec, MasksOfLongShortenedCodes) {
  for (const std::size_t shortened : {0U, 1U, 63U, 64U, 65U, 200U}) {
    BitString frozen(256);
    for (std::size_t i = 0; i < 256; ++i) frozen.set(i, i % 3 == 0 || i >= 256 - shortened);
    const CodeSpec code = CodeSpec::make(frozen, {}, CrcPlacement::none, shortened).value();
    EXPECT_EQ(code.frozen_bits() + code.information_bits(), 256 - shortened);
    EXPECT_EQ(popcount(code.disclosed_mask()), code.frozen_bits());
    EXPECT_EQ(popcount(code.information_mask()), code.information_bits());
    EXPECT_EQ(popcount(code.frozen_mask()), 256 - code.information_bits());
  }
}

TEST(CodeSpec, RefusesImpossibleCodes) {
  const auto message = [](const Result<CodeSpec>& result) {
    EXPECT_FALSE(result);
    if (result) return std::string("accepted");
    EXPECT_EQ(result.error().code, ErrorCode::invalid_argument);
    return result.error().message;
  };
  for (const std::size_t length : {0U, 1U, 4U, 12U, 100U}) {
    EXPECT_THAT(message(CodeSpec::make(BitString(length), {}, CrcPlacement::none)), HasSubstr("power of two"));
  }
  EXPECT_THAT(message(CodeSpec::make(BitString(std::size_t{1} << 25U), {}, CrcPlacement::none)),
              HasSubstr("2^24, got 33554432"));
  EXPECT_THAT(message(CodeSpec::make(mask16(16), {}, CrcPlacement::none)), HasSubstr("information positions"));
  EXPECT_THAT(message(CodeSpec::make(mask16(10), crc6, CrcPlacement::embedded)), HasSubstr("more than 6"));
  EXPECT_THAT(message(CodeSpec::make(mask16(5, 2), {}, CrcPlacement::none, 3)), HasSubstr("must be frozen"));
  EXPECT_THAT(message(CodeSpec::make(mask16(0, 16), {}, CrcPlacement::none, 16)), HasSubstr("shortened"));
  EXPECT_THAT(message(CodeSpec::make(mask16(5), crc6, CrcPlacement::none)), HasSubstr("placement"));
  EXPECT_THAT(message(CodeSpec::make(mask16(5), {"x", 33, 1}, CrcPlacement::external)), HasSubstr("width"));
  EXPECT_THAT(message(CodeSpec::make(mask16(5), {"x", 4, 0x11}, CrcPlacement::external)), HasSubstr("0x11"));
  EXPECT_THAT(message(CodeSpec::make(mask16(5), {}, CrcPlacement::none, 0, {"a\nb", ""})), HasSubstr("printable"));
  EXPECT_THAT(message(CodeSpec::make(mask16(5), {}, CrcPlacement::none, 0, {"", std::string(129, 'x')})),
              HasSubstr("128"));
}

TEST(CodeSpec, EqualCodesHaveEqualIds) {
  const auto id = [](BitString frozen, const CrcSpec& crc, CrcPlacement placement, std::size_t shortened,
                     Provenance provenance) {
    return CodeSpec::make(std::move(frozen), crc, placement, shortened, std::move(provenance)).value().strong_id();
  };
  const std::string plain = id(mask16(5, 2), {}, CrcPlacement::none, 0, {});
  EXPECT_EQ(plain.size(), 32U);
  EXPECT_EQ(plain.find_first_not_of("0123456789abcdef"), std::string::npos);
  EXPECT_EQ(plain, id(mask16(5, 2), {}, CrcPlacement::none, 0, {"imported", "bsc:0.1"}));
  EXPECT_EQ(plain, id(mask16(5, 2), {}, CrcPlacement::embedded, 0, {}));  // a CRC of no bits has no placement
  EXPECT_NE(plain, id(mask16(6, 2), {}, CrcPlacement::none, 0, {}));
  EXPECT_NE(plain, id(mask16(5, 2), {}, CrcPlacement::none, 2, {}));
  EXPECT_NE(plain, id(mask16(5, 2), crc6, CrcPlacement::external, 0, {}));
  EXPECT_NE(id(mask16(5), crc6, CrcPlacement::embedded, 0, {}), id(mask16(5), crc6, CrcPlacement::external, 0, {}));
  EXPECT_EQ(id(mask16(5), crc6, CrcPlacement::external, 0, {}),
            id(mask16(5), {"6:0x21", 6, 0x21}, CrcPlacement::external, 0, {}));
}

TEST(CodeSpec, IdNeverChanges) {
  // Files in the field carry this id: a change here breaks every one of them.
  EXPECT_EQ(CodeSpec::make(mask16(5, 2), crc6, CrcPlacement::embedded, 2).value().strong_id(),
            "3ad5c054633894cb6f41aa770d17d56b");
}

}  // namespace
}  // namespace caligo
