// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <caligo/decode.hpp>

#include <bit>
#include <cmath>

#include "decode/engine.hpp"
#include "decode/program.hpp"

namespace caligo {

DecodePlan::DecodePlan(CodeSpec code, unsigned list_size)
    : code_(std::move(code)),
      list_size_(list_size),
      program_(std::make_unique<const decode::Program>(decode::compile(code_, list_size))) {}

DecodePlan::~DecodePlan() = default;

Result<std::shared_ptr<const DecodePlan>> DecodePlan::make(CodeSpec code, unsigned list_size) {
  if (!std::has_single_bit(list_size) || list_size > kernels::max_list_size) {
    return Error{ErrorCode::invalid_argument, fmt::format("list size must be 1, 2, 4, 8, 16 or 32, got {}", list_size)};
  }
  if (code.log2_length() > 20 && list_size > 8) {
    return Error{ErrorCode::invalid_argument, fmt::format("list size {} is limited to N = 2^20, the code has N = 2^{}",
                                                          list_size, code.log2_length())};
  }
  return std::shared_ptr<const DecodePlan>(new DecodePlan(std::move(code), list_size));
}

namespace {

/// CALIGO_ISA was wrong: scalar is always there, and the command line reports the mistake before it gets here.
Isa isa_for_decoding() {
  const auto isa = active_isa();
  return isa ? *isa : Isa::scalar;
}

Result<void> check_input(const CodeSpec& code, const DecodeInput& input) {
  if (input.llr.size() != code.sent_bits()) {
    return Error{ErrorCode::size_mismatch, fmt::format("expected {} LLRs, got {}", code.sent_bits(), input.llr.size())};
  }
  if (!input.frozen_values.empty() && input.frozen_values.size() != code.frozen_bits()) {
    return Error{ErrorCode::size_mismatch, fmt::format("expected {} frozen values (or none), got {}",
                                                       code.frozen_bits(), input.frozen_values.size())};
  }
  const bool external = code.crc_placement() == CrcPlacement::external;
  if (input.checksum.has_value() != external) {
    return Error{ErrorCode::invalid_argument, external ? "this code's CRC is external: a checksum is required"
                                                       : "this code's CRC is not external: no checksum may be given"};
  }
  return {};
}

}  // namespace

Decoder::Decoder(std::shared_ptr<const DecodePlan> plan)
    : plan_(std::move(plan)), engine_(std::make_unique<decode::Engine>(*plan_, isa_for_decoding())) {}

Decoder::~Decoder() = default;
Decoder::Decoder(Decoder&&) noexcept = default;
Decoder& Decoder::operator=(Decoder&&) noexcept = default;

Result<DecodeVerdict> Decoder::decode(const DecodeInput& input) noexcept {
  if (auto checked = check_input(plan_->code(), input); !checked) return std::move(checked).error();
  return engine_->decode(*plan_, input);
}

BitView Decoder::message() const noexcept { return engine_->message(); }
BitView Decoder::codeword() const noexcept { return engine_->codeword(); }
BitView Decoder::u() const noexcept { return engine_->u(); }
std::size_t Decoder::memory_bytes() const noexcept { return sizeof *this + engine_->memory_bytes(); }

float default_llr_scale(unsigned log2_length) noexcept {
  if (log2_length <= 12) return 6.0F;
  if (log2_length <= 16) return 6.0F - 0.5F * static_cast<float>(log2_length - 12);
  return std::fmax(3.5F, 4.0F - 0.125F * static_cast<float>(log2_length - 16));
}

Result<void> quantise_llrs(std::span<const float> llr, float scale, std::span<std::int8_t> out) noexcept {
  if (llr.size() != out.size()) {
    return Error{ErrorCode::size_mismatch, fmt::format("{} LLRs into {} places", llr.size(), out.size())};
  }
  if (!(scale > 0.0F) || !std::isfinite(scale)) {
    return Error{ErrorCode::invalid_argument, fmt::format("LLR scale must be positive and finite, got {}", scale)};
  }
  for (std::size_t i = 0; i < llr.size(); ++i) {
    if (std::isnan(llr[i])) return Error{ErrorCode::invalid_argument, fmt::format("LLR {} is not a number", i)};
    const float scaled = std::fmin(127.0F, std::fmax(-127.0F, llr[i] * scale));
    out[i] = static_cast<std::int8_t>(std::lrint(scaled));
  }
  return {};
}

}  // namespace caligo
