// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <caligo/channel.hpp>
#include <caligo/decode.hpp>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <limits>

#include "cli/arithmetic_options.hpp"
#include "cli/bench.hpp"
#include "cli/bench_decode_report.hpp"
#include "cli/code_file.hpp"
#include "cli/validators.hpp"

namespace caligo::cli {

namespace {

constexpr const char* footer =
    R"(Random messages are encoded, sent over the channel and decoded as integer LLRs, each frame once; frozen values are zero.
With --frames the same seed gives the same frame errors on every machine, whatever --threads and --isa.

JSON fields:
  message_mbps, coded_mbps   message bits and sent bits per microsecond of the decoding threads' CPU time, all threads
  message_mbps_per_thread    the same for each thread
  message_mbps_wall          by the wall clock instead, which also counts waiting and other programs
  latency_us_p50, _p99       of single calls (with --batch: of whole batches), by latency_clock: wall, or thread-cpu if a
                             frame takes a millisecond
  frames, frame_errors, undetected_errors, fer, fer_low, fer_high (95 % interval): of all frames that were decoded
  decoder_bytes              memory of one decoder, without the plan, which threads share
  allocations                from the heap while decoding, null where they cannot be counted (under sanitizers)
  cpu_seconds, wall_seconds  behind the throughput, all threads together
  n is log2 of the block length and k counts message bits; also: decoder, list, batch_frames (in one call; 1 without
  --batch), crc, channel, llr_scale, llr_bits, check, strong_id, threads, seed, isa, version, git_hash, compiler

Examples:
  caligo bench decode -c code.json --list 32 --channel awgn-ebn0:2 --json
  caligo bench decode -c code.json --list 32 --channel awgn-ebn0:2 --llr-bits 16 --check corrected
  caligo bench decode -c code.json --list 1 --channel bsc:0.05 --frames 100000 --seed 7
  caligo bench decode -c code.json --decoder adaptive --list 32 --batch --channel awgn-ebn0:4.5
  caligo --isa avx2 bench decode -c code.json --list 8 --channel awgn-sigma:0.8 --threads 2)";

/// What fits in the second-level cache beside a decoder, so that making and decoding frames does not wait for memory.
constexpr std::size_t pool_bytes = std::size_t{256} << 10U;
constexpr std::size_t most_pool_frames = 1024;
/// BatchDecoder interleaves so many frames up to this block length; batches are multiples of it.
constexpr std::size_t interleaved_frames = 64;
constexpr unsigned longest_interleaved_log2 = 16;
constexpr unsigned most_threads = 1024;

struct Options {
  std::string code;
  std::optional<unsigned> list;
  std::string decoder;
  bool batch = false;
  std::string channel;
  std::optional<float> scale;
  ArithmeticOptions arithmetic;
  std::optional<std::uint64_t> frames;
  std::optional<double> seconds;
  unsigned threads = 1;
  std::uint64_t seed = 1;
  bool json = false;
};

Error usage_error(std::string message) { return Error{ErrorCode::invalid_argument, std::move(message)}; }

/// Everything that one run needs, checked.
struct Setup {
  CodeSpec code;
  std::string decoder;
  unsigned list_size;
  std::size_t pool_frames;
  Channel channel;
  DecodeOptions arithmetic;
  float scale;
  std::function<std::unique_ptr<MeasuredDecoder>()> make_decoder;
};

Result<void> check(const Options& options) {
  if (options.scale && !(std::isfinite(*options.scale) && *options.scale > 0)) {
    return usage_error(fmt::format("--scale: expected a finite value above 0, got {}", *options.scale));
  }
  if (options.seconds && !(*options.seconds > 0 && *options.seconds <= 86400)) {
    return usage_error(fmt::format("--seconds: expected a value above 0 and at most 86400, got {}", *options.seconds));
  }
  if (options.frames && *options.frames < options.threads) {
    return usage_error(fmt::format("--frames: expected at least one for each of {} threads, got {}", options.threads,
                                   *options.frames));
  }
  return {};
}

/// The decoder's name and list size: each follows from the other where only one is given.
Result<std::pair<std::string, unsigned>> choose_decoder(const Options& options) {
  const unsigned list_size = options.list.value_or(options.decoder == "sc" ? 1 : 8);
  std::string decoder = options.decoder;
  if (decoder.empty()) decoder = list_size == 1 ? "sc" : "scl";
  if ((decoder == "sc") != (list_size == 1)) {
    return usage_error(fmt::format("--decoder {}: expected --list {}, got --list {}", decoder,
                                   decoder == "sc" ? "1" : "2, 4, 8, 16 or 32", list_size));
  }
  if (options.batch && decoder == "scl") return usage_error("--batch: expected --decoder sc or adaptive, got scl");
  return std::pair(std::move(decoder), list_size);
}

std::size_t choose_pool_frames(const Options& options, const CodeSpec& code) {
  const std::size_t frames = std::clamp<std::size_t>(pool_bytes / code.sent_bits(), 1, most_pool_frames);
  if (!options.batch || code.log2_length() > longest_interleaved_log2) return frames;
  return std::max(frames - frames % interleaved_frames, interleaved_frames);
}

/// Plans once; the function that comes back makes a decoder for every thread.
Result<std::function<std::unique_ptr<MeasuredDecoder>()>> plan_decoder(const Options& options, const Setup& setup) {
  using Make = std::function<std::unique_ptr<MeasuredDecoder>()>;
  if (setup.decoder != "adaptive" && !options.batch) {
    auto plan = DecodePlan::make(setup.code, setup.list_size, setup.arithmetic);
    if (!plan) return std::move(plan).error();
    return Make([plan = *plan] { return measure_single_frames(plan); });
  }
  auto plan = AdaptivePlan::make(setup.code, setup.list_size);
  if (!plan) return std::move(plan).error();
  if (!options.batch) return Make([plan = *plan] { return measure_single_frames(plan); });
  return Make([plan = *plan, frames = setup.pool_frames] { return measure_batches(plan, frames); });
}

Result<Setup> set_up(const Options& options) {
  if (auto checked = check(options); !checked) return std::move(checked).error();
  auto channel = parse_channel(options.channel);
  if (!channel) return usage_error("--channel: " + channel.error().message);
  auto chosen = choose_decoder(options);
  if (!chosen) return std::move(chosen).error();
  auto arithmetic = options.arithmetic.resolve(chosen->first == "scl");
  if (!arithmetic) return std::move(arithmetic).error();
  auto code = load_code(options.code);
  if (!code) return std::move(code).error();
  const double rate = static_cast<double>(code->message_bits()) / static_cast<double>(code->sent_bits());
  const Channel resolved = resolve_rate(*channel, rate);
  const bool gaussian = std::holds_alternative<Awgn>(resolved);
  const bool wide = arithmetic->width == LlrWidth::bits16;
  if (options.scale && !gaussian && !wide) {
    return usage_error("--scale: only with an AWGN channel or with --llr-bits 16");
  }
  const float usual = gaussian || wide ? default_llr_scale(code->log2_length(), arithmetic->width) : 1.0F;
  const float scale = options.scale.value_or(usual);
  const std::size_t pool_frames = choose_pool_frames(options, *code);
  Setup setup{std::move(*code), chosen->first, chosen->second, pool_frames, resolved, *arithmetic, scale, nullptr};
  auto make_decoder = plan_decoder(options, setup);
  if (!make_decoder) return std::move(make_decoder).error();
  setup.make_decoder = std::move(*make_decoder);
  return setup;
}

Result<void> run(const Context& context, const Options& options) {
  auto setup = set_up(options);
  if (!setup) return std::move(setup).error();
  const LlrLaw law(setup->channel, setup->scale, setup->arithmetic.width);
  const DecodeTask task{
      .code = &setup->code,
      .law = &law,
      .make_decoder = setup->make_decoder,
      .pool_frames = setup->pool_frames,
      .seed = options.seed,
      .frames = options.frames,
      .seconds = options.seconds.value_or(options.frames ? std::numeric_limits<double>::infinity() : 2.0),
      .threads = options.threads};
  auto measured = measure_decoding(context, task);
  if (!measured) return std::move(measured).error();
  const DecodeReport report{.code = &setup->code,
                            .decoder = setup->decoder,
                            .list_size = setup->list_size,
                            .batch_frames = options.batch ? setup->pool_frames : 1,
                            .channel = options.channel,
                            .scale = setup->scale,
                            .llr_bits = options.arithmetic.llr_bits,
                            .check = options.arithmetic.check,
                            .threads = options.threads,
                            .seed = options.seed,
                            .measured = summarise(*measured)};
  return options.json ? print_as_json(report) : print_as_table(report);
}

}  // namespace

