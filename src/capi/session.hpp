// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The handles of <caligo/c/session.h>.

#include <caligo/c/session.h>
#include <caligo/session.hpp>

#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "capi/boundary.hpp"

struct caligo_code_book {
  std::shared_ptr<caligo::CodeBook> book;
};

struct caligo_session {
  std::variant<caligo::AliceSession, caligo::BobSession> side;
  std::size_t max_frame = 0;
  [[nodiscard]] caligo::AliceSession* alice() noexcept { return std::get_if<caligo::AliceSession>(&side); }
  [[nodiscard]] caligo::BobSession* bob() noexcept { return std::get_if<caligo::BobSession>(&side); }
};

struct caligo_decode_job {
  caligo::DecodeJob job;
  bool was_run = false;
};

namespace caligo::capi {

/// Defaults filled in. Errors: invalid_argument.
Result<SessionSettings> session_settings(const caligo_session_settings* given);

}  // namespace caligo::capi
