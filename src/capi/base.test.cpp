// SPDX-License-Identifier: Apache-2.0
// Versions, errors, structures of other sizes, NULL everywhere.
#include <caligo/channel.hpp>
#include <caligo/crc.hpp>
#include <caligo/isa.hpp>
#include <caligo/random.hpp>
#include <caligo/version.hpp>

#include <cstring>
#include <thread>

#include "capi/capi_test.hpp"

namespace caligo::capi_test {
namespace {

TEST(CApiBase, VersionsAgree) {
  EXPECT_EQ(caligo_version(), version());
  EXPECT_EQ(caligo_git_hash(), git_hash());
  EXPECT_EQ(caligo_version_number(), static_cast<std::uint32_t>(CALIGO_VERSION_NUMBER));
  EXPECT_EQ(std::to_string(CALIGO_VERSION_MAJOR) + "." + std::to_string(CALIGO_VERSION_MINOR) + "." +
                std::to_string(CALIGO_VERSION_PATCH),
            version());
}

TEST(CApiBase, NumbersAreThoseOfTheCppInterface) {
  EXPECT_EQ(static_cast<int>(ErrorCode::invalid_argument), CALIGO_ERROR_INVALID_ARGUMENT);
  EXPECT_EQ(static_cast<int>(ErrorCode::malformed_input), CALIGO_ERROR_MALFORMED_INPUT);
  EXPECT_EQ(static_cast<int>(ErrorCode::size_mismatch), CALIGO_ERROR_SIZE_MISMATCH);
  EXPECT_EQ(static_cast<int>(ErrorCode::io), CALIGO_ERROR_IO);
  EXPECT_EQ(static_cast<int>(ErrorCode::unsupported), CALIGO_ERROR_UNSUPPORTED);
  EXPECT_EQ(static_cast<int>(ErrorCode::no_key), CALIGO_ERROR_NO_KEY);
  EXPECT_EQ(static_cast<int>(ErrorCode::interrupted), CALIGO_ERROR_INTERRUPTED);
  EXPECT_EQ(static_cast<int>(ErrorCode::key_exhausted), CALIGO_ERROR_KEY_EXHAUSTED);
  EXPECT_EQ(static_cast<int>(ErrorCode::not_authentic), CALIGO_ERROR_NOT_AUTHENTIC);
  EXPECT_STREQ(caligo_error_name(CALIGO_OK), "ok");
  EXPECT_STREQ(caligo_error_name(CALIGO_ERROR_NOT_AUTHENTIC), "not_authentic");
  EXPECT_STREQ(caligo_error_name(CALIGO_ERROR_OUT_OF_MEMORY), "out_of_memory");
  EXPECT_STREQ(caligo_error_name(77), "unknown");
}

TEST(CApiBase, MessagesBelongToTheThread) {
  expect_error(caligo_force_isa("mmx"), CALIGO_ERROR_INVALID_ARGUMENT, "mmx");
  std::thread([] {
    EXPECT_STREQ(caligo_error_message(), "");
    expect_error(caligo_force_isa("sse"), CALIGO_ERROR_INVALID_ARGUMENT, "sse");
  }).join();
  EXPECT_THAT(caligo_error_message(), testing::HasSubstr("mmx"));
  EXPECT_EQ(caligo_bytes_for(9), 2U);
  EXPECT_THAT(caligo_error_message(), testing::HasSubstr("mmx")) << "success leaves it alone";
}

TEST(CApiBase, LongMessagesAreCutBetweenCharacters) {
  std::string name;
  while (name.size() < 2000) name += "\xC3\xA4";  // ä
  for (const char* prefix : {"", "x"}) {
    expect_error(caligo_force_isa((prefix + name).c_str()), CALIGO_ERROR_INVALID_ARGUMENT, "");
    const std::string message = caligo_error_message();
    EXPECT_GE(message.size(), 500U);
    EXPECT_LT(message.size(), 512U);
    EXPECT_EQ(message.back(), '\xA4');
  }
}

TEST(CApiBase, InstructionSets) {
  const auto supported = supported_isas();
  for (std::size_t i = 0; i < supported.size(); ++i) EXPECT_EQ(caligo_supported_isa(i), to_string(supported[i]));
  EXPECT_EQ(caligo_supported_isa(supported.size()), nullptr);
  const char* before = nullptr;
  ASSERT_OK(caligo_active_isa(&before));
  ASSERT_OK(caligo_force_isa("scalar"));
  const char* now = nullptr;
  ASSERT_OK(caligo_active_isa(&now));
  EXPECT_STREQ(now, "scalar");
  ASSERT_OK(caligo_force_isa(before));
}

TEST(CApiBase, Bits) {
  BitString expected(1003);
  CounterRandom(7, 5).fill(expected);
  const auto fair = random_bytes(5, 1003);
  EXPECT_EQ(fair, expected.to_bytes());
  CounterRandom(7, 6).fill_bernoulli(expected, 0.1);
  const auto few = random_bytes(6, 1003, 0.1);
  EXPECT_EQ(few, expected.to_bytes());
  std::size_t distance = 0;
  ASSERT_OK(caligo_hamming_distance(fair.data(), few.data(), 1003, &distance));
  EXPECT_EQ(distance, hamming_distance(BitString::from_bytes(fair, 1003).value(), expected));
  ASSERT_OK(caligo_hamming_distance(nullptr, nullptr, 0, &distance));
  EXPECT_EQ(distance, 0U);
  std::uint32_t checksum = 0;
  ASSERT_OK(caligo_crc("crc24a", fair.data(), 1003, &checksum));
  EXPECT_EQ(checksum, Crc(parse_crc("crc24a").value()).compute(BitString::from_bytes(fair, 1003).value()));
  expect_error(caligo_crc("crc7", fair.data(), 1003, &checksum), CALIGO_ERROR_INVALID_ARGUMENT, "crc7");
  expect_error(caligo_simulated_bits(1, 1, 1.5, nullptr, 8), CALIGO_ERROR_INVALID_ARGUMENT, "1.5");
  std::vector<std::uint8_t> x(8);
  x[7] = 0x80;
  ASSERT_OK(caligo_polar_transform(x.data(), 64));
  EXPECT_EQ(x, std::vector<std::uint8_t>(8, 0xFF));
  expect_error(caligo_polar_transform(x.data(), 63), CALIGO_ERROR_INVALID_ARGUMENT, "power of two");
  EXPECT_EQ(caligo_binary_entropy(0.11), binary_entropy(0.11));
  caligo_wipe(x.data(), x.size());
  EXPECT_EQ(x, std::vector<std::uint8_t>(8, 0));
  caligo_wipe(nullptr, 0);
}

/// A later header: two more fields behind the known ones.
struct LaterOptions {
  caligo_decode_options known;
  std::uint64_t more[2];
};

TEST(CApiBase, StructuresOfOtherVersions) {
  auto code_options = sized<caligo_code_options>();
  code_options.log2_length = 6;
  code_options.message_bits = 20;
  code_options.channel = "bsc:0.05";
  const auto code = made<Code>([&](caligo_code** out) { return caligo_code_construct(&code_options, out); });
  LaterOptions later{};
  later.known.struct_size = sizeof(later);
  later.known.list_size = 4;
  caligo_plan* plan = nullptr;
  EXPECT_OK(caligo_plan_create(code.get(), &later.known, &plan));
  caligo_plan_destroy(plan);
  later.more[1] = 1;
  expect_error(caligo_plan_create(code.get(), &later.known, &plan), CALIGO_ERROR_UNSUPPORTED, "does not know");
  // An earlier header without llr_bits and check: what lies behind is not looked at.
  later.known.struct_size = offsetof(caligo_decode_options, llr_bits);
  later.known.llr_bits = 12345;
  EXPECT_OK(caligo_plan_create(code.get(), &later.known, &plan));
  caligo_plan_destroy(plan);
  EXPECT_OK(caligo_plan_create(code.get(), nullptr, &plan)) << "NULL is all defaults";
  caligo_plan_destroy(plan);
  for (const std::size_t size : {std::size_t{0}, std::size_t{7}, std::size_t{1} << 40U}) {
    later.known.struct_size = size;
    expect_error(caligo_plan_create(code.get(), &later.known, &plan), CALIGO_ERROR_INVALID_ARGUMENT, "struct_size");
  }
  struct {
    caligo_code_info known;
    std::uint64_t more;
  } info{};
  info.known.struct_size = sizeof(info);
  info.more = 77;
  ASSERT_OK(caligo_code_get_info(code.get(), &info.known));
  EXPECT_EQ(info.known.struct_size, sizeof(info));
  EXPECT_EQ(info.more, 0U) << "what this library does not know is 0";
  info.known.struct_size = offsetof(caligo_code_info, block_length);
  info.known.block_length = 99;
  ASSERT_OK(caligo_code_get_info(code.get(), &info.known));
  EXPECT_EQ(info.known.log2_length, 6U);
  EXPECT_EQ(info.known.block_length, 99U) << "beyond the caller's structure nothing is written";
}

TEST(CApiBase, NullIsRefused) {
  expect_error(caligo_code_construct(nullptr, nullptr), CALIGO_ERROR_INVALID_ARGUMENT, "code is NULL");
  caligo_code* code = nullptr;
  expect_error(caligo_code_from_json(nullptr, 3, nullptr, &code), CALIGO_ERROR_INVALID_ARGUMENT, "text is NULL");
  caligo_plan* plan = nullptr;
  expect_error(caligo_plan_create(nullptr, nullptr, &plan), CALIGO_ERROR_INVALID_ARGUMENT, "code is NULL");
  expect_error(caligo_decoder_decode(nullptr, nullptr, nullptr), CALIGO_ERROR_INVALID_ARGUMENT, "decoder is NULL");
  expect_error(caligo_code_get_info(nullptr, nullptr), CALIGO_ERROR_INVALID_ARGUMENT, "code is NULL");
  expect_error(caligo_active_isa(nullptr), CALIGO_ERROR_INVALID_ARGUMENT, "name is NULL");
  expect_error(caligo_hamming_distance(nullptr, nullptr, 8, nullptr), CALIGO_ERROR_INVALID_ARGUMENT, "distance");
  EXPECT_EQ(caligo_order_size(nullptr), 0U);
  EXPECT_EQ(caligo_decoder_memory(nullptr), 0U);
  EXPECT_STREQ(caligo_code_strong_id(nullptr), "");
  caligo_order_destroy(nullptr);
  caligo_code_destroy(nullptr);
  caligo_encoder_destroy(nullptr);
  caligo_plan_destroy(nullptr);
  caligo_decoder_destroy(nullptr);
  caligo_soft_decoder_destroy(nullptr);
}

}  // namespace
}  // namespace caligo::capi_test
