// SPDX-License-Identifier: Apache-2.0
#include "decode/batch_engine.hpp"

#include <sodium.h>

#include <algorithm>
#include <cstring>

#include "kernels/sc_dispatch.hpp"

namespace caligo::decode {

namespace {

using kernels::batch_frames;

/// Beyond this length 64 interleaved frames leave the caches and lose to one frame after the other.
constexpr unsigned longest_interleaved = 16;

std::vector<std::uint32_t> positions_of(BitView mask) {
  std::vector<std::uint32_t> positions;
  positions.reserve(popcount(mask));
  for (std::size_t i = 0; i < mask.size(); ++i) {
    if (mask[i]) positions.push_back(static_cast<std::uint32_t>(i));
  }
  return positions;
}

/// Bytes 8·block … of a packed row as a word, those beyond the row zero.
std::uint64_t row_word(const std::uint8_t* row, std::size_t bytes, std::size_t block) noexcept {
  std::uint64_t word = 0;
  std::memcpy(&word, row + 8 * block, std::min<std::size_t>(8, bytes - 8 * block));
  return word;
}

}  // namespace

BatchEngine::BatchEngine(const AdaptivePlan& plan, Isa isa)
    : code_(plan.code()),
      kernel_(kernels::sc_kernels_for(isa).batch),
      program_(plan.stages().front()->sc_program()),
      interleaves_(plan.code().log2_length() <= longest_interleaved),
      stages_(plan, isa, interleaves_ ? 1 : 0),
      crc_(plan.code()),
      frozen_values_(plan.code().frozen_bits()) {
  if (!interleaves_) return;
  frozen_positions_ = positions_of(code_.disclosed_mask());
  lay_out();
}

BatchEngine::~BatchEngine() { sodium_memzero(frozen_values_.words().data(), frozen_values_.words().size_bytes()); }

void BatchEngine::lay_out() {
  const std::size_t length = code_.block_length();
  const std::size_t channel = arena_.reserve(batch_frames * length);
  const std::size_t rows = arena_.reserve(batch_frames * length);
  const std::size_t sums = arena_.reserve(length * sizeof(std::uint64_t));
  const std::size_t coset = arena_.reserve(length * sizeof(std::uint64_t));
  const std::size_t information =
      arena_.reserve((BatchCrc::margin + code_.information_bits() + BatchCrc::tail + 64) * sizeof(std::uint64_t));
  arena_.allocate();
  rows_ = arena_.at<std::int8_t>(rows);
  const unsigned n = code_.log2_length();
  for (unsigned level = 0; level < n; ++level) workspace_.llr[level] = rows_ + (batch_frames << level);
  workspace_.llr[n] = arena_.at<std::int8_t>(channel);
  workspace_.sums = arena_.at<std::uint64_t>(sums);
  coset_ = arena_.at<std::uint64_t>(coset);
  workspace_.information = arena_.at<std::uint64_t>(information) + BatchCrc::margin;
}

std::size_t BatchEngine::memory_bytes() const noexcept {
  return sizeof *this + stages_.memory_bytes() + arena_.size() + frozen_positions_.capacity() * sizeof(std::uint32_t) +
         frozen_values_.words().size_bytes();
}

void BatchEngine::decode(const BatchInput& input, const BatchOutput& output) noexcept {
  if (!interleaves_) {
    for (std::size_t f = 0; f < input.frames; ++f) single(input, output, f);
    return;
  }
  for (std::size_t first = 0; first < input.frames; first += batch_frames) {
    interleaved({input, output, first, std::min(batch_frames, input.frames - first)});
  }
}

void BatchEngine::interleaved(const Part& part) noexcept {
  load_cosets(part);
  load_channel(part);
  kernel_.run(workspace_, program_.data(), code_.log2_length());
  if (!part.output.codewords.empty()) write_codewords(part);
  const std::uint64_t failed = write_messages(part);
  for (std::size_t f = 0; f < part.count; ++f) {
    const bool accepted = ((failed >> f) & 1U) == 0;
    part.output.verdicts[part.first + f] = {accepted, 1, 0, std::nullopt};
    if (!accepted && !stages_.empty()) single(part.input, part.output, part.first + f);
  }
}

/// As FrameEngine::load_channel, for all frames: bit f of coset_[i] flips LLR i of frame f.
void BatchEngine::load_cosets(const Part& part) noexcept {
  if (part.input.frozen_values.empty()) return;
  const std::size_t bytes = bytes_for(code_.frozen_bits());
  const std::uint8_t* rows = part.input.frozen_values.data() + part.first * bytes;
  std::memset(coset_, 0, code_.block_length() * sizeof(std::uint64_t));
  for (std::size_t block = 0; 64 * block < frozen_positions_.size(); ++block) {
    std::uint64_t words[64] = {};
    for (std::size_t f = 0; f < part.count; ++f) words[f] = row_word(rows + f * bytes, bytes, block);
    kernel_.transpose_bits(words, words);
    const std::size_t count = std::min<std::size_t>(64, frozen_positions_.size() - 64 * block);
    for (std::size_t j = 0; j < count; ++j) coset_[frozen_positions_[64 * block + j]] = words[j];
  }
  kernel_.transform(coset_, code_.block_length());
}

void BatchEngine::load_channel(const Part& part) noexcept {
  const std::int8_t* rows = integer_rows(part);
  const std::uint64_t* flip = part.input.frozen_values.empty() ? nullptr : coset_;
  std::int8_t* channel = workspace_.llr[code_.log2_length()];
  const std::size_t sent = code_.sent_bits();
  for (std::size_t i = 0; i < sent; i += 64) {
    kernel_.interleave(rows + i, sent, part.count, std::min<std::size_t>(64, sent - i),
                       flip == nullptr ? nullptr : flip + i, channel + batch_frames * i);
  }
  // Shortened bits are known zeros.
  std::memset(channel + batch_frames * sent, 127, batch_frames * code_.shortened());
}

const std::int8_t* BatchEngine::integer_rows(const Part& part) noexcept {
  const std::size_t sent = code_.sent_bits();
  const LlrView llr = part.input.llr.subview(part.first * sent, part.count * sent);
  if (const auto* integers = std::get_if<std::span<const std::int8_t>>(&llr.values())) return integers->data();
  const float scale = part.input.scale.value_or(default_llr_scale(code_.log2_length()));
  (void)quantise_llrs(llr, scale, {rows_, part.count * sent});  // has been checked
  return rows_;
}

void BatchEngine::write_codewords(const Part& part) noexcept {
  std::uint64_t* words = workspace_.sums;
  if (!part.input.frozen_values.empty()) {
    for (std::size_t i = 0; i < code_.block_length(); ++i) words[i] ^= coset_[i];
  }
  write_rows(part, words, code_.sent_bits(), part.output.codewords);
}

/// Frozen values change u at frozen positions only, so the coset need not be added back for the message.
std::uint64_t BatchEngine::write_messages(const Part& part) noexcept {
  write_rows(part, workspace_.information, code_.message_bits(), part.output.messages);
  const auto checksums =
      part.input.checksums.empty() ? part.input.checksums : part.input.checksums.subspan(part.first, part.count);
  return crc_.failures(kernel_, workspace_.information, checksums);
}

void BatchEngine::write_rows(const Part& part, const std::uint64_t* words, std::size_t bits,
                             std::span<std::uint8_t> rows) noexcept {
  const std::size_t bytes = bytes_for(bits);
  std::uint8_t* row = rows.data() + part.first * bytes;
  for (std::size_t i = 0; i < bits; i += 64) {
    std::uint64_t block[64];
    const std::size_t count = std::min<std::size_t>(64, bits - i);
    if (count == 64) {
      kernel_.transpose_bits(words + i, block);
      for (std::size_t f = 0; f < part.count; ++f) std::memcpy(row + f * bytes + i / 8, &block[f], 8);
    } else {
      std::memset(block, 0, sizeof block);
      std::copy(words + i, words + i + count, block);
      kernel_.transpose_bits(block, block);
      for (std::size_t f = 0; f < part.count; ++f) std::memcpy(row + f * bytes + i / 8, &block[f], bytes_for(count));
    }
  }
}

/// One frame by the stages: what SC lost, or all frames of a long code.
void BatchEngine::single(const BatchInput& input, const BatchOutput& output, std::size_t frame) noexcept {
  DecodeInput one{.llr = input.llr.subview(frame * code_.sent_bits(), code_.sent_bits()), .scale = input.scale};
  if (!input.frozen_values.empty()) {
    const std::size_t bytes = bytes_for(code_.frozen_bits());
    std::memcpy(frozen_values_.words().data(), input.frozen_values.data() + frame * bytes, bytes);
    one.frozen_values = frozen_values_;
  }
  if (!input.checksums.empty()) one.checksum = input.checksums[frame];
  const auto verdict = stages_.decode(one);
  if (!verdict) return;  // cannot be: the input has been checked
  output.verdicts[frame] = {verdict->accepted, static_cast<std::uint8_t>(verdict->list_size),
                            static_cast<std::uint8_t>(verdict->rank), verdict->path_metric};
  const auto write = [frame](BitView bits, std::span<std::uint8_t> rows) {
    const std::size_t bytes = bytes_for(bits.size());
    std::memcpy(rows.data() + frame * bytes, bits.words().data(), bytes);
  };
  write(stages_.last().message(), output.messages);
  if (!output.codewords.empty()) write(stages_.last().codeword(), output.codewords);
}

}  // namespace caligo::decode
