// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Errors as values. Library functions that can fail return Result<T>; none of them prints, aborts or exits.

#include <stdexcept>
#include <string>
#include <utility>
#include <variant>

namespace caligo {

/// Stable error numbers: they never change meaning, new ones are appended.
enum class ErrorCode : int {
  invalid_argument = 1,  ///< a parameter outside its documented domain
  malformed_input = 2,   ///< untrusted text or bytes that do not parse
  size_mismatch = 3,     ///< two sizes that must agree do not
  io = 4,                ///< the operating system refused a read or a write
  unsupported = 5,       ///< valid, but this build or machine cannot do it
  no_key = 6,            ///< no secret key can be left at this error rate
  interrupted = 7,       ///< the caller asked to stop
  key_exhausted = 8,     ///< the pool of authentication keys has not enough bits left
  not_authentic = 9,     ///< a frame whose tag is wrong, or that came out of order
};

struct Error {
  ErrorCode code{};
  std::string message;  ///< one line, says what was expected and what was found
};

/// Thrown only by Result::value() on an error, for callers who prefer exceptions.
class Exception : public std::runtime_error {
 public:
  explicit Exception(const Error& error) : std::runtime_error(error.message), code_(error.code) {}
  [[nodiscard]] ErrorCode code() const noexcept { return code_; }

 private:
  ErrorCode code_;
};

/// Either a value or an Error. Test it before use; value() throws Exception instead.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT(google-explicit-constructor)
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT(google-explicit-constructor)

  [[nodiscard]] bool has_value() const noexcept { return state_.index() == 0; }
  [[nodiscard]] explicit operator bool() const noexcept { return has_value(); }

  [[nodiscard]] T& value() & { return check(), *std::get_if<0>(&state_); }
  [[nodiscard]] const T& value() const& { return check(), *std::get_if<0>(&state_); }
  [[nodiscard]] T&& value() && { return check(), std::move(*std::get_if<0>(&state_)); }

  /// Unchecked access: only after has_value().
  [[nodiscard]] T& operator*() & noexcept { return *std::get_if<0>(&state_); }
  [[nodiscard]] const T& operator*() const& noexcept { return *std::get_if<0>(&state_); }
  [[nodiscard]] T&& operator*() && noexcept { return std::move(*std::get_if<0>(&state_)); }
  [[nodiscard]] T* operator->() noexcept { return std::get_if<0>(&state_); }
  [[nodiscard]] const T* operator->() const noexcept { return std::get_if<0>(&state_); }

  /// Only after !has_value().
  [[nodiscard]] const Error& error() const& noexcept { return *std::get_if<1>(&state_); }
  [[nodiscard]] Error&& error() && noexcept { return std::move(*std::get_if<1>(&state_)); }

 private:
  void check() const {
    if (!has_value()) throw Exception(*std::get_if<1>(&state_));
  }
  std::variant<T, Error> state_;
};

/// Success or an Error.
template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)), failed_(true) {}  // NOLINT(google-explicit-constructor)

  [[nodiscard]] bool has_value() const noexcept { return !failed_; }
  [[nodiscard]] explicit operator bool() const noexcept { return !failed_; }
  void value() const {
    if (failed_) throw Exception(error_);
  }
  [[nodiscard]] const Error& error() const& noexcept { return error_; }
  [[nodiscard]] Error&& error() && noexcept { return std::move(error_); }

 private:
  Error error_;
  bool failed_ = false;
};

}  // namespace caligo
