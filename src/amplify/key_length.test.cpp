// SPDX-License-Identifier: Apache-2.0
// The key length formula against exact numbers, its limits and its monotonicity.
#include <gtest/gtest.h>
#include <caligo/key_length.hpp>

#include <cmath>
#include <limits>

namespace caligo {
namespace {

double h2(double p) { return -p * std::log2(p) - (1 - p) * std::log2(1 - p); }

/// n = 10^6, k = 10^5, 2 % errors and f = 1.1 on the key.
KeyLengthInput example() {
  KeyLengthInput input;
  input.key_bits = 1000000;
  input.sample_bits = 100000;
  input.tolerated_qber = 0.02;
  input.leaked_bits = 1.1 * 1e6 * h2(0.02);
  input.epsilon_secrecy = 1e-10;
  input.epsilon_correctness = 1e-15;
  return input;
}

std::uint64_t bits(const KeyLengthInput& input) { return tomamichel_2012().length(input).value().bits; }

// Eq. (2) evaluated apart, with forty decimal digits: μ = 0.016387076723…, ℓ = 618823.68….
TEST(KeyLength, EqualsTheEquation) {
  const KeyLength result = tomamichel_2012().length(example()).value();
  EXPECT_NEAR(result.deviation, 0.0163870767, 1e-9);
  EXPECT_NEAR(result.phase_error_bound, 0.0363870767, 1e-9);
  EXPECT_EQ(result.bits, 618823U);
  EXPECT_NEAR(result.asymptotic_bits, 1e6 * (1 - 2.1 * h2(0.02)), 1e-3);
}

TEST(KeyLength, NamesEveryEpsilon) {
  KeyLengthInput input = example();
  input.epsilon_authentication = 3e-13;
  const KeyLength result = tomamichel_2012().length(input).value();
  EXPECT_DOUBLE_EQ(result.epsilon_total, 1e-10 + 1e-15 + 3e-13);
  const auto part = [&](std::string_view name) {
    for (const EpsilonPart& entry : result.epsilon) {
      if (entry.name == name) return entry.value;
    }
    return -1.0;
  };
  // The proof's budget: the parts of secrecy add up to it, and Serfling's bound at μ is the smoothing.
  EXPECT_DOUBLE_EQ(2 * part("smoothing") + part("privacy_amplification"), part("secrecy"));
  const double n = 1e6;
  const double k = 1e5;
  EXPECT_NEAR(std::exp(-result.deviation * result.deviation * n * k * k / ((n + k) * (k + 1))) / part("smoothing"), 1,
              1e-9);
  EXPECT_NEAR(part("parameter_estimation") / (part("smoothing") * part("smoothing")), 1, 1e-12);
  EXPECT_EQ(part("correctness"), 1e-15);
  EXPECT_EQ(part("authentication"), 3e-13);
}

TEST(KeyLength, TagBitsReplaceTheirBound) {
  KeyLengthInput input = example();
  const std::uint64_t bound = bits(input);
  input.tag_bits = std::log2(2 / input.epsilon_correctness);
  EXPECT_EQ(bits(input), bound);
  input.tag_bits = *input.tag_bits + 100;
  EXPECT_EQ(bits(input), bound - 100);
}

TEST(KeyLength, MoreIsMore) {
  KeyLengthInput input = example();
  std::uint64_t last = 0;
  for (const std::uint64_t n : {200000ULL, 1000000ULL, 10000000ULL, 1000000000ULL}) {  // the same rates
    input.key_bits = n;
    input.sample_bits = n / 10;
    input.leaked_bits = 1.1 * static_cast<double>(n) * h2(0.02);
    const std::uint64_t rate = bits(input) * 1000000 / n;
    EXPECT_GT(rate, last);
    last = rate;
  }
  EXPECT_LT(static_cast<double>(last), 1e6 * (1 - 2.1 * h2(0.02)));

  const std::uint64_t base = bits(example());
  const auto changed = [&](auto change) {
    KeyLengthInput other = example();
    change(other);
    return bits(other);
  };
  EXPECT_GT(changed([](auto& i) { i.sample_bits *= 2; }), base);
  EXPECT_LT(changed([](auto& i) { i.tolerated_qber = 0.021; }), base);
  EXPECT_LT(changed([](auto& i) { i.leaked_bits += 1; }), base);
  EXPECT_LT(changed([](auto& i) { i.epsilon_secrecy = 1e-12; }), base);
  EXPECT_LT(changed([](auto& i) { i.epsilon_correctness = 1e-18; }), base);
  EXPECT_LT(changed([](auto& i) { i.preparation_quality = 0.99; }), base);
}

TEST(KeyLength, TendsToTheAsymptoticRate) {
  KeyLengthInput input = example();
  input.key_bits = std::uint64_t{1} << 50;
  input.sample_bits = std::uint64_t{1} << 50;
  const auto n = static_cast<double>(input.key_bits);
  input.leaked_bits = 1.1 * n * h2(0.02);
  EXPECT_NEAR(static_cast<double>(bits(input)) / n, 1 - 2.1 * h2(0.02), 1e-5);
  EXPECT_NEAR(static_cast<double>(asymptotic_key_length().length(input).value().bits) / n, 1 - 2.1 * h2(0.02), 1e-9);
}

TEST(KeyLength, RefusesWhenNothingIsLeft) {
  const auto code = [](auto change) {
    KeyLengthInput input = example();
    change(input);
    const auto result = tomamichel_2012().length(input);
    return result ? ErrorCode{} : result.error().code;
  };
  EXPECT_EQ(code([](auto& i) { i.key_bits = 1000; }), ErrorCode::no_key);
  EXPECT_EQ(code([](auto& i) { i.sample_bits = 10; }), ErrorCode::no_key);  // μ beyond ½
  EXPECT_EQ(code([](auto& i) { i.tolerated_qber = 0.5; }), ErrorCode::no_key);
  EXPECT_EQ(code([](auto& i) { i.leaked_bits = 1e6; }), ErrorCode::no_key);
  EXPECT_EQ(code([](auto& i) { i.observed_qber = 0.0201; }), ErrorCode::no_key);
  EXPECT_EQ(code([](auto& i) { i.observed_qber = 0.02; }), ErrorCode{});
  EXPECT_EQ(code([](auto& i) { i.sample_bits = 0; }), ErrorCode::invalid_argument);
  EXPECT_EQ(code([](auto& i) { i.key_bits = 0; }), ErrorCode::invalid_argument);
  EXPECT_EQ(code([](auto& i) { i.tolerated_qber = 0.6; }), ErrorCode::invalid_argument);
  EXPECT_EQ(code([](auto& i) { i.leaked_bits = -1; }), ErrorCode::invalid_argument);
  EXPECT_EQ(code([](auto& i) { i.epsilon_secrecy = 0; }), ErrorCode::invalid_argument);
  EXPECT_EQ(code([](auto& i) { i.epsilon_correctness = 1; }), ErrorCode::invalid_argument);
  EXPECT_EQ(code([](auto& i) { i.preparation_quality = 1.5; }), ErrorCode::invalid_argument);
  EXPECT_EQ(code([](auto& i) { i.leaked_bits = std::numeric_limits<double>::quiet_NaN(); }),
            ErrorCode::invalid_argument);
  EXPECT_EQ(code([](auto& i) { i.tolerated_qber = std::numeric_limits<double>::quiet_NaN(); }),
            ErrorCode::invalid_argument);
}

TEST(KeyLength, FormulasHaveNames) {
  EXPECT_EQ(parse_key_length_formula("tomamichel-2012").value(), &tomamichel_2012());
  EXPECT_EQ(parse_key_length_formula("asymptotic").value(), &asymptotic_key_length());
  EXPECT_EQ(parse_key_length_formula("best").error().code, ErrorCode::invalid_argument);
  for (const KeyLengthFormula* formula : {&tomamichel_2012(), &asymptotic_key_length()}) {
    EXPECT_FALSE(formula->formula().empty());
    EXPECT_FALSE(formula->source().empty());
  }
}

}  // namespace
}  // namespace caligo
