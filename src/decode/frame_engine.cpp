// SPDX-License-Identifier: Apache-2.0
#include "decode/frame_engine.hpp"

#include <sodium.h>
#include <caligo/encode.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace caligo::decode {

FrameEngine::FrameEngine(const CodeSpec& code, Arena arena)
    : arena_(std::move(arena)),
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
void FrameEngine::load_coset(const CodeSpec& code, BitView frozen_values) noexcept {
  if (!frozen_values.empty()) {
    deposit_bits(frozen_values, code.disclosed_mask(), coset_);
    polar_transform(coset_);
  } else if (!coset_is_zero_) {
    coset_.clear();
  }
  coset_is_zero_ = frozen_values.empty();
}

namespace {

/// The input's values where they need no change but of sign, or null. The last argument says of which type.
const std::int8_t* as_they_are(const LlrView& llr, float /*scale*/, std::int8_t* /*type*/) noexcept {
  const auto* values = std::get_if<std::span<const std::int8_t>>(&llr.values());
  return values != nullptr ? values->data() : nullptr;
}
const std::int16_t* as_they_are(const LlrView& llr, float scale, std::int16_t* /*type*/) noexcept {
  const auto* values = std::get_if<std::span<const std::int16_t>>(&llr.values());
  const bool same_units = llr.units_per_nat() == scale && scale > 0 && std::isfinite(scale);
  return values != nullptr && same_units ? values->data() : nullptr;
}

}  // namespace

template <class Llr>
Result<void> FrameEngine::load_channel(const CodeSpec& code, const DecodeInput& input, float scale,
                                       const kernels::ListKernels<Llr>& kernels, Llr* channel) noexcept {
  load_coset(code, input.frozen_values);
  const Llr* llr = as_they_are(input.llr, scale, channel);
  if (llr == nullptr) {
    if (auto done = quantise_llrs(input.llr, scale, std::span<Llr>(channel, sent_bits_)); !done) return done;
    llr = channel;
  }
  constexpr auto saturated = std::numeric_limits<Llr>::max();
  const std::size_t whole = sent_bits_ / 64;
  kernels.copy_flipped(llr, coset_.words().data(), channel, whole);
  for (std::size_t i = whole * 64; i < sent_bits_; ++i) {
    const int value = std::max<int>(llr[i], -saturated);
    channel[i] = static_cast<Llr>(coset_[i] ? -value : value);
  }
  // Shortened bits are known zeros; so is what fills up the word of a very short code.
  std::fill(channel + sent_bits_, channel + std::max<std::size_t>(64, code.block_length()), saturated);
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

template <class Llr>
std::uint32_t FrameEngine::path_metric(const kernels::ListKernels<Llr>& kernels, const Llr* channel) noexcept {
  // The channel LLRs lie flipped by the coset, so the word has to be as well.
  if (!coset_is_zero_) xor_into(codeword_, coset_);
  const auto words = codeword_.words();
  const std::uint64_t metric = kernels.penalty(channel, words.data(), words.size());
  if (!coset_is_zero_) xor_into(codeword_, coset_);
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(metric, std::numeric_limits<std::uint32_t>::max()));
}

template Result<void> FrameEngine::load_channel(const CodeSpec&, const DecodeInput&, float,
                                                const kernels::ListKernels<std::int8_t>&, std::int8_t*) noexcept;
template Result<void> FrameEngine::load_channel(const CodeSpec&, const DecodeInput&, float,
                                                const kernels::ListKernels<std::int16_t>&, std::int16_t*) noexcept;
template std::uint32_t FrameEngine::path_metric(const kernels::ListKernels<std::int8_t>&, const std::int8_t*) noexcept;
template std::uint32_t FrameEngine::path_metric(const kernels::ListKernels<std::int16_t>&,
                                                const std::int16_t*) noexcept;

}  // namespace caligo::decode
