// SPDX-License-Identifier: Apache-2.0
#include <caligo/decode.hpp>

#include "decode/frame_engine.hpp"
#include "decode/input_check.hpp"
#include "decode/program.hpp"
#include "decode/sc_program.hpp"

namespace caligo {

DecodePlan::DecodePlan(CodeSpec code, unsigned list_size, DecodeOptions options)
    : code_(std::move(code)), list_size_(list_size), options_(options) {
  if (list_size == 1) {
    sc_program_ = decode::compile_sc(code_);
  } else {
    const std::size_t llr_bytes = options.width == LlrWidth::bits8 ? 1 : 2;
    program_ = std::make_unique<const decode::Program>(decode::compile(code_, list_size, llr_bytes));
  }
}

DecodePlan::~DecodePlan() = default;

Result<std::shared_ptr<const DecodePlan>> DecodePlan::make(CodeSpec code, unsigned list_size, DecodeOptions options) {
  if (auto checked = decode::check_list_size(code, list_size); !checked) return checked.error();
  if (options.width == LlrWidth::bits16 && list_size == 1) {
    return Error{ErrorCode::invalid_argument, "LLRs of 16 bits: only with lists of two and more"};
  }
  if (options.check == CheckRule::corrected && options.width == LlrWidth::bits8) {
    return Error{ErrorCode::invalid_argument, "corrected check nodes: only with LLRs of 16 bits"};
  }
  return std::shared_ptr<const DecodePlan>(new DecodePlan(std::move(code), list_size, options));
}

Decoder::Decoder(std::shared_ptr<const DecodePlan> plan)
    : plan_(std::move(plan)), engine_(decode::make_engine(*plan_, decode::isa_for_decoding())) {}

Decoder::~Decoder() = default;
Decoder::Decoder(Decoder&&) noexcept = default;
Decoder& Decoder::operator=(Decoder&&) noexcept = default;

void Decoder::rebind(std::shared_ptr<const DecodePlan> plan) {
  decode::Arena spare = engine_ != nullptr ? engine_->release_arena() : decode::Arena{};
  engine_.reset();
  plan_ = std::move(plan);
  engine_ = decode::make_engine(*plan_, decode::isa_for_decoding(), nullptr, std::move(spare));
}

Result<DecodeVerdict> Decoder::decode(const DecodeInput& input) noexcept {
  if (auto checked = decode::check_input(plan_->code(), input); !checked) return std::move(checked).error();
  return engine_->decode(*plan_, input);
}

BitView Decoder::message() const noexcept { return engine_->message(); }
BitView Decoder::codeword() const noexcept { return engine_->codeword(); }
BitView Decoder::u() const noexcept { return engine_->u(); }
std::size_t Decoder::memory_bytes() const noexcept { return sizeof *this + engine_->memory_bytes(); }

}  // namespace caligo
