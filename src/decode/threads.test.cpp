// SPDX-License-Identifier: Apache-2.0
// Decoders of several threads that share one plan. The thread sanitizer sees races; without it, wrong results show.
#include <gtest/gtest.h>
#include <caligo/decode.hpp>
#include <caligo/isa.hpp>
#include <caligo/random.hpp>

#include <thread>

namespace caligo {
namespace {

CodeSpec test_code() {
  BitString frozen(512);
  for (std::size_t i = 0; i < frozen.size(); ++i) frozen.set(i, __builtin_popcountll(i) < 5);
  return CodeSpec::make(frozen, parse_crc("crc16-ccitt").value(), CrcPlacement::embedded).value();
}

/// Frame `number` of nothing but noise: every path of the list is visited in search of a right CRC.
std::vector<std::int8_t> noise(std::uint64_t number, std::size_t size) {
  CounterRandom random(20261124, number);
  std::vector<std::int8_t> llr(size);
  for (auto& v : llr) v = static_cast<std::int8_t>(static_cast<int>(random.below(31)) - 15);
  return llr;
}

constexpr std::uint64_t frames = 20;

/// u of every frame, by a decoder of its own.
std::vector<BitString> decode_all(const std::shared_ptr<const DecodePlan>& plan) {
  Decoder decoder(plan);
  std::vector<BitString> results;
  for (std::uint64_t i = 0; i < frames; ++i) {
    const auto verdict = decoder.decode({noise(i, plan->code().sent_bits())});
    results.emplace_back(verdict ? BitString(decoder.u()) : BitString());
  }
  return results;
}

class Threads : public testing::TestWithParam<Isa> {};

TEST_P(Threads, TwoDecodersShareOnePlan) {
  ASSERT_TRUE(force_isa(GetParam()));
  for (const unsigned list_size : {1U, 8U, 32U}) {
    const auto plan = DecodePlan::make(test_code(), list_size).value();
    const std::vector<BitString> expected = decode_all(plan);
    std::vector<BitString> first;
    std::vector<BitString> second;
    std::thread other([&] { second = decode_all(plan); });
    first = decode_all(plan);
    other.join();
    EXPECT_EQ(first, expected) << "list size " << list_size;
    EXPECT_EQ(second, expected) << "list size " << list_size;
  }
  ASSERT_TRUE(force_isa(supported_isas().back()));
}

INSTANTIATE_TEST_SUITE_P(EveryIsa, Threads, testing::ValuesIn(supported_isas()),
                         [](const auto& test) { return std::string(to_string(test.param)); });

}  // namespace
}  // namespace caligo
