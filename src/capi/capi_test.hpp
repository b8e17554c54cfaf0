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
using Reconciler = Handle<caligo_reconciler, caligo_reconciler_destroy>;
using Selector = Handle<caligo_code_selector, caligo_code_selector_destroy>;
using Discloser = Handle<caligo_discloser, caligo_discloser_destroy>;
using Corrector = Handle<caligo_corrector, caligo_corrector_destroy>;
using CodeBook = Handle<caligo_code_book, caligo_code_book_destroy>;
using Session = Handle<caligo_session, caligo_session_destroy>;
using Job = Handle<caligo_decode_job, caligo_decode_job_destroy>;
using Amplifier = Handle<caligo_amplifier, caligo_amplifier_destroy>;
using StreamAmplifier = Handle<caligo_stream_amplifier, caligo_stream_amplifier_destroy>;
using Pool = Handle<caligo_key_pool, caligo_key_pool_destroy>;
using Authenticator = Handle<caligo_authenticator, caligo_authenticator_destroy>;
using Reader = Handle<caligo_container_reader, caligo_container_reader_destroy>;
using Writer = Handle<caligo_container_writer, caligo_container_writer_destroy>;

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

/// y = x with this share of errors.
inline std::vector<std::uint8_t> noisy_copy(const std::vector<std::uint8_t>& x, std::size_t bits, double p) {
  auto y = random_bytes(99, bits, p);
  for (std::size_t i = 0; i < y.size(); ++i) y[i] = static_cast<std::uint8_t>(y[i] ^ x[i]);
  return y;
}

inline BitString bit_string(const std::vector<std::uint8_t>& bytes, std::size_t bits) {
  return BitString::from_bytes(bytes, bits).value();
}

inline bool bit(const std::vector<std::uint8_t>& bytes, std::size_t i) { return ((bytes[i / 8] >> (i % 8)) & 1) != 0; }

}  // namespace caligo::capi_test
