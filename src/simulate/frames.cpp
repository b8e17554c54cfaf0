// SPDX-License-Identifier: Apache-2.0
#include "simulate/frames.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "kernels/noise_dispatch.hpp"

namespace caligo::simulate {

namespace {

/// Gaussian variates made at once: they stay in the first-level cache.
constexpr std::size_t normal_words = 16;
constexpr double least_sigma = 1e-4;  // less noise than that makes no difference: every LLR saturates

bool is_gaussian(const Channel& channel) noexcept { return std::holds_alternative<Awgn>(channel); }

Isa usable_isa() noexcept {
  auto isa = active_isa();
  return isa ? *isa : Isa::scalar;
}

/// A plain loop over bits, which compilers turn into vector code: -1 where the bit is set, else 1; times `magnitude`.
template <class Llr>
void spread(std::uint64_t word, Llr magnitude, Llr* llr, std::size_t count) noexcept {
  for (std::size_t i = 0; i < count; ++i) {
    const auto bit = static_cast<int>((word >> i) & 1U);
    llr[i] = static_cast<Llr>((1 - 2 * bit) * magnitude);
  }
}

/// Zero where the bit is set.
template <class Llr>
void erase(std::uint64_t word, Llr* llr, std::size_t count) noexcept {
  for (std::size_t i = 0; i < count; ++i) {
    const auto kept = static_cast<int>((word >> i) & 1U) - 1;
    llr[i] = static_cast<Llr>(llr[i] & kept);
  }
}

void make_llrs(const kernels::NoiseKernels& k, const float* z, const std::uint64_t* sent, float mean, float deviation,
               std::int8_t* out, std::size_t words) noexcept {
  k.llr8(z, sent, mean, deviation, out, words);
}
void make_llrs(const kernels::NoiseKernels& k, const float* z, const std::uint64_t* sent, float mean, float deviation,
               std::int16_t* out, std::size_t words) noexcept {
  k.llr16(z, sent, mean, deviation, out, words);
}

}  // namespace

FrameMaker::FrameMaker(const DecodeProblem& problem)
    : kernels_(&kernels::noise_kernels_for(usable_isa())),
      channel_(problem.channel),
      encoder_(problem.code),
      crc_(problem.code.crc()),
      message_(problem.code.message_bits()),
      codeword_(problem.code.sent_bits()),
      noise_(is_gaussian(channel_) ? 0 : problem.code.sent_bits()),
      normal_(is_gaussian(channel_) ? 64 * normal_words : 0) {
  const double scale = static_cast<double>(problem.scale);
  const bool wide = problem.decoder.arithmetic.width == LlrWidth::bits16;
  if (const auto* awgn = std::get_if<Awgn>(&channel_)) {
    // Rounded to float first: Eb/N0 comes through pow(), whose last digits are not the same everywhere.
    const auto sigma = static_cast<double>(static_cast<float>(std::max(awgn->sigma, least_sigma)));
    mean_ = static_cast<float>(2 * scale / (sigma * sigma));
    deviation_ = static_cast<float>(2 * scale / sigma);
  } else if (const auto* bsc = std::get_if<Bsc>(&channel_)) {
    const double nats = std::log1p(-bsc->crossover) - std::log(bsc->crossover);
    mean_ = wide ? static_cast<float>(std::clamp(std::nearbyint(nats * scale), 1.0, 2047.0)) : 1.0F;
  } else {
    mean_ = wide ? 32767.0F : 127.0F;
  }
}

void FrameMaker::encode(std::uint64_t seed, std::uint64_t frame) {
  CounterRandom(seed, frame).fill(message_);
  // Sizes fit, and non-systematic encoding cannot fail otherwise.
  [[maybe_unused]] const auto encoded = encoder_.encode(message_, {}, codeword_);
}

template <class Llr>
void FrameMaker::gaussian(std::uint64_t seed, std::uint64_t frame, Llr* llr) noexcept {
  constexpr std::size_t blocks_per_word = kernels::noise_group / 4;
  const std::span<const std::uint64_t> sent = codeword_.words();
  for (std::size_t word = 0; word < sent.size(); word += normal_words) {
    const std::size_t words = std::min(normal_words, sent.size() - word);
    kernels_->gaussian(seed, frame, noise_block + word * blocks_per_word, normal_.data(), words);
    const std::size_t whole = std::min(words, codeword_.size() / 64 - word);
    make_llrs(*kernels_, normal_.data(), sent.data() + word, mean_, deviation_, llr + 64 * word, whole);
    if (whole == words) continue;
    std::array<Llr, 64> last;
    make_llrs(*kernels_, normal_.data() + 64 * whole, sent.data() + word + whole, mean_, deviation_, last.data(), 1);
    std::copy_n(last.begin(), codeword_.size() % 64, llr + 64 * (word + whole));
  }
}

template <class Llr>
void FrameMaker::discrete(std::uint64_t seed, std::uint64_t frame, Llr* llr) noexcept {
  const auto* bsc = std::get_if<Bsc>(&channel_);
  const double p = bsc != nullptr ? bsc->crossover : std::get<Bec>(channel_).erasure;
  CounterRandom(seed, frame, noise_block).fill_bernoulli(noise_, p);
  const auto magnitude = static_cast<Llr>(mean_);
  for (std::size_t word = 0; word < noise_.words().size(); ++word, llr += 64) {
    const std::size_t count = std::min<std::size_t>(64, codeword_.size() - 64 * word);
    const std::uint64_t sent = codeword_.words()[word];
    const std::uint64_t noise = noise_.words()[word];
    spread(bsc != nullptr ? sent ^ noise : sent, magnitude, llr, count);
    if (bsc == nullptr) erase(noise, llr, count);
  }
}

void FrameMaker::add_noise(std::uint64_t seed, std::uint64_t frame, std::int8_t* llr) {
  is_gaussian(channel_) ? gaussian(seed, frame, llr) : discrete(seed, frame, llr);
}
void FrameMaker::add_noise(std::uint64_t seed, std::uint64_t frame, std::int16_t* llr) {
  is_gaussian(channel_) ? gaussian(seed, frame, llr) : discrete(seed, frame, llr);
}

std::size_t FrameMaker::memory_bytes() const noexcept {
  // The encoder keeps up to two words of the code's length and the message.
  return normal_.size() * sizeof(float) + 4 * bytes_for(codeword_.size()) + 2 * bytes_for(message_.size());
}

}  // namespace caligo::simulate
