// SPDX-License-Identifier: Apache-2.0
// Measures the points of points.csv with the readable float reference and prints the file anew. Takes minutes.
//   measure_reference < tests/stats/points.csv > new.csv
#include <cstdio>
#include <iostream>

#include "fer_point.hpp"
#include "reference/list_decoder.hpp"

namespace {

using namespace caligo;

/// The first path with a right CRC, else the best one.
bool reference_fails(const CodeSpec& code, unsigned list_size, const stats::NoisyFrame& frame) {
  reference::Bits frozen(code.block_length());
  for (std::size_t i = 0; i < frozen.size(); ++i) frozen[i] = code.frozen_mask()[i] ? 1 : 0;
  reference::ListDecoder<double> decoder(frozen, reference::Bits(frozen.size(), 0), list_size,
                                         reference::Schedule::bits);
  const auto list = decoder.decode(std::vector<double>(frame.llr.begin(), frame.llr.end()));
  const Crc crc(code.crc());
  for (const auto& path : list) {
    BitString u(code.block_length());
    for (std::size_t i = 0; i < u.size(); ++i) u.set(i, path.u[i] != 0);
    BitString information(code.information_bits());
    extract_bits(u, code.information_mask(), information);
    BitString message(code.message_bits());
    copy_bits(information, 0, message, 0, message.size());
    if (code.crc_placement() == CrcPlacement::none || crc.compute(message) == crc.read(information, message.size())) {
      return !equal(message, frame.message);
    }
  }
  return true;
}

}  // namespace

int main() {  // NOLINT(bugprone-exception-escape): a tool for developers, run by hand
  std::puts(stats::csv_header);
  for (auto& p : stats::read_points(std::cin)) {
    Encoder encoder(stats::make_point_code(p));
    const Channel channel = parse_channel(p.channel).value();
    p.frame_errors = 0;
    for (std::uint64_t frame = 0; frame < p.frames; ++frame) {
      const auto noisy = stats::make_frame(encoder, channel, 1, frame);
      p.frame_errors += reference_fails(encoder.code(), p.list_size, noisy) ? 1U : 0U;
    }
    std::printf("%u,%zu,%s,%u,%s,%llu,%llu\n", p.n, p.message_bits, p.crc.c_str(), p.list_size, p.channel.c_str(),
                static_cast<unsigned long long>(p.frames), static_cast<unsigned long long>(p.frame_errors));
    std::fflush(stdout);
  }
  return 0;
}
