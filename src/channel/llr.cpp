// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <caligo/llr.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace caligo {

float default_llr_scale(unsigned log2_length, LlrWidth width) noexcept {
  if (width == LlrWidth::bits16) return 16.0F;
  return 6.0F - 0.3125F * static_cast<float>(std::clamp(log2_length, 12U, 20U) - 12U);
}

float llr_scale(unsigned log2_length, const Channel& channel) noexcept {
  const auto* bsc = std::get_if<Bsc>(&channel);
  if (bsc == nullptr) return default_llr_scale(log2_length);
  const double nats = std::log1p(-bsc->crossover) - std::log(bsc->crossover);
  // Without noise, or with nothing but noise, no scale gives ±1; the signs are all there is either way.
  return nats > 0 && std::isfinite(nats) ? static_cast<float>(1 / nats) : 1.0F;
}

namespace {

/// Clipped to ± the largest number, then to nearest, halves to even: adding 1.5·2^23 leaves the integer in the low bits
/// of the mantissa. Unlike lrint this turns into vector code on every target, and unlike fmin and fmax, which care for
/// NaN, so do the comparisons.
template <class Integer>
Integer quantise(float x) noexcept {
  constexpr float largest = std::numeric_limits<Integer>::max();
  const float low = x < -largest ? -largest : x;
  const float clipped = low > largest ? largest : low;
  return static_cast<Integer>(std::bit_cast<std::int32_t>(clipped + 12582912.0F));
}

/// Whether all are numbers; the others become garbage.
template <class Integer>
bool quantise(std::span<const float> llr, float factor, Integer* out) noexcept {
  std::uint32_t bad = 0;
  for (std::size_t i = 0; i < llr.size(); ++i) {
    const float x = llr[i];
    bad |= static_cast<std::uint32_t>(x != x);
    out[i] = quantise<Integer>(x * factor);
  }
  return bad == 0;
}
template <class Integer>
bool quantise(std::span<const std::int16_t> llr, float factor, Integer* out) noexcept {
  for (std::size_t i = 0; i < llr.size(); ++i) out[i] = quantise<Integer>(static_cast<float>(llr[i]) * factor);
  return true;
}
template <class Integer>
bool quantise(std::span<const std::int8_t> llr, float /*factor*/, Integer* out) noexcept {
  for (std::size_t i = 0; i < llr.size(); ++i) out[i] = std::max<std::int8_t>(llr[i], -127);
  return true;
}

bool positive(float x) noexcept { return x > 0.0F && std::isfinite(x); }

}  // namespace

namespace {

Result<void> check_scales(const LlrView& llr, float scale) noexcept {
  if (!positive(scale)) {
    return Error{ErrorCode::invalid_argument, fmt::format("LLR scale must be positive and finite, got {}", scale)};
  }
  if (!positive(llr.units_per_nat())) {
    return Error{ErrorCode::invalid_argument,
                 fmt::format("LLR units per nat must be positive and finite, got {}", llr.units_per_nat())};
  }
  return {};
}

Error not_a_number(std::span<const float> llr) noexcept {
  const auto bad = std::ranges::find_if(llr, [](float x) { return std::isnan(x); });
  return Error{ErrorCode::invalid_argument, fmt::format("LLR {} is not a number", bad - llr.begin())};
}

}  // namespace

Result<void> check_llrs(const LlrView& llr, float scale) noexcept {
  if (auto checked = check_scales(llr, scale); !checked) return checked;
  const auto* floats = std::get_if<std::span<const float>>(&llr.values());
  if (floats == nullptr) return {};
  std::uint32_t bad = 0;
  for (const float x : *floats) bad |= static_cast<std::uint32_t>(x != x);
  if (bad != 0) return not_a_number(*floats);
  return {};
}

namespace {

template <class Integer>
Result<void> quantise_to(const LlrView& llr, float scale, std::span<Integer> out) noexcept {
  if (llr.size() != out.size()) {
    return Error{ErrorCode::size_mismatch, fmt::format("{} LLRs into {} places", llr.size(), out.size())};
  }
  if (auto checked = check_scales(llr, scale); !checked) return checked;
  const float factor = scale / llr.units_per_nat();
  if (std::visit([&](const auto& values) { return quantise(values, factor, out.data()); }, llr.values())) return {};
  return not_a_number(*std::get_if<std::span<const float>>(&llr.values()));
}

}  // namespace

Result<void> quantise_llrs(const LlrView& llr, float scale, std::span<std::int8_t> out) noexcept {
  return quantise_to(llr, scale, out);
}

Result<void> quantise_llrs(const LlrView& llr, float scale, std::span<std::int16_t> out) noexcept {
  return quantise_to(llr, scale, out);
}

}  // namespace caligo
