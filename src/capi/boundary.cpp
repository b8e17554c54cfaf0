// SPDX-License-Identifier: Apache-2.0
#include "capi/boundary.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include <array>
#include <limits>

namespace caligo::capi {

namespace {

constexpr std::size_t message_capacity = 512;
/// No structure of this interface will ever be longer; a larger size is memory that was never set.
constexpr std::size_t largest_struct = 4096;

/// Plain memory of the thread: it takes no allocation, and no destructor that might run after the library was unloaded.
thread_local std::array<char, message_capacity> message{};

void keep_message(std::string_view text) noexcept {
  std::size_t length = std::min(text.size(), message.size() - 1);
  if (length < text.size()) {
    // A character of several bytes is not cut in two.
    while (length > 0 && (static_cast<unsigned char>(text[length]) & 0xC0U) == 0x80U) --length;
  }
  std::copy_n(text.data(), length, message.data());
  message.at(length) = '\0';
}

}  // namespace

const char* last_message() noexcept { return message.data(); }

caligo_error fail(const Error& error) noexcept {
  keep_message(error.message);
  return static_cast<caligo_error>(error.code);
}

caligo_error fail_out_of_memory() noexcept {
  keep_message("out of memory");
  return CALIGO_ERROR_OUT_OF_MEMORY;
}

caligo_error fail_unexpected(const char* what) noexcept {
  keep_message(what);
  return CALIGO_ERROR_INTERNAL;
}

Result<void> need(const void* argument, const char* name) {
  if (argument == nullptr) return invalid(fmt::format("{} is NULL", name));
  return {};
}

Result<std::size_t> struct_size(const void* given, std::size_t known, const char* name, bool is_input) {
  std::size_t size = 0;
  std::memcpy(&size, given, sizeof(size));
  if (size < sizeof(size) || size > largest_struct) {
    return invalid(fmt::format("{}.struct_size is {}, expected the structure's size, here {}", name, size, known));
  }
  if (!is_input) return size;
  const auto* bytes = static_cast<const unsigned char*>(given);
  for (std::size_t i = known; i < size; ++i) {
    if (bytes[i] != 0) {
      return Error{ErrorCode::unsupported,
                   fmt::format("{}: a field beyond its first {} bytes is set, which this version of the library does "
                               "not know",
                               name, known)};
    }
  }
  return size;
}

SecretBits::~SecretBits() { sodium_memzero(bits_.words().data(), bits_.words().size_bytes()); }

Result<void> load_bits(const std::uint8_t* bytes, MutableBitView into, const char* name) {
  if (into.empty()) return {};
  if (auto there = need(bytes, name); !there) return there;
  const std::size_t size = bytes_for(into.size());
  if (into.size() % 8 != 0 && (bytes[size - 1] >> (into.size() % 8)) != 0) {
    return Error{ErrorCode::malformed_input,
                 fmt::format("{}: pad bits after bit {} are not zero", name, into.size() - 1)};
  }
  into.words().back() = 0;
  std::memcpy(into.words().data(), bytes, size);
  return {};
}

Result<void> store_bits(BitView bits, std::uint8_t* out, const char* name) {
  if (bits.empty()) return {};
  if (auto there = need(out, name); !there) return there;
  copy_out(bits, out);
  return {};
}

void copy_out(BitView bits, std::uint8_t* out) noexcept {
  if (!bits.empty()) std::memcpy(out, bits.words().data(), bytes_for(bits.size()));
}

Result<void> check_rows(std::size_t got, std::size_t frames, std::size_t row, const char* name, const char* unit) {
  const bool fits = row == 0 || frames <= std::numeric_limits<std::size_t>::max() / row;
  if (fits && got == frames * row) return {};
  return Error{ErrorCode::size_mismatch,
               fmt::format("{}: expected {} {} for each of {} frames, got {}", name, row, unit, frames, got)};
}

Result<void> check_optional_rows(const void* array, std::size_t got, std::size_t frames, std::size_t row,
                                 const char* name, const char* unit) {
  if (array == nullptr && got == 0) return {};
  if (auto there = need(array, name); !there) return there;
  return check_rows(got, frames, row, name, unit);
}

Result<void> check_bits(std::size_t got, std::size_t wanted, const char* name) {
  if (got == wanted) return {};
  return Error{ErrorCode::size_mismatch, fmt::format("{}: expected {} bits, got {}", name, wanted, got)};
}

}  // namespace caligo::capi
