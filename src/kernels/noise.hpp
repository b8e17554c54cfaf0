// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The noise kernels, once for all instruction sets: loops over 16 lanes that compilers vectorise. The units that
/// include this are compiled without contraction of a·b + c (cmake/CaligoOptions.cmake).

#include "kernels/noise_kernels.hpp"

namespace caligo::kernels {

namespace {

/// Loops over them are not to be unrolled: g++ does that before it thinks of vectors, and then finds none.
constexpr unsigned noise_lanes = 16;

/// Philox4x32-10 (Salmon et al., SC'11) on 16 counters; w[i] is word i. As bits/philox.hpp, which has std::array.
inline void philox_lanes(std::uint32_t (&w)[4][noise_lanes], std::uint64_t seed) {
  auto key_0 = static_cast<std::uint32_t>(seed);
  auto key_1 = static_cast<std::uint32_t>(seed >> 32U);
  for (unsigned round = 0; round < 10; ++round) {
#pragma GCC unroll 1
    for (unsigned lane = 0; lane < noise_lanes; ++lane) {
      const std::uint64_t product_0 = std::uint64_t{0xD2511F53} * w[0][lane];
      const std::uint64_t product_1 = std::uint64_t{0xCD9E8D57} * w[2][lane];
      w[0][lane] = static_cast<std::uint32_t>(product_1 >> 32U) ^ w[1][lane] ^ key_0;
      w[1][lane] = static_cast<std::uint32_t>(product_1);
      w[2][lane] = static_cast<std::uint32_t>(product_0 >> 32U) ^ w[3][lane] ^ key_1;
      w[3][lane] = static_cast<std::uint32_t>(product_0);
    }
    key_0 += 0x9E3779B9;
    key_1 += 0xBB67AE85;
  }
}

/// √(-2 ln u) for u = (⌊bits/2⌋ + 1/2)/2^31, hence at most 6.66. With u = m·2^e, √½ < m ≤ √2, and s = (m - 1)/(m + 1):
/// ln m = 2(s + s³/3 + s⁵/5 + …), where the terms left out are below 3e-9 of the sum. Of u close to 1 float
/// has few digits, which moves radii below 0.01, one in 20000, by up to 1e-7/r.
inline float radius(std::uint32_t bits) {
  constexpr float ln2 = 0.693147182F;
  constexpr std::int32_t root_half = 0x3F3504F3;  // the float √½
  constexpr std::int32_t mantissa = 0x007FFFFF;
  const float u = static_cast<float>(static_cast<std::int32_t>(bits >> 1U)) + 0.5F;
  const auto shifted = __builtin_bit_cast(std::int32_t, u) - root_half;
  const auto exponent = static_cast<float>((shifted >> 23) - 31);  // u counts 2^-31
  const float m = __builtin_bit_cast(float, (shifted & mantissa) + root_half);
  const float s = (m - 1.0F) / (m + 1.0F);
  const float t = s * s;
  const float series = ((t * (1.0F / 9) + 1.0F / 7) * t + 1.0F / 5) * t + 1.0F / 3;
  const float ln_m = 2.0F * (s + s * (t * series));
  const float square = -2.0F * (exponent * ln2 + ln_m);
  return __builtin_sqrtf(square > 0.0F ? square : 0.0F);
}

/// A point on the circle of radius r, uniform: an angle within ±π/4 by Taylor's series (errors below 3e-8), the axes
/// exchanged by the highest bit, a half turn by the next.
inline void on_circle(float r, std::uint32_t bits, float& first, float& second) {
  constexpr float unit = 0.785398163F * 0x1p-31F;  // π/4
  const float a = static_cast<float>(static_cast<std::int32_t>(bits << 2U)) * unit;
  const float t = a * a;
  const float sine = a + a * (t * (((t * (1.0F / 362880) - 1.0F / 5040) * t + 1.0F / 120) * t - 1.0F / 6));
  const float cosine = 1.0F + t * (((t * (1.0F / 40320) - 1.0F / 720) * t + 1.0F / 24) * t - 0.5F);
  const std::uint32_t sign = (bits << 1U) & 0x80000000U;
  const std::uint32_t c = __builtin_bit_cast(std::uint32_t, r* cosine) ^ sign;
  const std::uint32_t s = __builtin_bit_cast(std::uint32_t, r* sine);
  const std::uint32_t exchange = (c ^ s) & (0U - (bits >> 31U));
  first = __builtin_bit_cast(float, c ^ exchange);
  second = __builtin_bit_cast(float, s ^ exchange);
}

/// G. E. P. Box, M. E. Muller, "A note on the generation of random normal deviates", Ann. Math. Statist. 29 (1958).
void gaussian(std::uint64_t seed, std::uint64_t stream, std::uint64_t block, float* z, std::size_t groups) {
  for (std::size_t group = 0; group < groups; ++group, z += noise_group, block += noise_lanes) {
    std::uint32_t w[4][noise_lanes];
#pragma GCC unroll 1
    for (unsigned lane = 0; lane < noise_lanes; ++lane) {
      w[0][lane] = static_cast<std::uint32_t>(block + lane);
      w[1][lane] = static_cast<std::uint32_t>((block + lane) >> 32U);
      w[2][lane] = static_cast<std::uint32_t>(stream);
      w[3][lane] = static_cast<std::uint32_t>(stream >> 32U);
    }
    philox_lanes(w, seed);
    for (unsigned pair = 0; pair < 2; ++pair) {
      float* out = z + 2 * noise_lanes * pair;
#pragma GCC unroll 1
      for (unsigned lane = 0; lane < noise_lanes; ++lane) {
        on_circle(radius(w[2 * pair][lane]), w[2 * pair + 1][lane], out[lane], out[noise_lanes + lane]);
      }
    }
  }
}

/// Rounding by addition: 1.5·2^23 leaves the integer in the low bits of the mantissa. 32 at once, for the same
/// reason.
template <class Integer, int largest>
void llrs(const float* z, const std::uint64_t* sent, float mean, float deviation, Integer* out, std::size_t words) {
  constexpr unsigned lanes = 32;
  constexpr auto limit = static_cast<float>(largest);
  for (std::size_t half = 0; half < 2 * words; ++half, z += lanes, out += lanes) {
    const auto bits = static_cast<std::uint32_t>(sent[half / 2] >> (lanes * (half % 2)));
    std::int32_t rounded[lanes];  // out may alias anything
    for (unsigned lane = 0; lane < lanes; ++lane) {
      const std::uint32_t sign = ((bits >> lane) & 1U) << 31U;
      const float signal = __builtin_bit_cast(float, __builtin_bit_cast(std::uint32_t, mean) ^ sign);
      const float x = signal + deviation * z[lane];
      const float low = x < -limit ? -limit : x;
      const float clipped = low > limit ? limit : low;
      rounded[lane] = __builtin_bit_cast(std::int32_t, clipped + 12582912.0F);
    }
    for (unsigned lane = 0; lane < lanes; ++lane) out[lane] = static_cast<Integer>(rounded[lane]);
  }
}

constexpr NoiseKernels noise_table{gaussian, llrs<std::int8_t, 127>, llrs<std::int16_t, 32767>};

}  // namespace

}  // namespace caligo::kernels
