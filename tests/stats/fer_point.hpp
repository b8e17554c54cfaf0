// SPDX-License-Identifier: Apache-2.0
#pragma once
/// One point of an error-rate curve, and its text form: what the reference decoder was measured to do, kept in
/// points.csv, against which the fast decoders are tested.

#include <caligo/channel.hpp>
#include <caligo/construct.hpp>
#include <caligo/decode.hpp>
#include <caligo/encode.hpp>
#include <caligo/random.hpp>

#include <cmath>
#include <cstdint>
#include <istream>
#include <sstream>
#include <string>
#include <vector>

namespace caligo::stats {

struct FerPoint {
  unsigned n = 0;
  std::size_t message_bits = 0;
  std::string crc;
  unsigned list_size = 1;
  std::string channel;
  std::uint64_t frames = 0;
  std::uint64_t frame_errors = 0;
};

inline constexpr const char* csv_header = "n,message_bits,crc,list,channel,frames,frame_errors";

inline std::vector<FerPoint> read_points(std::istream& in) {
  std::vector<FerPoint> points;
  std::string line;
  while (std::getline(in, line)) {
    if (line.empty() || line[0] == '#' || line == csv_header) continue;
    for (char& c : line) c = c == ',' ? ' ' : c;
    std::istringstream fields(line);
    FerPoint p;
    fields >> p.n >> p.message_bits >> p.crc >> p.list_size >> p.channel >> p.frames >> p.frame_errors;
    if (fields) points.push_back(p);
  }
  return points;
}

inline CodeSpec make_point_code(const FerPoint& p) {
  const auto order = construct_order(p.n, Bsc{0.02}, ConstructionMethod::polarization_weight).value();
  const CrcSpec crc = parse_crc(p.crc).value();
  return make_code(order, p.message_bits, crc, crc.width == 0 ? CrcPlacement::none : CrcPlacement::embedded).value();
}

/// A frame's message and its channel LLRs in nats; depends on (seed, frame) only.
struct NoisyFrame {
  BitString message;
  std::vector<float> llr;
};

inline NoisyFrame make_frame(Encoder& encoder, const Channel& channel, std::uint64_t seed, std::uint64_t frame) {
  CounterRandom random(seed, frame);
  NoisyFrame out{BitString(encoder.code().message_bits()), {}};
  random.fill(out.message);
  BitString x(encoder.code().sent_bits());
  (void)encoder.encode(out.message, {}, x);
  out.llr.resize(x.size());
  const Channel resolved =
      resolve_rate(channel, static_cast<double>(out.message.size()) / static_cast<double>(x.size()));
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (const auto* bsc = std::get_if<Bsc>(&resolved)) {
      out.llr[i] = (random.uniform() < bsc->crossover) != x[i] ? -1.0F : 1.0F;  // ±1: min-sum does not know scales
    } else {
      const double sigma = std::get<Awgn>(resolved).sigma;
      const double y = (x[i] ? -1.0 : 1.0) + sigma * random.gaussian();
      out.llr[i] = static_cast<float>(2.0 * y / (sigma * sigma));
    }
  }
  return out;
}

}  // namespace caligo::stats
