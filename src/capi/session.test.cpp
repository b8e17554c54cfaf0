// SPDX-License-Identifier: Apache-2.0
#include <caligo/session.hpp>

#include <cmath>
#include <thread>

#include "capi/capi_test.hpp"

namespace caligo::capi_test {
namespace {

constexpr std::size_t bits = 40000;
constexpr double qber = 0.03;

struct Pair {
  std::vector<std::uint8_t> x = random_bytes(0, bits);
  std::vector<std::uint8_t> y = noisy_copy(x, bits, qber);
  Session alice;
  Session bob;

  explicit Pair(const caligo_session_settings& settings) {
    // The sessions share codes; the book itself may go.
    const auto book = made<CodeBook>([&](caligo_code_book** out) { return caligo_code_book_create(nullptr, 0, out); });
    alice = made<Session>(
        [&](caligo_session** out) { return caligo_session_create_alice(&settings, x.data(), bits, book.get(), out); });
    bob = made<Session>(
        [&](caligo_session** out) { return caligo_session_create_bob(&settings, y.data(), bits, book.get(), out); });
  }
};

caligo_session_settings small_settings(std::int32_t mode) {
  auto settings = sized<caligo_session_settings>();
  settings.session_id = 9;
  settings.mode = mode;
  settings.max_log2_block = 14;
  settings.simulated = 1;
  settings.seed = 3;
  settings.max_frame = 1400;
  return settings;
}

bool carry(caligo_session* from, caligo_session* to) {
  std::vector<std::uint8_t> frame(1400);
  bool said = false;
  for (;;) {
    std::size_t size = 0;
    EXPECT_OK(caligo_session_next_frame(from, frame.data(), frame.size(), &size));
    if (size == 0) return said;
    said = true;
    std::uint64_t id = 0;
    EXPECT_OK(caligo_peek_session(frame.data(), size, &id));
    EXPECT_EQ(id, 9U);
    EXPECT_OK(caligo_session_receive(to, frame.data(), size));
  }
}

/// Bob's blocks are decoded on another thread.
bool decode_elsewhere(caligo_session* bob) {
  bool busy = false;
  for (;;) {
    caligo_decode_job* job = nullptr;
    EXPECT_OK(caligo_session_take_job(bob, &job));
    if (job == nullptr) return busy;
    busy = true;
    std::thread([&] { EXPECT_OK(caligo_decode_job_run(job)); }).join();
    EXPECT_OK(caligo_session_complete(bob, job));
  }
}

void talk(Pair& pair) {
  for (int turns = 0; turns < 100000 && caligo_session_status(pair.alice.get()) != CALIGO_SESSION_FINISHED; ++turns) {
    std::int32_t did = 0;
    bool busy = false;
    do {
      ASSERT_OK(caligo_session_work(pair.alice.get(), &did));
      busy = busy || did != 0;
    } while (did != 0);
    busy = carry(pair.alice.get(), pair.bob.get()) || busy;
    busy = decode_elsewhere(pair.bob.get()) || busy;
    busy = carry(pair.bob.get(), pair.alice.get()) || busy;
    if (busy) continue;
    ASSERT_OK(caligo_session_on_timeout(pair.alice.get()));
    ASSERT_OK(caligo_session_on_timeout(pair.bob.get()));
  }
}

class CApiSession : public testing::TestWithParam<std::int32_t> {};

TEST_P(CApiSession, TwoSidesAgree) {
  auto settings = small_settings(GetParam());
  settings.has_qber = 1;  // what is learnt depends on which block is decided first
  settings.qber = qber;
  Pair pair(settings);
  EXPECT_EQ(caligo_session_status(pair.alice.get()), CALIGO_SESSION_NEGOTIATING);
  talk(pair);
  ASSERT_EQ(caligo_session_status(pair.alice.get()), CALIGO_SESSION_FINISHED);
  ASSERT_EQ(caligo_session_status(pair.bob.get()), CALIGO_SESSION_FINISHED);
  auto a = sized<caligo_session_report>();
  auto b = sized<caligo_session_report>();
  ASSERT_OK(caligo_session_get_report(pair.alice.get(), &a));
  ASSERT_OK(caligo_session_get_report(pair.bob.get(), &b));
  EXPECT_EQ(a.key_bits, b.key_bits);
  EXPECT_GT(a.key_bits, bits / 2);
  EXPECT_EQ(a.epsilon, 0);
  EXPECT_GT(b.epsilon, 0);
  EXPECT_GT(a.leaked.total, 0U);
  EXPECT_EQ(a.frames_sent, b.frames_accepted);
  std::vector<std::uint8_t> key_a(caligo_bytes_for(a.key_bits));
  std::vector<std::uint8_t> key_b(key_a.size());
  ASSERT_OK(caligo_session_key(pair.alice.get(), key_a.data(), a.key_bits));
  ASSERT_OK(caligo_session_key(pair.bob.get(), key_b.data(), b.key_bits));
  EXPECT_EQ(key_a, key_b);
  expect_error(caligo_session_key(pair.bob.get(), key_b.data(), 1), CALIGO_ERROR_SIZE_MISMATCH, "key");
  std::uint64_t leaked = 0;
  std::size_t key_bits = 0;
  for (std::size_t i = 0; i < a.blocks; ++i) {
    auto block = sized<caligo_session_block>();
    ASSERT_OK(caligo_session_get_block(pair.alice.get(), i, &block));
    leaked += block.leaked.total;
    key_bits += block.key_bits;
  }
  EXPECT_EQ(key_bits, a.key_bits);
  EXPECT_EQ(leaked, a.leaked.total);
  auto block = sized<caligo_session_block>();
  expect_error(caligo_session_get_block(pair.alice.get(), a.blocks, &block), CALIGO_ERROR_INVALID_ARGUMENT, "index");
  const char* text = nullptr;
  EXPECT_EQ(caligo_session_failure(pair.alice.get(), &text), CALIGO_OK);
  EXPECT_STREQ(text, "");

  // In one call: the same codes and keys of tags, hence the same key and the same account.
  std::vector<std::uint8_t> key(pair.x.size());
  auto result = sized<caligo_reconcile_result>();
  ASSERT_OK(caligo_reconcile(&settings, pair.x.data(), pair.y.data(), bits, key.data(), &result));
  EXPECT_EQ(result.key_bits, a.key_bits);
  EXPECT_EQ(result.leaked.total, a.leaked.total + b.leaked.total);
  EXPECT_TRUE(std::equal(key_a.begin(), key_a.end(), key.begin()));
  EXPECT_EQ(result.undetected, 0U);
  EXPECT_EQ(result.blocks, a.blocks);
  EXPECT_EQ(result.epsilon, b.epsilon);
  EXPECT_NEAR(result.qber, qber, 0.01);
  EXPECT_GT(result.efficiency, 1);
  EXPECT_LT(result.efficiency, 3);
}

INSTANTIATE_TEST_SUITE_P(Modes, CApiSession,
                         testing::Values(CALIGO_MODE_ONE_WAY, CALIGO_MODE_BLIND, CALIGO_MODE_INTERACTIVE));

TEST(CApiSessions, RefuseWhatIsWrong) {
  auto settings = small_settings(CALIGO_MODE_ONE_WAY);
  Pair pair(settings);
  std::vector<std::uint8_t> frame(1400);
  std::size_t size = 0;
  expect_error(caligo_session_next_frame(pair.alice.get(), frame.data(), 100, &size), CALIGO_ERROR_SIZE_MISMATCH,
               "1400");
  expect_error(caligo_session_receive(pair.bob.get(), frame.data(), 10), CALIGO_ERROR_MALFORMED_INPUT, "");
  expect_error(caligo_session_abandon(pair.bob.get()), CALIGO_ERROR_UNSUPPORTED, "only Alice");
  caligo_decode_job* job = nullptr;
  expect_error(caligo_session_take_job(pair.alice.get(), &job), CALIGO_ERROR_UNSUPPORTED, "only Bob");
  expect_error(caligo_decode_job_run(nullptr), CALIGO_ERROR_INVALID_ARGUMENT, "job is NULL");
  expect_error(caligo_session_complete(pair.bob.get(), nullptr), CALIGO_ERROR_INVALID_ARGUMENT, "job is NULL");
  std::uint64_t id = 0;
  expect_error(caligo_peek_session(frame.data(), 50, &id), CALIGO_ERROR_MALFORMED_INPUT, "frame");
  EXPECT_EQ(caligo_session_status(nullptr), CALIGO_SESSION_FAILED);
  settings.verdicts = 7;
  caligo_session* none = nullptr;
  expect_error(caligo_session_create_alice(&settings, pair.x.data(), bits, nullptr, &none),
               CALIGO_ERROR_INVALID_ARGUMENT, "verdicts");
  settings.verdicts = 0;
  settings.max_frame = 1;
  expect_error(caligo_session_create_alice(&settings, pair.x.data(), bits, nullptr, &none),
               CALIGO_ERROR_INVALID_ARGUMENT, "frame");
}

TEST(CApiSessions, DifferentSettingsFailOnBothSides) {
  auto settings = small_settings(CALIGO_MODE_ONE_WAY);
  Pair pair(settings);
  settings.list_size = 4;
  pair.bob = made<Session>(
      [&](caligo_session** out) { return caligo_session_create_bob(&settings, pair.y.data(), bits, nullptr, out); });
  std::int32_t did = 0;
  ASSERT_OK(caligo_session_work(pair.alice.get(), &did));
  std::vector<std::uint8_t> frame(1400);
  std::size_t size = 0;
  ASSERT_OK(caligo_session_next_frame(pair.alice.get(), frame.data(), frame.size(), &size));
  (void)!caligo_session_receive(pair.bob.get(), frame.data(), size);
  ASSERT_OK(caligo_session_next_frame(pair.bob.get(), frame.data(), frame.size(), &size));
  ASSERT_GT(size, 0U) << "Bob tells Alice why";
  (void)!caligo_session_receive(pair.alice.get(), frame.data(), size);
  EXPECT_EQ(caligo_session_status(pair.alice.get()), CALIGO_SESSION_FAILED);
  const char* text = nullptr;
  EXPECT_NE(caligo_session_failure(pair.alice.get(), &text), CALIGO_OK);
  EXPECT_THAT(text, testing::HasSubstr("list"));
}

TEST(CApiSessions, OneCallWithAllDefaults) {
  const auto x = random_bytes(0, bits);
  const auto y = noisy_copy(x, bits, qber);
  std::vector<std::uint8_t> key(x.size(), 0xFF);
  auto result = sized<caligo_reconcile_result>();
  ASSERT_OK(caligo_reconcile(nullptr, x.data(), y.data(), bits, key.data(), &result));
  EXPECT_EQ(result.leaked.sample, 4096U);
  EXPECT_EQ(result.bits, bits);
  EXPECT_GT(result.key_bits, bits / 2);
  EXPECT_EQ(result.undetected, 0U);
  for (std::size_t i = result.key_bits; i < bits; ++i) EXPECT_FALSE(bit(key, i));
  expect_error(caligo_reconcile(nullptr, x.data(), y.data(), 56, key.data(), &result), CALIGO_ERROR_INVALID_ARGUMENT,
               "");
}

TEST(CApiSessions, AJobMustBeRunBeforeItIsGivenBack) {
  Pair pair(small_settings(CALIGO_MODE_ONE_WAY));
  caligo_decode_job* job = nullptr;
  for (int turns = 0; turns < 1000 && job == nullptr; ++turns) {
    std::int32_t did = 0;
    ASSERT_OK(caligo_session_work(pair.alice.get(), &did));
    carry(pair.alice.get(), pair.bob.get());
    ASSERT_OK(caligo_session_take_job(pair.bob.get(), &job));
    carry(pair.bob.get(), pair.alice.get());
  }
  ASSERT_NE(job, nullptr);
  expect_error(caligo_session_complete(pair.bob.get(), job), CALIGO_ERROR_INVALID_ARGUMENT, "not run");
  ASSERT_OK(caligo_session_abandon(pair.alice.get()));
}

}  // namespace
}  // namespace caligo::capi_test
