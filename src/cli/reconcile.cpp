// SPDX-License-Identifier: Apache-2.0
/// caligo reconcile: both roles of one-way reconciliation in one process, over two files of packed bits.

#include <fmt/format.h>
#include <sodium.h>
#include <caligo/isa.hpp>
#include <caligo/random.hpp>
#include <caligo/reconcile.hpp>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>

#include "cli/commands.hpp"
#include "cli/progress.hpp"
#include "cli/reconcile_files.hpp"
#include "cli/reconcile_options.hpp"
#include "cli/reconcile_report.hpp"

namespace caligo::cli {

namespace {

/// Below this nothing is left of a block: tag and CRC alone take 80 bits.
constexpr std::uint64_t fewest_bits = 256;
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
  OneWaySettings settings;
  unsigned block_log2;
  ReconcileReport report;
  std::vector<std::uint64_t> sample;
};

Result<std::uint64_t> usable_bits(const BitFile& alice, const BitFile& bob, std::optional<std::uint64_t> wanted) {
  const auto failed = [](std::string message) { return Error{ErrorCode::size_mismatch, std::move(message)}; };
  for (const BitFile* file : {&alice, &bob}) {
    if (file->bytes() == 0) return failed(fmt::format("{}: the file is empty", file->name()));
  }
  if (alice.bytes() != bob.bytes()) {
    return failed(fmt::format("files of unequal length: {} has {} bytes, {} has {}", alice.name(), alice.bytes(),
                              bob.name(), bob.bytes()));
  }
  const std::uint64_t bits = wanted.value_or(8 * alice.bytes());
  if (bits > 8 * alice.bytes()) {
    return failed(fmt::format("--bits {}: {} holds {} bits", bits, alice.name(), 8 * alice.bytes()));
  }
  if (bits < fewest_bits) {
    return failed(fmt::format("{}: expected at least {} bits ({} bytes), got {}; nothing would be left of fewer",
                              alice.name(), fewest_bits, fewest_bits / 8, bits));
  }
  return bits;
}

Result<Run> make_run(Context& context, const ReconcileOptions& options) {
  if (auto checked = check_options(options); !checked) return checked.error();
  auto alice = BitFile::open(options.alice);
  if (!alice) return alice.error();
  auto bob = BitFile::open(options.bob);
  if (!bob) return bob.error();
  if (!options.key.empty() && (alice->same_file(options.key) || bob->same_file(options.key))) {
    return Error{ErrorCode::invalid_argument, fmt::format("-o {} is one of the inputs", options.key)};
  }
  const auto bits = usable_bits(*alice, *bob, options.bits);
  if (!bits) return bits.error();
  const auto chosen = choose_blocks(options, *bits);
  if (!chosen) return chosen.error();
  auto settings = make_settings(options, chosen->list_size);
  if (!settings) return settings.error();
  const auto isa = active_isa();
  if (!isa) return isa.error();

  Run run{.context = &context,
          .options = &options,
          .alice = std::move(*alice),
          .bob = std::move(*bob),
          .bits = *bits,
          .settings = std::move(*settings),
          .block_log2 = chosen->block_log2,
          .report = {},
          .sample = {}};
  run.report.bits = run.bits;
  run.report.preset = options.preset;
  run.report.list_size = run.settings.list_size;
  run.report.block_log2 = run.block_log2;
  run.report.target_fer = options.target_fer;
  run.report.tag_bits = options.tag_bits;
  run.report.crc = run.settings.crc.name;
  run.report.simulation = options.seed.has_value();
  run.report.isa = to_string(*isa);
  return run;
}

/// Uniform in [0, bound), from the operating system.
std::uint64_t secure_below(std::uint64_t bound) {
  const std::uint64_t unfair = (0 - bound) % bound;  // 2^64 mod bound
  std::uint64_t value = 0;
  do {
    randombytes_buf(&value, sizeof value);
  } while (value < unfair);
  return value % bound;
}

Result<void> use_sample(Run& run, OneWayReconciler& reconciler) {
  const std::size_t size = run.options->sample_bits;
  if (size > run.bits / 4) {
    return Error{ErrorCode::invalid_argument,
                 fmt::format("--sample-bits {}: at most a quarter of the {} bits can be given away", size, run.bits)};
  }
  if (run.options->seed) {
    CounterRandom random(*run.options->seed, sample_stream);
    run.sample = draw_positions(run.bits, size, [&](std::uint64_t bound) { return random.below(bound); });
  } else {
    if (sodium_init() < 0) return Error{ErrorCode::io, "the operating system gives no random numbers"};
    run.sample = draw_positions(run.bits, size, secure_below);
  }
  const auto errors = count_differences(run.alice, run.bob, run.sample);
  if (!errors) return errors.error();
  reconciler.observe_sample(size, *errors);
  run.report.errors += *errors;
  run.report.qber_source = "sample";
  run.report.qber_note = fmt::format(
      "{} of {} sampled positions differ; later codes also use the errors of verified blocks", *errors, size);
  return {};
}

/// Settles the QBER; the reconciler is made here because it needs the answer.
Result<OneWayReconciler> settle_qber(Run& run) {
  const std::string& from = run.options->qber_from;
  const bool sample = !run.settings.qber && (from == "sample" || (from == "auto" && run.bits >= sample_from_bits));
  if (run.settings.qber) {
    run.report.qber_source = "given";
    run.report.qber_note = "from --qber: nothing flows back but verdicts";
  } else if (!sample) {
    const auto errors = count_differences(run.alice, run.bob, run.bits);
    if (!errors) return errors.error();
    run.settings.qber = static_cast<double>(*errors) / static_cast<double>(run.bits);
    run.report.qber_source = "files";
    run.report.qber_note =
        fmt::format("{} bits are {}; a link that runs on knows its QBER from earlier blocks", run.bits,
                    from == "files" ? "compared as --qber-from says" : "too few to give a sample away");
    if (from == "auto") {
      log_info(
          fmt::format("QBER {:.3f} % measured over both files: {}", 100 * *run.settings.qber, run.report.qber_note));
    }
  }
  OneWayReconciler reconciler(run.settings);
  if (sample) {
    if (auto used = use_sample(run, reconciler); !used) return used.error();
    log_info(fmt::format("QBER from a disclosed sample: {}", run.report.qber_note));
  }
  return reconciler;
}

void account(ReconcileReport& report, const BlockReport& block) {
  ++report.blocks;
  report.errors += block.errors;
  report.failed_blocks += block.verified ? 0 : 1;
  report.undetected_errors += block.undetected;
  report.key_bits += block.verified ? block.bits : 0;
  if (report.per_block.size() < ReconcileReport::most_blocks) report.per_block.push_back(block);
}

/// The two readers and the buffers of one block at a time.
struct Stream {
  KeptBits alice;
  KeptBits bob;
  BitString x;
  BitString y;
  explicit Stream(const Run& run) : alice(run.alice, run.sample), bob(run.bob, run.sample) {}
  ~Stream() { wipe(); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  Result<void> read(std::size_t bits) {
    if (x.size() != bits) {
      wipe();
      x = BitString(bits);
      y = BitString(bits);
    }
    if (auto read = alice.read(x); !read) return read;
    return bob.read(y);
  }
  void wipe() noexcept {
    for (BitString* bits : {&x, &y}) sodium_memzero(bits->words().data(), bits->words().size_bytes());
  }
};

Result<void> reconcile_block(Run& run, OneWayReconciler& reconciler, const Stream& stream, std::size_t code_bits,
                             std::optional<KeyWriter>& key) {
  const std::optional<std::uint64_t> seed = run.options->seed;
  const auto tag_key = seed ? VerificationKey::simulated(*seed, run.report.blocks) : VerificationKey::fresh();
  if (!tag_key) return tag_key.error();
  const auto block = reconciler.reconcile(stream.x, stream.y, code_bits, *tag_key);
  if (!block) return block.error();
  account(run.report, *block);
  return block->verified && key ? key->append(reconciler.corrected()) : Result<void>{};
}

Result<void> reconcile_all(Run& run, OneWayReconciler& reconciler, std::optional<KeyWriter>& key) {
  Progress progress(*run.context, "reconcile", run.bits, "b");
  Stream stream(run);
  std::uint64_t remaining = run.bits - run.sample.size();
  while (remaining > 0) {
    const BlockLengths next = reconciler.next_blocks(remaining, run.block_log2);
    for (std::uint64_t i = 0; i < next.count; ++i) {
      if (auto going = check_interrupt(); !going) return going;
      if (auto read = stream.read(static_cast<std::size_t>(std::min<std::uint64_t>(next.length, remaining))); !read) {
        return read;
      }
      if (auto done = reconcile_block(run, reconciler, stream, next.length, key); !done) return done;
      remaining -= stream.x.size();
      progress.update(run.bits - remaining);
    }
  }
  return {};
}

Result<void> run_reconcile(Context& context, const ReconcileOptions& options) {
  const auto start = std::chrono::steady_clock::now();
  auto run = make_run(context, options);
  if (!run) return run.error();
  auto reconciler = settle_qber(*run);
  if (!reconciler) return reconciler.error();
  std::optional<KeyWriter> key;
  if (!options.key.empty()) {
    auto created = KeyWriter::create(options.key);
    if (!created) return created.error();
    key.emplace(std::move(*created));
  }
  if (auto done = reconcile_all(*run, *reconciler, key); !done) {
    if (done.error().code != ErrorCode::no_key) return done;
    return Error{ErrorCode::no_key,
                 fmt::format("QBER source \"{}\": {}", run->report.qber_source, done.error().message)};
  }
  if (key) {
    if (auto finished = key->finish(); !finished) return finished;
  }
  ReconcileReport& report = run->report;
  report.leaked = reconciler->leaked();
  report.epsilon_verification = reconciler->epsilon();
  report.design_seconds = reconciler->design_seconds();
  report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
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
