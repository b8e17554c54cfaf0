// SPDX-License-Identifier: Apache-2.0
#pragma once
/// What the tests of the C interface share.

#include <caligo.h>
#include <caligo/bits.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace caligo::capi_test {

/// unique_ptr for handles: Handle<caligo_code, caligo_code_destroy>.
template <class T, void (*destroy)(T*)>
struct Destroyer {
  void operator()(T* handle) const noexcept { destroy(handle); }
};
template <class T, void (*destroy)(T*)>
using Handle = std::unique_ptr<T, Destroyer<T, destroy>>;

using Order = Handle<caligo_order, caligo_order_destroy>;
using Code = Handle<caligo_code, caligo_code_destroy>;
using Encoder = Handle<caligo_encoder, caligo_encoder_destroy>;
using Plan = Handle<caligo_plan, caligo_plan_destroy>;
using Decoder = Handle<caligo_decoder, caligo_decoder_destroy>;
using SoftDecoder = Handle<caligo_soft_decoder, caligo_soft_decoder_destroy>;

/// Calls a constructor and owns what it gave.
template <class Owner, class Call>
Owner made(Call&& call) {
  typename Owner::pointer handle = nullptr;
  const caligo_error error = call(&handle);
  EXPECT_EQ(error, CALIGO_OK) << caligo_error_message();
  return Owner(handle);
}

template <class Struct>
Struct sized() {
  Struct value{};
  value.struct_size = sizeof(Struct);
  return value;
}

/// A call failed with this number and a text that has `part` in it.
inline void expect_error(caligo_error error, caligo_error expected, const std::string& part) {
  EXPECT_EQ(error, expected) << caligo_error_name(error) << ": " << caligo_error_message();
  EXPECT_THAT(caligo_error_message(), testing::HasSubstr(part));
}
#define EXPECT_OK(call) EXPECT_EQ((call), CALIGO_OK) << caligo_error_message()
#define ASSERT_OK(call) ASSERT_EQ((call), CALIGO_OK) << caligo_error_message()

inline std::vector<std::uint8_t> random_bytes(std::uint64_t stream, std::size_t bits, double p = 0.5) {
  std::vector<std::uint8_t> bytes(caligo_bytes_for(bits));
  EXPECT_OK(caligo_simulated_bits(7, stream, p, bytes.data(), bits));
  return bytes;
}

inline bool bit(const std::vector<std::uint8_t>& bytes, std::size_t i) { return ((bytes[i / 8] >> (i % 8)) & 1) != 0; }

}  // namespace caligo::capi_test
