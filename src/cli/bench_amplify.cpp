// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <caligo/amplify.hpp>
#include <caligo/random.hpp>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <limits>

#include "cli/bench.hpp"
#include "cli/bench_allocations.hpp"
#include "cli/bench_clock.hpp"
#include "cli/bench_report.hpp"
#include "cli/context.hpp"
#include "cli/progress.hpp"
#include "cli/validators.hpp"

namespace caligo::cli {

namespace {

constexpr const char* footer =
    R"(Random blocks are hashed, each with a new random seed. One thread.

JSON fields:
  bits, output_bits, seed_bits   of one block
  seconds                        CPU time of one block, median; with the transform of its seed
  mbps                           input bits per microsecond of that time
  prepared_seconds, _mbps        with a seed that was transformed before, null where that is not possible
  memory_bytes                   of the object
  total_bytes                    the same with input, seed and output
  memory_ratio                   total_bytes by the bytes of the input
  allocations                    from the heap while hashing, null where they cannot be counted (under sanitizers)
  one_piece                      whether --memory allowed one product; otherwise it was cut into tiles
  also: form, runs, clock, threads, seed, isa, version, git_hash, compiler

Examples:
  caligo bench amplify --bits 1000000 --json
  caligo bench amplify --bits 260000000 --output 100000000 --form toeplitz)";

struct Options {
  std::size_t bits = 0;
  std::size_t output = 0;
  std::string form = "modified-toeplitz";
  std::size_t memory_mib = 1024;
  double seconds = 1;
  std::uint64_t seed = 1;
  bool json = false;
};

struct Measurement {
  std::vector<float> fresh;     ///< CPU seconds of each block
  std::vector<float> prepared;  ///< likewise, without its seed
  std::optional<std::uint64_t> allocations;
};

/// One block with a new seed, then the same block with that seed prepared.
Result<void> hash_once(Amplifier& amplifier, std::uint64_t seed, std::uint64_t run, Measurement& measured) {
  BitString input(amplifier.settings().input_bits);
  CounterRandom(seed, 2 * run).fill(input);
  const BitString matrix = simulated_amplification_seed(amplifier.seed_bits(), seed, 2 * run + 1);
  BitString output(amplifier.settings().output_bits);
  const std::optional<std::uint64_t> before = allocations_of_this_thread();
  const Stopwatch fresh;
  if (auto hashed = amplifier.amplify(input, matrix, output); !hashed) return hashed;
  measured.fresh.push_back(static_cast<float>(fresh.cpu_seconds()));
  if (before) measured.allocations = measured.allocations.value_or(0) + *allocations_of_this_thread() - *before;
  if (!amplifier.is_one_piece()) return {};
  if (auto made = amplifier.prepare(matrix); !made) return made;
  const Stopwatch prepared;
  if (auto hashed = amplifier.amplify_prepared(input, output); !hashed) return hashed;
  measured.prepared.push_back(static_cast<float>(prepared.cpu_seconds()));
  return {};
}

Result<Measurement> measure(const Context& context, const Options& options, Amplifier& amplifier) {
  constexpr std::size_t least_runs = 5;
  constexpr std::size_t most_runs = 100000;
  Measurement measured;
  // push_back() would allocate while allocations are counted.
  measured.fresh.reserve(most_runs);
  measured.prepared.reserve(most_runs);
  Progress progress(context, "bench amplify", 0, " blocks");
  const Stopwatch total;
  Measurement warm_up;
  if (auto hashed = hash_once(amplifier, options.seed, most_runs, warm_up); !hashed) return hashed.error();
  while (measured.fresh.size() < least_runs ||
         (total.cpu_seconds() < options.seconds && measured.fresh.size() < most_runs)) {
    if (auto going = check_interrupt(); !going) return going.error();
    auto hashed = hash_once(amplifier, options.seed, measured.fresh.size(), measured);
    if (!hashed) return hashed.error();
    progress.update(measured.fresh.size());
  }
  return measured;
}

Result<void> report(const Options& options, const Amplifier& amplifier, const Measurement& measured) {
  const AmplifierSettings& settings = amplifier.settings();
  const double seconds = percentile(measured.fresh, 0.5);
  const double rate = static_cast<double>(settings.input_bits) / seconds;
  const std::size_t total = amplifier.memory_bytes() + bytes_for(settings.input_bits) +
                            bytes_for(amplifier.seed_bits()) + bytes_for(settings.output_bits);
  const double ratio = static_cast<double>(total) / static_cast<double>(bytes_for(settings.input_bits));
  std::optional<double> prepared;
  if (!measured.prepared.empty()) prepared = percentile(measured.prepared, 0.5);
  nlohmann::ordered_json document;
  document["bits"] = settings.input_bits;
  document["output_bits"] = settings.output_bits;
  document["seed_bits"] = amplifier.seed_bits();
  document["form"] = options.form;
  document["mbps"] = 1e-6 * rate;
  document["seconds"] = seconds;
  document["prepared_mbps"] = nullptr;
  document["prepared_seconds"] = nullptr;
  if (prepared) {
    document["prepared_mbps"] = 1e-6 * static_cast<double>(settings.input_bits) / *prepared;
    document["prepared_seconds"] = *prepared;
  }
  document["runs"] = measured.fresh.size();
  document["clock"] = to_string(Clock::thread_cpu);
  document["threads"] = 1;
  document["memory_bytes"] = amplifier.memory_bytes();
  document["total_bytes"] = total;
  document["memory_ratio"] = ratio;
  document["one_piece"] = amplifier.is_one_piece();
  document["allocations"] = or_null(measured.allocations);
  document["seed"] = options.seed;
  if (auto added = add_origin(document); !added) return added;
  if (options.json) return print_json(document);
  return print(two_columns({
      {"hash", fmt::format("{}, {} to {} bits, {}", options.form, settings.input_bits, settings.output_bits,
                           document["isa"].get<std::string>())},
      {"throughput", fmt::format("{} of input (CPU time)", engineering(rate, "b/s"))},
      {"with the seed prepared",
       prepared ? engineering(static_cast<double>(settings.input_bits) / *prepared, "b/s") : "not possible in tiles"},
      {"one block", engineering(seconds, "s")},
      {"memory", fmt::format("{}; {:.3g} times the input with input, seed and output",
                             engineering(static_cast<double>(amplifier.memory_bytes()), "B"), ratio)},
      {"allocations", measured.allocations ? fmt::format("{}", *measured.allocations) : "uncounted"},
  }));
}

Result<void> run(const Context& context, const Options& options) {
  if (!(options.seconds > 0 && options.seconds <= 86400)) {
    return Error{ErrorCode::invalid_argument,
                 fmt::format("--seconds: expected a value above 0 and at most 86400, got {}", options.seconds)};
  }
  AmplifierSettings settings;
  settings.input_bits = options.bits;
  settings.output_bits = options.output != 0 ? options.output : std::max<std::size_t>(options.bits / 2, 1);
  settings.form = options.form == "toeplitz" ? HashForm::toeplitz : HashForm::modified_toeplitz;
  settings.max_bytes = options.memory_mib << 20U;
  auto amplifier = Amplifier::make(settings);
  if (!amplifier) return amplifier.error();
  auto measured = measure(context, options, *amplifier);
  if (!measured) return measured.error();
  return report(options, *amplifier, *measured);
}

}  // namespace

void add_bench_amplify(CLI::App& bench, Context& context) {
  CLI::App* sub = bench.add_subcommand("amplify", "Measure privacy amplification by Toeplitz hashing");
  auto options = std::make_shared<Options>();
  constexpr unsigned long long most_bits = 1ULL << 36U;
  sub->add_option("--bits", options->bits, "Input bits of one block, 1 to 2^36 (required)")
      ->required()
      ->transform(whole_number(1, most_bits))
      ->option_text("N");
  sub->add_option("--output", options->output, "Output bits, 1 to N (default half of N)")
      ->transform(whole_number(1, most_bits))
      ->option_text("M");
  sub->add_option("--form", options->form, "modified-toeplitz (default) or toeplitz")
      ->transform(one_of({"modified-toeplitz", "toeplitz"}))
      ->option_text("FORM");
  sub->add_option("--memory", options->memory_mib, "Most memory that hashing may take, in MiB (default 1024)")
      ->transform(whole_number(1, 1ULL << 20U))
      ->option_text("MIB");
  sub->add_option("--seconds", options->seconds, "CPU time to spend, at least five blocks (default 1)")
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
