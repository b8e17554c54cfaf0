// SPDX-License-Identifier: Apache-2.0
#include "cli/bench_frames.hpp"

#include <caligo/crc.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdlib>
#include <numeric>

namespace caligo::cli {

namespace {

/// P(LLR = v) for v from -limit to limit, in a table of a power of two of places.
class Law {
 public:
  explicit Law(LlrWidth width)
      : limit_(width == LlrWidth::bits8 ? 127 : 2047), p_(2 * (static_cast<std::size_t>(limit_) + 1)) {}
  [[nodiscard]] int limit() const { return limit_; }
  double& at(int v) { return p_[static_cast<std::size_t>(v + limit_ + 1)]; }
  std::vector<double> take() { return std::move(p_); }

 private:
  int limit_;
  std::vector<double> p_;
};

Law law_of(const Bsc& channel, float scale, LlrWidth width) {
  Law law(width);
  const double nats = std::log1p(-channel.crossover) - std::log(channel.crossover);
  const double units = width == LlrWidth::bits8 ? 1 : std::min<double>(std::round(nats * scale), law.limit());
  law.at(static_cast<int>(units)) += 1 - channel.crossover;
  law.at(-static_cast<int>(units)) += channel.crossover;
  return law;
}

Law law_of(const Bec& channel, float /*scale*/, LlrWidth width) {
  Law law(width);
  law.at(law.limit()) = 1 - channel.erasure;
  law.at(0) = channel.erasure;
  return law;
}

/// LLR = 2y/σ² is Gaussian with mean 2/σ² and deviation 2/σ; each integer takes the mass that rounds to it.
Law law_of(const Awgn& channel, float scale, LlrWidth width) {
  Law law(width);
  const double sigma = std::max(channel.sigma, 1e-4);  // less noise than that makes no difference to int8
  const double mean = static_cast<double>(scale) * 2 / (sigma * sigma);
  const double deviation = static_cast<double>(scale) * 2 / sigma;
  const auto below = [&](double x) { return 0.5 * std::erfc((mean - x) / (deviation * std::sqrt(2.0))); };
  for (int v = -law.limit(); v <= law.limit(); ++v) {
    const double lower = v == -law.limit() ? 0 : below(v - 0.5);
    const double upper = v == law.limit() ? 1 : below(v + 0.5);
    law.at(v) = upper - lower;
  }
  return law;
}

Law law_of(const AwgnEbN0& /*unresolved*/, float /*scale*/, LlrWidth width) { return Law(width); }
Law law_of(const AwgnEsN0& /*unresolved*/, float /*scale*/, LlrWidth width) { return Law(width); }

}  // namespace

LlrLaw::LlrLaw(const Channel& channel, float scale, LlrWidth width) : width_(width), scale_(scale) {
  build(std::visit([&](const auto& noise) { return law_of(noise, scale, width).take(); }, channel));
}

/// Vose's construction (IEEE Trans. Software Eng. 17 (1991)): cells that are too full fill up those that are not.
void LlrLaw::build(std::vector<double> probability) {
  const std::size_t size = probability.size();
  cells_.resize(size);
  cell_bits_ = static_cast<unsigned>(std::countr_zero(size));
  const int threshold_bits = 32 - static_cast<int>(cell_bits_);
  const double total = std::accumulate(probability.begin(), probability.end(), 0.0);
  std::vector<std::size_t> small;
  std::vector<std::size_t> large;
  for (std::size_t i = 0; i < probability.size(); ++i) {
    probability[i] *= static_cast<double>(size) / total;
    (probability[i] < 1 ? small : large).push_back(i);
  }
  const auto value = [&](std::size_t i) {
    const int v = static_cast<int>(i) - static_cast<int>(size / 2);
    if (width_ == LlrWidth::bits8 || std::abs(v) < static_cast<int>(size / 2) - 1) return static_cast<std::int16_t>(v);
    return static_cast<std::int16_t>(v < 0 ? -32767 : 32767);
  };
  while (!small.empty() && !large.empty()) {
    const std::size_t poor = small.back();
    const std::size_t rich = large.back();
    small.pop_back();
    cells_[poor] = {static_cast<std::uint32_t>(std::lrint(std::ldexp(probability[poor], threshold_bits))), value(poor),
                    value(rich)};
    probability[rich] -= 1 - probability[poor];
    if (probability[rich] < 1) {
      large.pop_back();
      small.push_back(rich);
    }
  }
  for (const auto* rest : {&small, &large}) {  // what is left is 1 but for rounding
    for (const std::size_t i : *rest) cells_[i] = {std::uint32_t{1} << threshold_bits, value(i), value(i)};
  }
}

FramePool::FramePool(const CodeSpec& code, const LlrLaw& law, std::size_t capacity)
    : capacity_(capacity),
      sent_bits_(code.sent_bits()),
      scale_(law.scale()),
      bytes_(law.width() == LlrWidth::bits8 ? capacity * code.sent_bits() : 0),
      shorts_(law.width() == LlrWidth::bits16 ? capacity * code.sent_bits() : 0),
      messages_(capacity, BitString(code.message_bits())),
      checksums_(code.crc_placement() == CrcPlacement::external ? capacity : 0) {}

FrameSource::FrameSource(const CodeSpec& code, const LlrLaw& law, std::uint64_t seed)
    : encoder_(code), crc_(code.crc()), law_(&law), seed_(seed), codeword_(code.sent_bits()) {}

/// LLRs of the code word made last.
template <class Llr>
void FrameSource::draw(std::span<Llr> llr, CounterRandom& random) const noexcept {
  const auto sign = [](std::int16_t v, bool one) { return static_cast<Llr>(one ? -v : v); };
  for (std::size_t i = 0; i < llr.size(); i += 2) {
    const std::uint64_t bits = random.next();
    const std::uint64_t sent = codeword_.words()[i / 64] >> (i % 64);
    llr[i] = sign(law_->draw(static_cast<std::uint32_t>(bits)), (sent & 1U) != 0);
    if (i + 1 == llr.size()) break;
    llr[i + 1] = sign(law_->draw(static_cast<std::uint32_t>(bits >> 32U)), (sent & 2U) != 0);
  }
}

Result<void> FrameSource::fill(FramePool& pool, std::uint64_t first, std::size_t count) {
  pool.size_ = count;
  for (std::size_t frame = 0; frame < count; ++frame) {
    CounterRandom random(seed_, first + frame);
    BitString& message = pool.messages_[frame];
    random.fill(message);
    if (auto encoded = encoder_.encode(message, {}, codeword_); !encoded) return encoded;
    if (!pool.checksums_.empty()) pool.checksums_[frame] = crc_.compute(message);
    const std::size_t at = frame * pool.sent_bits_;
    if (law_->width() == LlrWidth::bits8) {
      draw(std::span(pool.bytes_).subspan(at, pool.sent_bits_), random);
    } else {
      draw(std::span(pool.shorts_).subspan(at, pool.sent_bits_), random);
    }
  }
  return {};
}

}  // namespace caligo::cli
