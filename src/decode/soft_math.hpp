// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Arithmetic of float LLRs in nats, without branches, so that loops over lanes vectorise.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>

namespace caligo::decode {

/// ln(1 + e^-x) for x ≥ 0, within 6e-5: s²·q(s) with s = 1 - x/10 and q of degree 8, a minimax fit on [0, 10]. The
/// double zero at 10 makes it vanish beyond, so that certain bits cost nothing however many there are.
inline float log1p_exp_neg(float x) noexcept {
  const float s = std::max(0.0F, 1.0F - 0.1F * x);
  float q = -5.804069084F;
  q = q * s + 0.1628085259F;
  q = q * s + 47.34739712F;
  q = q * s - 94.41136637F;
  q = q * s + 85.13019261F;
  q = q * s - 41.58106025F;
  q = q * s + 11.34775350F;
  q = q * s - 1.594324461F;
  q = q * s + 0.09586138527F;
  return q * s * s;
}

inline std::uint32_t float_bits(float a) noexcept {
  std::uint32_t bits = 0;
  std::memcpy(&bits, &a, sizeof bits);
  return bits;
}
inline float bits_float(std::uint32_t bits) noexcept {
  float a = 0;
  std::memcpy(&a, &bits, sizeof a);
  return a;
}
inline constexpr std::uint32_t sign_bit = 0x80000000U;

struct MaxLog {
  /// LLR of the sum of two bits.
  static float f(float a, float b) noexcept {
    const std::uint32_t sign = (float_bits(a) ^ float_bits(b)) & sign_bit;
    return bits_float(float_bits(std::min(std::fabs(a), std::fabs(b))) | sign);
  }
  /// -ln P(bit = 0), up to a constant.
  static float price_of_zero(float llr) noexcept { return std::max(0.0F, -llr); }
};

struct Exact {
  static float f(float a, float b) noexcept {
    const float p = std::fabs(a);
    const float q = std::fabs(b);
    const std::uint32_t sign = (float_bits(a) ^ float_bits(b)) & sign_bit;
    const float magnitude = std::min(p, q) + log1p_exp_neg(p + q) - log1p_exp_neg(std::fabs(p - q));
    return bits_float(float_bits(std::max(0.0F, magnitude)) | sign);
  }
  static float price_of_zero(float llr) noexcept { return std::max(0.0F, -llr) + log1p_exp_neg(std::fabs(llr)); }
};

/// A sum of probabilities of any magnitude, added by their logarithms.
class LogSum {
 public:
  void add(double logarithm) noexcept {
    if (logarithm < reference_ - negligible) return;
    if (logarithm > reference_ + 40) {
      sum_ *= std::exp(reference_ - logarithm);
      reference_ = logarithm;
    }
    sum_ += std::exp(logarithm - reference_);
  }
  [[nodiscard]] double logarithm() const noexcept {
    return sum_ > 0 ? reference_ + std::log(sum_) : -std::numeric_limits<double>::infinity();
  }

 private:
  static constexpr double negligible = 50;  // 2e-22 of the sum: a million of them would not show in a double
  double reference_ = -1e300;
  double sum_ = 0;
};

}  // namespace caligo::decode
