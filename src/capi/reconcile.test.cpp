// SPDX-License-Identifier: Apache-2.0
#include <caligo/blind.hpp>
#include <caligo/cascade.hpp>
#include <caligo/reconcile.hpp>

#include "capi/capi_test.hpp"

namespace caligo::capi_test {
namespace {

constexpr std::size_t bits = 16384;
constexpr double qber = 0.03;

std::unique_ptr<caligo::Reconciler> same_reconciler(std::int32_t mode) {
  if (mode == CALIGO_MODE_BLIND) {
    return std::make_unique<BlindReconciler>(BlindSettings{.crc = parse_crc("crc24a").value(), .qber = qber});
  }
  if (mode == CALIGO_MODE_INTERACTIVE) {
    return std::make_unique<InteractiveReconciler>(InteractiveSettings{.qber = qber, .simulated_keys = 5});
  }
  return std::make_unique<OneWayReconciler>(OneWaySettings{.crc = parse_crc("crc16-ccitt").value(), .qber = qber});
}

void expect_equal(const caligo_leakage& got, const Leakage& expected) {
  EXPECT_EQ(got.total, expected.total());
  EXPECT_EQ(got.frozen, expected.frozen);
  EXPECT_EQ(got.crc, expected.crc);
  EXPECT_EQ(got.tag, expected.tag);
  EXPECT_EQ(got.sample, expected.sample);
  EXPECT_EQ(got.feedback, expected.feedback);
  EXPECT_EQ(got.questions, expected.questions);
}

class CApiReconcile : public testing::TestWithParam<std::int32_t> {};

TEST_P(CApiReconcile, EqualsTheCppReconciler) {
  auto options = sized<caligo_reconciler_options>();
  options.mode = GetParam();
  options.has_qber = 1;
  options.qber = qber;
  options.simulated = 1;
  options.seed = 5;
  const auto handle =
      made<Reconciler>([&](caligo_reconciler** out) { return caligo_reconciler_create(&options, out); });
  const auto reference = same_reconciler(GetParam());
  for (std::uint64_t block = 0; block < 2; ++block) {
    const auto x = random_bytes(block, bits);
    const auto y = noisy_copy(x, bits, qber);
    auto report = sized<caligo_block_report>();
    ASSERT_OK(caligo_reconciler_reconcile(handle.get(), x.data(), y.data(), bits, 0, &report));
    const auto expected =
        reference->reconcile(bit_string(x, bits), bit_string(y, bits), bits, VerificationKey::simulated(5, block))
            .value();
    EXPECT_EQ(report.verified, expected.verified ? 1 : 0);
    EXPECT_EQ(report.key_bits, expected.key_bits);
    EXPECT_EQ(report.errors, expected.errors);
    EXPECT_EQ(report.corrected, expected.corrected);
    EXPECT_EQ(report.undetected, 0U);
    EXPECT_EQ(report.rounds, expected.rounds);
    EXPECT_EQ(report.units, expected.units);
    EXPECT_EQ(report.messages, expected.messages);
    EXPECT_EQ(report.bob_bits, expected.bob_bits);
    EXPECT_EQ(report.epsilon, expected.epsilon);
    expect_equal(report.leaked, expected.leaked);
    EXPECT_GT(report.key_bits, 0U);
    std::vector<std::uint8_t> key(caligo_bytes_for(report.key_bits));
    ASSERT_OK(caligo_reconciler_key(handle.get(), key.data(), report.key_bits));
    EXPECT_EQ(key, BitString(reference->key()).to_bytes());
    expect_error(caligo_reconciler_key(handle.get(), key.data(), bits + 1), CALIGO_ERROR_SIZE_MISMATCH, "key");
  }
  auto totals = sized<caligo_reconciler_totals>();
  ASSERT_OK(caligo_reconciler_get_totals(handle.get(), &totals));
  expect_equal(totals.leaked, reference->leaked());
  EXPECT_EQ(totals.epsilon, reference->epsilon());
  EXPECT_GT(totals.decoder_bytes, 0U);
}

INSTANTIATE_TEST_SUITE_P(Modes, CApiReconcile,
                         testing::Values(CALIGO_MODE_ONE_WAY, CALIGO_MODE_BLIND, CALIGO_MODE_INTERACTIVE));

TEST(CApiReconciler, LearnsFromASample) {
  const auto handle = made<Reconciler>([&](caligo_reconciler** out) { return caligo_reconciler_create(nullptr, out); });
  ASSERT_OK(caligo_reconciler_observe_sample(handle.get(), 1000, 30));
  expect_error(caligo_reconciler_observe_sample(handle.get(), 10, 11), CALIGO_ERROR_INVALID_ARGUMENT, "11");
  auto totals = sized<caligo_reconciler_totals>();
  ASSERT_OK(caligo_reconciler_get_totals(handle.get(), &totals));
  EXPECT_DOUBLE_EQ(totals.qber_estimate, 31.0 / 1002);
  EXPECT_EQ(totals.observed, 1000U);
  EXPECT_EQ(totals.leaked.sample, 1000U);
  std::uint64_t count = 0;
  std::size_t length = 0;
  ASSERT_OK(caligo_reconciler_next_blocks(handle.get(), 1U << 20U, 20, &count, &length));
  OneWayReconciler reference(OneWaySettings{.crc = parse_crc("crc16-ccitt").value(), .qber = {}});
  reference.observe_sample(1000, 30);
  const auto expected = reference.next_blocks(1U << 20U, 20);
  EXPECT_EQ(count, expected.count);
  EXPECT_EQ(length, expected.length);
  expect_error(caligo_reconciler_next_blocks(handle.get(), 100, 25, &count, &length), CALIGO_ERROR_INVALID_ARGUMENT,
               "25");
}

TEST(CApiReconciler, RefusesWhatIsWrong) {
  auto options = sized<caligo_reconciler_options>();
  caligo_reconciler* none = nullptr;
  const auto create = [&] { return caligo_reconciler_create(&options, &none); };
  options.mode = 4;
  expect_error(create(), CALIGO_ERROR_INVALID_ARGUMENT, "mode is 4");
  options.mode = 0;
  options.crc = "crc99";
  expect_error(create(), CALIGO_ERROR_INVALID_ARGUMENT, "crc99");
  options.crc = nullptr;
  options.tag_bits = 65;
  expect_error(create(), CALIGO_ERROR_INVALID_ARGUMENT, "65");
  options.tag_bits = 0;
  options.has_qber = 1;
  options.qber = 0.6;
  expect_error(create(), CALIGO_ERROR_INVALID_ARGUMENT, "0.6");
  options.qber = 0.3;
  const auto handle =
      made<Reconciler>([&](caligo_reconciler** out) { return caligo_reconciler_create(&options, out); });
  const auto x = random_bytes(0, 4096);
  expect_error(caligo_reconciler_reconcile(handle.get(), x.data(), x.data(), 4096, 0, nullptr), CALIGO_ERROR_NO_KEY,
               "");
  expect_error(caligo_reconciler_reconcile(handle.get(), x.data(), nullptr, 4096, 0, nullptr),
               CALIGO_ERROR_INVALID_ARGUMENT, "y is NULL");
}

TEST(CApiRoles, DiscloseAndCorrect) {
  const auto selector =
      made<Selector>([&](caligo_code_selector** out) { return caligo_code_selector_create(nullptr, out); });
  auto request = sized<caligo_code_request>();
  request.bits = 4000;
  request.qber = qber;
  request.crc = "crc16-ccitt";
  const auto code =
      made<Code>([&](caligo_code** out) { return caligo_code_selector_select(selector.get(), &request, out); });
  const CodeSpec spec =
      CodeSelector().select({.bits = 4000, .qber = qber, .crc = parse_crc("crc16-ccitt").value()}).value();
  EXPECT_EQ(caligo_code_strong_id(code.get()), spec.strong_id());

  const auto alice =
      made<Discloser>([&](caligo_discloser** out) { return caligo_discloser_create(code.get(), 64, out); });
  auto reference = caligo::Discloser::make(spec, 64).value();
  const auto x = random_bytes(0, 4000);
  std::vector<std::uint8_t> values(bytes_for(spec.frozen_bits()));
  auto disclosure = sized<caligo_disclosure>();
  disclosure.frozen_values = values.data();
  disclosure.frozen_values_size = values.size();
  ASSERT_OK(caligo_verification_key_simulated(5, 0, &disclosure.key));
  ASSERT_OK(caligo_discloser_disclose(alice.get(), x.data(), 4000, &disclosure));
  Disclosure expected;
  reference.disclose(bit_string(x, 4000), VerificationKey::simulated(5, 0), expected).value();
  EXPECT_EQ(values, expected.frozen_values.to_bytes());
  EXPECT_EQ(disclosure.tag, expected.tag);
  EXPECT_EQ(disclosure.checksum, expected.checksum);
  caligo_leakage leakage{};
  ASSERT_OK(caligo_discloser_leakage(alice.get(), &leakage));
  expect_equal(leakage, reference.leakage());
  std::uint64_t tag = 0;
  ASSERT_OK(caligo_verification_tag(x.data(), 4000, &disclosure.key, 64, &tag));
  EXPECT_EQ(tag, disclosure.tag);
  expect_error(caligo_verification_tag(x.data(), 4000, &disclosure.key, 65, &tag), CALIGO_ERROR_INVALID_ARGUMENT, "65");
  EXPECT_EQ(caligo_verification_epsilon(4000, 64), verification_epsilon(4000, 64));

  const auto plan = made<Plan>([&](caligo_plan** out) { return caligo_plan_create(code.get(), nullptr, out); });
  const auto bob =
      made<Corrector>([&](caligo_corrector** out) { return caligo_corrector_create(plan.get(), 64, out); });
  const auto y = noisy_copy(x, 4000, qber);
  std::vector<std::uint8_t> corrected(x.size(), 1);
  auto result = sized<caligo_correction>();
  ASSERT_OK(caligo_corrector_correct(bob.get(), &disclosure, y.data(), 4000, corrected.data(), &result));
  EXPECT_EQ(result.verified, 1);
  EXPECT_EQ(result.crc_accepted, 1);
  EXPECT_EQ(corrected, x);
  EXPECT_EQ(result.corrected, hamming_distance(bit_string(x, 4000), bit_string(y, 4000)));
  disclosure.tag ^= 1U;
  ASSERT_OK(caligo_corrector_correct(bob.get(), &disclosure, y.data(), 4000, corrected.data(), &result));
  EXPECT_EQ(result.verified, 0);
  EXPECT_EQ(corrected, std::vector<std::uint8_t>(x.size(), 0)) << "what was not verified is not given out";
  disclosure.frozen_values_size -= 1;
  expect_error(caligo_corrector_correct(bob.get(), &disclosure, y.data(), 4000, corrected.data(), &result),
               CALIGO_ERROR_SIZE_MISMATCH, "frozen_values");
  expect_error(caligo_discloser_disclose(alice.get(), x.data(), 1U << 20U, &disclosure), CALIGO_ERROR_SIZE_MISMATCH,
               "");
  caligo_verification_key one{};
  caligo_verification_key two{};
  ASSERT_OK(caligo_verification_key_fresh(&one));
  ASSERT_OK(caligo_verification_key_fresh(&two));
  EXPECT_NE(std::vector<std::uint64_t>(one.words, one.words + 6), std::vector<std::uint64_t>(two.words, two.words + 6));
  EXPECT_EQ(caligo_one_way_qber_limit(), one_way_qber_limit());
  EXPECT_EQ(caligo_one_way_efficiency_limit(4000, qber, 0.01), one_way_efficiency_limit(4000, qber, 0.01));
}

}  // namespace
}  // namespace caligo::capi_test
