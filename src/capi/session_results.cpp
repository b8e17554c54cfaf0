// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <caligo/channel.hpp>

#include <limits>

#include "capi/leakage.hpp"
#include "capi/session.hpp"

namespace capi = caligo::capi;
using caligo::Error;
using caligo::ErrorCode;
using caligo::Result;

namespace caligo::capi {

namespace {

/// The key, wiped when it goes.
struct SessionKey {
  explicit SessionKey(const caligo_session& session) {
    *bits = std::visit([](const auto& side) { return side.key(); }, session.side);
  }
  SecretBits bits;
};

caligo_session_block to_c(const SessionBlock& block) noexcept {
  static_assert(static_cast<int>(BlockOutcome::open) == CALIGO_BLOCK_OPEN);
  static_assert(static_cast<int>(BlockOutcome::lost) == CALIGO_BLOCK_LOST);
  caligo_session_block result{};
  result.outcome = static_cast<std::int32_t>(block.outcome);
  result.rounds = block.rounds;
  result.bits = block.bits;
  result.key_bits = block.key_bits;
  result.errors = block.errors;
  result.leaked = leakage_to_c(block.leaked);
  return result;
}

caligo_session_report report_on(const caligo_session& session) {
  return std::visit(
      [&](const auto& side) {
        const SessionStatistics& counts = side.statistics();
        caligo_session_report report{};
        report.blocks = side.blocks();
        report.key_bits = SessionKey(session).bits->size();
        report.leaked = leakage_to_c(side.leaked());
        report.frames_sent = counts.frames_sent;
        report.bytes_sent = counts.bytes_sent;
        report.frames_accepted = counts.frames_accepted;
        report.bytes_accepted = counts.bytes_accepted;
        report.duplicates = counts.duplicates;
        report.frames_repeated = counts.frames_repeated;
        report.disclosed_repeated = counts.disclosed_repeated;
        report.messages_sent = counts.messages_sent;
        report.frames_refused = counts.refused_total();
        if constexpr (requires { side.epsilon(); }) report.epsilon = side.epsilon();
        return report;
      },
      session.side);
}

/// Everything that one side has to say goes to the other. False: nothing was said.
template <class From, class To>
Result<bool> carry(From& from, To& to, std::span<std::byte> buffer) {
  bool said = false;
  while (const std::size_t size = from.next_frame(buffer)) {
    said = true;
    if (auto taken = to.receive(buffer.first(size)); !taken) return std::move(taken).error();
  }
  return said;
}

Result<void> talk(AliceSession& alice, BobSession& bob, std::size_t max_frame) {
  std::vector<std::byte> buffer(max_frame);
  while (!alice.finished() || !bob.finished()) {
    auto worked = alice.work();
    if (!worked) return std::move(worked).error();
    bool busy = *worked;
    auto said = carry(alice, bob, buffer);
    if (!said) return std::move(said).error();
    busy = busy || *said;
    while (bob.work()) busy = true;
    auto answered = carry(bob, alice, buffer);
    if (!answered) return std::move(answered).error();
    if (alice.status() == SessionStatus::failed && alice.error()) return *alice.error();
    if (bob.status() == SessionStatus::failed && bob.error()) return *bob.error();
    if (busy || *answered) continue;
    alice.on_timeout();
    bob.on_timeout();
  }
  return {};
}

caligo_reconcile_result summarise(const AliceSession& alice, const BobSession& bob, BitView x, BitView y,
                                  BitString& key, BitString& other) {
  caligo_reconcile_result result{};
  result.bits = x.size();
  result.blocks = alice.blocks();
  for (std::size_t i = 0; i < alice.blocks(); ++i) {
    if (alice.block(i).outcome != BlockOutcome::verified) ++result.failed_blocks;
  }
  result.key_bits = key.size();
  result.errors = hamming_distance(x, y);
  result.undetected = key.size() == other.size() ? hamming_distance(key, other) : key.size();
  result.qber = static_cast<double>(result.errors) / static_cast<double>(x.size());
  Leakage leaked = alice.leaked();
  leaked += bob.leaked();
  result.leaked = leakage_to_c(leaked);
  result.efficiency = result.errors == 0 ? std::numeric_limits<double>::quiet_NaN()
                                         : static_cast<double>(leaked.total()) /
                                               (static_cast<double>(x.size()) * binary_entropy(result.qber));
  result.epsilon = bob.epsilon();
  return result;
}

Result<void> reconcile(const caligo_session_settings* given, const std::uint8_t* x, const std::uint8_t* y,
                       std::size_t bits, std::uint8_t* key, caligo_reconcile_result* result) {
  auto settings = session_settings(given);
  if (!settings) return std::move(settings).error();
  SecretBits alice_bits(bits);
  SecretBits bob_bits(bits);
  if (auto loaded = load_bits(x, *alice_bits, "x"); !loaded) return loaded;
  if (auto loaded = load_bits(y, *bob_bits, "y"); !loaded) return loaded;
  if (auto there = need(key, "key"); !there) return there;
  if (auto there = need(result, "result"); !there) return there;
  const auto book = std::make_shared<CodeBook>();
  auto alice = AliceSession::make(*settings, *alice_bits, book);
  if (!alice) return std::move(alice).error();
  auto bob = BobSession::make(*settings, *bob_bits, book);
  if (!bob) return std::move(bob).error();
  if (auto done = talk(*alice, *bob, settings->max_frame); !done) return done;
  SecretBits ours;
  SecretBits theirs;
  *ours = alice->key();
  *theirs = bob->key();
  std::memset(key, 0, bytes_for(bits));
  copy_out(*ours, key);
  return write_struct(summarise(*alice, *bob, *alice_bits, *bob_bits, *ours, *theirs), result, "result");
}

}  // namespace

}  // namespace caligo::capi

