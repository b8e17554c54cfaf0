// SPDX-License-Identifier: Apache-2.0
#include "cli/simulate.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <limits>

#include "cli/bench_report.hpp"
#include "cli/commands.hpp"
#include "cli/plot_output.hpp"
#include "cli/validators.hpp"

namespace caligo::cli {

namespace {

constexpr const char* footer =
    R"(Frames with random messages are encoded, sent over the channel and decoded until --min-errors of them failed or --max-frames
were counted. With --mode blocks are reconciled instead, and what that discloses is counted.
A frame depends on (seed, frame number) only, and a run stops at the same frame on every machine: counts are the same for
any number of threads, processes, interruptions and on every instruction set (not with --max-seconds).

Channels: bsc:Q, bec:E, awgn-sigma:S, awgn-ebn0:DB, awgn-esn0:DB, or ranges of them, KIND:FIRST:STEP:LAST. Eb counts message
bits only, neither CRC nor frozen bits.

Several --channel, --list and -c give a point for each combination. Two points of a decoder with the same seed see the same
messages and, scaled, the same noise.

--csv appends a row every few seconds, each with one write, so that a run may be stopped or killed at any time; --resume
goes on where the file ends. Processes that share the file share the work: start the command with mpirun or srun, or several
times with --resume, on one machine or on many. A process that dies leaves its part to the others.

Columns of the file: frames, frame_errors, undetected_errors (wrong and accepted), bit_errors (of message bits), cpu_seconds,
decoder, strong_id (hash of the problem) and metadata (JSON: the problem, the frames covered, version, command to replay a
frame). Files add up: caligo simulate --combine a.csv b.csv > sum.csv

The interval of a FER holds all rates that are at least 1/1000 as likely as the one measured. JSON fields: points, each with
channel, decoder, strong_id, seed, the columns above, fer, fer_low, fer_high, ber, mbps (message bits per microsecond of
processor time), decided_by_list (adaptive), reconciliation (with --mode) and task.

Examples:
  caligo simulate -c code.json --channel awgn-ebn0:1:0.5:3 --list 1,8,32 --threads 2 --csv fer.csv
  caligo simulate -c code.json --channel awgn-ebn0:1:0.5:3 --list 1,8,32 --min-errors 1000 --csv fer.csv --resume
  caligo simulate -c code.json --channel awgn-ebn0:2 --list 8 --replay 4711
  caligo simulate --mode blind --qber 0.01:0.01:0.05 --max-frames 100 --json
  mpirun -n 4 caligo simulate -c code.json --channel bsc:0.05 --list 8 --csv fer.csv)";

constexpr unsigned most_threads = 1024;
constexpr std::uint64_t default_errors = 100;
constexpr std::uint64_t default_frames = 10'000'000;

Error usage(std::string message) { return Error{ErrorCode::invalid_argument, std::move(message)}; }

StopRule stop_rule(const SimulateOptions& options) {
  StopRule rule;
  // Who names one of the limits does not expect another one to come first.
  rule.errors =
      options.min_errors.value_or(options.max_frames ? std::numeric_limits<std::uint64_t>::max() : default_errors);
  rule.frames = options.max_frames.value_or(default_frames);
  if (options.max_seconds) rule.seconds = *options.max_seconds;
  return rule;
}

Result<void> check_options(const SimulateOptions& options, const Ranks& ranks) {
  if (options.max_seconds && !(*options.max_seconds > 0)) {
    return usage(fmt::format("--max-seconds: expected a number above 0, got {}", *options.max_seconds));
  }
  if ((options.resume || options.append) && options.csv.empty()) return usage("--resume, --append: only with --csv");
  if (ranks.ranks > 1 && options.csv.empty() && !options.replay) {
    return usage(fmt::format("{} processes share their work through a file: expected --csv", ranks.ranks));
  }
  if (!options.plot.empty()) {
    if (auto form = check_plot_name("--plot", options.plot); !form) return form.error();
  }
  return {};
}

/// What a file that exists may be used for.
Result<void> check_file(const SimulateOptions& options, const Ranks& ranks, const std::vector<NamedTask>& tasks) {
  std::error_code ignored;
  if (options.csv.empty() || !std::filesystem::exists(options.csv, ignored)) return {};
  auto file = read_results(options.csv);
  if (!file) return std::move(file).error();
  if (file->rows.empty()) return {};
  // Of several processes the first one makes the file, and the others find it.
  if (!options.resume && !options.append && ranks.ranks == 1) {
    return usage(fmt::format("{}: the file exists; --resume continues it, --append adds other points", options.csv));
  }
  const bool known = std::ranges::any_of(file->rows, [&](const ResultRow& row) {
    return std::ranges::any_of(tasks, [&](const NamedTask& t) { return t.task.strong_id() == row.strong_id; });
  });
  if (known || options.append) return {};
  const ResultRow& row = file->rows.front();
  const auto theirs = summarise_task(row.task);
  return usage(
      fmt::format("{}: no row is of these points, the first one is of {} on {}; --append adds to it all the same",
                  options.csv, row.decoder, theirs ? to_string(theirs->channel) : "?"));
}

std::string run_json(const SimulateOptions& options, const NamedTask& named) {
  nlohmann::ordered_json run;
  run["compiler"] = compiler();
  run["replay"] = fmt::format("caligo simulate {} --seed {} --replay FRAME", named.arguments, options.seed);
  return run.dump(-1, ' ', true, nlohmann::ordered_json::error_handler_t::replace);
}

Result<void> report(const SimulateOptions& options, const std::vector<NamedTask>& tasks,
                    const std::vector<Statistics>& counts) {
  std::vector<ResultRow> rows;
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    const SimulationTask& task = tasks[i].task;
    rows.push_back({counts[i], task.decoder_name(), task.strong_id(), task.to_json(), options.seed, 0, ""});
  }
  if (!options.plot.empty()) {
    if (auto drawn = plot_rows(rows, "simulate", options.plot); !drawn) return drawn;
  }
  if (!options.json) return print(result_table(rows));
  nlohmann::ordered_json out;
  out["points"] = result_json(rows);
  if (auto added = add_origin(out); !added) return added;
  return print_json(out);
}

