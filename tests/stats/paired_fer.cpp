// SPDX-License-Identifier: Apache-2.0
// What an arithmetic costs: decodes the same noise with several decoders, counts the frames that only one of two gets
// wrong, and gives the exact McNemar p-value of "neither is better". Prints a line of CSV for every decoder but the
// first, the base, to which the others are compared.
//   paired_fer N_LOG2 MESSAGE_BITS CRC LIST CHANNEL FRAMES SEED BASE DECODER …
//   paired_fer 10 512 crc16 32 awgn-ebn0:1.6 100000 1 float-max-log int8 int16 corrected:16
// Decoders: float-max-log, float-exact; int8, int16, corrected (int16 with corrected check nodes), each with or without
// :SCALE in LLR units per nat.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <memory>

#include "decode/soft_engine.hpp"
#include "fer_point.hpp"

namespace {

using namespace caligo;

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

/// One of the decoders. Each gives the first path with a right CRC, or else the best.
struct Contestant {
  std::string name;
  float scale = 0;  ///< 0 for float
  std::optional<Decoder> integer;
  std::unique_ptr<decode::SoftEngine> floating;
  std::uint64_t errors = 0;
  std::uint64_t alone = 0;       ///< errors that the base does not make
  std::uint64_t base_alone = 0;  ///< and the other way round

  bool errs(const stats::NoisyFrame& frame) {
    if (floating != nullptr) {
      (void)floating->decode({frame.llr});
      return !equal(floating->message(), frame.message);
    }
    (void)integer->decode({.llr = LlrView(frame.llr), .scale = scale});
    return !equal(integer->message(), frame.message);
  }
};

Result<Contestant> make_contestant(const std::string& text, const CodeSpec& code, unsigned list_size,
                                   const Channel& channel) {
  const std::size_t colon = text.find(':');
  Contestant c;
  c.name = text.substr(0, colon);
  if (c.name == "float-max-log" || c.name == "float-exact") {
    const auto arithmetic = c.name == "float-exact" ? SoftArithmetic::exact : SoftArithmetic::max_log;
    c.floating = std::make_unique<decode::SoftEngine>(code, list_size, arithmetic, false);
    return c;
  }
  DecodeOptions options;
  if (c.name != "int8") options.width = LlrWidth::bits16;
  if (c.name == "corrected") options.check = CheckRule::corrected;
  auto plan = DecodePlan::make(code, list_size, options);
  if (!plan) return std::move(plan).error();
  c.integer.emplace(std::move(*plan));
  const unsigned n = code.log2_length();
  c.scale = options.width == LlrWidth::bits8 ? llr_scale(n, channel) : default_llr_scale(n, options.width);
  if (colon != std::string::npos) c.scale = std::strtof(text.c_str() + colon + 1, nullptr);
  return c;
}

void compete(const stats::FerPoint& p, std::uint64_t seed, const CodeSpec& code, const Channel& channel,
             std::vector<Contestant>& contestants) {
  const auto* bsc = std::get_if<Bsc>(&channel);
  const double nats = bsc != nullptr ? std::log1p(-bsc->crossover) - std::log(bsc->crossover) : 1;
  Encoder encoder(code);
  for (std::uint64_t i = 0; i < p.frames; ++i) {
    auto frame = stats::make_frame(encoder, channel, seed, i);
    for (float& llr : frame.llr) llr *= static_cast<float>(nats);  // those of the BSC come as ±1
    bool base_errs = false;
    for (Contestant& c : contestants) {
      const bool errs = c.errs(frame);
      if (&c == contestants.data()) base_errs = errs;
      c.errors += errs ? 1U : 0U;
      c.alone += errs && !base_errs ? 1U : 0U;
      c.base_alone += base_errs && !errs ? 1U : 0U;
    }
  }
}

int run(const stats::FerPoint& p, std::uint64_t seed, const std::vector<std::string>& names) {
  const auto channel = parse_channel(p.channel);
  const auto code = channel ? design(p, *channel) : Result<CodeSpec>(channel.error());
  if (!code || std::holds_alternative<Bec>(*channel) || p.frames == 0) {
    std::fprintf(stderr, "paired_fer: %s\n", code ? "AWGN or BSC, and some frames" : code.error().message.c_str());
    return 2;
  }
  const double rate = static_cast<double>(p.message_bits) / static_cast<double>(code->sent_bits());
  const Channel resolved = resolve_rate(*channel, rate);
  std::vector<Contestant> contestants;
  for (const std::string& name : names) {
    auto contestant = make_contestant(name, *code, p.list_size, resolved);
    if (!contestant) {
      std::fprintf(stderr, "paired_fer: %s\n", contestant.error().message.c_str());
      return 2;
    }
    contestants.push_back(std::move(*contestant));
  }
  compete(p, seed, *code, resolved, contestants);
  const auto number = [](std::uint64_t x) { return static_cast<unsigned long long>(x); };
  const Contestant& base = contestants.front();
  for (std::size_t i = 1; i < contestants.size(); ++i) {
    const Contestant& c = contestants[i];
    std::printf("%u,%zu,%s,%u,%s,%llu,%llu,%s,%g,%llu,%s,%g,%llu,%llu,%llu,%.3g\n", p.n, p.message_bits, p.crc.c_str(),
                p.list_size, p.channel.c_str(), number(seed), number(p.frames), base.name.c_str(),
                static_cast<double>(base.scale), number(base.errors), c.name.c_str(), static_cast<double>(c.scale),
                number(c.errors), number(c.alone), number(c.base_alone), mcnemar(c.alone, c.base_alone));
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {  // NOLINT(bugprone-exception-escape): a tool for developers, run by hand
  if (argc < 10) {
    std::fprintf(stderr,
                 "usage: paired_fer N_LOG2 MESSAGE_BITS CRC LIST CHANNEL FRAMES SEED BASE DECODER ...\n"
                 "n,message_bits,crc,list,channel,seed,frames,base,base_scale,base_errors,decoder,scale,errors,"
                 "decoder_only,base_only,mcnemar_p\n");
    return 2;
  }
  const auto number = [&](int i) { return std::strtoull(argv[i], nullptr, 10); };
  const caligo::stats::FerPoint point{
      static_cast<unsigned>(number(1)), number(2), argv[3], static_cast<unsigned>(number(4)), argv[5], number(6), 0};
  return run(point, number(7), {argv + 8, argv + argc});
}
