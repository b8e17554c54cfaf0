// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <caligo/construct.hpp>

namespace caligo {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

std::string message_of(const std::string& text) {
  const auto result = parse_order(text, "order.txt");
  EXPECT_FALSE(result) << text.substr(0, 100);
  if (result) return "accepted";
  EXPECT_EQ(result.error().code, ErrorCode::malformed_input);
  EXPECT_EQ(result.error().message.find_first_of("\n\r\x1b"), std::string::npos);
  return result.error().message;
}

TEST(ParseOrder, ReadsTheThreeHeaderLinesAndTheIndices) {
  const ReliabilityOrder order = parse_order("8\nawgn\n0.794\n7 6 5 3 4 2 1 0", "x").value();
  EXPECT_EQ(order.n, 3U);
  EXPECT_EQ(order.shortened, 0U);
  EXPECT_EQ(order.indices, (std::vector<std::uint32_t>{7, 6, 5, 3, 4, 2, 1, 0}));
  EXPECT_TRUE(order.error_probability.empty());
  EXPECT_EQ(order.provenance, (Provenance{"imported", "awgn-sigma:0.794"}));
}

TEST(ParseOrder, LinesMayBeBrokenAnywhere) {
  const auto expected = parse_order("8\nbsc\n0.1\n7 6 5 3 4 2 1 0\n", "x").value().indices;
  EXPECT_EQ(parse_order("8\r\nBSC\r\n0.1\r\n7\r\n6\t5 3\n\n4 2 1\n0 \n\n", "x").value().indices, expected);
  EXPECT_EQ(parse_order("8 bec 0.1 7 6 5 3 4 2 1 0", "x").value().provenance.channel, "bec:0.1");
}

TEST(ParseOrder, MakesACode) {
  const ReliabilityOrder order = parse_order("8\nbsc\n0.1\n7 6 5 3 4 2 1 0\n", "x").value();
  const CodeSpec code = make_code(order, 4, {}, CrcPlacement::none).value();
  EXPECT_EQ(code.frozen_mask().words()[0], 0b00010111U);
  EXPECT_EQ(code.provenance().method, "imported");
}

TEST(ParseOrder, ErrorsGiveSourceAndByteOffset) {
  EXPECT_EQ(message_of("8\nbsc\n0.1\n7 6 5 3 4 2 1 x\n"),
            "order.txt: byte 24: expected index 7 from 0 to 7, got \"x\"");
  EXPECT_THAT(message_of("8\nbsc\n0.1\n7 6 5 3 4 2 1 8\n"), HasSubstr("byte 24: expected index 7 from 0 to 7"));
  EXPECT_THAT(message_of("8\nbsc\n0.1\n7 6 5 3 4 2 1 7\n"), HasSubstr("byte 24: expected an index that did not occur"));
  EXPECT_THAT(message_of("8\nbsc\n0.1\n7 6 5 3 4 2 1 0 0\n"), HasSubstr("byte 26: expected nothing after 8 indices"));
  EXPECT_THAT(message_of("8\nbsc\n0.1\n7 6 5 3 4 2 1"), HasSubstr("got the end of the text"));
  EXPECT_THAT(message_of("8\nfading\n0.1\n7"), StartsWith("order.txt: byte 2: expected a channel"));
  EXPECT_THAT(message_of("8\nbsc\n0.7\n7"), StartsWith("order.txt: byte 6: expected the parameter"));
  EXPECT_THAT(message_of("12\nbsc\n0.1\n7"), StartsWith("order.txt: byte 0: expected a block length"));
}

TEST(ParseOrder, RefusesOtherHeaders) {
  for (const char* length : {"", "0", "1", "4", "7", "-8", "8.0", "0x8", "33554432", "18446744073709551616", "8x"}) {
    message_of(fmt::format("{}\nbsc\n0.1\n7 6 5 3 4 2 1 0", length));
  }
  for (const char* channel : {"bsc", "bsc\nnan", "awgn\n-1", "awgn\n0", "bec\n2", "awgn\n0.5x", "\xff\n1"}) {
    message_of(fmt::format("8\n{}\n7 6 5 3 4 2 1 0", channel));
  }
}

TEST(ParseOrder, EveryTruncationIsRefused) {
  const std::string text = "16\nawgn\n0.794\n15 14 13 11 7 12 10 9 6 5 3 8 4 2 1 0";
  ASSERT_TRUE(parse_order(text, "x"));
  for (std::size_t size = 0; size < text.size(); ++size) message_of(text.substr(0, size));
}

TEST(ParseOrder, HostileTextIsRefusedQuickly) {
  message_of("16777216\nbsc\n0.1\n");  // promises 2^24 indices and has none
  message_of(std::string(1'000'000, ' '));
  message_of(std::string(1'000'000, '8'));
  message_of("8\nbsc\n0.1\n" + std::string(1'000'000, '\0'));
  EXPECT_LT(message_of("8\n" + std::string(100'000, '\n') + std::string(100'000, 'b')).size(), 200U);
}

}  // namespace
}  // namespace caligo