Result<void> run(const Context& context, const SimulateOptions& options) {
  if (!options.combine.empty()) return combine_files(options);
  const auto ranks = find_ranks(options);
  if (!ranks) return ranks.error();
  if (auto checked = check_options(options, *ranks); !checked) return checked;
  auto tasks = make_tasks(options);
  if (!tasks) return std::move(tasks).error();
  if (options.replay) {
    if (tasks->size() != 1) return usage(fmt::format("--replay: expected one point, got {}", tasks->size()));
    return replay_frame(options, tasks->front().task);
  }
  if (auto checked = check_file(options, *ranks, *tasks); !checked) return checked;
  std::vector<SimulationTask> plain;
  for (const NamedTask& named : *tasks) plain.push_back(named.task);
  SimulationOptions how{.seed = options.seed, .stop = stop_rule(options), .threads = options.threads};
  if (!options.csv.empty()) how.csv = options.csv;
  how.workers = options.threads * ranks->ranks;
  how.run = [&](std::size_t index) { return run_json(options, (*tasks)[index]); };
  Result<std::vector<Statistics>> counts = std::vector<Statistics>{};
  {
    SimulateView view(context, *tasks, ranks->rank == 0);
    counts = simulate_tasks(plain, how, [&](std::span<const PointProgress> points) {
      view.show(points);
      return stop_signal() == 0;
    });
  }
  if (!counts) return std::move(counts).error();
  return ranks->rank == 0 ? report(options, *tasks, *counts) : Result<void>{};
}

void add_problem_options(CLI::App& sub, SimulateOptions& options) {
  sub.add_option("-c,--code", options.codes, "Code file, from caligo construct; may be given again")
      ->option_text("FILE");
  sub.add_option("--channel", options.channels, "Channel, or a range of them; may be given again")
      ->option_text("CHANNEL");
  sub.add_option("--list", options.lists, "List sizes, separated by commas: 1 (SC), 2, 4, 8, 16 or 32 (default 8)")
      ->transform(one_of({"1", "2", "4", "8", "16", "32"}))
      ->delimiter(',')
      ->option_text("L,...");
  sub.add_option("--decoder", options.decoder, "sc, scl or adaptive (default: sc or scl by the list size)")
      ->transform(one_of({"sc", "scl", "adaptive"}))
      ->option_text("NAME");
  options.arithmetic.add_to(sub);
  sub.add_option("--scale", options.scale,
                 "LLR units per nat, on AWGN channels or with 16 bits (default: by block length and bits)")
      ->transform(number())
      ->option_text("S");
}