caligo_error caligo_session_get_block(const caligo_session* session, size_t index, caligo_session_block* block) {
  return capi::guarded([&]() -> Result<void> {
    if (auto there = capi::need(session, "session"); !there) return there;
    return std::visit(
        [&](const auto& side) -> Result<void> {
          if (index >= side.blocks()) {
            return capi::invalid(fmt::format("index is {}, but there are {} blocks", index, side.blocks()));
          }
          return capi::write_struct(capi::to_c(side.block(index)), block, "block");
        },
        session->side);
  });
}

caligo_error caligo_session_get_report(const caligo_session* session, caligo_session_report* report) {
  return capi::guarded([&]() -> Result<void> {
    if (auto there = capi::need(session, "session"); !there) return there;
    return capi::write_struct(capi::report_on(*session), report, "report");
  });
}

caligo_error caligo_session_key(const caligo_session* session, uint8_t* key, size_t bits) {
  return capi::guarded([&]() -> Result<void> {
    if (auto there = capi::need(session, "session"); !there) return there;
    capi::SessionKey found(*session);
    if (auto right = capi::check_bits(bits, found.bits->size(), "key"); !right) return right;
    return capi::store_bits(*found.bits, key, "key");
  });
}

caligo_error caligo_peek_session(const uint8_t* frame, size_t size, uint64_t* session_id) {
  return capi::guarded([&]() -> Result<void> {
    if (auto there = capi::need(frame, "frame"); !there) return there;
    if (auto there = capi::need(session_id, "session_id"); !there) return there;
    const auto id = caligo::peek_session({reinterpret_cast<const std::byte*>(frame), size});
    if (!id) return Error{ErrorCode::malformed_input, "frame: this is not a frame of a session"};
    *session_id = *id;
    return {};
  });
}

caligo_error caligo_reconcile(const caligo_session_settings* settings, const uint8_t* x, const uint8_t* y, size_t bits,
                              uint8_t* key, caligo_reconcile_result* result) {
  return capi::guarded([&] { return capi::reconcile(settings, x, y, bits, key, result); });
}
