// SPDX-License-Identifier: Apache-2.0
#include "capi/session.hpp"

#include <fmt/format.h>

#include "capi/codec.hpp"
#include "capi/leakage.hpp"

namespace capi = caligo::capi;
using caligo::Error;
using caligo::ErrorCode;
using caligo::Result;

namespace caligo::capi {

namespace {

std::span<const std::byte> bytes_of(const std::uint8_t* frame, std::size_t size) noexcept {
  return {reinterpret_cast<const std::byte*>(frame), size};
}

template <class Side>
Result<std::unique_ptr<caligo_session>> make_session(const caligo_session_settings* given, const std::uint8_t* bytes,
                                                     std::size_t bits, const caligo_code_book* book, const char* name) {
  auto settings = session_settings(given);
  if (!settings) return std::move(settings).error();
  SecretBits packed(bits);
  if (auto loaded = load_bits(bytes, *packed, name); !loaded) return loaded.error();
  auto side = Side::make(*settings, *packed, book == nullptr ? nullptr : book->book);
  if (!side) return std::move(side).error();
  return std::unique_ptr<caligo_session>(
      new caligo_session{.side = std::move(*side), .max_frame = settings->max_frame});
}

Error only_for(const char* who) {
  return Error{ErrorCode::unsupported, fmt::format("session: this is something that only {} does", who)};
}

}  // namespace

}  // namespace caligo::capi

// ---- Codes
// ------------------------------------------------------------------------------------------------------------

caligo_error caligo_code_book_create(const char* cache_directory, size_t decoders, caligo_code_book** book) {
  return capi::create(book, "book", [&]() -> Result<std::unique_ptr<caligo_code_book>> {
    constexpr std::size_t default_decoders = 8;
    auto handle = std::make_unique<caligo_code_book>();
    handle->book = std::make_shared<caligo::CodeBook>(capi::cache_path(cache_directory),
                                                      decoders == 0 ? default_decoders : decoders);
    return handle;
  });
}

void caligo_code_book_destroy(caligo_code_book* book) { delete book; }

// ---- Life
// ------------------------------------------------------------------------------------------------------------

caligo_error caligo_session_create_alice(const caligo_session_settings* settings, const uint8_t* x, size_t bits,
                                         const caligo_code_book* book, caligo_session** session) {
  return capi::create(session, "session",
                      [&] { return capi::make_session<caligo::AliceSession>(settings, x, bits, book, "x"); });
}

caligo_error caligo_session_create_bob(const caligo_session_settings* settings, const uint8_t* y, size_t bits,
                                       const caligo_code_book* book, caligo_session** session) {
  return capi::create(session, "session",
                      [&] { return capi::make_session<caligo::BobSession>(settings, y, bits, book, "y"); });
}

void caligo_session_destroy(caligo_session* session) { delete session; }

// ---- Frames
// ------------------------------------------------------------------------------------------------------------

caligo_error caligo_session_receive(caligo_session* session, const uint8_t* frame, size_t size) {
  return capi::guarded([&]() -> Result<void> {
    if (auto there = capi::need(session, "session"); !there) return there;
    if (size != 0) {
      if (auto there = capi::need(frame, "frame"); !there) return there;
    }
    return std::visit([&](auto& side) { return side.receive(capi::bytes_of(frame, size)); }, session->side);
  });
}

caligo_error caligo_session_work(caligo_session* session, int32_t* did) {
  return capi::guarded([&]() -> Result<void> {
    if (auto there = capi::need(session, "session"); !there) return there;
    if (auto there = capi::need(did, "did"); !there) return there;
    *did = 0;
    if (auto* bob = session->bob()) {
      *did = bob->work() ? 1 : 0;
      return {};
    }
    auto worked = session->alice()->work();
    if (!worked) return std::move(worked).error();
    *did = *worked ? 1 : 0;
    return {};
  });
}

caligo_error caligo_session_next_frame(caligo_session* session, uint8_t* frame, size_t capacity, size_t* size) {
  return capi::guarded([&]() -> Result<void> {
    if (auto there = capi::need(session, "session"); !there) return there;
    if (auto there = capi::need(frame, "frame"); !there) return there;
    if (auto there = capi::need(size, "size"); !there) return there;
    *size = 0;
    if (capacity < session->max_frame) {
      return Error{ErrorCode::size_mismatch,
                   fmt::format("frame: expected room for max_frame = {} bytes, got {}", session->max_frame, capacity)};
    }
    const std::span<std::byte> out(reinterpret_cast<std::byte*>(frame), capacity);
    *size = std::visit([&](auto& side) { return side.next_frame(out); }, session->side);
    return {};
  });
}

caligo_error caligo_session_on_timeout(caligo_session* session) {
  return capi::guarded([&]() -> Result<void> {
    if (auto there = capi::need(session, "session"); !there) return there;
    std::visit([](auto& side) { side.on_timeout(); }, session->side);
    return {};
  });
}

caligo_error caligo_session_abandon(caligo_session* session) {
  return capi::guarded([&]() -> Result<void> {
    if (auto there = capi::need(session, "session"); !there) return there;
    if (session->alice() == nullptr) return capi::only_for("Alice");
    session->alice()->abandon();
    return {};
  });
}

int32_t caligo_session_status(const caligo_session* session) {
  if (session == nullptr) return CALIGO_SESSION_FAILED;
  static_assert(static_cast<int>(caligo::SessionStatus::negotiating) == CALIGO_SESSION_NEGOTIATING);
  static_assert(static_cast<int>(caligo::SessionStatus::failed) == CALIGO_SESSION_FAILED);
  return std::visit([](const auto& side) { return static_cast<int32_t>(side.status()); }, session->side);
}

caligo_error caligo_session_failure(const caligo_session* session, const char** text) {
  const std::optional<Error>* error = nullptr;
  if (session != nullptr) error = &std::visit([](const auto& side) -> auto& { return side.error(); }, session->side);
  const bool failed = error != nullptr && error->has_value();
  if (text != nullptr) *text = failed ? (*error)->message.c_str() : "";
  return failed ? static_cast<caligo_error>((*error)->code) : CALIGO_OK;
}

// ---- Jobs
// ------------------------------------------------------------------------------------------------------------

caligo_error caligo_session_take_job(caligo_session* session, caligo_decode_job** job) {
  return capi::guarded([&]() -> Result<void> {
    if (auto there = capi::need(static_cast<const void*>(job), "job"); !there) return there;
    *job = nullptr;
    if (auto there = capi::need(session, "session"); !there) return there;
    if (session->bob() == nullptr) return capi::only_for("Bob");
    if (auto taken = session->bob()->take_job()) *job = new caligo_decode_job{.job = std::move(*taken)};
    return {};
  });
}

caligo_error caligo_decode_job_run(caligo_decode_job* job) {
  return capi::guarded([&]() -> Result<void> {
    if (auto there = capi::need(job, "job"); !there) return there;
    if (job->was_run) return capi::invalid("job: it was run before");
    job->was_run = true;
    job->job.run();
    return {};
  });
}

caligo_error caligo_session_complete(caligo_session* session, caligo_decode_job* job) {
  const std::unique_ptr<caligo_decode_job> owned(job);
  return capi::guarded([&]() -> Result<void> {
    if (auto there = capi::need(session, "session"); !there) return there;
    if (auto there = capi::need(job, "job"); !there) return there;
    if (session->bob() == nullptr) return capi::only_for("Bob");
    if (!job->was_run) return capi::invalid("job: it was not run");
    session->bob()->complete(std::move(job->job));
    return {};
  });
}

void caligo_decode_job_destroy(caligo_decode_job* job) { delete job; }
