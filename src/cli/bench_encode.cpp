// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <caligo/encode.hpp>
#include <caligo/random.hpp>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <limits>

#include "cli/bench.hpp"
#include "cli/bench_allocations.hpp"
#include "cli/bench_clock.hpp"
#include "cli/bench_report.hpp"
#include "cli/code_file.hpp"
#include "cli/progress.hpp"
#include "cli/validators.hpp"

namespace caligo::cli {

namespace {

constexpr const char* footer =
    R"(New random messages are encoded on packed bits: CRC, placement of the message, transform. One thread.

JSON fields:
  coded_mbps, message_mbps   sent bits and message bits per microsecond of CPU time
  latency_us_p50, _p99       of single calls, by latency_clock: wall, or thread-cpu if a call takes a millisecond
  allocations                from the heap while encoding, null where they cannot be counted (under sanitizers)
  n is log2 of the block length and k counts message bits; also: mode, crc, strong_id, frames, cpu_seconds, seed, isa,
  version, git_hash, compiler

Examples:
  caligo bench encode -c code.json --json
  caligo bench encode -c code.json --systematic --seconds 5)";

constexpr std::size_t pool_bytes = std::size_t{256} << 10U;
constexpr std::size_t most_pool_frames = 1024;
constexpr std::size_t most_latencies = std::size_t{1} << 20U;
constexpr double warm_up_seconds = 0.05;
constexpr double long_frame_seconds = 1e-3;

struct Options {
  std::string code;
  bool systematic = false;
  double seconds = 1;
  std::uint64_t seed = 1;
  bool json = false;
};

struct Measurement {
  std::uint64_t frames = 0;  ///< behind cpu_seconds
  double cpu_seconds = 0;
  std::optional<std::uint64_t> allocations;
  std::vector<float> latency_us;
  Clock latency_clock = Clock::wall;
};

/// Messages and the code words that they become, made anew before every measurement.
class MessagePool {
 public:
  MessagePool(const CodeSpec& code, EncodeMode mode, std::uint64_t seed) : encoder_(code, mode), seed_(seed) {
    const std::size_t frames = std::clamp<std::size_t>(8 * pool_bytes / code.sent_bits(), 1, most_pool_frames);
    messages_.assign(frames, BitString(code.message_bits()));
    codewords_.assign(frames, BitString(code.sent_bits()));
  }
  [[nodiscard]] std::size_t size() const noexcept { return messages_.size(); }

  void refill() noexcept {
    CounterRandom random(seed_, stream_++);
    for (BitString& message : messages_) random.fill(message);
  }
  /// What is timed.
  Result<void> encode(Durations* durations) noexcept {
    for (std::size_t i = 0; i < messages_.size(); ++i) {
      const std::int64_t start = durations != nullptr ? durations->start() : 0;
      auto encoded = encoder_.encode(messages_[i], {}, codewords_[i]);
      if (durations != nullptr) durations->stop(start);
      if (!encoded) return encoded;
    }
    return {};
  }

