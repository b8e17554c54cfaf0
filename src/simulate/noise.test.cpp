// SPDX-License-Identifier: Apache-2.0
// Noise: the same bits everywhere, and the law that it should have.
#include <gtest/gtest.h>
#include <caligo/random.hpp>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#include "kernels/noise_dispatch.hpp"

namespace caligo::kernels {
namespace {

std::vector<float> variates(Isa isa, std::uint64_t seed, std::uint64_t stream, std::uint64_t block,
                            std::size_t groups) {
  std::vector<float> z(noise_group * groups);
  noise_kernels_for(isa).gaussian(seed, stream, block, z.data(), groups);
  return z;
}

/// FNV-1a over the bytes.
std::uint64_t digest(const std::vector<float>& z) {
  std::uint64_t hash = 0xCBF29CE484222325;
  for (const float value : z) {
    std::uint32_t bits = 0;
    std::memcpy(&bits, &value, sizeof bits);
    for (unsigned shift = 0; shift < 32; shift += 8) hash = (hash ^ ((bits >> shift) & 0xFFU)) * 0x100000001B3;
  }
  return hash;
}

TEST(Noise, IsTheSameOnEveryInstructionSet) {
  for (const Isa isa : supported_isas()) {
    for (const std::uint64_t block : {std::uint64_t{0}, std::uint64_t{0xFFFFFFF8}, std::uint64_t{1} << 63U}) {
      EXPECT_EQ(variates(isa, 5, 1'000'000'007, block, 50), variates(Isa::scalar, 5, 1'000'000'007, block, 50))
          << to_string(isa);
    }
  }
}

/// Whatever compiles and runs this must give this number: counts from two machines may be added.
TEST(Noise, IsTheSameOnEveryMachine) {
  EXPECT_EQ(digest(variates(supported_isas().back(), 1, 2, std::uint64_t{1} << 63U, 1000)), 3699473677955686893ULL);
}

TEST(Noise, ComesFromTheGeneratorOfTheLibrary) {
  // The first variate of a group is made of the first two words of its first block.
  CounterRandom random(77, 3, 16);
  const std::uint64_t words = random.next();
  const double u = (std::floor(static_cast<double>(words & 0xFFFFFFFFU) / 2) + 0.5) / 0x1p31;
  const double r = std::sqrt(-2 * std::log(u));
  const std::vector<float> z = variates(Isa::scalar, 77, 3, 16, 1);
  EXPECT_NEAR(std::hypot(z[0], z[16]), r, 1e-5);
}

TEST(Noise, LogarithmSineAndRootAreAccurate) {
  // Against the library's: the circle that a pair lies on.
  CounterRandom random(9, 9, 0);
  const std::vector<float> z = variates(Isa::scalar, 9, 9, 0, 64);
  double worst = 0;
  for (std::size_t group = 0; group < 64; ++group) {
    for (std::size_t lane = 0; lane < 16; ++lane) {
      const std::uint64_t first = random.next();
      random.next();
      const double u = (std::floor(static_cast<double>(first & 0xFFFFFFFFU) / 2) + 0.5) / 0x1p31;
      const double angle =
          static_cast<double>(static_cast<std::int32_t>(first >> 32U << 2U)) * std::acos(-1.0) / 0x1p33;
      const double r = std::sqrt(-2 * std::log(u));
      const std::size_t at = 64 * group + lane;
      double c = r * std::cos(angle) * ((first >> 62U & 1U) != 0 ? -1 : 1);
      double s = r * std::sin(angle);
      if ((first >> 63U) != 0) std::swap(c, s);
      // Near 0, where u is close to 1, float has no digits left for the radius.
      const double unit = 1 / (1e-6 + 1.2e-7 / r);
      worst = std::max({worst, unit * std::abs(c - static_cast<double>(z[at])),
                        unit * std::abs(s - static_cast<double>(z[at + 16]))});
    }
  }
  EXPECT_LT(worst, 2);
}

TEST(Noise, HasTheMomentsAndTailsOfTheNormalLaw) {
  constexpr std::size_t groups = 20'000;
  const std::vector<float> z = variates(supported_isas().back(), 11, 4, 0, groups);
  const auto n = static_cast<double>(z.size());
  double sum = 0, squares = 0, cubes = 0, fourths = 0;
  for (const float value : z) {
    const auto x = static_cast<double>(value);
    sum += x;
    squares += x * x;
    cubes += x * x * x;
    fourths += x * x * x * x;
  }
  EXPECT_LT(std::abs(sum / n), 5 / std::sqrt(n));
  EXPECT_LT(std::abs(squares / n - 1), 5 * std::sqrt(2 / n));
  EXPECT_LT(std::abs(cubes / n), 5 * std::sqrt(15 / n));
  EXPECT_LT(std::abs(fourths / n - 3), 5 * std::sqrt(96 / n));
  for (const double bound : {0.0, 0.5, 1.0, 2.0, 3.0, 4.0}) {
    const double p = 0.5 * std::erfc(bound / std::sqrt(2.0));
    for (const double sign : {-1.0, 1.0}) {
      const auto beyond =
          static_cast<double>(std::ranges::count_if(z, [&](float x) { return sign * static_cast<double>(x) > bound; }));
      EXPECT_LT(std::abs(beyond - n * p), 5 * std::sqrt(n * p * (1 - p)) + 2) << sign * bound;
    }
  }
}

TEST(Noise, NeighboursAreIndependent) {
  const std::vector<float> z = variates(supported_isas().back(), 12, 0, 0, 10'000);
  for (const std::size_t distance : {1U, 2U, 15U, 16U, 17U, 32U, 48U, 64U}) {
    double sum = 0, squares = 0;
    for (std::size_t i = 0; i + distance < z.size(); ++i) {
      sum += static_cast<double>(z[i]) * static_cast<double>(z[i + distance]);
      squares += (static_cast<double>(z[i]) * static_cast<double>(z[i]) - 1) *
                 (static_cast<double>(z[i + distance]) * static_cast<double>(z[i + distance]) - 1);
    }
    EXPECT_LT(std::abs(sum), 5 * std::sqrt(static_cast<double>(z.size()))) << distance;
    EXPECT_LT(std::abs(squares), 10 * std::sqrt(static_cast<double>(z.size()))) << distance;
  }
}

TEST(Noise, LlrsAreRoundedAndClipped) {
  const std::vector<float> z = variates(Isa::scalar, 13, 0, 0, 4);
  std::vector<std::uint64_t> sent{0x0123456789ABCDEF, 0, ~std::uint64_t{0}, 5};
  for (const Isa isa : supported_isas()) {
    for (const float deviation : {0.0F, 7.5F, 100.0F, 30000.0F}) {
      std::vector<std::int8_t> narrow(z.size());
      std::vector<std::int16_t> wide(z.size());
      noise_kernels_for(isa).llr8(z.data(), sent.data(), 20.25F, deviation, narrow.data(), sent.size());
      noise_kernels_for(isa).llr16(z.data(), sent.data(), 20.25F, deviation, wide.data(), sent.size());
      for (std::size_t i = 0; i < z.size(); ++i) {
        const float signal = ((sent[i / 64] >> (i % 64)) & 1U) != 0 ? -20.25F : 20.25F;
        const float noise = deviation * z[i];
        const float x = signal + noise;
        EXPECT_EQ(narrow[i], static_cast<int>(std::nearbyint(std::clamp(x, -127.0F, 127.0F)))) << i;
        EXPECT_EQ(wide[i], static_cast<int>(std::nearbyint(std::clamp(x, -32767.0F, 32767.0F)))) << i;
      }
    }
  }
}

}  // namespace
}  // namespace caligo::kernels
