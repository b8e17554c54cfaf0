// SPDX-License-Identifier: Apache-2.0
/// caligo reconcile: both roles in one process, over two files of packed bits.

#include <fmt/format.h>
#include <sodium.h>
#include <caligo/isa.hpp>
#include <caligo/reconcile.hpp>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>

#include "cli/commands.hpp"
#include "cli/progress.hpp"
#include "cli/reconcile_files.hpp"
#include "cli/reconcile_lanes.hpp"
#include "cli/reconcile_options.hpp"
#include "cli/reconcile_report.hpp"

namespace caligo::cli {

namespace {

constexpr std::size_t blocks_per_lane = 16;
constexpr std::uint64_t sample_from_bits = std::uint64_t{1} << 22;
/// Random stream of the sample; blocks use their numbers.
constexpr std::uint64_t sample_stream = std::uint64_t{1} << 63;

/// Everything that one run needs, in the order in which it is made.
struct Run {
  const Context* context;
  const ReconcileOptions* options;
  BitFile alice;
  BitFile bob;
  std::uint64_t bits;
  BlockChoice chosen;
  CrcSpec crc;
  std::optional<double> qber;
  ReconcileReport report;
  std::vector<std::uint64_t> sample;
};

Result<Run> make_run(Context& context, const ReconcileOptions& options) {
  if (auto checked = check_options(options); !checked) return checked.error();
  auto alice = BitFile::open(options.alice);
  if (!alice) return alice.error();
  auto bob = BitFile::open(options.bob);
  if (!bob) return bob.error();
  if (!options.key.empty() && (alice->same_file(options.key) || bob->same_file(options.key))) {
    return Error{ErrorCode::invalid_argument, fmt::format("-o {} is one of the inputs", options.key)};
  }
  if (!options.report.empty() && (alice->same_file(options.report) || bob->same_file(options.report))) {
    return Error{ErrorCode::invalid_argument, fmt::format("--report {} is one of the inputs", options.report)};
  }
  const auto bits = usable_bits(*alice, *bob, options.bits);
  if (!bits) return bits.error();
  const auto chosen = choose_blocks(options, *bits);
  if (!chosen) return chosen.error();
  auto crc = choose_crc(options, *chosen);
  if (!crc) return crc.error();
  const auto isa = active_isa();
  if (!isa) return isa.error();

  Run run{.context = &context,
          .options = &options,
          .alice = std::move(*alice),
          .bob = std::move(*bob),
          .bits = *bits,
          .chosen = *chosen,
          .crc = std::move(*crc),
          .qber = options.qber,
          .report = {},
          .sample = {}};
  run.report.bits = run.bits;
  run.report.mode = options.mode;
  run.report.preset = options.preset;
  run.report.list_size = run.chosen.list_size;
  run.report.block_log2 = run.chosen.block_log2;
  run.report.target_fer = options.target_fer;
  run.report.boldness = run.chosen.boldness;
  run.report.breadth = run.chosen.breadth;
  run.report.tag_bits = options.tag_bits;
  run.report.crc = run.crc.name;
  run.report.threads = options.threads;
  run.report.simulation = options.seed.has_value();
  run.report.isa = to_string(*isa);
  return run;
}

Result<void> use_sample(Run& run, Reconciler& reconciler) {
  const std::size_t size = run.options->sample_bits;
  if (size > run.bits / 4) {
    return Error{ErrorCode::invalid_argument,
                 fmt::format("--sample-bits {}: at most a quarter of the {} bits can be given away", size, run.bits)};
  }
  auto sample = draw_sample(run.bits, size, run.options->seed, sample_stream);
  if (!sample) return sample.error();
  run.sample = std::move(*sample);
  const auto errors = count_differences(run.alice, run.bob, run.sample);
  if (!errors) return errors.error();
  reconciler.observe_sample(size, *errors);
  run.report.errors += *errors;
  run.report.qber_source = "sample";
  run.report.qber_note = fmt::format(
      "{} of {} sampled positions differ; later codes also use the errors of verified blocks", *errors, size);
  return {};
}

/// Where the codes' QBER comes from.
Result<void> settle_qber(Run& run) {
  const std::string& from = run.options->qber_from;
  if (run.qber) {
    run.report.qber_source = "given";
    run.report.qber_note = "from --qber: no error counts flow back";
    return {};
  }
  if (from == "sample" || (from == "auto" && run.bits >= sample_from_bits)) {
    run.report.qber_source = "sample";
    return {};
  }
  const auto errors = count_differences(run.alice, run.bob, run.bits);
  if (!errors) return errors.error();
  run.qber = static_cast<double>(*errors) / static_cast<double>(run.bits);
  run.report.qber_source = "files";
  run.report.qber_note =
      fmt::format("{} bits are {}; a link that runs on knows its QBER from earlier blocks", run.bits,
                  from == "files" ? "compared as --qber-from says" : "too few to give a sample away");
  if (from == "auto") {
    log_info(fmt::format("QBER {:.3f} % measured over both files: {}", 100 * *run.qber, run.report.qber_note));
  }
  return {};
}

Result<ReconcileLanes> make_lanes(Run& run) {
  if (auto settled = settle_qber(run); !settled) return settled.error();
  std::vector<std::unique_ptr<Reconciler>> reconcilers;
  for (unsigned t = 0; t < run.options->threads; ++t) {
    reconcilers.push_back(make_reconciler(*run.options, run.chosen, run.crc, run.qber));
  }
  // One block at a time learns fastest; several lanes need more to be busy.
  ReconcileLanes lanes(std::move(reconcilers), run.options->threads == 1 ? 1 : blocks_per_lane);
  if (run.report.qber_source == "sample") {
    if (auto used = use_sample(run, lanes.first()); !used) return used.error();
    log_info(fmt::format("QBER from a disclosed sample: {}", run.report.qber_note));
  }
  return lanes;
}

void account(ReconcileReport& report, const BlockReport& block) {
  ++report.groups;
  report.blocks += block.units;
  report.errors += block.errors;
  report.failed_blocks += block.failed_units;
  report.undetected_errors += block.undetected;
  report.key_bits += block.key_bits;
  report.rounds += block.rounds;
  report.messages += block.messages;
  report.bob_bits += block.bob_bits;
  if (report.per_block.size() < ReconcileReport::most_blocks) report.per_block.push_back(block);
}

/// Loads the next blocks, `limit` of `length` bits at most; returns their number. `number`: of the first one.
Result<std::size_t> load(const Run& run, ReconcileLanes& lanes, Inputs& inputs, const BlockLengths& limit,
                         std::uint64_t number, std::uint64_t& remaining) {
  std::size_t loaded = 0;
  for (; loaded < lanes.size() && loaded < limit.count && remaining > 0; ++loaded) {
    const auto& seed = run.options->seed;
    const auto key = seed ? VerificationKey::simulated(*seed, number + loaded) : VerificationKey::fresh();
    if (!key) return key.error();
    const auto bits = static_cast<std::size_t>(std::min<std::uint64_t>(limit.length, remaining));
    if (auto read = inputs.read(lanes.block(loaded, bits, limit.length, *key)); !read) return read.error();
    remaining -= bits;
  }
  return loaded;
}

/// Counts a batch and appends what was verified to the key.
Result<void> collect(Run& run, ReconcileLanes& lanes, std::size_t count, std::optional<KeyWriter>& key) {
  for (std::size_t index = 0; index < count; ++index) {
    const auto& block = lanes.report(index);
    if (!block) return block.error();
    account(run.report, *block);
    if (block->key_bits == 0 || !key) continue;
    if (auto written = key->append(lanes.key(index)); !written) return written;
  }
  lanes.share_rate(count, !run.qber);
  return {};
}

Result<void> reconcile_all(Run& run, ReconcileLanes& lanes, std::optional<KeyWriter>& key) {
  Progress progress(*run.context, "reconcile", run.bits, "b");
  Inputs inputs{KeptBits(run.alice, run.sample), KeptBits(run.bob, run.sample)};
  std::uint64_t remaining = run.bits - run.sample.size();
  while (remaining > 0) {
    BlockLengths next = lanes.first().next_blocks(remaining, run.chosen.block_log2);
    auto loaded = load(run, lanes, inputs, next, run.report.groups, remaining);
    while (loaded && *loaded > 0) {
      if (auto going = check_interrupt(); !going) return going;
      const std::size_t count = *loaded;
      next.count -= count;
      lanes.start(count);
      loaded = load(run, lanes, inputs, next, run.report.groups + count, remaining);  // meanwhile
      lanes.finish();
      if (auto collected = collect(run, lanes, count, key); !collected) return collected;
      progress.update(run.bits - remaining);
    }
    if (!loaded) return loaded.error();
  }
  return {};
}

Result<void> run_reconcile(Context& context, const ReconcileOptions& options) {
  const auto start = std::chrono::steady_clock::now();
  auto run = make_run(context, options);
  if (!run) return run.error();
  auto lanes = make_lanes(*run);
  if (!lanes) return lanes.error();
  std::optional<KeyWriter> key;
  if (!options.key.empty()) {
    auto created = KeyWriter::create(options.key);
    if (!created) return created.error();
    key.emplace(std::move(*created));
  }
  if (auto done = reconcile_all(*run, *lanes, key); !done) {
    if (done.error().code != ErrorCode::no_key) return done;
    return Error{ErrorCode::no_key,
                 fmt::format("QBER source \"{}\": {}", run->report.qber_source, done.error().message)};
  }
  if (key) {
    if (auto finished = key->finish(); !finished) return finished;
  }
  ReconcileReport& report = run->report;
  lanes->sum_up(report);
  report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  report.cpu_seconds = processor_seconds();
  if (!options.report.empty()) {
    auto page = base::AtomicFile::create(options.report);
    if (!page) return page.error();
    if (auto written = page->write(to_page(report)); !written) return written;
    if (auto written = page->commit(); !written) return written;
  }
  return options.json ? print_json(to_json(report)) : print(to_table(report));
}

}  // namespace

void add_reconcile(CLI::App& app, Context& context) {
  CLI::App* sub = app.add_subcommand("reconcile", "Correct Bob's bits to Alice's, disclosing as little as possible");
  auto options = std::make_shared<ReconcileOptions>();
  add_reconcile_options(*sub, *options);
  sub->callback(
      [&context, options] { context.command = [&context, options] { return run_reconcile(context, *options); }; });
}

}  // namespace caligo::cli
