// SPDX-License-Identifier: Apache-2.0
// The envelope byte by byte, and messages in parts.
#include "session/frame.hpp"

#include <gtest/gtest.h>
#include <caligo/random.hpp>

#include <algorithm>
#include <cstring>
#include <vector>

#include "session/crc32c.hpp"
#include "session/message.hpp"

namespace caligo::session {
namespace {

std::vector<std::byte> to_bytes(std::string_view text) {
  std::vector<std::byte> bytes(text.size());
  std::memcpy(bytes.data(), text.data(), text.size());
  return bytes;
}

TEST(Crc32c, KnownValues) {
  EXPECT_EQ(crc32c(to_bytes("123456789")), 0xe3069283U);  // the check value of all catalogues
  // RFC 3720, B.4: 32 zeros, 32 ones, 0 to 31.
  std::vector<std::byte> bytes(32);
  EXPECT_EQ(crc32c(bytes), 0x8a9136aaU);
  std::ranges::fill(bytes, std::byte{0xff});
  EXPECT_EQ(crc32c(bytes), 0x62a8ab43U);
  for (std::size_t i = 0; i < 32; ++i) bytes[i] = static_cast<std::byte>(i);
  EXPECT_EQ(crc32c(bytes), 0x46dd794eU);
}

constexpr std::uint64_t session_id = 0x0102030405060708;

std::vector<std::byte> example() {
  const auto payload = to_bytes("abc");
  std::vector<std::byte> frame(envelope_bytes + payload.size());
  const Frame fields{.type = FrameType::disclose,
                     .exchange = 0x11121314,
                     .message = 0x21222324,
                     .total = 0x31323334,
                     .offset = 0x41424344,
                     .payload = payload};
  EXPECT_EQ(write_frame(fields, session_id, frame), frame.size());
  return frame;
}

void put_checksum(std::vector<std::byte>& frame) {
  const std::uint32_t checksum = crc32c(std::span(frame).first(frame.size() - 4));
  std::memcpy(frame.data() + frame.size() - 4, &checksum, 4);
}

// As docs/formats/session.md says.
TEST(Frame, EveryByteInItsPlace) {
  std::vector<std::byte> expected = to_bytes("CLGS");
  for (const unsigned byte : {0x01U, 0x04U, 0x00U, 0x00U,                              // version, type, reserved
                              0x08U, 0x07U, 0x06U, 0x05U, 0x04U, 0x03U, 0x02U, 0x01U,  // session
                              0x14U, 0x13U, 0x12U, 0x11U, 0x24U, 0x23U, 0x22U, 0x21U,  // exchange, message
                              0x34U, 0x33U, 0x32U, 0x31U, 0x44U, 0x43U, 0x42U, 0x41U,  // total, offset
                              0x03U, 0x00U, 0x00U, 0x00U, 0x61U, 0x62U, 0x63U}) {      // payload
    expected.push_back(static_cast<std::byte>(byte));
  }
  expected.resize(expected.size() + 4);
  put_checksum(expected);
  EXPECT_EQ(example(), expected);
  EXPECT_EQ(peek_session(expected), session_id);
  const ParsedFrame parsed = parse_frame(expected, session_id, 256);
  ASSERT_FALSE(parsed.refusal) << parsed.found;
  EXPECT_EQ(parsed.frame.type, FrameType::disclose);
  EXPECT_EQ(parsed.frame.exchange, 0x11121314U);
  EXPECT_EQ(parsed.frame.message, 0x21222324U);
  EXPECT_EQ(parsed.frame.total, 0x31323334U);
  EXPECT_EQ(parsed.frame.offset, 0x41424344U);
  EXPECT_TRUE(std::ranges::equal(parsed.frame.payload, to_bytes("abc")));
}

TEST(Frame, RefusedForTheRightReason) {
  const std::vector<std::byte> good = example();
  const auto refusal = [&](auto change, bool right_checksum = true) {
    std::vector<std::byte> frame = good;
    change(frame);
    if (right_checksum) put_checksum(frame);
    return parse_frame(frame, session_id, 256).refusal;
  };
  const auto set = [](std::size_t at, unsigned value) {
    return [=](std::vector<std::byte>& frame) { frame[at] = static_cast<std::byte>(value); };
  };
  EXPECT_EQ(refusal([](auto&) {}), std::nullopt);
  EXPECT_EQ(refusal([](auto& frame) { frame.resize(envelope_bytes - 1); }), Refusal::length);
  EXPECT_EQ(refusal([](auto& frame) { frame.resize(257); }), Refusal::length);
  EXPECT_EQ(refusal([](auto& frame) { frame.push_back(std::byte{0}); }), Refusal::length);
  EXPECT_EQ(refusal(set(32, 4)), Refusal::length);
  EXPECT_EQ(refusal(set(0, 'c')), Refusal::magic);
  EXPECT_EQ(refusal(set(4, 2)), Refusal::version);
  EXPECT_EQ(refusal(set(5, 0)), Refusal::type);
  EXPECT_EQ(refusal(set(5, 8)), Refusal::type);
  EXPECT_EQ(refusal(set(6, 1)), Refusal::message);
  EXPECT_EQ(refusal(set(8, 9)), Refusal::session);
  for (std::size_t bit = 0; bit < 8 * good.size(); ++bit) {  // a single error is always found
    std::vector<std::byte> frame = good;
    frame[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
    EXPECT_TRUE(parse_frame(frame, session_id, 256).refusal) << "bit " << bit;
  }
  EXPECT_EQ(refusal(set(37, 'x'), false), Refusal::checksum);
  EXPECT_EQ(peek_session(std::span(good).first(15)), std::nullopt);
  for (const unsigned whole : {1U, 2U, 3U, 6U, 7U}) EXPECT_EQ(refusal(set(5, whole)), Refusal::message);
}

TEST(Message, ComesTogetherFromPartsInAnyOrder) {
  constexpr std::size_t part = 10;
  OutMessage out;
  Leakage head;
  head.tag = 5;
  out.start(95, part, {.head = head, .body_offset = 12, .body_bits = 660, .purpose = &Leakage::frozen});
  CounterRandom random(1, 1);
  for (auto& byte : out.bytes()) byte = static_cast<std::byte>(random.next());
  std::vector<OutMessage::Part> parts;
  Leakage disclosed;
  while (out.due()) {
    parts.push_back(out.take());
    EXPECT_FALSE(parts.back().repeated);
    disclosed += parts.back().disclosed;
  }
  EXPECT_EQ(parts.size(), 10U);
  EXPECT_EQ(disclosed.frozen, 660U);
  EXPECT_EQ(disclosed.tag, 5U);
  EXPECT_EQ(parts[1].disclosed.frozen, 64U);  // bytes 12 to 19

  InMessage in;
  std::ranges::reverse(parts);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    EXPECT_FALSE(in.complete());
    const Frame frame{
        .type = {}, .exchange = 0, .message = 0, .total = 95, .offset = parts[i].offset, .payload = parts[i].payload};
    ASSERT_TRUE(InMessage::possible(frame, part, 95));
    EXPECT_FALSE(InMessage::possible(frame, part, 94));
    ASSERT_TRUE(in.fits(frame));
    EXPECT_TRUE(in.add(frame, part));
    EXPECT_FALSE(in.add(frame, part));
  }
  ASSERT_TRUE(in.complete());
  EXPECT_TRUE(std::ranges::equal(in.bytes(), out.bytes()));
}

TEST(Message, PartsThatCannotBe) {
  const std::vector<std::byte> payload(10);
  const auto possible = [&](std::uint32_t total, std::uint32_t offset, std::size_t bytes) {
    const Frame frame{.type = {},
                      .exchange = 0,
                      .message = 0,
                      .total = total,
                      .offset = offset,
                      .payload = std::span(payload).first(bytes)};
    return InMessage::possible(frame, 10, 100);
  };
  EXPECT_TRUE(possible(100, 90, 10));
  EXPECT_TRUE(possible(95, 90, 5));
  EXPECT_FALSE(possible(101, 90, 10));
  EXPECT_FALSE(possible(100, 85, 10));  // no multiple
  EXPECT_FALSE(possible(100, 90, 9));
  EXPECT_FALSE(possible(95, 90, 6));
  EXPECT_FALSE(possible(100, 100, 0));
  EXPECT_FALSE(possible(0, 0, 0));
  EXPECT_FALSE(possible(100, 0xfffffff6, 10));
}

TEST(Message, RepeatsWhatIsMissing) {
  OutMessage out;
  out.start(95, 10, {});
  while (out.due()) out.take();
  std::vector<std::byte> receipt(2);
  receipt[0] = std::byte{0xfe};  // all but parts 0 and 9
  receipt[1] = std::byte{0x01};
  ASSERT_TRUE(valid_receipt(receipt, out.parts()));
  out.acknowledge(receipt);
  EXPECT_EQ(out.take().offset, 0U);
  const OutMessage::Part last = out.take();
  EXPECT_EQ(last.offset, 90U);
  EXPECT_EQ(last.payload.size(), 5U);
  EXPECT_TRUE(last.repeated);
  EXPECT_FALSE(out.due());
  out.repeat();
  EXPECT_TRUE(out.due());
  receipt = {std::byte{0xff}, std::byte{0x03}};
  out.acknowledge(receipt);
  EXPECT_TRUE(out.delivered());
  EXPECT_FALSE(out.due());
  receipt[1] = std::byte{0x04};
  EXPECT_FALSE(valid_receipt(receipt, out.parts()));
  EXPECT_FALSE(valid_receipt(std::span(receipt).first(1), out.parts()));
}

}  // namespace
}  // namespace caligo::session
