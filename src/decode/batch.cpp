// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <caligo/batch.hpp>

#include "decode/batch_engine.hpp"
#include "decode/input_check.hpp"

namespace caligo {

namespace {

Result<void> check_size(const char* what, std::size_t got, std::size_t frames, std::size_t row) {
  // No product: frames comes from outside and might overflow it.
  if (row == 0 ? got == 0 : (got % row == 0 && got / row == frames)) return {};
  return Error{ErrorCode::size_mismatch,
               fmt::format("{}: expected {} per frame for {} frames, got {}", what, row, frames, got)};
}

Result<void> check_pad_bits(std::span<const std::uint8_t> rows, std::size_t bits) {
  const std::size_t bytes = bytes_for(bits);
  if (bits % 8 == 0) return {};
  for (std::size_t last = bytes - 1; last < rows.size(); last += bytes) {
    if ((rows[last] >> (bits % 8)) == 0) continue;
    return Error{ErrorCode::malformed_input,
                 fmt::format("frozen values: byte {}: pad bits after bit {} of the row are not zero", last, bits)};
  }
  return {};
}

Result<void> check_batch(const CodeSpec& code, const BatchInput& input, const BatchOutput& output) {
  const std::size_t frames = input.frames;
  if (auto ok = check_size("LLRs", input.llr.size(), frames, code.sent_bits()); !ok) return ok;
  if (auto ok = check_size("messages", output.messages.size(), frames, bytes_for(code.message_bits())); !ok) return ok;
  if (auto ok = check_size("verdicts", output.verdicts.size(), frames, 1); !ok) return ok;
  if (!output.codewords.empty()) {
    if (auto ok = check_size("code words", output.codewords.size(), frames, bytes_for(code.sent_bits())); !ok)
      return ok;
  }
  if (!input.frozen_values.empty()) {
    const std::size_t row = bytes_for(code.frozen_bits());
    if (auto ok = check_size("frozen values", input.frozen_values.size(), frames, row); !ok) return ok;
    if (auto ok = check_pad_bits(input.frozen_values, code.frozen_bits()); !ok) return ok;
  }
  if (frames == 0) return {};
  if (auto ok = decode::check_checksum_given(code, !input.checksums.empty()); !ok) return ok;
  if (!input.checksums.empty()) {
    if (auto ok = check_size("checksums", input.checksums.size(), frames, 1); !ok) return ok;
  }
  return check_llrs(input.llr, input.scale.value_or(default_llr_scale(code.log2_length())));
}

}  // namespace

BatchDecoder::BatchDecoder(std::shared_ptr<const AdaptivePlan> plan)
    : plan_(std::move(plan)), engine_(std::make_unique<decode::BatchEngine>(*plan_, decode::isa_for_decoding())) {}

BatchDecoder::~BatchDecoder() = default;
BatchDecoder::BatchDecoder(BatchDecoder&&) noexcept = default;
BatchDecoder& BatchDecoder::operator=(BatchDecoder&&) noexcept = default;

Result<void> BatchDecoder::decode(const BatchInput& input, const BatchOutput& output) noexcept {
  if (auto checked = check_batch(plan_->code(), input, output); !checked) return checked;
  engine_->decode(input, output);
  return {};
}

std::size_t BatchDecoder::memory_bytes() const noexcept { return sizeof *this + engine_->memory_bytes(); }

}  // namespace caligo
