// SPDX-License-Identifier: Apache-2.0
#include <caligo/c/soft.h>
#include <fmt/format.h>
#include <caligo/soft.hpp>

#include "capi/codec.hpp"

namespace capi = caligo::capi;
using caligo::Result;

struct caligo_soft_decoder {
  caligo::SoftDecoder decoder;
  caligo::capi::SecretBits frozen;
};

namespace caligo::capi {

namespace {

Result<void> check(const CodeSpec& code, std::size_t frames, const caligo_soft_input& input) {
  if (auto there = need(input.llr, "llr"); !there) return there;
  const std::size_t sent = code.sent_bits();
  if (auto right = check_rows(input.llr_count, frames, sent, "llr", "values"); !right) return right;
  if (auto right = check_optional_rows(input.prior, input.prior_count, frames, sent, "prior", "values"); !right) {
    return right;
  }
  if (auto right = check_optional_rows(input.checksums, input.checksum_count, frames, 1, "checksums", "value");
      !right) {
    return right;
  }
  return check_optional_rows(input.frozen_values, input.frozen_values_size, frames, bytes_for(code.frozen_bits()),
                             "frozen_values", "bytes");
}

Result<void> check(const CodeSpec& code, std::size_t frames, const caligo_soft_output& output) {
  if (auto right = check_optional_rows(output.messages, output.messages_size, frames, bytes_for(code.message_bits()),
                                       "messages", "bytes");
      !right) {
    return right;
  }
  if (auto right = check_optional_rows(output.codewords, output.codewords_size, frames, bytes_for(code.sent_bits()),
                                       "codewords", "bytes");
      !right) {
    return right;
  }
  return check_optional_rows(output.extrinsic, output.extrinsic_count, frames, code.sent_bits(), "extrinsic", "values");
}

void write(const SoftVerdict& verdict, std::size_t frame, const caligo_soft_output& output) noexcept {
  if (output.accepted != nullptr) output.accepted[frame] = verdict.accepted ? 1 : 0;
  if (output.ranks != nullptr) output.ranks[frame] = static_cast<std::uint8_t>(verdict.rank);
  if (output.path_metrics != nullptr) output.path_metrics[frame] = verdict.path_metric;
  if (output.error_probabilities != nullptr) output.error_probabilities[frame] = verdict.error_probability;
  if (output.missing_probabilities != nullptr) output.missing_probabilities[frame] = verdict.missing_probability;
}

Result<void> decode_soft_frame(caligo_soft_decoder& handle, std::size_t frame, const caligo_soft_input& input,
                               const caligo_soft_output& output) {
  SoftDecoder& decoder = handle.decoder;
  const CodeSpec& code = decoder.code();
  const std::size_t sent = code.sent_bits();
  SoftInput one{.llr = {input.llr + frame * sent, sent}};
  if (input.prior != nullptr) one.prior = {input.prior + frame * sent, sent};
  if (input.checksums != nullptr) one.checksum = input.checksums[frame];
  if (input.frozen_values != nullptr) {
    const std::uint8_t* row = input.frozen_values + frame * bytes_for(code.frozen_bits());
    if (auto loaded = load_bits(row, *handle.frozen, "frozen_values"); !loaded) return loaded;
    one.frozen_values = *handle.frozen;
  }
  std::span<float> extrinsic;
  if (output.extrinsic != nullptr) extrinsic = {output.extrinsic + frame * sent, sent};
  auto verdict = decoder.decode(one, extrinsic);
  if (!verdict) return std::move(verdict).error();
  write(*verdict, frame, output);
  if (output.messages != nullptr) copy_out(decoder.message(), output.messages + frame * bytes_for(code.message_bits()));
  if (output.codewords != nullptr) copy_out(decoder.codeword(), output.codewords + frame * bytes_for(sent));
  return {};
}

Result<void> decode_soft_frames(caligo_soft_decoder& handle, const caligo_soft_input& input,
                                const caligo_soft_output& output) {
  const std::size_t frames = input.frames == 0 ? 1 : input.frames;
  if (auto right = check(handle.decoder.code(), frames, input); !right) return right;
  if (auto right = check(handle.decoder.code(), frames, output); !right) return right;
  for (std::size_t frame = 0; frame < frames; ++frame) {
    if (auto done = decode_soft_frame(handle, frame, input, output); !done) {
      Error error = std::move(done).error();
      if (frames > 1) error.message = fmt::format("frame {}: {}", frame, error.message);
      return error;
    }
  }
  return {};
}

}  // namespace

}  // namespace caligo::capi

caligo_error caligo_soft_decoder_create(const caligo_code* code, uint32_t list_size, int32_t arithmetic,
                                        caligo_soft_decoder** decoder) {
  return capi::create(decoder, "decoder", [&]() -> Result<std::unique_ptr<caligo_soft_decoder>> {
    if (auto there = capi::need(code, "code"); !there) return there.error();
    if (arithmetic != CALIGO_SOFT_EXACT && arithmetic != CALIGO_SOFT_MAX_LOG) {
      return capi::invalid(
          fmt::format("arithmetic is {}, expected CALIGO_SOFT_EXACT or CALIGO_SOFT_MAX_LOG", arithmetic));
    }
    auto made = caligo::SoftDecoder::make(
        code->spec, list_size,
        arithmetic == CALIGO_SOFT_EXACT ? caligo::SoftArithmetic::exact : caligo::SoftArithmetic::max_log);
    if (!made) return std::move(made).error();
    return std::unique_ptr<caligo_soft_decoder>(
        new caligo_soft_decoder{.decoder = std::move(*made), .frozen = capi::SecretBits(code->spec.frozen_bits())});
  });
}

size_t caligo_soft_decoder_memory(const caligo_soft_decoder* decoder) {
  return decoder == nullptr ? 0 : decoder->decoder.memory_bytes();
}

void caligo_soft_decoder_destroy(caligo_soft_decoder* decoder) { delete decoder; }

caligo_error caligo_soft_decoder_decode(caligo_soft_decoder* decoder, const caligo_soft_input* input,
                                        const caligo_soft_output* output) {
  return capi::decode_with(decoder, input, output, capi::decode_soft_frames);
}
