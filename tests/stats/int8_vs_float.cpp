// SPDX-License-Identifier: Apache-2.0
// What int8 LLRs cost: decodes the same noise with the int8 product decoder and with float LLRs, counts the frames that
// only one of them gets wrong, and gives the exact McNemar p-value of "neither is better". Prints one line of CSV.
//   int8_vs_float N_LOG2 MESSAGE_BITS CRC LIST CHANNEL FRAMES SEED [max-log|exact [SCALE]]
//   int8_vs_float 10 512 crc16 32 awgn-ebn0:2.0 100000 1
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "decode/soft_engine.hpp"
#include "fer_point.hpp"

namespace {

using namespace caligo;

struct Task {
  stats::FerPoint point;
  std::uint64_t seed = 1;
  SoftArithmetic arithmetic = SoftArithmetic::max_log;
  float scale = 0;  ///< of the int8 LLRs in units per nat; 0: the default for N, ±1 on the BSC
};

struct Counts {
  std::uint64_t both = 0;
  std::uint64_t int8_only = 0;
  std::uint64_t float_only = 0;
};

/// Two-sided: the probability under a fair coin of a split of b + c tosses at least as uneven.
double mcnemar(std::uint64_t b, std::uint64_t c) {
  const auto tosses = static_cast<double>(b + c);
  double tail = 0;
  for (std::uint64_t k = 0; k <= std::min(b, c); ++k) {
    const auto heads = static_cast<double>(k);
    tail += std::exp(std::lgamma(tosses + 1) - std::lgamma(heads + 1) - std::lgamma(tosses - heads + 1) -
                     tosses * std::log(2.0));
  }
  return std::min(1.0, 2 * tail);
}

Result<CodeSpec> design(const stats::FerPoint& p, const Channel& channel) {
  auto crc = parse_crc(p.crc);
  if (!crc) return crc.error();
  const double rate = static_cast<double>(p.message_bits) / std::ldexp(1.0, static_cast<int>(p.n));
  auto order = construct_order_cached(p.n, resolve_rate(channel, rate), ConstructionMethod::automatic);
  if (!order) return order.error();
  return make_code(*order, p.message_bits, *crc, crc->width == 0 ? CrcPlacement::none : CrcPlacement::embedded);
}

/// Both decoders choose the first path with a right CRC and count the same frames.
Counts compare(const Task& task, const CodeSpec& code, const Channel& channel, float scale) {
  Encoder encoder(code);
  Decoder fast(DecodePlan::make(code, task.point.list_size).value());
  decode::SoftEngine exact(code, task.point.list_size, task.arithmetic, false);
  std::vector<std::int8_t> llr(code.sent_bits());
  Counts counts;
  for (std::uint64_t i = 0; i < task.point.frames; ++i) {
    const auto frame = stats::make_frame(encoder, channel, task.seed, i);
    (void)quantise_llrs(frame.llr, scale, llr);
    (void)fast.decode({llr});
    (void)exact.decode({frame.llr});
    const bool int8_wrong = !equal(fast.message(), frame.message);
    const bool float_wrong = !equal(exact.message(), frame.message);
    counts.both += int8_wrong && float_wrong ? 1U : 0U;
    counts.int8_only += int8_wrong && !float_wrong ? 1U : 0U;
    counts.float_only += float_wrong && !int8_wrong ? 1U : 0U;
  }
  return counts;
}

int run(const Task& task) {
  const auto& p = task.point;
  const auto channel = parse_channel(p.channel);
  const auto code = channel ? design(p, *channel) : Result<CodeSpec>(channel.error());
  if (!code || std::holds_alternative<Bec>(*channel) || p.frames == 0) {
    std::fprintf(stderr, "int8_vs_float: %s\n", code ? "AWGN or BSC, and some frames" : code.error().message.c_str());
    return 2;
  }
  if (auto plan = DecodePlan::make(*code, p.list_size); !plan) {
    std::fprintf(stderr, "int8_vs_float: %s\n", plan.error().message.c_str());
    return 2;
  }
  const float usual = std::holds_alternative<Bsc>(*channel) ? 1.0F : default_llr_scale(p.n);
  const float scale = task.scale > 0 ? task.scale : usual;
  const Counts counts = compare(task, *code, *channel, scale);
  std::printf("%u,%zu,%s,%u,%s,%s,%g,%llu,%llu,%llu,%llu,%llu,%llu,%.3g\n", p.n, p.message_bits, p.crc.c_str(),
              p.list_size, p.channel.c_str(), task.arithmetic == SoftArithmetic::exact ? "exact" : "max-log",
              static_cast<double>(scale), static_cast<unsigned long long>(task.seed),
              static_cast<unsigned long long>(p.frames),
              static_cast<unsigned long long>(counts.both + counts.int8_only),
              static_cast<unsigned long long>(counts.both + counts.float_only),
              static_cast<unsigned long long>(counts.int8_only), static_cast<unsigned long long>(counts.float_only),
              mcnemar(counts.int8_only, counts.float_only));
  return 0;
}

}  // namespace

int main(int argc, char** argv) {  // NOLINT(bugprone-exception-escape): a tool for developers, run by hand
  if (argc < 8 || argc > 10) {
    std::fprintf(
        stderr,
        "usage: int8_vs_float N_LOG2 MESSAGE_BITS CRC LIST CHANNEL FRAMES SEED [max-log|exact [SCALE]]\n"
        "n,message_bits,crc,list,channel,float,scale,seed,frames,int8_errors,float_errors,int8_only,float_only,"
        "mcnemar_p\n");
    return 2;
  }
  const auto number = [&](int i) { return std::strtoull(argv[i], nullptr, 10); };
  Task task;
  task.point = {
      static_cast<unsigned>(number(1)), number(2), argv[3], static_cast<unsigned>(number(4)), argv[5], number(6), 0};
  task.seed = number(7);
  if (argc > 8 && std::strcmp(argv[8], "exact") == 0) task.arithmetic = SoftArithmetic::exact;
  if (argc > 9) task.scale = std::strtof(argv[9], nullptr);
  return run(task);
}