void add_bench_decode(CLI::App& bench, Context& context) {
  CLI::App* sub = bench.add_subcommand("decode", "Measure decoding: speed, error rate, memory");
  auto options = std::make_shared<Options>();
  sub->add_option("-c,--code", options->code, "Code file, from caligo construct (required)")
      ->required()
      ->option_text("FILE");
  sub->add_option("--channel", options->channel,
                  "bsc:Q, bec:E, awgn-sigma:S, awgn-ebn0:DB or awgn-esn0:DB, as for caligo construct (required)")
      ->required()
      ->option_text("CHANNEL");
  sub->add_option("--list", options->list, "List size: 1 (SC), 2, 4, 8, 16 or 32 (default 8)")
      ->transform(one_of({"1", "2", "4", "8", "16", "32"}))
      ->option_text("L");
  sub->add_option("--decoder", options->decoder, "sc, scl or adaptive (default: sc or scl by the list size)")
      ->transform(one_of({"sc", "scl", "adaptive"}))
      ->option_text("NAME");
  sub->add_flag("--batch", options->batch, "Decode many frames in one call; sc and adaptive only");
  options->arithmetic.add_to(*sub);
  sub->add_option("--scale", options->scale,
                  "LLR units per nat, on AWGN channels or with 16 bits (default: by block length and bits)")
      ->transform(number())
      ->option_text("S");
  auto* frames = sub->add_option("--frames", options->frames, "Frames to decode, all threads together");
  frames->transform(whole_number(1, std::uint64_t{1} << 40U))->option_text("F");
  sub->add_option("--seconds", options->seconds, "CPU time to spend on decoding, per thread (default 2)")
      ->transform(number())
      ->option_text("S")
      ->excludes(frames);
  sub->add_option("--threads", options->threads, "Decoders, each on a thread of its own (default 1)")
      ->transform(whole_number(1, most_threads))
      ->option_text("T");
  sub->add_option("--seed", options->seed, "Seed, 0 to 2^64 - 1 (default 1)")
      ->transform(whole_number(0, std::numeric_limits<std::uint64_t>::max()))
      ->option_text("S");
  sub->add_flag("--json", options->json, "Print JSON, see below");
  sub->footer(footer);
  sub->callback([&context, options] { context.command = [&context, options] { return run(context, *options); }; });
}

}  // namespace caligo::cli
