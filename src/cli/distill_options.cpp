// SPDX-License-Identifier: Apache-2.0
#include "cli/distill_options.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <limits>

#include "cli/validators.hpp"

namespace caligo::cli {

namespace {

constexpr const char* footer =
    R"(ALICE and BOB hold packed sifted bits of equal length. Both sides run in this process, as two sessions whose frames
are authenticated; what comes out is one secret key. The files are worked on in batches of at most 2^27 bits, each with
its own sample, its own finite-key account and its own hash.

  1. sample       random positions are compared openly; they leave the key and bound the phase errors
  2. reconcile    as caligo reconcile, in the mode and with the preset given there
  3. verify       every block has a tag under a fresh key; blocks that fail are left out
  4. amplify      Toeplitz hashing to the length that the formula allows; the seed is drawn after all the rest

The sample stands for a measurement in the other basis: in BB84 with two equally noisy bases the rates are the same.
The tolerated QBER should be fixed before the run; without --tolerated-qber the sample's own rate is taken, which the
output says. Authentication consumes pre-shared key; here that is drawn from the operating system, and what was used up
is reported beside the key.

JSON fields: bits, blocks, failed_blocks, undetected_errors, qber (measured over both files), leaked_bits, leaked,
efficiency, rounds_mean, mbps, mbps_per_core, seconds, cpu_seconds, secret_bits, net_secret_bits (less what
authentication used up), keys_equal, epsilon {total, parts}, formula, stages (seconds of each), authentication, batches.

Examples:
  caligo distill alice.bits bob.bits -o key.bin
  caligo distill alice.bits bob.bits --mode blind --preset best --tolerated-qber 0.025 --json
  caligo distill alice.bits bob.bits --format base64 -o key.txt
  caligo distill alice.bits bob.bits --format container -o key.ckc)";

Error usage(std::string message) { return Error{ErrorCode::invalid_argument, std::move(message)}; }

void add_code_options(CLI::App& sub, ReconcileOptions& options) {
  add_mode_options(sub, options);
  sub.add_option("--tag-bits", options.tag_bits, "Length of a verification tag, 32 to 64")
      ->transform(whole_number(32, 64))
      ->option_text("BITS [64]");
  sub.add_option("--bits", options.bits, "Use the first BITS bits of each file only")
      ->transform(whole_number(1, std::numeric_limits<std::uint64_t>::max()))
      ->option_text("BITS");
  sub.add_option("--seed", options.seed, "Simulation: everything random is reproducible, never for real keys")
      ->transform(whole_number(0, std::numeric_limits<std::uint64_t>::max()))
      ->option_text("SEED");
}

}  // namespace

void add_distill_options(CLI::App& sub, DistillOptions& options) {
  options.reconcile.mode = "blind";
  sub.add_option("ALICE", options.reconcile.alice, "Alice's packed bits")->required();
  sub.add_option("BOB", options.reconcile.bob, "Bob's packed bits")->required();
  sub.add_option("-o,--output", options.reconcile.key, "Write the key, with mode 0600")->option_text("KEY");
  sub.add_option("--format", options.format,
                 "raw bits, lines of base64 with 256 bits each, or a container (see caligo inspect)")
      ->transform(one_of({"raw", "base64", "container"}))
      ->option_text("FORM [raw]");
  add_code_options(sub, options.reconcile);
  sub.add_option("--sample-bits", options.sample_bits,
                 "Positions of a batch to compare openly [a sixteenth of it, at most 2^22]")
      ->transform(whole_number(64, 1 << 24))
      ->option_text("BITS");
  sub.add_option("--tolerated-qber", options.tolerated_qber,
                 "No key if the sample has more errors; the bound that the key length starts from")
      ->transform(number())
      ->option_text("Q");
  sub.add_option("--epsilon-sec", options.epsilon_secrecy, "Bound of the secrecy error of a batch")
      ->transform(number())
      ->option_text("E [1e-12]");
  sub.add_option("--formula", options.formula, "tomamichel-2012, or asymptotic (no statement about a finite key)")
      ->transform(one_of({"tomamichel-2012", "asymptotic"}))
      ->option_text("NAME [tomamichel-2012]");
  sub.add_option("--authentication", options.authentication,
                 "wegman-carter (information-theoretic), or hmac-sha-256 (computational)")
      ->transform(one_of({"wegman-carter", "hmac-sha-256"}))
      ->option_text("NAME [wegman-carter]");
  sub.add_option("--window", options.window, "Blocks in flight, each with a decoder, 1 to 64")
      ->transform(whole_number(1, 64))
      ->option_text("W [8]");
  sub.add_flag("--json", options.reconcile.json, "Print one JSON document");
  sub.footer(footer);
}

Result<void> check_options(const DistillOptions& options) {
  if (auto checked = check_options(options.reconcile); !checked) return checked;
  if (options.tolerated_qber && !(*options.tolerated_qber >= 0 && *options.tolerated_qber <= 0.5)) {
    return usage(fmt::format("--tolerated-qber: expected 0 to 0.5, got {}", *options.tolerated_qber));
  }
  if (!(options.epsilon_secrecy > 0 && options.epsilon_secrecy < 1)) {
    return usage(fmt::format("--epsilon-sec: expected a number between 0 and 1, got {}", options.epsilon_secrecy));
  }
  return {};
}

}  // namespace caligo::cli