void add_reconciliation_options(CLI::App& sub, SimulateOptions& options) {
  sub.add_option("--mode", options.mode, "Reconciliation: one-way, blind or interactive, as in caligo reconcile")
      ->transform(one_of({"one-way", "blind", "interactive"}))
      ->option_text("MODE");
  sub.add_option("--qber", options.qbers, "With --mode: QBER, or FIRST:STEP:LAST; may be given again")
      ->option_text("Q");
  ReconcileOptions& r = options.reconcile;
  sub.add_option("--preset", r.preset, "With --mode: fast, balanced or best")
      ->transform(one_of({"fast", "balanced", "best"}))
      ->option_text("NAME [balanced]");
  sub.add_option("--block-log2", r.block_log2, "With --mode: log2 of the block, 8 to 24 (overrides the preset)")
      ->transform(whole_number(8, 24))
      ->option_text("n");
  sub.add_option("--target-fer", r.target_fer, "With --mode one-way: failure rate to choose codes for, 0.0001 to 0.5")
      ->transform(number())
      ->option_text("P [0.01]");
  sub.add_option("--boldness", r.boldness, "With --mode blind: how little is disclosed at first, 0.1 to 16")
      ->transform(number())
      ->option_text("B");
  sub.add_option("--breadth", r.breadth, "With --mode interactive: longer searches at once, 0 to 16")
      ->transform(whole_number(0, 16))
      ->option_text("B");
  sub.add_option("--tag-bits", r.tag_bits, "With --mode: length of a verification tag, 8 to 64")
      ->transform(whole_number(8, 64))
      ->option_text("BITS [64]");
  sub.add_option("--crc", r.crc, "With --mode: checksum that picks the list entry")->option_text("NAME");
}

void add_run_options(CLI::App& sub, SimulateOptions& options) {
  constexpr auto most = std::numeric_limits<std::uint64_t>::max();
  sub.add_option("--min-errors", options.min_errors,
                 "Frame errors after which a point is finished (default 100, with --max-frames none)")
      ->transform(whole_number(1, most))
      ->option_text("E");
  sub.add_option("--max-frames", options.max_frames, "Frames after which a point is finished (default 10000000)")
      ->transform(whole_number(1, most))
      ->option_text("M");
  sub.add_option("--max-seconds", options.max_seconds, "Wall time after which a point is finished")
      ->transform(number())
      ->option_text("T");
  sub.add_option("--seed", options.seed, "Seed, 0 to 2^64 - 1 (default 1)")
      ->transform(whole_number(0, most))
      ->option_text("S");
  sub.add_option("--threads", options.threads, "Threads (default 1)")
      ->transform(whole_number(1, most_threads))
      ->option_text("T");
  sub.add_option("--csv", options.csv, "Append rows to this file")->option_text("FILE");
  sub.add_flag("--resume", options.resume, "Count what FILE lacks (a file that does not exist lacks all)");
  sub.add_flag("--append", options.append, "The same, also to a file that has other points only");
  sub.add_option("--plot", options.plot, "Draw the points: .svg or .html, or .png or .pdf through matplotlib")
      ->option_text("FILE");
  sub.add_flag("--json", options.json, "Print JSON, see below");
  sub.add_option("--replay", options.replay, "Print this frame as JSON: message, LLRs, decision, verdicts")
      ->transform(whole_number(0, most))
      ->option_text("FRAME");
  sub.add_option("--combine", options.combine, "Add up result files and print the sum as CSV (or --json)")
      ->option_text("FILE ...");
  sub.add_option("-o,--output", options.output, "With --combine: write there, and print a table")->option_text("FILE");
  sub.add_option("--rank", options.rank, "Number of this process, where no launcher tells it")
      ->transform(whole_number(0, 1'000'000))
      ->option_text("R");
  sub.add_option("--ranks", options.ranks, "Number of processes that share the file")
      ->transform(whole_number(1, 1'000'000))
      ->option_text("N");
}

}  // namespace

void add_simulate(CLI::App& app, Context& context) {
  CLI::App* sub =
      app.add_subcommand("simulate", "Measure error rates by Monte Carlo: resumable, mergeable, on many machines");
  auto options = std::make_shared<SimulateOptions>();
  add_problem_options(*sub, *options);
  add_reconciliation_options(*sub, *options);
  add_run_options(*sub, *options);
  sub->footer(footer);
  sub->callback([&context, options] { context.command = [&context, options] { return run(context, *options); }; });
}

}  // namespace caligo::cli
