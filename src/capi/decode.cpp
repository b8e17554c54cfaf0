// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "capi/codec.hpp"

namespace caligo::capi {

namespace {

/// Input that was checked as far as all decoders have it in common.
struct Frames {
  std::size_t count = 0;
  LlrView llr;
  std::optional<float> scale;
};

Result<LlrView> view_llrs(const caligo_decode_input& input, float scale) {
  if (auto there = need(input.llr, "llr"); !there) return there.error();
  switch (input.llr_type) {
    case CALIGO_LLR_INT8:
      return LlrView(std::span(static_cast<const std::int8_t*>(input.llr), input.llr_count));
    case CALIGO_LLR_INT16:
      return LlrView(std::span(static_cast<const std::int16_t*>(input.llr), input.llr_count),
                     input.units_per_nat == 0 ? scale : input.units_per_nat);
    case CALIGO_LLR_FLOAT:
      return LlrView(std::span(static_cast<const float*>(input.llr), input.llr_count));
    default:
      return invalid(fmt::format("llr_type is {}, expected CALIGO_LLR_INT8, _INT16 or _FLOAT", input.llr_type));
  }
}

Result<Frames> check_input(const caligo_decoder& decoder, const caligo_decode_input& input) {
  const CodeSpec& code = *decoder.code;
  Frames frames;
  frames.count = input.frames == 0 ? 1 : input.frames;
  if (input.scale != 0) frames.scale = input.scale;
  if (auto right = check_rows(input.llr_count, frames.count, code.sent_bits(), "llr", "values"); !right) {
    return right.error();
  }
  auto llr = view_llrs(input, input.scale == 0 ? decoder.default_scale : input.scale);
  if (!llr) return std::move(llr).error();
  frames.llr = *llr;
  if (auto right = check_optional_rows(input.frozen_values, input.frozen_values_size, frames.count,
                                       bytes_for(code.frozen_bits()), "frozen_values", "bytes");
      !right) {
    return right.error();
  }
  if (auto right = check_optional_rows(input.checksums, input.checksum_count, frames.count, 1, "checksums", "value");
      !right) {
    return right.error();
  }
  return frames;
}

Result<void> check_output(const CodeSpec& code, std::size_t frames, const caligo_decode_output& output) {
  const std::size_t message = bytes_for(code.message_bits());
  if (auto right = check_optional_rows(output.messages, output.messages_size, frames, message, "messages", "bytes");
      !right) {
    return right;
  }
  const std::size_t word = bytes_for(code.sent_bits());
  if (auto right = check_optional_rows(output.codewords, output.codewords_size, frames, word, "codewords", "bytes");
      !right) {
    return right;
  }
  return check_optional_rows(output.u, output.u_size, frames, bytes_for(code.block_length()), "u", "bytes");
}

void write_verdict(const DecodeVerdict& verdict, std::size_t frame, const caligo_decode_output& output) noexcept {
  if (output.accepted != nullptr) output.accepted[frame] = verdict.accepted ? 1 : 0;
  if (output.list_sizes != nullptr) output.list_sizes[frame] = static_cast<std::uint8_t>(verdict.list_size);
  if (output.ranks != nullptr) output.ranks[frame] = static_cast<std::uint8_t>(verdict.rank);
  if (output.path_metrics != nullptr) output.path_metrics[frame] = verdict.path_metric;
}

void write_row(BitView bits, std::size_t frame, std::uint8_t* rows) noexcept {
  if (rows != nullptr) copy_out(bits, rows + frame * bytes_for(bits.size()));
}

/// Frame after frame, by Decoder or AdaptiveDecoder.
template <class Single>
Result<void> decode_each(Single& decoder, SecretBits& frozen, const Frames& frames, const caligo_decode_input& input,
                         const caligo_decode_output& output) {
  const CodeSpec& code = decoder.plan().code();
  for (std::size_t frame = 0; frame < frames.count; ++frame) {
    DecodeInput one{.llr = frames.llr.subview(frame * code.sent_bits(), code.sent_bits()), .scale = frames.scale};
    if (input.frozen_values != nullptr) {
      const std::uint8_t* row = input.frozen_values + frame * bytes_for(code.frozen_bits());
      if (auto loaded = load_bits(row, *frozen, "frozen_values"); !loaded) return loaded;
      one.frozen_values = *frozen;
    }
    if (input.checksums != nullptr) one.checksum = input.checksums[frame];
    auto verdict = decoder.decode(one);
    if (!verdict) {
      Error error = std::move(verdict).error();
      if (frames.count > 1) error.message = fmt::format("frame {}: {}", frame, error.message);
      return error;
    }
    write_verdict(*verdict, frame, output);
    write_row(decoder.message(), frame, output.messages);
    write_row(decoder.codeword(), frame, output.codewords);
    write_row(decoder.u(), frame, output.u);
  }
  return {};
}

Result<void> decode_batch(BatchDecoder& decoder, std::vector<BatchVerdict>& verdicts, const Frames& frames,
                          const caligo_decode_input& input, const caligo_decode_output& output) {
  if (output.u != nullptr) {
    return Error{ErrorCode::unsupported, "u: a batch decoder keeps none; leave it NULL or take another decoder"};
  }
  if (auto there = need(output.messages, "messages"); !there) return there;
  if (verdicts.size() < frames.count) verdicts.resize(frames.count);
  const std::span<BatchVerdict> found(verdicts.data(), frames.count);
  const BatchInput batch{.frames = frames.count,
                         .llr = frames.llr,
                         .frozen_values = {input.frozen_values, input.frozen_values_size},
                         .checksums = {input.checksums, input.checksum_count},
                         .scale = frames.scale};
  const BatchOutput rows{.messages = {output.messages, output.messages_size},
                         .verdicts = found,
                         .codewords = {output.codewords, output.codewords_size}};
  if (auto done = decoder.decode(batch, rows); !done) return done;
  for (std::size_t frame = 0; frame < frames.count; ++frame) {
    const BatchVerdict& verdict = found[frame];
    write_verdict({.accepted = verdict.accepted,
                   .path_metric = verdict.path_metric.value_or(0),
                   .rank = verdict.rank,
                   .list_size = verdict.list_size},
                  frame, output);
    if (output.path_metrics != nullptr && !verdict.path_metric) output.path_metrics[frame] = -1;
  }
  return {};
}

}  // namespace

Result<void> decode_frames(caligo_decoder& decoder, const caligo_decode_input& input,
                           const caligo_decode_output& output) {
  auto frames = check_input(decoder, input);
  if (!frames) return std::move(frames).error();
  if (auto right = check_output(*decoder.code, frames->count, output); !right) return right;
  if (auto* batch = std::get_if<BatchDecoder>(&decoder.decoder)) {
    return decode_batch(*batch, decoder.verdicts, *frames, input, output);
  }
  if (auto* adaptive = std::get_if<AdaptiveDecoder>(&decoder.decoder)) {
    return decode_each(*adaptive, decoder.frozen, *frames, input, output);
  }
  return decode_each(std::get<Decoder>(decoder.decoder), decoder.frozen, *frames, input, output);
}

}  // namespace caligo::capi
