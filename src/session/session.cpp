// SPDX-License-Identifier: Apache-2.0
#include <sodium.h>
#include <caligo/session.hpp>

#include <utility>

#include "session/alice.hpp"
#include "session/bob.hpp"
#include "session/settings.hpp"

namespace caligo {

namespace {

Result<std::uint64_t> draw_sample_seed(const SessionSettings& settings) {
  if (settings.simulation_seed) return *settings.simulation_seed;
  if (sodium_init() < 0) return Error{ErrorCode::io, "the operating system gives no random numbers"};
  std::uint64_t seed = 0;
  randombytes_buf(&seed, sizeof seed);
  return seed;
}

}  // namespace

// ---- Alice
// ------------------------------------------------------------------------------------------------------------

AliceSession::AliceSession(std::unique_ptr<session::AliceMachine> machine) : machine_(std::move(machine)) {}
AliceSession::AliceSession(AliceSession&&) noexcept = default;
AliceSession& AliceSession::operator=(AliceSession&&) noexcept = default;
AliceSession::~AliceSession() = default;

Result<AliceSession> AliceSession::make(const SessionSettings& settings, BitView x, std::shared_ptr<CodeBook> codes) {
  if (auto checked = session::check_settings(settings, x.size()); !checked) return checked.error();
  const auto seed = draw_sample_seed(settings);
  if (!seed) return seed.error();
  return AliceSession(std::make_unique<session::AliceMachine>(settings, x, std::move(codes), *seed));
}

Result<void> AliceSession::receive(std::span<const std::byte> frame) { return machine_->receive(frame); }
Result<bool> AliceSession::work() { return machine_->work(); }
std::size_t AliceSession::next_frame(std::span<std::byte> out) { return machine_->next_frame(out); }
void AliceSession::on_timeout() { machine_->on_timeout(); }
void AliceSession::abandon() { machine_->abandon(); }
SessionStatus AliceSession::status() const noexcept { return machine_->status(); }
const std::optional<Error>& AliceSession::error() const noexcept { return machine_->error(); }
std::size_t AliceSession::blocks() const noexcept { return machine_->blocks(); }
SessionBlock AliceSession::block(std::size_t index) const noexcept { return machine_->block(index); }
const Leakage& AliceSession::leaked() const noexcept { return machine_->leaked(); }
const SessionStatistics& AliceSession::statistics() const noexcept { return machine_->statistics(); }
BitString AliceSession::key() const { return machine_->key(); }

// ---- Bob
// --------------------------------------------------------------------------------------------------------------

DecodeJob::DecodeJob(std::shared_ptr<session::Task> task) : task_(std::move(task)) {}
DecodeJob::DecodeJob(DecodeJob&&) noexcept = default;
DecodeJob& DecodeJob::operator=(DecodeJob&&) noexcept = default;
DecodeJob::~DecodeJob() = default;
void DecodeJob::run() {
  if (task_ != nullptr && !task_->done) task_->run();
}

BobSession::BobSession(std::unique_ptr<session::BobMachine> machine) : machine_(std::move(machine)) {}
BobSession::BobSession(BobSession&&) noexcept = default;
BobSession& BobSession::operator=(BobSession&&) noexcept = default;
BobSession::~BobSession() = default;

Result<BobSession> BobSession::make(const SessionSettings& settings, BitView y, std::shared_ptr<CodeBook> codes) {
  if (auto checked = session::check_settings(settings, y.size()); !checked) return checked.error();
  return BobSession(std::make_unique<session::BobMachine>(settings, y, std::move(codes)));
}

Result<void> BobSession::receive(std::span<const std::byte> frame) { return machine_->receive(frame); }
std::optional<DecodeJob> BobSession::take_job() {
  auto task = machine_->take_task();
  if (task == nullptr) return std::nullopt;
  return DecodeJob(std::move(task));
}
void BobSession::complete(DecodeJob job) { machine_->complete(job.task_); }
bool BobSession::work() {
  auto job = take_job();
  if (!job) return false;
  job->run();
  complete(std::move(*job));
  return true;
}
std::size_t BobSession::next_frame(std::span<std::byte> out) { return machine_->next_frame(out); }
void BobSession::on_timeout() { machine_->on_timeout(); }
SessionStatus BobSession::status() const noexcept { return machine_->status(); }
const std::optional<Error>& BobSession::error() const noexcept { return machine_->error(); }
std::size_t BobSession::blocks() const noexcept { return machine_->blocks(); }
SessionBlock BobSession::block(std::size_t index) const noexcept { return machine_->block(index); }
const Leakage& BobSession::leaked() const noexcept { return machine_->leaked(); }
const SessionStatistics& BobSession::statistics() const noexcept { return machine_->statistics(); }
double BobSession::epsilon() const noexcept { return machine_->epsilon(); }
BitString BobSession::key() const { return machine_->key(); }

}  // namespace caligo
