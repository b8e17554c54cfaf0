// SPDX-License-Identifier: Apache-2.0
// The soft output means what it says: predicted error probabilities against observed errors, and more information than
// from the list alone.
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "soft_methods.hpp"

namespace caligo::stats {
namespace {

std::uint64_t test_seed() {
  const char* text = std::getenv("CALIGO_TEST_SEED");
  return text != nullptr ? std::strtoull(text, nullptr, 0) : 20261121;
}

/// Mean and standard error of something that is measured once per frame, so of independent samples.
struct Mean {
  double count = 0;
  double sum = 0;
  double squares = 0;

  void add(double value) {
    count += 1;
    sum += value;
    squares += value * value;
  }
  [[nodiscard]] double value() const { return sum / count; }
  [[nodiscard]] double error() const { return std::sqrt((squares / count - value() * value()) / count); }
};

/// Five standard errors: a two-sided false alarm once in 1.7 million runs per check, below 4e-6 for all checks here.
constexpr double alarm = 5;
/// SO-SCL is an estimate, not exact: predictions may be off by this fraction of the observed error rate. Measured: up
/// to 3 %.
constexpr double bias = 0.15;

struct Outcome {
  Mean surprise;      ///< observed minus predicted error of the decision
  Mean observed;      ///< errors of the decision
  Mean bit_surprise;  ///< the same of a random code bit
  Mean bit_observed;  ///< errors of a random code bit
  Mean bits_gained;   ///< information of the posterior that the list alone loses
};

/// Bits per bit that a receiver loses who takes the posterior at face value.
double loss(const std::vector<double>& posterior, const SoftFrame& frame) {
  double sum = 0;
  for (std::size_t i = 0; i < posterior.size(); ++i) {
    const double right = std::fmax(-40.0, std::fmin(40.0, frame.codeword[i] ? -posterior[i] : posterior[i]));
    sum += std::log2(1 + std::exp(-right));
  }
  return sum / static_cast<double>(posterior.size());
}

Outcome measure(std::uint64_t seed, double share_of_unvisited) {
  constexpr std::uint64_t frames = 6000;
  const Channel channel = resolve_rate(AwgnEbN0{1.5}, 0.5);
  const auto order = construct_order(6, channel, ConstructionMethod::automatic).value();
  Encoder encoder(make_code(order, 32, {}, CrcPlacement::none).value());
  decode::SoftEngine engine(encoder.code(), 4, SoftArithmetic::exact);
  std::vector<float> extrinsic(encoder.code().sent_bits());
  Outcome out;
  for (std::uint64_t i = 0; i < frames; ++i) {
    const SoftFrame frame = make_soft_frame(encoder, channel, seed, i);
    const auto verdict = engine.decode({frame.llr, {}, frame.frozen_values, {}});
    engine.write_extrinsic(extrinsic);
    const bool wrong = !equal(engine.codeword(), frame.codeword);
    out.surprise.add((wrong ? 1 : 0) - share_of_unvisited * verdict.error_probability);
    out.observed.add(wrong ? 1 : 0);
    // Bits of a frame depend on each other: one of each.
    const std::size_t bit = i % extrinsic.size();
    const double posterior = double{extrinsic[bit]} + frame.llr[bit];
    const bool bit_wrong = (posterior < 0) != frame.codeword[bit];
    out.bit_surprise.add((bit_wrong ? 1 : 0) - 1 / (1 + std::exp(std::fabs(posterior))));
    out.bit_observed.add(bit_wrong ? 1 : 0);
    const auto all = engine.alive();
    out.bits_gained.add(loss(list_posterior(engine, all, nothing), frame) -
                        loss(list_posterior(engine, all, engine.log_unvisited()), frame));
  }
  return out;
}

TEST(SoftOutput, ProbabilitiesAreCalibratedAndBeatTheListAlone) {
  const std::uint64_t seed = test_seed();
  SCOPED_TRACE("CALIGO_TEST_SEED=" + std::to_string(seed));
  const Outcome out = measure(seed, 1.0);
  EXPECT_GT(out.observed.sum, 300) << "too few errors to mean anything";
  EXPECT_LE(std::fabs(out.surprise.value()), alarm * out.surprise.error() + bias * out.observed.value());
  EXPECT_LE(std::fabs(out.bit_surprise.value()), alarm * out.bit_surprise.error() + bias * out.bit_observed.value());
  // Measured: 0.15 to 0.17 bits per bit.
  EXPECT_GT(out.bits_gained.value() - alarm * out.bits_gained.error(), 0.02);
}

// The test above can fail: probabilities that are too small by a third are told apart.
TEST(SoftOutput, TellsWrongProbabilities) {
  const Outcome out = measure(5, 0.667);
  EXPECT_GT(std::fabs(out.surprise.value()), alarm * out.surprise.error() + bias * out.observed.value());
}

}  // namespace
}  // namespace caligo::stats
