// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <caligo/construct.hpp>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "cli/bench.hpp"
#include "cli/bench_clock.hpp"
#include "cli/bench_report.hpp"
#include "cli/progress.hpp"
#include "cli/validators.hpp"

namespace caligo::cli {

namespace {

constexpr const char* footer =
    R"(Times the computation of the whole reliability order, without the cache of designs. One thread.
Without --method every method is measured that suits the channel and the length.

JSON fields: n, channel, runs, methods (a list of method, milliseconds_p50, milliseconds_min), clock (thread-cpu), isa,
version, git_hash, compiler

Examples:
  caligo bench construct --channel bsc:0.02 -n 16
  caligo bench construct --channel awgn-sigma:0.8 -n 20 --method gaussian-approximation --runs 3 --json)";

struct Options {
  std::string channel;
  unsigned n = 0;
  std::string method;
  unsigned runs = 5;
  bool json = false;
};

struct MethodTime {
  std::string name;
  double milliseconds_p50;
  double milliseconds_min;
};

Error usage_error(std::string message) { return Error{ErrorCode::invalid_argument, std::move(message)}; }

Result<std::vector<ConstructionMethod>> chosen_methods(const Options& options) {
  if (!options.method.empty()) {
    auto method = parse_method(options.method);
    if (!method) return usage_error("--method: " + method.error().message);
    return std::vector{*method};
  }
  return std::vector{ConstructionMethod::density_evolution, ConstructionMethod::gaussian_approximation,
                     ConstructionMethod::bhattacharyya, ConstructionMethod::polarization_weight,
                     ConstructionMethod::nr5g};
}

Result<MethodTime> time_method(const Options& options, const Channel& channel, ConstructionMethod method,
                               Progress& progress) {
  std::vector<float> milliseconds;
  for (unsigned i = 0; i < options.runs; ++i) {
    if (auto going = check_interrupt(); !going) return std::move(going).error();
    const Stopwatch stopwatch;
    auto order = construct_order(options.n, channel, method);
    const double seconds = stopwatch.cpu_seconds();
    if (!order) return std::move(order).error();
    milliseconds.push_back(static_cast<float>(1e3 * seconds));
    progress.update(i + 1);
  }
  return MethodTime{to_string(method), percentile(milliseconds, 0.5),
                    static_cast<double>(*std::min_element(milliseconds.begin(), milliseconds.end()))};
}

/// A method that was not asked for by name and does not suit the channel or the length is left out.
bool is_unsuitable(const Options& options, const Error& error) {
  return options.method.empty() && (error.code == ErrorCode::invalid_argument || error.code == ErrorCode::unsupported);
}

Result<void> report(const Options& options, const std::vector<MethodTime>& times) {
  nlohmann::ordered_json document;
  document["n"] = options.n;
  document["channel"] = options.channel;
  document["runs"] = options.runs;
  document["clock"] = to_string(Clock::thread_cpu);
  document["methods"] = nlohmann::ordered_json::array();
  std::vector<std::pair<std::string, std::string>> rows;
  for (const MethodTime& time : times) {
    document["methods"].push_back({{"method", time.name},
                                   {"milliseconds_p50", time.milliseconds_p50},
                                   {"milliseconds_min", time.milliseconds_min}});
    rows.emplace_back(time.name, fmt::format("{} median, {} least", engineering(1e-3 * time.milliseconds_p50, "s"),
                                             engineering(1e-3 * time.milliseconds_min, "s")));
  }
  if (auto added = add_origin(document); !added) return added;
  if (options.json) return print_json(document);
  return print(fmt::format("N = 2^{}, {}, CPU time of {} runs\n", options.n, options.channel, options.runs) +
               two_columns(rows));
}

Result<void> run(const Context& context, const Options& options) {
  auto channel = parse_channel(options.channel);
  if (!channel) return usage_error("--channel: " + channel.error().message);
  if (std::holds_alternative<AwgnEbN0>(*channel)) {
    return usage_error("--channel: awgn-ebn0 depends on a code rate; give awgn-sigma:S");
  }
  auto methods = chosen_methods(options);
  if (!methods) return std::move(methods).error();
  const Channel resolved = resolve_rate(*channel, 1);
  std::vector<MethodTime> times;
  Progress progress(context, "bench construct", options.runs, " runs");
  for (const ConstructionMethod method : *methods) {
    auto time = time_method(options, resolved, method, progress);
    if (time) {
      times.push_back(std::move(*time));
    } else if (!is_unsuitable(options, time.error())) {
      return std::move(time).error();
    }
  }
  return report(options, times);
}

}  // namespace

void add_bench_construct(CLI::App& bench, Context& context) {
  CLI::App* sub = bench.add_subcommand("construct", "Measure code construction, method by method");
  auto options = std::make_shared<Options>();
  sub->add_option("--channel", options->channel, "bsc:Q, bec:E or awgn-sigma:S (required)")
      ->required()
      ->option_text("CHANNEL");
  sub->add_option("-n", options->n, "log2 of the block length N, 3 to 24 (required)")
      ->required()
      ->transform(whole_number(CodeSpec::min_log2_length, CodeSpec::max_log2_length))
      ->option_text("n");
  sub->add_option("--method", options->method, "One method only, see caligo construct --list-methods")
      ->option_text("METHOD");
  sub->add_option("--runs", options->runs, "Runs per method (default 5)")
      ->transform(whole_number(1, 10000))
      ->option_text("R");
  sub->add_flag("--json", options->json, "Print JSON, see below");
  sub->footer(footer);
  sub->callback([&context, options] { context.command = [&context, options] { return run(context, *options); }; });
}

}  // namespace caligo::cli
