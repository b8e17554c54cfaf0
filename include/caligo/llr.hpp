// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Log-likelihood ratios as they come from a channel, and their way to the decoders' integers.
///
/// LLR = ln P(bit = 0)/P(bit = 1): positive means 0. Decoders work on int8, or at choice on int16, in internal units;
/// how many of them make a nat is the scale. Too fine a scale saturates, too coarse a one loses resolution; the right
/// one for int8 depends on N and on the channel (default_llr_scale, llr_scale).

#include <caligo/channel.hpp>
#include <caligo/error.hpp>

#include <cstddef>
#include <cstdint>
#include <ranges>
#include <span>
#include <type_traits>
#include <variant>

namespace caligo {

/// Width of the LLRs that a decoder works on.
enum class LlrWidth : std::uint8_t { bits8, bits16 };

/// A view of LLRs in one of three forms; owns nothing. Vectors, arrays and spans convert to it.
///
/// int8: internal units, taken as they are; -128 counts as -127. int16: integers of which `units_per_nat` make a nat.
/// float: nats; ±inf are clipped, a NaN is refused by whoever reads it.
class LlrView {
 public:
  constexpr LlrView() noexcept = default;
  template <std::ranges::contiguous_range Range>
    requires std::ranges::sized_range<Range> && (std::is_same_v<std::ranges::range_value_t<Range>, std::int8_t> ||
                                                 std::is_same_v<std::ranges::range_value_t<Range>, float>)
  constexpr LlrView(const Range& llr) noexcept  // NOLINT(google-explicit-constructor)
      : values_(std::span<const std::ranges::range_value_t<Range>>(std::ranges::data(llr), std::ranges::size(llr))) {}
  constexpr LlrView(std::span<const std::int16_t> llr, float units_per_nat) noexcept
      : values_(llr), units_per_nat_(units_per_nat) {}

  // std::visit throws for a valueless variant; assigning spans cannot leave one.
  // NOLINTNEXTLINE(bugprone-exception-escape)
  [[nodiscard]] constexpr std::size_t size() const noexcept {
    return std::visit([](const auto& values) { return values.size(); }, values_);
  }
  [[nodiscard]] constexpr bool empty() const noexcept { return size() == 0; }
  /// `count` LLRs from `offset` on; both lie inside the view.
  // NOLINTNEXTLINE(bugprone-exception-escape)
  [[nodiscard]] constexpr LlrView subview(std::size_t offset, std::size_t count) const noexcept {
    LlrView part = *this;
    std::visit([&](auto& values) { values = values.subspan(offset, count); }, part.values_);
    return part;
  }
  using Values = std::variant<std::span<const std::int8_t>, std::span<const std::int16_t>, std::span<const float>>;
  [[nodiscard]] constexpr const Values& values() const noexcept { return values_; }
  /// int16 only; 1 in the other forms.
  [[nodiscard]] constexpr float units_per_nat() const noexcept { return units_per_nat_; }

 private:
  Values values_;
  float units_per_nat_ = 1.0F;
};

/// Internal units per nat that keep int8 error rates at those of float LLRs on the AWGN channel: 6 up to N = 2^12,
/// where resolution counts; then falling to 3.5 at 2^20, as the LLRs of late nodes are sums of more and more and must
/// not saturate. Density evolution uses the same. With 16 bits there is room for both: 16 at every N.
[[nodiscard]] float default_llr_scale(unsigned log2_length, LlrWidth width = LlrWidth::bits8) noexcept;
/// The same for a given channel, 8 bits. On the BSC all LLRs have one magnitude and min-sum decoding does not depend on
/// the scale: it becomes ±1, so that everything is an exact integer. Erased bits are 0 at any scale.
[[nodiscard]] float llr_scale(unsigned log2_length, const Channel& channel) noexcept;

/// Whether quantise_llrs would succeed on as many places, without doing it. Errors: as there.
Result<void> check_llrs(const LlrView& llr, float scale) noexcept;
/// out[i] = LLR i in internal units: float LLRs times `scale`, int16 ones times scale/units_per_nat, rounded to nearest
/// (halves to even) and clipped to ±127; int8 ones as they are, -128 as -127. Allocates nothing but errors.
/// Errors: size_mismatch; invalid_argument for a NaN (with its index), or a scale or units_per_nat that is not positive
/// and finite. What `out` holds after an error is undefined.
Result<void> quantise_llrs(const LlrView& llr, float scale, std::span<std::int8_t> out) noexcept;
/// The same for 16 bits, clipped to ±32767; int16 ones whose units_per_nat is the scale keep their values.
Result<void> quantise_llrs(const LlrView& llr, float scale, std::span<std::int16_t> out) noexcept;

}  // namespace caligo
