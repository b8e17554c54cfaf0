// SPDX-License-Identifier: Apache-2.0
// Fast decoders against the readable reference: same list, path by path, at every instruction set of this machine.
#include <gtest/gtest.h>
#include <caligo/decode.hpp>
#include <caligo/encode.hpp>
#include <caligo/isa.hpp>
#include <caligo/random.hpp>

#include <algorithm>
#include <cstdlib>
#include <string>

#include "reference/list_decoder.hpp"

namespace caligo {
namespace {

std::uint64_t test_seed() {
  const char* text = std::getenv("CALIGO_TEST_SEED");
  return text != nullptr ? std::strtoull(text, nullptr, 0) : 20261121;
}

/// Restores automatic choice of the fastest unit.
struct IsaScope {
  explicit IsaScope(Isa isa) { EXPECT_TRUE(force_isa(isa).has_value()); }
  ~IsaScope() { EXPECT_TRUE(force_isa(supported_isas().back()).has_value()); }
  IsaScope(const IsaScope&) = delete;
  IsaScope& operator=(const IsaScope&) = delete;
};

reference::Bits unpack(BitView bits) {
  reference::Bits out(bits.size());
  for (std::size_t i = 0; i < bits.size(); ++i) out[i] = bits[i] ? 1 : 0;
  return out;
}

BitString pack(const reference::Bits& bits) {
  BitString out(bits.size());
  for (std::size_t i = 0; i < bits.size(); ++i) out.set(i, bits[i] != 0);
  return out;
}

/// A frozen set with the usual polarised shape, or without any: both must work.
BitString random_frozen_set(CounterRandom& random, std::size_t length, std::size_t shortened) {
  BitString frozen(length);
  const bool polarised = random.below(4) != 0;
  const double shift = 2.0 * random.uniform() - 1.0;
  std::size_t information = 0;
  for (std::size_t i = 0; i < length; ++i) {
    const double weight = static_cast<double>(__builtin_popcountll(i)) -
                          static_cast<double>(__builtin_popcountll(length - 1)) / 2 + 0.6 * random.gaussian();
    const bool is_frozen =
        i >= length - shortened || (polarised ? weight < shift : random.uniform() < 0.5 + 0.4 * shift);
    frozen.set(i, is_frozen);
    information += is_frozen ? 0 : 1;
  }
  if (information == 0) frozen.set(length - shortened - 1, false);
  return frozen;
}

struct Frame {
  BitString frozen_values;
  std::vector<std::int16_t> llr;
};

/// What the fast decoders' arithmetic is, and how the reference is told.
struct Arithmetic {
  DecodeOptions options;
  float scale;
  reference::Arithmetic<int> reference;
};
constexpr int metric_limit = 1 << 15;
const Arithmetic narrow{{}, 1, {127, metric_limit, 0}};
const Arithmetic wide{{LlrWidth::bits16, CheckRule::min_sum}, 1, {32767, metric_limit, 0}};
/// Reach: 2.5 nats.
const Arithmetic corrected{{LlrWidth::bits16, CheckRule::corrected}, 16, {32767, metric_limit, 40}};

/// A noisy codeword of a random coset. kind 0: BSC with LLR ±1 (ties everywhere); 1: small integers; 2: full range of 8
/// bits; 3: of 16; 4: such that many sums but few LLRs leave the range; 5: saturated or none.
Frame random_frame(CounterRandom& random, const CodeSpec& code, unsigned kind) {
  Frame frame;
  frame.frozen_values = BitString(code.frozen_bits());
  random.fill(frame.frozen_values);
  BitString information(code.information_bits());
  random.fill(information);
  BitString x(code.block_length());
  BitString frozen_word(code.block_length());
  deposit_bits(information, code.information_mask(), x);
  deposit_bits(frame.frozen_values, code.disclosed_mask(), frozen_word);
  xor_into(x, frozen_word);
  polar_transform(x);
  const double noise = 0.02 + 0.15 * random.uniform();
  for (std::size_t i = 0; i < code.sent_bits(); ++i) {
    int llr = random.uniform() < noise ? -1 : 1;
    if (kind == 1) llr *= static_cast<int>(random.below(5));
    if (kind == 2) llr *= static_cast<int>(random.below(129));
    if (kind == 3) llr *= static_cast<int>(random.below(32769));
    if (kind == 4) llr *= static_cast<int>(random.below(3000));
    if (kind == 5) llr *= random.below(4) == 0 ? 0 : 32768 - static_cast<int>(random.below(2));
    if (x[i]) llr = -llr;
    if (kind <= 2) llr = std::clamp(llr, -128, 127);
    frame.llr.push_back(static_cast<std::int16_t>(std::clamp(llr, -32768, 32767)));
  }
  return frame;
}

struct Expected {
  std::vector<reference::Path<int>> list;
  bool tied;
};

Expected reference_list(const CodeSpec& code, const Frame& frame, unsigned list_size, reference::Schedule schedule,
                        reference::Arithmetic<int> arithmetic) {
  const int limit = std::min(arithmetic.limit, 32767);
  BitString values(code.block_length());
  deposit_bits(frame.frozen_values, code.disclosed_mask(), values);
  std::vector<int> channel(code.block_length(), limit);
  for (std::size_t i = 0; i < frame.llr.size(); ++i) channel[i] = std::max<int>(frame.llr[i], -limit);
  reference::ListDecoder<int> decoder(unpack(code.frozen_mask()), unpack(values), list_size, schedule, arithmetic);
  auto list = decoder.decode(channel);
  return {std::move(list), decoder.tied()};
}

/// Asks for every path of the reference's list by its checksum, so that the whole list is compared and not just its
/// best.
void expect_same_list(const CodeSpec& code, const Frame& frame, unsigned list_size, const Arithmetic& arithmetic,
                      const std::vector<reference::Path<int>>& expected) {
  auto plan = DecodePlan::make(code, list_size, arithmetic.options).value();
  const std::vector<std::int8_t> bytes(frame.llr.begin(), frame.llr.end());
  const LlrView llr =
      arithmetic.options.width == LlrWidth::bits8 ? LlrView(bytes) : LlrView(frame.llr, arithmetic.scale);
  Decoder decoder(plan);
  const Crc crc(code.crc());
  std::vector<std::uint32_t> seen;
  for (std::size_t rank = 0; rank < expected.size(); ++rank) {
    const BitString u = pack(expected[rank].u);
    BitString message(code.message_bits());
    extract_bits(u, code.information_mask(), message);
    const std::uint32_t checksum = crc.compute(message);
    if (std::ranges::find(seen, checksum) != seen.end()) continue;  // an earlier path would answer
    seen.push_back(checksum);
    const auto verdict = decoder.decode({llr, frame.frozen_values, checksum, arithmetic.scale}).value();
    ASSERT_TRUE(verdict.accepted) << "rank " << rank;
    ASSERT_EQ(verdict.rank, rank);
    ASSERT_TRUE(equal(decoder.u(), u)) << "rank " << rank;
    ASSERT_TRUE(equal(decoder.message(), message)) << "rank " << rank;
    BitString x = u;
    polar_transform(x);
    std::uint32_t metric = 0;
    for (std::size_t i = 0; i < code.sent_bits(); ++i) {
      ASSERT_EQ(decoder.codeword()[i], x[i]);
      const int value = std::max<int>(frame.llr[i], -arithmetic.reference.limit);
      metric += static_cast<std::uint32_t>(std::max(0, x[i] ? value : -value));
    }
    ASSERT_EQ(verdict.path_metric, metric);
  }
}

struct Case {
  unsigned list_size;
  Isa isa;
};

class DecodeTest : public testing::TestWithParam<Case> {};

std::vector<Case> all_cases() {
  std::vector<Case> cases;
  for (const Isa isa : supported_isas()) {
    for (const unsigned list_size : {1U, 2U, 4U, 8U, 16U, 32U}) cases.push_back({list_size, isa});
  }
  return cases;
}

CodeSpec random_code(CounterRandom& random, unsigned n) {
  const std::size_t length = std::size_t{1} << n;
  const std::size_t shortened = random.below(3) == 0 ? random.below(length / 2) : 0;
  const CrcSpec crc{"16:0x1021", 16, 0x1021};
  return CodeSpec::make(random_frozen_set(random, length, shortened), crc, CrcPlacement::external, shortened).value();
}

/// Random codes up to N = 2^10, LLRs of the first `kinds` kinds.
void compare_on_random_codes(unsigned list_size, const Arithmetic& arithmetic, unsigned kinds) {
  const std::uint64_t seed = test_seed();
  SCOPED_TRACE("CALIGO_TEST_SEED=" + std::to_string(seed));
  for (unsigned n = 3; n <= 10; ++n) {
    const unsigned rounds = n <= 7 ? 24 : kinds + 1;
    for (unsigned round = 0; round < rounds; ++round) {
      SCOPED_TRACE("n " + std::to_string(n) + " round " + std::to_string(round));
      CounterRandom random(seed, n * 1000 + round);
      const CodeSpec code = random_code(random, n);
      const Frame frame = random_frame(random, code, round % kinds);
      const auto expected = reference_list(code, frame, list_size, reference::Schedule::nodes, arithmetic.reference);
      ASSERT_NO_FATAL_FAILURE(expect_same_list(code, frame, list_size, arithmetic, expected.list));
    }
  }
}

TEST_P(DecodeTest, SameListAsNodeReferenceOnRandomCodes) {
  const IsaScope scope(GetParam().isa);
  compare_on_random_codes(GetParam().list_size, narrow, 3);
}

TEST_P(DecodeTest, SameListAsNodeReferenceWith16Bits) {
  const IsaScope scope(GetParam().isa);
  if (GetParam().list_size == 1) return;
  compare_on_random_codes(GetParam().list_size, wide, 6);
}

TEST_P(DecodeTest, SameListAsNodeReferenceWithCorrectedCheckNodes) {
  const IsaScope scope(GetParam().isa);
  if (GetParam().list_size == 1) return;
  compare_on_random_codes(GetParam().list_size, corrected, 6);
}

// Equal magnitudes make a path flip its positions one by one: all ranks up to L - 1 occur, in the list and in the
// marks.
TEST_P(DecodeTest, SameListWithFlipsOfEveryRank) {
  const IsaScope scope(GetParam().isa);
  const CrcSpec crc{"24:0x864cfb", 24, 0x864cfb};
  for (const bool parity : {false, true}) {
    BitString frozen(256);
    for (std::size_t i = 0; i < 256; ++i) frozen.set(i, i < (parity ? 129 : 128));
    const CodeSpec code = CodeSpec::make(frozen, crc, CrcPlacement::external).value();
    const Frame frame{BitString(code.frozen_bits()), std::vector<std::int16_t>(256, 3)};
    for (const Arithmetic* arithmetic : {&narrow, &wide, &corrected}) {
      if (GetParam().list_size == 1 && arithmetic != &narrow) continue;
      const auto expected =
          reference_list(code, frame, GetParam().list_size, reference::Schedule::nodes, arithmetic->reference);
      ASSERT_NO_FATAL_FAILURE(expect_same_list(code, frame, GetParam().list_size, *arithmetic, expected.list));
    }
  }
}

// Where nothing saturates and no tie is met, the plain bit-by-bit decoder with unlimited integers has to agree.
TEST_P(DecodeTest, SameListAsBitByBitReferenceWithoutSaturationAndTies) {
  const IsaScope scope(GetParam().isa);
  const std::uint64_t seed = test_seed();
  SCOPED_TRACE("CALIGO_TEST_SEED=" + std::to_string(seed));
  unsigned compared = 0;
  for (unsigned n = 3; n <= 5; ++n) {
    const int largest = 126 / (1 << n);
    for (unsigned round = 0; round < 400; ++round) {
      SCOPED_TRACE("n " + std::to_string(n) + " round " + std::to_string(round));
      CounterRandom random(seed + 1, n * 1000 + round);
      const CrcSpec crc{"24:0x864cfb", 24, 0x864cfb};
      const std::size_t length = std::size_t{1} << n;
      const CodeSpec code = CodeSpec::make(random_frozen_set(random, length, 0), crc, CrcPlacement::external).value();
      Frame frame = random_frame(random, code, 0);
      for (auto& v : frame.llr)
        v = static_cast<std::int16_t>(v * (1 + static_cast<int>(random.below(static_cast<std::uint64_t>(largest)))));
      const auto expected = reference_list(code, frame, GetParam().list_size, reference::Schedule::bits, {});
      if (expected.tied) continue;
      ++compared;
      ASSERT_NO_FATAL_FAILURE(expect_same_list(code, frame, GetParam().list_size, narrow, expected.list));
      if (GetParam().list_size == 1) continue;
      ASSERT_NO_FATAL_FAILURE(expect_same_list(code, frame, GetParam().list_size, wide, expected.list));
    }
  }
  EXPECT_GE(compared, 20U) << "too few frames without ties to mean anything";
}

INSTANTIATE_TEST_SUITE_P(EveryListAndIsa, DecodeTest, testing::ValuesIn(all_cases()), [](const auto& test) {
  return std::string(to_string(test.param.isa)) + "_L" + std::to_string(test.param.list_size);
});

}  // namespace
}  // namespace caligo
