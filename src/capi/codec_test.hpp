// SPDX-License-Identifier: Apache-2.0
#pragma once
/// A code in both interfaces, and noisy frames of it.

#include <caligo/construct.hpp>

#include "capi/capi_test.hpp"

namespace caligo::capi_test {

inline Code make_code(std::size_t message_bits = 100, std::int32_t placement = CALIGO_CRC_AUTOMATIC) {
  auto options = sized<caligo_code_options>();
  options.log2_length = 8;
  options.message_bits = message_bits;
  options.channel = "bsc:0.05";
  options.crc = "crc16-ccitt";
  options.crc_placement = placement;
  options.shortened = 3;
  return made<Code>([&](caligo_code** out) { return caligo_code_construct(&options, out); });
}

inline CodeSpec same_code(CrcPlacement placement = CrcPlacement::embedded) {
  const auto order = construct_order(8, Bsc{0.05}, ConstructionMethod::automatic, 3).value();
  return caligo::make_code(order, 100, parse_crc("crc16-ccitt").value(), placement).value();
}

/// LLRs of code words with one bit in twenty flipped.
template <class T>
std::vector<T> noisy(const std::vector<std::uint8_t>& words, std::size_t frames, std::size_t bits, T unit) {
  std::vector<T> llr;
  for (std::size_t f = 0; f < frames; ++f) {
    const auto errors = random_bytes(1000 + f, bits, 0.05);
    for (std::size_t i = 0; i < bits; ++i) {
      const bool one = (((words[f * bytes_for(bits) + i / 8] >> (i % 8)) & 1) != 0) != bit(errors, i);
      llr.push_back(one ? static_cast<T>(-unit) : unit);
    }
  }
  return llr;
}

inline std::vector<std::uint8_t> messages_for(std::size_t frames, std::size_t bits) {
  std::vector<std::uint8_t> rows;
  for (std::size_t f = 0; f < frames; ++f) {
    const auto row = random_bytes(f, bits);
    rows.insert(rows.end(), row.begin(), row.end());
  }
  return rows;
}

inline std::vector<std::uint8_t> encode(const caligo_code* code, std::size_t frames,
                                        const std::vector<std::uint8_t>& messages) {
  auto info = sized<caligo_code_info>();
  EXPECT_OK(caligo_code_get_info(code, &info));
  const auto encoder =
      made<Encoder>([&](caligo_encoder** out) { return caligo_encoder_create(code, CALIGO_NON_SYSTEMATIC, out); });
  std::vector<std::uint8_t> words(frames * caligo_bytes_for(info.sent_bits));
  EXPECT_OK(caligo_encoder_encode(encoder.get(), frames, messages.data(), messages.size(), nullptr, 0, words.data(),
                                  words.size()));
  return words;
}

}  // namespace caligo::capi_test