 private:
  Encoder encoder_;
  std::uint64_t seed_;
  std::uint64_t stream_ = 0;
  std::vector<BitString> messages_;
  std::vector<BitString> codewords_;
};

/// Counts every allocation, in the warm-up as well.
Result<double> encode_fresh(MessagePool& pool, Durations* durations, std::optional<std::uint64_t>& allocations) {
  if (auto going = check_interrupt(); !going) return std::move(going).error();
  pool.refill();
  const std::optional<std::uint64_t> before = allocations_of_this_thread();
  const Stopwatch stopwatch;
  auto encoded = pool.encode(durations);
  const double seconds = stopwatch.cpu_seconds();
  if (!encoded) return std::move(encoded).error();
  if (before) allocations = allocations.value_or(0) + *allocations_of_this_thread() - *before;
  return seconds;
}

/// CPU seconds per frame.
Result<double> warm_up(MessagePool& pool, Measurement& result) {
  std::uint64_t frames = 0;
  double seconds = 0;
  while (seconds < warm_up_seconds) {
    auto spent = encode_fresh(pool, nullptr, result.allocations);
    if (!spent) return spent;
    seconds += *spent;
    frames += pool.size();
  }
  return seconds / static_cast<double>(frames);
}

/// Pools serve throughput and latency in turn, because reading the clock around every call would slow short calls down.
Result<Measurement> measure(const Context& context, const Options& options, MessagePool& pool) {
  Measurement result;
  const auto frame_seconds = warm_up(pool, result);
  if (!frame_seconds) return frame_seconds.error();
  const bool is_long = *frame_seconds >= long_frame_seconds;
  Durations durations(is_long ? Clock::thread_cpu : Clock::wall, most_latencies);
  Progress progress(context, "bench encode", 0, " frames");
  double spent = 0;
  for (std::uint64_t turn = 0; spent < options.seconds || durations.microseconds().empty(); ++turn) {
    const bool latency_turn = is_long || (turn % 2 == 1 && !durations.full());
    const auto seconds = encode_fresh(pool, latency_turn ? &durations : nullptr, result.allocations);
    if (!seconds) return seconds.error();
    spent += *seconds;
    if (is_long || !latency_turn) {
      result.cpu_seconds += *seconds;
      result.frames += pool.size();
    }
    progress.update((turn + 1) * pool.size());
  }
  result.latency_us = durations.microseconds();
  result.latency_clock = durations.clock();
  return result;
}

Result<void> report(const Options& options, const CodeSpec& code, const Measurement& measured) {
  const double rate = static_cast<double>(measured.frames) / measured.cpu_seconds;
  const double coded = rate * static_cast<double>(code.sent_bits());
  const double message = rate * static_cast<double>(code.message_bits());
  const double p50 = percentile(measured.latency_us, 0.5);
  const double p99 = percentile(measured.latency_us, 0.99);
  const char* mode = options.systematic ? "systematic" : "non-systematic";
  nlohmann::ordered_json document;
  document["n"] = code.log2_length();
  document["k"] = code.message_bits();
  document["crc"] = code.crc().name;
  document["strong_id"] = code.strong_id();
  document["mode"] = mode;
  document["frames"] = measured.frames;
  document["coded_mbps"] = 1e-6 * coded;
  document["message_mbps"] = 1e-6 * message;
  document["throughput_clock"] = to_string(Clock::thread_cpu);
  document["latency_us_p50"] = p50;
  document["latency_us_p99"] = p99;
  document["latency_clock"] = to_string(measured.latency_clock);
  document["allocations"] = or_null(measured.allocations);
  document["cpu_seconds"] = measured.cpu_seconds;
  document["seed"] = options.seed;
  if (auto added = add_origin(document); !added) return added;
  if (options.json) return print_json(document);
  return print(two_columns({
      {"encoder", fmt::format("{}, {}", mode, document["isa"].get<std::string>())},
      {"code",
       fmt::format("N = 2^{}, {} message bits, CRC {}", code.log2_length(), code.message_bits(), code.crc().name)},
      {"throughput",
       fmt::format("{} coded, {} message (CPU time)", engineering(coded, "b/s"), engineering(message, "b/s"))},
      {"latency",
       fmt::format("{} median, {} 99th percentile ({})", engineering(1e-6 * p50, "s"), engineering(1e-6 * p99, "s"),
                   measured.latency_clock == Clock::wall ? "wall clock" : "CPU time")},
      {"allocations", measured.allocations ? fmt::format("{}", *measured.allocations) : "uncounted"},
  }));
}

Result<void> run(const Context& context, const Options& options) {
  if (!(options.seconds > 0 && options.seconds <= 86400)) {
    return Error{ErrorCode::invalid_argument,
                 fmt::format("--seconds: expected a value above 0 and at most 86400, got {}", options.seconds)};
  }
  auto code = load_code(options.code);
  if (!code) return std::move(code).error();
  MessagePool pool(*code, options.systematic ? EncodeMode::systematic : EncodeMode::non_systematic, options.seed);
  auto measured = measure(context, options, pool);
  if (!measured) return std::move(measured).error();
  return report(options, *code, *measured);
}

}  // namespace

void add_bench_encode(CLI::App& bench, Context& context) {
  CLI::App* sub = bench.add_subcommand("encode", "Measure encoding, CRC included");
  auto options = std::make_shared<Options>();
  sub->add_option("-c,--code", options->code, "Code file, from caligo construct (required)")
      ->required()
      ->option_text("FILE");
  sub->add_flag("--systematic", options->systematic, "Show the message in the code word itself");
  sub->add_option("--seconds", options->seconds, "CPU time to spend on encoding (default 1)")
      ->transform(number())
      ->option_text("S");
  sub->add_option("--seed", options->seed, "Seed, 0 to 2^64 - 1 (default 1)")
      ->transform(whole_number(0, std::numeric_limits<std::uint64_t>::max()))
      ->option_text("S");
  sub->add_flag("--json", options->json, "Print JSON, see below");
  sub->footer(footer);
  sub->callback([&context, options] { context.command = [&context, options] { return run(context, *options); }; });
}

}  // namespace caligo::cli
