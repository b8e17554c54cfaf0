// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Ways to make soft output from a list, for comparison: random frames, posteriors with and without the pruned part of
/// the codebook, and how good they are.

#include <caligo/channel.hpp>
#include <caligo/construct.hpp>
#include <caligo/encode.hpp>
#include <caligo/random.hpp>

#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "decode/soft_engine.hpp"

namespace caligo::stats {

/// A codeword of a random coset and its channel LLRs in nats; depends on (seed, frame) only.
struct SoftFrame {
  BitString message;
  BitString frozen_values;
  BitString codeword;
  std::vector<float> llr;
};

inline void send(const Channel& channel, BitView x, CounterRandom& random, std::vector<float>& llr) {
  llr.resize(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) {
    double llr_of_zero = 0;
    if (const auto* bsc = std::get_if<Bsc>(&channel)) {
      const double certainty = std::log((1 - bsc->crossover) / bsc->crossover);
      llr_of_zero = random.uniform() < bsc->crossover ? -certainty : certainty;
    } else {
      const double sigma = std::get<Awgn>(channel).sigma;
      llr_of_zero = 2 * (1 + sigma * random.gaussian()) / (sigma * sigma);
    }
    llr[i] = static_cast<float>(x[i] ? -llr_of_zero : llr_of_zero);
  }
}

/// channel: Bsc or Awgn.
inline SoftFrame make_soft_frame(Encoder& encoder, const Channel& channel, std::uint64_t seed, std::uint64_t frame) {
  const CodeSpec& code = encoder.code();
  CounterRandom random(seed, frame);
  SoftFrame out{BitString(code.message_bits()), BitString(code.frozen_bits()), BitString(code.sent_bits()), {}};
  random.fill(out.message);
  random.fill(out.frozen_values);
  (void)encoder.encode(out.message, out.frozen_values, out.codeword);
  send(channel, out.codeword, random, out.llr);
  return out;
}

inline constexpr double nothing = -std::numeric_limits<double>::infinity();

/// Posterior LLRs from the paths in `lanes` and an unvisited part of the given weight (`nothing`: none); ±inf where all
/// of them agree and nothing else is weighed.
inline std::vector<double> list_posterior(const decode::SoftEngine& engine, std::uint32_t lanes, double log_unvisited) {
  double largest = log_unvisited;
  for (unsigned lane = 0; lane < engine.list_size(); ++lane) {
    if ((lanes >> lane & 1U) != 0) largest = std::max(largest, -engine.metric(lane));
  }
  std::vector<double> posterior(engine.code().sent_bits());
  for (std::size_t i = 0; i < posterior.size(); ++i) {
    const double llr = engine.input_llr(i);
    const double rest = std::exp(log_unvisited - largest);
    double zero = rest / (1 + std::exp(-llr));
    double one = rest / (1 + std::exp(llr));
    for (unsigned lane = 0; lane < engine.list_size(); ++lane) {
      if ((lanes >> lane & 1U) == 0) continue;
      ((engine.code_bits(i) >> lane & 1U) != 0 ? one : zero) += std::exp(-engine.metric(lane) - largest);
    }
    posterior[i] = std::log(zero) - std::log(one);
  }
  return posterior;
}

/// How much a soft value says about its bit. Values are given as seen by a sender of 0: positive is right.
class SoftQuality {
 public:
  void add(double value) {
    const double bounded = std::fmax(-limit, std::fmin(limit, value));
    histogram_[static_cast<std::size_t>(std::lround(bounded / step) + half)] += 1;
    count_ += 1;
    loss_ += (bounded < 0 ? -bounded : 0.0) + std::log1p(std::exp(-std::fabs(bounded)));
    errors_ += bounded < 0 ? 1.0 : bounded == 0 ? 0.5 : 0.0;
  }
  /// Mutual information in bits, whatever the scale of the values: by their histogram, both senders symmetrical.
  [[nodiscard]] double information() const {
    double sum = 0;
    for (long k = -half; k <= half; ++k) {
      const double here = histogram_[static_cast<std::size_t>(half + k)];
      const double there = histogram_[static_cast<std::size_t>(half - k)];
      if (here > 0) sum += here * std::log2(2 * here / (here + there));
    }
    return sum / count_;
  }
  /// What a receiver gets that takes the values for true LLRs: 1 - E log2(1 + e^-value); negative if they mislead.
  [[nodiscard]] double information_at_face_value() const { return 1 - loss_ / count_ / std::log(2.0); }
  [[nodiscard]] double error_rate() const { return errors_ / count_; }

 private:
  static constexpr double limit = 40;
  static constexpr double step = 0.25;
  static constexpr long half = 160;
  std::array<double, 2 * half + 1> histogram_{};
  double count_ = 0;
  double loss_ = 0;
  double errors_ = 0;
};

}  // namespace caligo::stats
