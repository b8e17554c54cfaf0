// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The handles of <caligo/c/codec.h>.

#include <caligo/c/codec.h>
#include <caligo/adaptive.hpp>
#include <caligo/batch.hpp>
#include <caligo/code.hpp>
#include <caligo/construct.hpp>
#include <caligo/decode.hpp>
#include <caligo/encode.hpp>

#include <filesystem>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

#include "capi/boundary.hpp"

struct caligo_order {
  caligo::ReliabilityOrder order;
};

struct caligo_code {
  caligo::CodeSpec spec;
};

struct caligo_encoder {
  caligo_encoder(const caligo::CodeSpec& code, caligo::EncodeMode mode)
      : encoder(code, mode), message(code.message_bits()), frozen(code.frozen_bits()), codeword(code.sent_bits()) {}
  caligo::Encoder encoder;
  caligo::capi::SecretBits message;
  caligo::capi::SecretBits frozen;
  caligo::capi::SecretBits codeword;
};

struct caligo_plan {
  using List = std::shared_ptr<const caligo::DecodePlan>;
  using Adaptive = std::shared_ptr<const caligo::AdaptivePlan>;
  [[nodiscard]] const caligo::CodeSpec& code() const noexcept { return list ? list->code() : adaptive->code(); }
  List list;  ///< either this …
  Adaptive adaptive;
  bool is_batch = false;
};

struct caligo_decoder {
  std::variant<caligo::Decoder, caligo::AdaptiveDecoder, caligo::BatchDecoder> decoder;
  const caligo::CodeSpec* code;  ///< of the decoder's plan
  float default_scale;
  caligo::capi::SecretBits frozen;
  std::vector<caligo::BatchVerdict> verdicts;  ///< of batches
};

namespace caligo::capi {

/// crc: NULL for none. Errors: invalid_argument.
Result<CrcSpec> crc_or_none(const char* crc);
/// Errors: invalid_argument.
Result<CrcPlacement> placement_of(std::int32_t placement, const CrcSpec& crc);
[[nodiscard]] std::optional<std::filesystem::path> cache_path(const char* directory);
Result<std::unique_ptr<caligo_plan>> make_plan(const CodeSpec& code, const caligo_decode_options& options);
Result<std::unique_ptr<caligo_decoder>> make_decoder(const caligo_plan& plan);
Result<void> decode_frames(caligo_decoder& decoder, const caligo_decode_input& input,
                           const caligo_decode_output& output);
Result<void> encode_frames(caligo_encoder& encoder, std::size_t frames, const std::uint8_t* messages,
                           const std::uint8_t* frozen_values, std::uint8_t* codewords);

}  // namespace caligo::capi
