// SPDX-License-Identifier: Apache-2.0
#include <caligo/amplify.hpp>
#include <caligo/authenticate.hpp>
#include <caligo/key_length.hpp>

#include <cmath>
#include <cstring>
#include <stdexcept>

#include "capi/capi_test.hpp"

namespace caligo::capi_test {
namespace {

constexpr std::size_t n = 5000;
constexpr std::size_t m = 1777;

caligo_amplifier_options shape(std::int32_t form) {
  auto options = sized<caligo_amplifier_options>();
  options.input_bits = n;
  options.output_bits = m;
  options.form = form;
  return options;
}

TEST(CApiAmplify, EqualsTheCppAmplifier) {
  for (const std::int32_t form : {CALIGO_MODIFIED_TOEPLITZ, CALIGO_TOEPLITZ}) {
    const HashForm same = form == CALIGO_TOEPLITZ ? HashForm::toeplitz : HashForm::modified_toeplitz;
    const std::size_t seed_bits = caligo_amplification_seed_bits(n, m, form);
    EXPECT_EQ(seed_bits, amplification_seed_bits(n, m, same));
    std::vector<std::uint8_t> seed(bytes_for(seed_bits));
    ASSERT_OK(caligo_amplification_seed_simulated(1, 2, seed.data(), seed_bits));
    EXPECT_EQ(seed, simulated_amplification_seed(seed_bits, 1, 2).to_bytes());
    const auto input = random_bytes(0, n);
    BitString expected(m);
    caligo::Amplifier::make({.input_bits = n, .output_bits = m, .form = same})
        .value()
        .amplify(bit_string(input, n), bit_string(seed, seed_bits), expected)
        .value();

    const auto options = shape(form);
    const auto amplifier =
        made<Amplifier>([&](caligo_amplifier** out) { return caligo_amplifier_create(&options, out); });
    EXPECT_GT(caligo_amplifier_memory(amplifier.get()), 0U);
    std::vector<std::uint8_t> output(bytes_for(m), 0xFF);
    expect_error(caligo_amplifier_amplify_prepared(amplifier.get(), input.data(), n, output.data(), m),
                 CALIGO_ERROR_INVALID_ARGUMENT, "seed");
    ASSERT_OK(caligo_amplifier_amplify(amplifier.get(), input.data(), n, seed.data(), seed_bits, output.data(), m));
    EXPECT_EQ(output, expected.to_bytes());
    output.assign(output.size(), 0);
    ASSERT_OK(caligo_amplifier_prepare(amplifier.get(), seed.data(), seed_bits));
    ASSERT_OK(caligo_amplifier_amplify_prepared(amplifier.get(), input.data(), n, output.data(), m));
    EXPECT_EQ(output, expected.to_bytes());
    if (form == CALIGO_MODIFIED_TOEPLITZ) {
      output.assign(output.size(), 0);
      ASSERT_OK(caligo_amplify(input.data(), n, seed.data(), seed_bits, output.data(), m));
      EXPECT_EQ(output, expected.to_bytes());
    }
    expect_error(
        caligo_amplifier_amplify(amplifier.get(), input.data(), n - 1, seed.data(), seed_bits, output.data(), m),
        CALIGO_ERROR_SIZE_MISMATCH, "input: expected 5000 bits");
  }
  EXPECT_EQ(caligo_amplification_seed_bits(5, 6, CALIGO_TOEPLITZ), 0U);
  EXPECT_EQ(caligo_amplification_seed_bits(6, 5, 7), 0U);
}

struct SeedSource {
  std::vector<std::uint8_t> seed;
  caligo_error answer = CALIGO_OK;
  bool throws = false;
};

/// Leaves junk in the pad bits, which the library has to clear.
caligo_error read_seed(void* context, std::size_t offset, std::uint8_t* out, std::size_t count) {
  const auto& source = *static_cast<SeedSource*>(context);
  if (source.throws) throw std::runtime_error("thrown by the reader");
  std::memset(out, 0xFF, bytes_for(count));
  for (std::size_t i = 0; i < count; ++i) {
    if (!bit(source.seed, offset + i)) out[i / 8] = static_cast<std::uint8_t>(out[i / 8] & ~(1U << (i % 8)));
  }
  return source.answer;
}

TEST(CApiAmplify, StreamsGiveTheSame) {
  const auto input = random_bytes(0, n);
  SeedSource source{.seed = random_bytes(1, n - 1)};
  std::vector<std::uint8_t> expected(bytes_for(m));
  ASSERT_OK(caligo_amplify(input.data(), n, source.seed.data(), n - 1, expected.data(), m));
  const auto options = shape(CALIGO_MODIFIED_TOEPLITZ);
  const auto stream = made<StreamAmplifier>(
      [&](caligo_stream_amplifier** out) { return caligo_stream_amplifier_create(&options, 1000, out); });
  std::vector<std::uint8_t> output(expected.size());
  expect_error(caligo_stream_amplifier_push(stream.get(), input.data(), 1001, read_seed, &source),
               CALIGO_ERROR_SIZE_MISMATCH, "1000");
  expect_error(caligo_stream_amplifier_push(stream.get(), input.data(), 8, nullptr, nullptr),
               CALIGO_ERROR_INVALID_ARGUMENT, "reader");
  for (std::size_t at = 0; at < n; at += 1000) {
    expect_error(caligo_stream_amplifier_output(stream.get(), output.data(), m), CALIGO_ERROR_INVALID_ARGUMENT,
                 "were pushed");
    ASSERT_OK(caligo_stream_amplifier_push(stream.get(), input.data() + at / 8, 1000, read_seed, &source));
  }
  ASSERT_OK(caligo_stream_amplifier_output(stream.get(), output.data(), m));
  EXPECT_EQ(output, expected);
}

TEST(CApiAmplify, ReadersMayStopAndNothingIsThrown) {
  const auto input = random_bytes(0, n);
  SeedSource source{.seed = random_bytes(1, n - 1), .answer = CALIGO_ERROR_INTERRUPTED};
  const auto options = shape(CALIGO_MODIFIED_TOEPLITZ);
  const auto stream = made<StreamAmplifier>(
      [&](caligo_stream_amplifier** out) { return caligo_stream_amplifier_create(&options, n, out); });
  const auto push = [&] { return caligo_stream_amplifier_push(stream.get(), input.data(), n, read_seed, &source); };
  expect_error(push(), CALIGO_ERROR_INTERRUPTED, "seed reader");
  source.throws = true;
  expect_error(push(), CALIGO_ERROR_INTERNAL, "thrown by the reader");
}

TEST(CApiKeyLength, EqualsTheCppFormula) {
  auto input = sized<caligo_key_length_input>();
  input.key_bits = 1000000;
  input.sample_bits = 100000;
  input.tolerated_qber = 0.02;
  input.leaked_bits = 160000;
  auto result = sized<caligo_key_length_result>();
  for (const char* formula : {"tomamichel-2012", "asymptotic"}) {
    ASSERT_OK(caligo_key_length(formula, &input, &result));
    const auto expected = parse_key_length_formula(formula)
                              .value()
                              ->length({.key_bits = 1000000,
                                        .sample_bits = 100000,
                                        .tolerated_qber = 0.02,
                                        .observed_qber = {},
                                        .leaked_bits = 160000,
                                        .tag_bits = {}})
                              .value();
    EXPECT_EQ(result.bits, expected.bits);
    EXPECT_EQ(result.epsilon_total, expected.epsilon_total);
    EXPECT_EQ(result.phase_error_bound, expected.phase_error_bound);
    EXPECT_EQ(result.asymptotic_bits, expected.asymptotic_bits);
    ASSERT_EQ(result.part_count, expected.epsilon.size());
    for (std::size_t i = 0; i < result.part_count; ++i) {
      EXPECT_EQ(result.parts[i].name, expected.epsilon[i].name);
      EXPECT_EQ(result.parts[i].meaning, expected.epsilon[i].meaning);
      EXPECT_EQ(result.parts[i].value, expected.epsilon[i].value);
    }
  }
  input.has_observed_qber = 1;
  input.observed_qber = 0.03;
  expect_error(caligo_key_length(nullptr, &input, &result), CALIGO_ERROR_NO_KEY, "0.03");
  expect_error(caligo_key_length("mine", &input, &result), CALIGO_ERROR_INVALID_ARGUMENT, "formula");
}

struct TwoPools {
  Pool alice;
  Pool bob;
  TwoPools() {
    const auto forth = random_bytes(0, 1000);
    const auto back = random_bytes(1, 500);
    const auto make = [&](caligo_key_pool** out) {
      return caligo_key_pool_create(forth.data(), 1000, back.data(), 500, 0, out);
    };
    alice = made<Pool>(make);
    bob = made<Pool>(make);
  }
};

class CApiTags : public testing::TestWithParam<std::int32_t> {};

TEST_P(CApiTags, SealAndOpen) {
  TwoPools pools;
  const auto make = [&](const Pool& pool) {
    return made<Authenticator>([&](caligo_authenticator** out) {
      return caligo_authenticator_create(pool.get(), CALIGO_ALICE_TO_BOB, GetParam(), out);
    });
  };
  const auto sender = make(pools.alice);
  const auto receiver = make(pools.bob);
  pools.alice.reset();  // the sender keeps the pool alive
  const auto frame = random_bytes(2, 800);
  caligo_frame_tag tag{};
  ASSERT_OK(caligo_authenticator_seal(sender.get(), frame.data(), frame.size(), &tag));
  EXPECT_EQ(tag.size, GetParam() == CALIGO_WEGMAN_CARTER ? 8U : 32U);
  caligo_frame_tag wrong = tag;
  wrong.bytes[0] ^= 1U;
  expect_error(caligo_authenticator_open(receiver.get(), frame.data(), frame.size(), &wrong),
               CALIGO_ERROR_NOT_AUTHENTIC, "");
  wrong = tag;
  wrong.size += 256;
  expect_error(caligo_authenticator_open(receiver.get(), frame.data(), frame.size(), &wrong),
               CALIGO_ERROR_NOT_AUTHENTIC, "");
  ASSERT_OK(caligo_authenticator_open(receiver.get(), frame.data(), frame.size(), &tag));
  expect_error(caligo_authenticator_open(receiver.get(), frame.data(), frame.size(), &tag), CALIGO_ERROR_NOT_AUTHENTIC,
               "");
  EXPECT_EQ(caligo_authenticator_counter(receiver.get()), 1U);
  EXPECT_EQ(caligo_authenticator_epsilon(receiver.get()) > 0, GetParam() == CALIGO_WEGMAN_CARTER);
  if (GetParam() == CALIGO_WEGMAN_CARTER) {
    caligo_error error = CALIGO_OK;
    for (int i = 0; i < 20 && error == CALIGO_OK; ++i) {
      error = caligo_authenticator_seal(sender.get(), frame.data(), frame.size(), &tag);
    }
    expect_error(error, CALIGO_ERROR_KEY_EXHAUSTED, "");
  }
}

INSTANTIATE_TEST_SUITE_P(Algorithms, CApiTags, testing::Values(CALIGO_WEGMAN_CARTER, CALIGO_HMAC_SHA256));

TEST(CApiPool, TakesAndReplenishes) {
  TwoPools pools;
  std::vector<std::uint8_t> taken(bytes_for(100));
  ASSERT_OK(caligo_key_pool_take(pools.alice.get(), CALIGO_BOB_TO_ALICE, taken.data(), 100));
  BitString expected(100);
  copy_bits(bit_string(random_bytes(1, 500), 500), 0, expected, 0, 100);
  EXPECT_EQ(taken, expected.to_bytes());
  expect_error(caligo_key_pool_take(pools.alice.get(), CALIGO_BOB_TO_ALICE, taken.data(), 401),
               CALIGO_ERROR_KEY_EXHAUSTED, "");
  expect_error(caligo_key_pool_take(pools.alice.get(), CALIGO_BOB_TO_ALICE, taken.data(), std::size_t{1} << 60U),
               CALIGO_ERROR_KEY_EXHAUSTED, "");
  expect_error(caligo_key_pool_take(pools.alice.get(), 2, taken.data(), 1), CALIGO_ERROR_INVALID_ARGUMENT, "direction");
  const auto more = random_bytes(5, 64);
  ASSERT_OK(caligo_key_pool_replenish(pools.alice.get(), CALIGO_BOB_TO_ALICE, more.data(), 64, 1e-10));
  auto info = sized<caligo_key_pool_info>();
  ASSERT_OK(caligo_key_pool_get_info(pools.alice.get(), &info));
  EXPECT_EQ(info.consumed[CALIGO_BOB_TO_ALICE], 100U);
  EXPECT_EQ(info.remaining[CALIGO_BOB_TO_ALICE], 464U);
  EXPECT_EQ(info.remaining[CALIGO_ALICE_TO_BOB], 1000U);
  EXPECT_EQ(info.epsilon, 1e-10);
  caligo_authenticator* none = nullptr;
  expect_error(caligo_authenticator_create(pools.alice.get(), 0, 5, &none), CALIGO_ERROR_INVALID_ARGUMENT, "algorithm");
}

}  // namespace
}  // namespace caligo::capi_test
