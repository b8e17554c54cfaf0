// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <caligo/llr.hpp>

#include <limits>

#include "capi/codec.hpp"

namespace capi = caligo::capi;
using caligo::Result;

namespace caligo::capi {

namespace {

constexpr std::uint32_t list_size_if_zero = 8;

Result<DecodeOptions> arithmetic(const caligo_decode_options& options) {
  DecodeOptions result;
  if (options.llr_bits == 16) {
    result.width = LlrWidth::bits16;
  } else if (options.llr_bits != 0 && options.llr_bits != 8) {
    return invalid(fmt::format("llr_bits is {}, expected 8 or 16", options.llr_bits));
  }
  if (options.check == CALIGO_CHECK_CORRECTED) {
    result.check = CheckRule::corrected;
  } else if (options.check != CALIGO_CHECK_MIN_SUM) {
    return invalid(fmt::format("check is {}, expected CALIGO_CHECK_MIN_SUM or CALIGO_CHECK_CORRECTED", options.check));
  }
  return result;
}

}  // namespace

Result<std::unique_ptr<caligo_plan>> make_plan(const CodeSpec& code, const caligo_decode_options& options) {
  auto inside = arithmetic(options);
  if (!inside) return std::move(inside).error();
  const std::uint32_t list_size = options.list_size == 0 ? list_size_if_zero : options.list_size;
  auto plan = std::make_unique<caligo_plan>();
  if (options.decoder == CALIGO_DECODER_LIST) {
    auto list = DecodePlan::make(code, list_size, *inside);
    if (!list) return std::move(list).error();
    plan->list = std::move(*list);
    return plan;
  }
  if (options.decoder != CALIGO_DECODER_ADAPTIVE && options.decoder != CALIGO_DECODER_BATCH) {
    return invalid(fmt::format("decoder is {}, expected CALIGO_DECODER_LIST, _ADAPTIVE or _BATCH", options.decoder));
  }
  if (inside->width != LlrWidth::bits8 || inside->check != CheckRule::min_sum) {
    return invalid("llr_bits 16 and corrected check nodes need CALIGO_DECODER_LIST");
  }
  auto adaptive = AdaptivePlan::make(code, list_size);
  if (!adaptive) return std::move(adaptive).error();
  plan->adaptive = std::move(*adaptive);
  plan->is_batch = options.decoder == CALIGO_DECODER_BATCH;
  return plan;
}

Result<std::unique_ptr<caligo_decoder>> make_decoder(const caligo_plan& plan) {
  const CodeSpec& code = plan.code();
  const LlrWidth width = plan.list ? plan.list->options().width : LlrWidth::bits8;
  const auto own = [&](auto decoder) {
    return std::unique_ptr<caligo_decoder>(
        new caligo_decoder{.decoder = std::move(decoder),
                           .code = &code,
                           .default_scale = default_llr_scale(code.log2_length(), width),
                           .frozen = SecretBits(code.frozen_bits()),
                           .verdicts = {}});
  };
  if (plan.list) return own(Decoder(plan.list));
  if (plan.is_batch) return own(BatchDecoder(plan.adaptive));
  return own(AdaptiveDecoder(plan.adaptive));
}

namespace {

Result<void> decode_one(const CodeSpec& code, std::uint32_t list_size, std::span<const float> llr,
                        std::span<std::uint8_t> message, std::int32_t& accepted) {
  if (code.crc_placement() == CrcPlacement::external) {
    return invalid("the code's CRC is external: caligo_decoder_decode() takes its checksums");
  }
  caligo_decode_options options{};
  options.list_size = list_size;
  options.decoder = code.crc().width == 0 ? CALIGO_DECODER_LIST : CALIGO_DECODER_ADAPTIVE;
  auto plan = make_plan(code, options);
  if (!plan) return std::move(plan).error();
  auto decoder = make_decoder(**plan);
  if (!decoder) return std::move(decoder).error();
  caligo_decode_input input{};
  input.llr = llr.data();
  input.llr_count = llr.size();
  input.llr_type = CALIGO_LLR_FLOAT;
  std::uint8_t verdict = 0;
  caligo_decode_output output{};
  output.messages = message.data();
  output.messages_size = message.size();
  output.accepted = &verdict;
  if (auto done = decode_frames(**decoder, input, output); !done) return done;
  accepted = verdict;
  return {};
}

}  // namespace

}  // namespace caligo::capi

caligo_error caligo_plan_create(const caligo_code* code, const caligo_decode_options* options, caligo_plan** plan) {
  return capi::create(plan, "plan", [&]() -> Result<std::unique_ptr<caligo_plan>> {
    if (auto there = capi::need(code, "code"); !there) return there.error();
    auto wanted = capi::read_struct(options, "options");
    if (!wanted) return std::move(wanted).error();
    return capi::make_plan(code->spec, *wanted);
  });
}

void caligo_plan_destroy(caligo_plan* plan) { delete plan; }

caligo_error caligo_decoder_create(const caligo_plan* plan, caligo_decoder** decoder) {
  return capi::create(decoder, "decoder", [&]() -> Result<std::unique_ptr<caligo_decoder>> {
    if (auto there = capi::need(plan, "plan"); !there) return there.error();
    return capi::make_decoder(*plan);
  });
}

size_t caligo_decoder_memory(const caligo_decoder* decoder) {
  if (decoder == nullptr) return 0;
  return std::visit([](const auto& engine) { return engine.memory_bytes(); }, decoder->decoder);
}

void caligo_decoder_destroy(caligo_decoder* decoder) { delete decoder; }

caligo_error caligo_decoder_decode(caligo_decoder* decoder, const caligo_decode_input* input,
                                   const caligo_decode_output* output) {
  return capi::decode_with(decoder, input, output, capi::decode_frames);
}

float caligo_default_llr_scale(uint32_t log2_length, uint32_t llr_bits) {
  if (llr_bits != 8 && llr_bits != 16) return std::numeric_limits<float>::quiet_NaN();
  return caligo::default_llr_scale(log2_length, llr_bits == 8 ? caligo::LlrWidth::bits8 : caligo::LlrWidth::bits16);
}

caligo_error caligo_llr_scale(uint32_t log2_length, const char* channel, float* scale) {
  return capi::guarded([&]() -> Result<void> {
    if (auto there = capi::need(channel, "channel"); !there) return there;
    if (auto there = capi::need(scale, "scale"); !there) return there;
    auto noise = caligo::parse_channel(channel);
    if (!noise) return std::move(noise).error();
    *scale = caligo::llr_scale(log2_length, *noise);
    return {};
  });
}

caligo_error caligo_decode(const caligo_code* code, uint32_t list_size, const float* llr, size_t llr_count,
                           uint8_t* message, size_t message_bits, int32_t* accepted) {
  return capi::guarded([&]() -> Result<void> {
    if (auto there = capi::need(code, "code"); !there) return there;
    if (auto there = capi::need(llr, "llr"); !there) return there;
    if (auto there = capi::need(message, "message"); !there) return there;
    if (auto there = capi::need(accepted, "accepted"); !there) return there;
    if (auto right = capi::check_bits(message_bits, code->spec.message_bits(), "message"); !right) return right;
    return capi::decode_one(code->spec, list_size, {llr, llr_count}, {message, caligo::bytes_for(message_bits)},
                            *accepted);
  });
}
