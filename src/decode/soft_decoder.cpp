// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <caligo/soft.hpp>

#include <bit>
#include <cmath>

#include "decode/soft_engine.hpp"

namespace caligo {

namespace {

constexpr std::size_t memory_limit = std::size_t{128} << 20;
/// What a decoder has besides the arena, at most: bits, node schedule.
constexpr std::size_t other_bytes_per_bit = 6;

Result<void> check_llrs(std::span<const float> llr, std::size_t expected, const char* name) {
  if (llr.size() != expected) {
    return Error{ErrorCode::size_mismatch, fmt::format("expected {} {} LLRs, got {}", expected, name, llr.size())};
  }
  for (std::size_t i = 0; i < llr.size(); ++i) {
    if (std::isnan(llr[i])) {
      return Error{ErrorCode::invalid_argument, fmt::format("{} LLR {} is not a number", name, i)};
    }
  }
  return {};
}

Result<void> check_input(const CodeSpec& code, const SoftInput& input, std::span<float> extrinsic) {
  if (auto checked = check_llrs(input.llr, code.sent_bits(), "channel"); !checked) return checked;
  if (!input.prior.empty()) {
    if (auto checked = check_llrs(input.prior, code.sent_bits(), "prior"); !checked) return checked;
  }
  if (!input.frozen_values.empty() && input.frozen_values.size() != code.frozen_bits()) {
    return Error{ErrorCode::size_mismatch, fmt::format("expected {} frozen values (or none), got {}",
                                                       code.frozen_bits(), input.frozen_values.size())};
  }
  if (!extrinsic.empty() && extrinsic.size() != code.sent_bits()) {
    return Error{ErrorCode::size_mismatch, fmt::format("expected space for {} extrinsic LLRs (or none), got {}",
                                                       code.sent_bits(), extrinsic.size())};
  }
  const bool external = code.crc_placement() == CrcPlacement::external;
  if (input.checksum.has_value() != external) {
    return Error{ErrorCode::invalid_argument, external ? "this code's CRC is external: a checksum is required"
                                                       : "this code's CRC is not external: no checksum may be given"};
  }
  return {};
}

}  // namespace

Result<SoftDecoder> SoftDecoder::make(const CodeSpec& code, unsigned list_size, SoftArithmetic arithmetic) {
  if (!std::has_single_bit(list_size) || list_size > decode::soft_lanes) {
    return Error{ErrorCode::invalid_argument, fmt::format("list size must be 1, 2, 4, 8, 16 or 32, got {}", list_size)};
  }
  const std::size_t bytes =
      decode::SoftEngine::arena_bytes(code, list_size) + other_bytes_per_bit * code.block_length();
  if (bytes > memory_limit) {
    return Error{ErrorCode::invalid_argument,
                 fmt::format("a soft decoder for N = 2^{} with list size {} would need {} MB, the limit is {} MB",
                             code.log2_length(), list_size, bytes >> 20, memory_limit >> 20)};
  }
  return SoftDecoder(std::make_unique<decode::SoftEngine>(code, list_size, arithmetic));
}

SoftDecoder::SoftDecoder(std::unique_ptr<decode::SoftEngine> engine) : engine_(std::move(engine)) {}
SoftDecoder::~SoftDecoder() = default;
SoftDecoder::SoftDecoder(SoftDecoder&&) noexcept = default;
SoftDecoder& SoftDecoder::operator=(SoftDecoder&&) noexcept = default;

Result<SoftVerdict> SoftDecoder::decode(const SoftInput& input, std::span<float> extrinsic) noexcept {
  if (auto checked = check_input(code(), input, extrinsic); !checked) return std::move(checked).error();
  const SoftVerdict verdict = engine_->decode(input);
  engine_->write_extrinsic(extrinsic);
  return verdict;
}

BitView SoftDecoder::message() const noexcept { return engine_->message(); }
BitView SoftDecoder::codeword() const noexcept { return engine_->codeword(); }
const CodeSpec& SoftDecoder::code() const noexcept { return engine_->code(); }
unsigned SoftDecoder::list_size() const noexcept { return engine_->list_size(); }
std::size_t SoftDecoder::memory_bytes() const noexcept { return sizeof *this + engine_->memory_bytes(); }

}  // namespace caligo
