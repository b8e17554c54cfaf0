// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <bit>

#include "capi/codec.hpp"

namespace capi = caligo::capi;
using caligo::bytes_for;
using caligo::Result;

namespace caligo::capi {

Result<void> encode_frames(caligo_encoder& encoder, std::size_t frames, const std::uint8_t* messages,
                           const std::uint8_t* frozen_values, std::uint8_t* codewords) {
  const CodeSpec& code = encoder.encoder.code();
  for (std::size_t frame = 0; frame < frames; ++frame) {
    const std::uint8_t* row = messages + frame * bytes_for(code.message_bits());
    if (auto loaded = load_bits(row, *encoder.message, "messages"); !loaded) return loaded;
    BitView frozen;
    if (frozen_values != nullptr) {
      row = frozen_values + frame * bytes_for(code.frozen_bits());
      if (auto loaded = load_bits(row, *encoder.frozen, "frozen_values"); !loaded) return loaded;
      frozen = *encoder.frozen;
    }
    if (auto done = encoder.encoder.encode(*encoder.message, frozen, *encoder.codeword); !done) return done;
    copy_out(*encoder.codeword, codewords + frame * bytes_for(code.sent_bits()));
  }
  return {};
}

namespace {

Result<void> extract_frames(caligo_encoder& encoder, std::size_t frames, const std::uint8_t* codewords,
                            std::uint8_t* messages) {
  const CodeSpec& code = encoder.encoder.code();
  for (std::size_t frame = 0; frame < frames; ++frame) {
    const std::uint8_t* row = codewords + frame * bytes_for(code.sent_bits());
    if (auto loaded = load_bits(row, *encoder.codeword, "codewords"); !loaded) return loaded;
    if (auto done = encoder.encoder.extract_message(*encoder.codeword, *encoder.message); !done) return done;
    copy_out(*encoder.message, messages + frame * bytes_for(code.message_bits()));
  }
  return {};
}

/// Both arrays there, and as many rows of both as there are frames.
Result<void> check_frames(const CodeSpec& code, std::size_t frames, const std::uint8_t* messages,
                          std::size_t messages_size, const std::uint8_t* codewords, std::size_t codewords_size) {
  if (auto there = need(messages, "messages"); !there) return there;
  if (auto there = need(codewords, "codewords"); !there) return there;
  const std::size_t row = bytes_for(code.message_bits());
  if (auto right = check_rows(messages_size, frames, row, "messages", "bytes"); !right) return right;
  return check_rows(codewords_size, frames, bytes_for(code.sent_bits()), "codewords", "bytes");
}

Result<EncodeMode> mode_of(std::int32_t mode) {
  if (mode == CALIGO_NON_SYSTEMATIC) return EncodeMode::non_systematic;
  if (mode == CALIGO_SYSTEMATIC) return EncodeMode::systematic;
  return invalid(fmt::format("mode is {}, expected CALIGO_NON_SYSTEMATIC or CALIGO_SYSTEMATIC", mode));
}

}  // namespace

}  // namespace caligo::capi

caligo_error caligo_encoder_create(const caligo_code* code, int32_t mode, caligo_encoder** encoder) {
  return capi::create(encoder, "encoder", [&]() -> Result<std::unique_ptr<caligo_encoder>> {
    if (auto there = capi::need(code, "code"); !there) return there.error();
    auto wanted = capi::mode_of(mode);
    if (!wanted) return std::move(wanted).error();
    return std::make_unique<caligo_encoder>(code->spec, *wanted);
  });
}

caligo_error caligo_encoder_encode(caligo_encoder* encoder, size_t frames, const uint8_t* messages,
                                   size_t messages_size, const uint8_t* frozen_values, size_t frozen_values_size,
                                   uint8_t* codewords, size_t codewords_size) {
  return capi::guarded([&]() -> Result<void> {
    if (auto there = capi::need(encoder, "encoder"); !there) return there;
    const caligo::CodeSpec& code = encoder->encoder.code();
    if (auto right = capi::check_frames(code, frames, messages, messages_size, codewords, codewords_size); !right) {
      return right;
    }
    if (auto right = capi::check_optional_rows(frozen_values, frozen_values_size, frames, bytes_for(code.frozen_bits()),
                                               "frozen_values", "bytes");
        !right) {
      return right;
    }
    return capi::encode_frames(*encoder, frames, messages, frozen_values, codewords);
  });
}

caligo_error caligo_encoder_extract(caligo_encoder* encoder, size_t frames, const uint8_t* codewords,
                                    size_t codewords_size, uint8_t* messages, size_t messages_size) {
  return capi::guarded([&]() -> Result<void> {
    if (auto there = capi::need(encoder, "encoder"); !there) return there;
    const caligo::CodeSpec& code = encoder->encoder.code();
    if (auto right = capi::check_frames(code, frames, messages, messages_size, codewords, codewords_size); !right) {
      return right;
    }
    return capi::extract_frames(*encoder, frames, codewords, messages);
  });
}

void caligo_encoder_destroy(caligo_encoder* encoder) { delete encoder; }

caligo_error caligo_polar_transform(uint8_t* x, size_t bits) {
  return capi::guarded([&]() -> Result<void> {
    if (!std::has_single_bit(bits)) return capi::invalid(fmt::format("bits is {}, expected a power of two", bits));
    capi::SecretBits word(bits);
    if (auto loaded = capi::load_bits(x, *word, "x"); !loaded) return loaded;
    caligo::polar_transform(*word);
    capi::copy_out(*word, x);
    return {};
  });
}

caligo_error caligo_encode(const caligo_code* code, const uint8_t* message, size_t message_bits, uint8_t* codeword,
                           size_t codeword_bits) {
  return capi::guarded([&]() -> Result<void> {
    if (auto there = capi::need(code, "code"); !there) return there;
    if (auto there = capi::need(codeword, "codeword"); !there) return there;
    if (auto right = capi::check_bits(message_bits, code->spec.message_bits(), "message"); !right) return right;
    if (auto right = capi::check_bits(codeword_bits, code->spec.sent_bits(), "codeword"); !right) return right;
    caligo_encoder encoder(code->spec, caligo::EncodeMode::non_systematic);
    return capi::encode_frames(encoder, 1, message, nullptr, codeword);
  });
}
