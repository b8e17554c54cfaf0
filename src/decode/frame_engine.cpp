// SPDX-License-Identifier: Apache-2.0
#include "decode/frame_engine.hpp"

#include <sodium.h>
#include <caligo/encode.hpp>

#include <algorithm>
#include <cstring>
#include <utility>

#include "kernels/dispatch.hpp"
#include "kernels/sc_dispatch.hpp"

namespace caligo::decode {

FrameEngine::FrameEngine(const CodeSpec& code, Isa isa, Arena arena)
    : table_(&kernels::kernels_for(isa)),
      frame_kernel_(&kernels::sc_kernels_for(isa).frame),
      arena_(std::move(arena)),
      sent_bits_(code.sent_bits()),
      crc_(code.crc()),
      coset_(code.block_length()),
      information_(code.information_bits()),
      codeword_(code.block_length()),
      u_(code.block_length()),
      message_(code.message_bits()) {}

FrameEngine::~FrameEngine() {
  for (BitString* bits : {&coset_, &information_, &codeword_, &u_, &message_}) {
    sodium_memzero(bits->words().data(), bits->words().size_bytes());
  }
}

std::size_t FrameEngine::bit_bytes() const noexcept {
  const std::size_t words = coset_.words().size() + information_.words().size() + codeword_.words().size() +
                            u_.words().size() + message_.words().size();
  return words * sizeof(std::uint64_t);
}

/// Frozen values v are decoded as zeros on the coset: x = x' + v·G has LLR signs flipped where v·G is 1, and u' = u +
/// v. All leaf LLRs at information positions keep their signs, so ties fall as in a decoder that knows v.
Result<void> FrameEngine::load_channel(const CodeSpec& code, const DecodeInput& input, std::int8_t* channel) noexcept {
  if (!input.frozen_values.empty()) {
    deposit_bits(input.frozen_values, code.disclosed_mask(), coset_);
    polar_transform(coset_);
  } else if (!coset_is_zero_) {
    coset_.clear();
  }
  coset_is_zero_ = input.frozen_values.empty();

  const auto* integers = std::get_if<std::span<const std::int8_t>>(&input.llr.values());
  if (integers == nullptr) {
    const float scale = input.scale.value_or(default_llr_scale(code.log2_length()));
    if (auto done = quantise_llrs(input.llr, scale, {channel, sent_bits_}); !done) return done;
  }
  const std::int8_t* llr = integers != nullptr ? integers->data() : channel;
  const std::size_t whole = sent_bits_ / 64;
  table_->copy_flipped(llr, coset_.words().data(), channel, whole);
  for (std::size_t i = whole * 64; i < sent_bits_; ++i) {
    const auto value = std::max<std::int8_t>(llr[i], -127);
    channel[i] = static_cast<std::int8_t>(coset_[i] ? -value : value);
  }
  // Shortened bits are known zeros; so is what fills up the word of a very short code.
  std::memset(channel + sent_bits_, 127, std::max<std::size_t>(64, code.block_length()) - sent_bits_);
  return {};
}

void FrameEngine::read_word(const CodeSpec& code) noexcept {
  const std::size_t length = code.block_length();
  if (length < 64) codeword_.words()[0] &= (std::uint64_t{1} << length) - 1;
  if (!coset_is_zero_) xor_into(codeword_, coset_);
  std::copy(codeword_.words().begin(), codeword_.words().end(), u_.words().begin());
  polar_transform(u_);
  extract_bits(u_, code.information_mask(), information_);
  copy_bits(information_, 0, message_, 0, message_.size());
}

bool FrameEngine::checksum_holds(const CodeSpec& code, const DecodeInput& input) const noexcept {
  switch (code.crc_placement()) {
    case CrcPlacement::none:
      return true;
    case CrcPlacement::embedded:
      return crc_.compute(message_) == crc_.read(information_, message_.size());
    case CrcPlacement::external:
      return input.checksum == crc_.compute(message_);
  }
  return false;
}

std::uint32_t FrameEngine::path_metric(const std::int8_t* channel) noexcept {
  // The channel LLRs lie flipped by the coset, so the word has to be as well.
  if (!coset_is_zero_) xor_into(codeword_, coset_);
  const auto words = codeword_.words();
  const auto metric = static_cast<std::uint32_t>(table_->penalty(channel, words.data(), words.size()));
  if (!coset_is_zero_) xor_into(codeword_, coset_);
  return metric;
}

}  // namespace caligo::decode
