// SPDX-License-Identifier: Apache-2.0
// Frame error rates of the fast int8 decoders against those of the float reference, by a likelihood-ratio test.
#include <gtest/gtest.h>
#include <caligo/simulate.hpp>

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <string>

#include "fer_point.hpp"

namespace caligo::stats {
namespace {

/// Chi-square with one degree of freedom exceeds this with probability 1e-6; one-sided, so a correct decoder fails one
/// of the (fewer than ten) points with probability below 5e-6 in all.
constexpr double alarm = 23.93;

double log_likelihood(double errors, double frames) {
  const double p = errors / frames;
  return (errors > 0 ? errors * std::log(p) : 0.0) + (errors < frames ? (frames - errors) * std::log1p(-p) : 0.0);
}

/// Twice the log-likelihood ratio of "two rates" over "one common rate".
double deviance(double errors_a, double frames_a, double errors_b, double frames_b) {
  return 2 * (log_likelihood(errors_a, frames_a) + log_likelihood(errors_b, frames_b) -
              log_likelihood(errors_a + errors_b, frames_a + frames_b));
}

std::uint64_t fast_errors(const FerPoint& p, std::uint64_t frames, std::uint64_t seed) {
  Encoder encoder(make_point_code(p));
  Decoder decoder(DecodePlan::make(encoder.code(), p.list_size).value());
  const Channel channel = parse_channel(p.channel).value();
  const float scale = std::holds_alternative<Bsc>(channel) ? 1.0F : default_llr_scale(p.n);
  std::vector<std::int8_t> llr(encoder.code().sent_bits());
  std::uint64_t errors = 0;
  for (std::uint64_t frame = 0; frame < frames; ++frame) {
    const auto noisy = make_frame(encoder, channel, seed, frame);
    (void)quantise_llrs(noisy.llr, scale, llr);
    (void)decoder.decode({llr});
    errors += equal(decoder.message(), noisy.message) ? 0U : 1U;
  }
  return errors;
}

TEST(FrameErrorRate, NoWorseThanTheFloatReference) {
  std::ifstream file(CALIGO_STATS_POINTS);
  const auto points = read_points(file);
  ASSERT_GE(points.size(), 5U) << CALIGO_STATS_POINTS;
  const char* text = std::getenv("CALIGO_TEST_SEED");
  const std::uint64_t seed = text != nullptr ? std::strtoull(text, nullptr, 0) : 20261121;
  for (const auto& p : points) {
    const std::uint64_t frames = 2 * p.frames;
    const std::uint64_t errors = fast_errors(p, frames, seed);
    const auto reference = static_cast<double>(p.frame_errors) / static_cast<double>(p.frames);
    const auto fast = static_cast<double>(errors) / static_cast<double>(frames);
    const double d = deviance(static_cast<double>(errors), static_cast<double>(frames),
                              static_cast<double>(p.frame_errors), static_cast<double>(p.frames));
    EXPECT_FALSE(fast > reference && d > alarm)
        << "n " << p.n << " list " << p.list_size << " " << p.channel << ": FER " << fast << " against " << reference
        << " (deviance " << d << "), CALIGO_TEST_SEED=" << seed;
  }
}

/// The simulator makes its own noise; both ways it must agree with the reference, which is exact but for the LLRs'
/// eight bits. The two-sided test at the same level raises a false alarm with probability below 1e-5 in all.
TEST(FrameErrorRate, SimulationAgreesWithTheFloatReference) {
  std::ifstream file(CALIGO_STATS_POINTS);
  for (const auto& p : read_points(file)) {
    const DecoderSettings decoder{.kind = p.list_size == 1 ? DecoderKind::sc : DecoderKind::scl,
                                  .list_size = p.list_size};
    const auto task = SimulationTask::make(make_point_code(p), parse_channel(p.channel).value(), decoder).value();
    const Statistics counts = count_frames(task, 20261125, {0, 2 * p.frames}).value();
    const double d = deviance(static_cast<double>(counts.frame_errors), static_cast<double>(counts.frames),
                              static_cast<double>(p.frame_errors), static_cast<double>(p.frames));
    EXPECT_LT(d, alarm) << "n " << p.n << " list " << p.list_size << " " << p.channel << ": " << counts.frame_errors
                        << " of " << counts.frames << " against " << p.frame_errors << " of " << p.frames;
  }
}

// The first test can fail: it tells a list of 4 from the reference's list of 8 on the same points.
TEST(FrameErrorRate, TellsAShorterListFromTheReference) {
  std::ifstream file(CALIGO_STATS_POINTS);
  bool told = false;
  for (auto p : read_points(file)) {
    if (p.list_size != 8) continue;
    p.list_size = 4;
    const std::uint64_t frames = 2 * p.frames;
    const auto errors = static_cast<double>(fast_errors(p, frames, 5));
    told = told || deviance(errors, static_cast<double>(frames), static_cast<double>(p.frame_errors),
                            static_cast<double>(p.frames)) > alarm;
  }
  EXPECT_TRUE(told);
}

}  // namespace
}  // namespace caligo::stats
