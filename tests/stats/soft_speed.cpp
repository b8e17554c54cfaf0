// SPDX-License-Identifier: Apache-2.0
// Thread CPU time of the soft decoder per frame: decoding without and with the account of what is pruned, then writing
// the extrinsic LLRs. Least of five passes over new frames. Prints CSV.
//   soft_speed N_LOG2 K EBN0_DB FRAMES
#include <cstdio>
#include <cstdlib>
#include <ctime>

#include "soft_methods.hpp"

namespace {

using namespace caligo;

double cpu_seconds() {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

/// Least time per frame in µs.
template <class Work>
double microseconds(const std::vector<stats::SoftFrame>& frames, Work work) {
  double least = 1e300;
  for (int pass = 0; pass < 5; ++pass) {
    const double start = cpu_seconds();
    for (const auto& frame : frames) work(frame);
    least = std::min(least, (cpu_seconds() - start) / static_cast<double>(frames.size()));
  }
  return 1e6 * least;
}

}  // namespace

int main(int argc, char** argv) {  // NOLINT(bugprone-exception-escape): a tool for developers, run by hand
  if (argc != 5) {
    std::fprintf(stderr,
                 "usage: soft_speed N_LOG2 K EBN0_DB FRAMES\n"
                 "columns: n,k,list,arithmetic,list_us,soft_list_us,extrinsic_us,decoder_bytes\n");
    return 2;
  }
  const auto n = static_cast<unsigned>(std::strtoul(argv[1], nullptr, 10));
  const std::size_t k = std::strtoull(argv[2], nullptr, 10);
  const double rate = static_cast<double>(k) / std::ldexp(1.0, static_cast<int>(n));
  const Channel channel = resolve_rate(AwgnEbN0{std::strtod(argv[3], nullptr)}, rate);
  const auto order = construct_order(n, channel, ConstructionMethod::automatic).value();
  Encoder encoder(make_code(order, k, {}, CrcPlacement::none).value());
  std::vector<stats::SoftFrame> frames;
  for (std::uint64_t i = 0; i < std::strtoull(argv[4], nullptr, 10); ++i) {
    frames.push_back(stats::make_soft_frame(encoder, channel, 1, i));
  }
  std::vector<float> extrinsic(encoder.code().sent_bits());
  for (const unsigned list_size : {1U, 2U, 4U, 8U, 16U, 32U}) {
    for (const auto arithmetic : {SoftArithmetic::exact, SoftArithmetic::max_log}) {
      decode::SoftEngine plain(encoder.code(), list_size, arithmetic, false);
      decode::SoftEngine soft(encoder.code(), list_size, arithmetic);
      const auto decode = [](decode::SoftEngine& engine, const stats::SoftFrame& frame) {
        (void)engine.decode({frame.llr, {}, frame.frozen_values, {}});
      };
      const double list_us = microseconds(frames, [&](const auto& frame) { decode(plain, frame); });
      const double soft_us = microseconds(frames, [&](const auto& frame) { decode(soft, frame); });
      const double out_us = microseconds(frames, [&](const auto&) { soft.write_extrinsic(extrinsic); });
      std::printf("%u,%zu,%u,%s,%.1f,%.1f,%.1f,%zu\n", n, k, list_size,
                  arithmetic == SoftArithmetic::exact ? "exact" : "max-log", list_us, soft_us, out_us,
                  soft.memory_bytes());
    }
  }
  return 0;
}
