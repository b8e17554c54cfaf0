// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <caligo/random.hpp>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <limits>

#include "cli/commands.hpp"
#include "cli/frames.hpp"
#include "cli/progress.hpp"
#include "cli/validators.hpp"

namespace caligo::cli {

namespace {

constexpr const char* footer =
    R"(The files are SIMULATION DATA, made from a seed: never use them, or anything distilled from them, as a key.
The same seed, number of bits and QBER give the same files on every machine.
Bit i is (byte[i/8] >> (i%8)) & 1; pad bits are zero.

Examples:
  caligo sample --qber 0.02 --bits 16777216 --seed 1 -o pair
  caligo sample --qber 0.05 --bits 1000000 -o pair --json)";

constexpr std::uint64_t max_bits = std::uint64_t{1} << 43U;
/// A whole number of words, so that the blocks join into one stream of random words.
constexpr std::size_t block_bits = std::size_t{1} << 23U;

struct Options {
  double qber = 0;
  std::uint64_t bits = 0;
  std::uint64_t seed = 1;
  std::string directory;
  bool json = false;
};

struct Names {
  std::filesystem::path alice;
  std::filesystem::path bob;
};

/// Alice's bits are stream 0 of the seed, the errors stream 1. Returns the number of errors.
Result<std::uint64_t> write_pair(const Context& context, const Options& options, FrameWriter& alice, FrameWriter& bob) {
  CounterRandom key(options.seed, 0);
  CounterRandom noise(options.seed, 1);
  std::uint64_t errors = 0;
  Progress progress(context, "sample", options.bits, "b");
  for (std::uint64_t done = 0; done < options.bits;) {
    if (auto going = check_interrupt(); !going) return std::move(going).error();
    const std::size_t size = std::min<std::uint64_t>(block_bits, options.bits - done);
    BitString a(size);
    BitString b(size);
    key.fill(a);
    noise.fill_bernoulli(b, options.qber);
    errors += popcount(b);
    xor_into(b, a);
    if (auto written = alice.write(a); !written) return std::move(written).error();
    if (auto written = bob.write(b); !written) return std::move(written).error();
    done += size;
    progress.update(done);
  }
  return errors;
}

/// Both or neither.
Result<void> commit_pair(FrameWriter& alice, FrameWriter& bob, const Names& names) {
  if (auto committed = alice.commit(); !committed) return committed;
  auto committed = bob.commit();
  std::error_code ignored;
  if (!committed) std::filesystem::remove(names.alice, ignored);
  return committed;
}

Result<void> summarise(const Context& context, const Options& options, const Names& names, std::uint64_t errors) {
  const double measured = static_cast<double>(errors) / static_cast<double>(options.bits);
  if (options.json) {
    nlohmann::ordered_json document;
    document["simulation"] = true;
    document["bits"] = options.bits;
    document["errors"] = errors;
    document["qber"] = measured;
    document["requested_qber"] = options.qber;
    document["seed"] = options.seed;
    document["alice"] = names.alice.string();
    document["bob"] = names.bob.string();
    return print_json(document);
  }
  if (context.quiet) return {};
  return print(fmt::format(
      "simulation data from seed {}, not a key: {} bits, {} differ (QBER {:.6f}, asked for {})\n"
      "{}\n{}\n",
      options.seed, options.bits, errors, measured, options.qber, names.alice.string(), names.bob.string()));
}

Result<void> run(const Context& context, const Options& options) {
  if (!(options.qber >= 0 && options.qber <= 0.5)) {
    return Error{ErrorCode::invalid_argument, fmt::format("--qber: expected 0 to 0.5, got {}", options.qber)};
  }
  const std::filesystem::path directory(options.directory);
  std::error_code failed;
  std::filesystem::create_directories(directory, failed);
  if (failed) {
    return Error{ErrorCode::io, fmt::format("cannot create directory {}: {}", options.directory, failed.message())};
  }
  const Names names{directory / "alice.bits", directory / "bob.bits"};
  auto alice = FrameWriter::create(names.alice);
  if (!alice) return std::move(alice).error();
  auto bob = FrameWriter::create(names.bob);
  if (!bob) return std::move(bob).error();
  auto errors = write_pair(context, options, *alice, *bob);
  if (!errors) return std::move(errors).error();
  if (auto committed = commit_pair(*alice, *bob, names); !committed) return committed;
  return summarise(context, options, names, *errors);
}

}  // namespace

void add_sample(CLI::App& app, Context& context) {
  CLI::App* sub = app.add_subcommand("sample", "Write a simulated pair of sifted keys, alice.bits and bob.bits");
  auto options = std::make_shared<Options>();
  sub->add_option("--qber", options->qber, "Probability that a bit differs, 0 to 0.5 (required)")
      ->required()
      ->transform(number())
      ->option_text("Q");
  sub->add_option("--bits", options->bits, "Number of bits (required)")
      ->required()
      ->transform(whole_number(1, max_bits))
      ->option_text("N");
  sub->add_option("--seed", options->seed, "Seed, 0 to 2^64 - 1 (default 1)")
      ->transform(whole_number(0, std::numeric_limits<std::uint64_t>::max()))
      ->option_text("S");
  sub->add_option("-o,--output", options->directory, "Directory, made if it is missing (required)")
      ->required()
      ->option_text("DIR");
  sub->add_flag("--json", options->json,
                "Print JSON: simulation, bits, errors, qber (as it came out), requested_qber, seed, alice, bob");
  sub->footer(footer);
  sub->callback([&context, options] { context.command = [&context, options] { return run(context, *options); }; });
}

}  // namespace caligo::cli
