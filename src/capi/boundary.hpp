// SPDX-License-Identifier: Apache-2.0
#pragma once
/// What every function of the C interface does at the border: nothing is thrown across it, an Error becomes a number
/// and a text, structures of other versions are read and written, packed bytes at any address become bit strings.

#include <caligo/c/base.h>
#include <caligo/bits.hpp>
#include <caligo/error.hpp>

#include <algorithm>
#include <cstring>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace caligo::capi {

// ---- Errors
// ------------------------------------------------------------------------------------------------------------

/// Each keeps the text for caligo_error_message() and returns the number.
caligo_error fail(const Error& error) noexcept;
caligo_error fail_out_of_memory() noexcept;
caligo_error fail_unexpected(const char* what) noexcept;

inline Error invalid(std::string message) { return Error{ErrorCode::invalid_argument, std::move(message)}; }
/// An argument that may not be NULL. Errors: invalid_argument.
Result<void> need(const void* argument, const char* name);

/// Runs a body that returns Result<void>.
template <class Body>
caligo_error guarded(Body&& body) noexcept {
  try {
    if (Result<void> done = std::forward<Body>(body)(); !done) return fail(done.error());
    return CALIGO_OK;
  } catch (const std::bad_alloc&) {
    return fail_out_of_memory();
  } catch (const std::exception& error) {
    return fail_unexpected(error.what());
  } catch (...) {
    return fail_unexpected("an exception that is none of the standard library's");
  }
}

/// Runs `make`, which returns Result<std::unique_ptr<Handle>>, and gives the handle out; NULL after an error.
template <class Handle, class Make>
caligo_error create(Handle** out, const char* name, Make&& make) noexcept {
  return guarded([&]() -> Result<void> {
    if (auto there = need(static_cast<const void*>(out), name); !there) return there;
    *out = nullptr;
    auto made = std::forward<Make>(make)();
    if (!made) return std::move(made).error();
    *out = made->release();
    return {};
  });
}

// ---- Structures that may grow
// ------------------------------------------------------------------------------------------

/// The size that the caller's header gave a structure. Errors: invalid_argument if it cannot be one; unsupported if
/// fields are set that this library does not know.
Result<std::size_t> struct_size(const void* given, std::size_t known, const char* name, bool is_input);

/// The caller's structure; fields that his header did not have are 0. NULL: all are.
template <class Struct>
Result<Struct> read_struct(const Struct* given, const char* name) {
  static_assert(std::is_trivially_copyable_v<Struct>);
  Struct value{};
  value.struct_size = sizeof(Struct);
  if (given == nullptr) return value;
  auto size = struct_size(given, sizeof(Struct), name, true);
  if (!size) return std::move(size).error();
  std::memcpy(&value, given, std::min(*size, sizeof(Struct)));
  return value;
}

/// A call on a handle with what goes in and where results go: all three there, both structures read.
template <class Handle, class Input, class Output, class Body>
caligo_error decode_with(Handle* handle, const Input* input, const Output* output, Body&& body) noexcept {
  return guarded([&]() -> Result<void> {
    if (auto there = need(handle, "decoder"); !there) return there;
    if (auto there = need(input, "input"); !there) return there;
    if (auto there = need(output, "output"); !there) return there;
    auto wanted = read_struct(input, "input");
    if (!wanted) return std::move(wanted).error();
    auto results = read_struct(output, "output");
    if (!results) return std::move(results).error();
    return std::forward<Body>(body)(*handle, *wanted, *results);
  });
}

/// Fills in as many fields as the caller's header has; what is beyond this library's is 0.
template <class Struct>
Result<void> write_struct(Struct value, Struct* out, const char* name) {
  static_assert(std::is_trivially_copyable_v<Struct>);
  if (auto there = need(out, name); !there) return there;
  auto size = struct_size(out, sizeof(Struct), name, false);
  if (!size) return std::move(size).error();
  value.struct_size = *size;
  std::memcpy(out, &value, std::min(*size, sizeof(Struct)));
  if (*size > sizeof(Struct)) {
    std::memset(reinterpret_cast<unsigned char*>(out) + sizeof(Struct), 0, *size - sizeof(Struct));
  }
  return {};
}

// ---- Bits
// ------------------------------------------------------------------------------------------------------------

/// A bit string that is wiped when it goes.
class SecretBits {
 public:
  SecretBits() = default;
  explicit SecretBits(std::size_t bits) : bits_(bits) {}
  ~SecretBits();
  SecretBits(const SecretBits&) = delete;
  SecretBits& operator=(const SecretBits&) = delete;
  BitString& operator*() noexcept { return bits_; }
  BitString* operator->() noexcept { return &bits_; }
  const BitString& operator*() const noexcept { return bits_; }
  const BitString* operator->() const noexcept { return &bits_; }

 private:
  BitString bits_;
};

/// bytes: bytes_for(into.size()) of them. Errors: invalid_argument (NULL), malformed_input (pad bits).
Result<void> load_bits(const std::uint8_t* bytes, MutableBitView into, const char* name);
/// out: bytes_for(bits.size()) bytes. Errors: invalid_argument (NULL).
Result<void> store_bits(BitView bits, std::uint8_t* out, const char* name);
/// The same where out is known to be there.
void copy_out(BitView bits, std::uint8_t* out) noexcept;

/// Do `frames` rows of `row` units make `got`? Errors: size_mismatch.
Result<void> check_rows(std::size_t got, std::size_t frames, std::size_t row, const char* name, const char* unit);
/// The same for an array that may be left out as NULL and 0. Errors: also invalid_argument for NULL with a size.
Result<void> check_optional_rows(const void* array, std::size_t got, std::size_t frames, std::size_t row,
                                 const char* name, const char* unit);
/// A count of bits that must be `wanted`. Errors: size_mismatch.
Result<void> check_bits(std::size_t got, std::size_t wanted, const char* name);

/// The text of a string argument; NULL becomes `otherwise`.
[[nodiscard]] inline std::string text_or(const char* text, const char* otherwise) {
  return text == nullptr ? otherwise : text;
}

}  // namespace caligo::capi
