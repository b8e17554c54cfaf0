// SPDX-License-Identifier: Apache-2.0
#include "cli/bench_frames.hpp"

#include <caligo/crc.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace caligo::cli {

namespace {

constexpr int limit = 127;
using Law = std::array<double, 256>;  ///< P(LLR = v) at v + 128

double& at(Law& law, int v) { return law[static_cast<std::size_t>(v + 128)]; }

Law law_of(const Bsc& channel, float /*scale*/) {
  Law law{};
  at(law, 1) = 1 - channel.crossover;
  at(law, -1) = channel.crossover;
  return law;
}

Law law_of(const Bec& channel, float /*scale*/) {
  Law law{};
  at(law, limit) = 1 - channel.erasure;
  at(law, 0) = channel.erasure;
  return law;
}

/// LLR = 2y/σ² is Gaussian with mean 2/σ² and deviation 2/σ; each integer takes the mass that rounds to it.
Law law_of(const Awgn& channel, float scale) {
  Law law{};
  const double sigma = std::max(channel.sigma, 1e-4);  // less noise than that makes no difference to int8
  const double mean = static_cast<double>(scale) * 2 / (sigma * sigma);
  const double deviation = static_cast<double>(scale) * 2 / sigma;
  const auto below = [&](double x) { return 0.5 * std::erfc((mean - x) / (deviation * std::sqrt(2.0))); };
  for (int v = -limit; v <= limit; ++v) {
    const double lower = v == -limit ? 0 : below(v - 0.5);
    const double upper = v == limit ? 1 : below(v + 0.5);
    at(law, v) = upper - lower;
  }
  return law;
}

Law law_of(const AwgnEbN0& /*unresolved*/, float /*scale*/) { return {}; }

}  // namespace

LlrLaw::LlrLaw(const Channel& channel, float scale) {
  build(std::visit([scale](const auto& noise) { return law_of(noise, scale); }, channel));
}

/// Vose's construction (IEEE Trans. Software Eng. 17 (1991)): cells that are too full fill up those that are not.
void LlrLaw::build(std::array<double, 256> probability) {
  const double total = std::accumulate(probability.begin(), probability.end(), 0.0);
  std::vector<std::size_t> small;
  std::vector<std::size_t> large;
  for (std::size_t i = 0; i < probability.size(); ++i) {
    probability[i] *= 256 / total;
    (probability[i] < 1 ? small : large).push_back(i);
  }
  const auto value = [](std::size_t i) { return static_cast<std::int8_t>(static_cast<int>(i) - 128); };
  while (!small.empty() && !large.empty()) {
    const std::size_t poor = small.back();
    const std::size_t rich = large.back();
    small.pop_back();
    cells_[poor] = {static_cast<std::uint32_t>(std::lrint(std::ldexp(probability[poor], 24))), value(poor),
                    value(rich)};
    probability[rich] -= 1 - probability[poor];
    if (probability[rich] < 1) {
      large.pop_back();
      small.push_back(rich);
    }
  }
  for (const auto* rest : {&small, &large}) {  // what is left is 1 but for rounding
    for (const std::size_t i : *rest) cells_[i] = {std::uint32_t{1} << 24U, value(i), value(i)};
  }
}

FramePool::FramePool(const CodeSpec& code, std::size_t capacity)
    : capacity_(capacity),
      sent_bits_(code.sent_bits()),
      llrs_(capacity * code.sent_bits()),
      messages_(capacity, BitString(code.message_bits())),
      checksums_(code.crc_placement() == CrcPlacement::external ? capacity : 0) {}

FrameSource::FrameSource(const CodeSpec& code, const LlrLaw& law, std::uint64_t seed)
    : encoder_(code), crc_(code.crc()), law_(&law), seed_(seed), codeword_(code.sent_bits()) {}

Result<void> FrameSource::fill(FramePool& pool, std::uint64_t first, std::size_t count) {
  pool.size_ = count;
  for (std::size_t frame = 0; frame < count; ++frame) {
    CounterRandom random(seed_, first + frame);
    BitString& message = pool.messages_[frame];
    random.fill(message);
    if (auto encoded = encoder_.encode(message, {}, codeword_); !encoded) return encoded;
    if (!pool.checksums_.empty()) pool.checksums_[frame] = crc_.compute(message);
    std::int8_t* llr = pool.llrs_.data() + frame * pool.sent_bits_;
    for (std::size_t i = 0; i < pool.sent_bits_; i += 2) {
      const std::uint64_t bits = random.next();
      const std::uint64_t sent = codeword_.words()[i / 64] >> (i % 64);
      const auto sign = [](std::int8_t v, bool one) { return static_cast<std::int8_t>(one ? -v : v); };
      llr[i] = sign(law_->draw(static_cast<std::uint32_t>(bits)), (sent & 1U) != 0);
      if (i + 1 == pool.sent_bits_) break;
      llr[i + 1] = sign(law_->draw(static_cast<std::uint32_t>(bits >> 32U)), (sent & 2U) != 0);
    }
  }
  return {};
}

}  // namespace caligo::cli
