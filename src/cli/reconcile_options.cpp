// SPDX-License-Identifier: Apache-2.0
#include "cli/reconcile_options.hpp"

#include <fmt/format.h>
#include <caligo/blind.hpp>
#include <caligo/cascade.hpp>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <limits>

#include "cli/validators.hpp"

namespace caligo::cli {

namespace {

constexpr const char* footer =
    R"(ALICE and BOB hold packed bits of equal length. Alice discloses a syndrome, a CRC and a tag for every block; Bob
corrects his bits. Blocks that fail verification are left out of the key; what they disclosed counts.

Modes:
  one-way      one message per block; what it must disclose is planned for one failure in a hundred (--target-fer)
  blind        less is disclosed at first, and Bob asks for more where his decoder gets lost: ten to a hundred questions
               per block, a tenth less disclosed, hardly a block lost. What he asks for depends on where the errors are
  interactive  Cascade on groups of blocks: least disclosed below 5 %, several hundred exchanges per group. Bob says for
               every parity whether it differs from his, which depends on the errors, too

Presets, one-way:
  fast      blocks of 2^20 bits, 4 paths: highest speed, most disclosed
  balanced  blocks of 2^20 bits, 32 paths (the default)
  best      blocks of 2^22 bits, 8 paths: least disclosed; files below 2^22 bits as balanced
Presets, blind (8 paths):
  fast      blocks of 2^20 bits, some 10 questions each
  balanced  blocks of 2^20 bits, some 30 questions each
  best      blocks of 2^22 bits, some 100 questions each: least disclosed; files below 2^22 bits: 32 paths
Presets, interactive:
  fast      groups of 2^18 bits, which stay in the cache
  balanced  groups of 2^20 bits: fewer messages per bit
  best      the same, with one search at a time: least disclosed, most messages
Longer groups (--block-log2 up to 24) need fewer messages per bit, and are slower.
Shorter files get shorter blocks. With 16 or 32 paths one-way, a quarter of them is tried first.

Where the QBER that codes are chosen for comes from (--qber-from):
  sample    random positions are compared openly (they leave the key and count as disclosed), then Bob reports how many
            errors he corrected in each block, 32 bits each
  files     measured over both files, as a link that runs on knows it from its earlier blocks; nothing counts for it
  auto      sample from 2^22 bits on, else files
With --qber Q nothing flows back from Bob but verdicts: strictly one-way, as oblivious transfer needs it.

JSON fields: bits, blocks, failed_blocks, undetected_errors, qber (measured over both files), qber_source, leaked_bits,
leaked {frozen, crc, tag, sample, feedback, questions}, efficiency (leaked_bits/(bits*h2(qber)); null without errors),
rounds_mean (exchanges per block, or group, after the first message), messages_per_mbit, bob_bits (what Bob said, error
counts apart), mbps, mbps_per_core (by processor time), seconds, key_bits, epsilon_verification, decoder_bytes (of one
thread), one_way_limit (least efficiency of any one-way code), per_block and others.

Examples:
  caligo sample --qber 0.02 --bits 16777216 --seed 1 -o demo
  caligo reconcile demo/alice.bits demo/bob.bits -o key.bits
  caligo reconcile demo/alice.bits demo/bob.bits --preset best --json
  caligo reconcile demo/alice.bits demo/bob.bits --mode blind --threads 2
  caligo reconcile alice.bits bob.bits --qber 0.036 --list 8 --json)";

Error usage(std::string message) { return Error{ErrorCode::invalid_argument, std::move(message)}; }

constexpr BlockChoice fast{.list_size = 4, .block_log2 = 20};
constexpr BlockChoice balanced{.list_size = 32, .block_log2 = 20};
constexpr BlockChoice best{.list_size = 8, .block_log2 = 22};
constexpr BlockChoice blind_fast{.list_size = 8, .block_log2 = 20, .boldness = 1};
constexpr BlockChoice blind_balanced{.list_size = 8, .block_log2 = 20, .boldness = 2};
constexpr BlockChoice blind_best{.list_size = 8, .block_log2 = 22, .boldness = 4};
constexpr BlockChoice blind_best_short{.list_size = 32, .block_log2 = 20, .boldness = 4};
constexpr BlockChoice interactive_fast{.list_size = 0, .block_log2 = 18, .breadth = 2};
constexpr BlockChoice interactive_balanced{.list_size = 0, .block_log2 = 20, .breadth = 2};
constexpr BlockChoice interactive_best{.list_size = 0, .block_log2 = 20};

/// A long block is worth more than a long list.
BlockChoice choose_preset(const std::string& mode, const std::string& name, std::uint64_t bits) noexcept {
  const bool is_long = bits >= std::uint64_t{1} << best.block_log2;
  if (mode == "blind") {
    if (name == "best") return is_long ? blind_best : blind_best_short;
    return name == "fast" ? blind_fast : blind_balanced;
  }
  if (mode == "interactive") {
    return name == "fast" ? interactive_fast : name == "best" ? interactive_best : interactive_balanced;
  }
  if (name == "fast") return fast;
  return name == "best" && is_long ? best : balanced;
}

void add_code_options(CLI::App& sub, ReconcileOptions& options) {
  add_mode_options(sub, options);
  sub.add_option("--target-fer", options.target_fer, "One-way: block failure rate to choose codes for, 0.0001 to 0.5")
      ->transform(number())
      ->option_text("P [0.01]");
  sub.add_option("--boldness", options.boldness,
                 "Blind: how little is disclosed at first, 0.1 to 16 (overrides the preset)")
      ->transform(number())
      ->option_text("B");
  sub.add_option("--breadth", options.breadth,
                 "Interactive: longer searches at once, 0 to 16: fewer exchanges, more disclosed")
      ->transform(whole_number(0, 16))
      ->option_text("B");
  sub.add_option("--tag-bits", options.tag_bits, "Length of a verification tag, 8 to 64")
      ->transform(whole_number(8, 64))
      ->option_text("BITS [64]");
  sub.add_option("--crc", options.crc,
                 "Checksum that picks the list entry [crc16-ccitt, none for list 1; blind: crc24a, one per segment]")
      ->option_text("NAME");
}

}  // namespace

void add_mode_options(CLI::App& sub, ReconcileOptions& options) {
  sub.add_option("--preset", options.preset, "fast, balanced or best")
      ->transform(one_of({"fast", "balanced", "best"}))
      ->option_text("NAME [balanced]");
  sub.add_option("--mode", options.mode, "one-way, blind or interactive")
      ->transform(one_of({"one-way", "blind", "interactive"}))
      ->option_text("MODE [" + options.mode + "]");
  sub.add_option("--list", options.list_size, "Paths of the list decoder: 1, 2, 4, 8, 16 or 32 (overrides the preset)")
      ->transform(one_of({"1", "2", "4", "8", "16", "32"}))
      ->option_text("L");
  sub.add_option("--block-log2", options.block_log2, "log2 of the largest block, 8 to 24 (overrides the preset)")
      ->transform(whole_number(8, 24))
      ->option_text("n");
}

void add_reconcile_options(CLI::App& sub, ReconcileOptions& options) {
  sub.add_option("ALICE", options.alice, "Alice's packed bits")->required();
  sub.add_option("BOB", options.bob, "Bob's packed bits")->required();
  sub.add_option("-o,--output", options.key, "Write the key, verified blocks in order, with mode 0600")
      ->option_text("KEY");
  add_code_options(sub, options);
  sub.add_option("--qber", options.qber, "QBER to choose codes for, 0 to 0.5")->transform(number())->option_text("Q");
  sub.add_option("--qber-from", options.qber_from, "Without --qber: auto, sample or files")
      ->transform(one_of({"auto", "sample", "files"}))
      ->option_text("HOW [auto]");
  sub.add_option("--sample-bits", options.sample_bits, "Positions to compare openly, 64 to 16777216")
      ->transform(whole_number(64, 1 << 24))
      ->option_text("BITS [4096]");
  sub.add_option("--bits", options.bits, "Use the first BITS bits of each file only")
      ->transform(whole_number(1, std::numeric_limits<std::uint64_t>::max()))
      ->option_text("BITS");
  sub.add_option("--seed", options.seed, "Simulation: reproducible sample and tag keys, never for real keys")
      ->transform(whole_number(0, std::numeric_limits<std::uint64_t>::max()))
      ->option_text("SEED");
  sub.add_option("--threads", options.threads,
                 "Blocks that are worked on at once, each in a thread with its own decoder")
      ->transform(whole_number(1, 1024))
      ->option_text("T [1]");
  sub.add_option("--report", options.report, "Write a self-contained HTML page: leakage and QBER, block by block")
      ->option_text("FILE.html");
  sub.add_flag("--json", options.json, "Print one JSON document");
  sub.footer(footer);
}

/// ReconcileOptions that the parser cannot judge alone.
Result<void> check_options(const ReconcileOptions& options) {
  const bool blind = options.mode == "blind";
  if (options.boldness && !blind) return usage("--boldness is for --mode blind");
  if (options.boldness && !(*options.boldness >= 0.1 && *options.boldness <= 16)) {
    return usage(fmt::format("--boldness: expected 0.1 to 16, got {}", *options.boldness));
  }
  if (options.breadth && options.mode != "interactive") return usage("--breadth is for --mode interactive");
  if (options.mode == "interactive" && (options.list_size || options.crc)) {
    return usage("--mode interactive has neither --list nor --crc");
  }
  if (blind && options.list_size == 1U) return usage("--mode blind needs a list of 2 paths or more");
  if (options.qber && !(*options.qber >= 0 && *options.qber <= 0.5)) {
    return usage(fmt::format("--qber: expected 0 to 0.5, got {}", *options.qber));
  }
  if (!(options.target_fer >= 1e-4 && options.target_fer <= 0.5)) {
    return usage(fmt::format("--target-fer: expected 0.0001 to 0.5, got {}", options.target_fer));
  }
  if (options.qber && options.qber_from != "auto") return usage("--qber and --qber-from exclude each other");
  if (options.json && options.key == "-")
    return usage("-o - and --json both want standard output; write the key to a file");
  return {};
}

Result<BlockChoice> choose_blocks(const ReconcileOptions& options, std::uint64_t bits) {
  // DecodePlan::make: longer blocks are for short lists only.
  constexpr unsigned longest_with_long_lists = 20;
  constexpr unsigned longest_list_of_long_blocks = 8;
  BlockChoice chosen = choose_preset(options.mode, options.preset, bits);
  chosen.boldness = options.boldness.value_or(chosen.boldness);
  chosen.breadth = options.breadth.value_or(chosen.breadth);
  chosen.list_size = options.list_size.value_or(chosen.list_size);
  const bool long_list = chosen.list_size > longest_list_of_long_blocks;
  if (long_list) chosen.block_log2 = std::min(chosen.block_log2, longest_with_long_lists);
  chosen.block_log2 = options.block_log2.value_or(chosen.block_log2);
  if (long_list && chosen.block_log2 > longest_with_long_lists) {
    return usage(fmt::format("--block-log2 {}: expected at most {} with a list of {}", chosen.block_log2,
                             longest_with_long_lists, chosen.list_size));
  }
  return chosen;
}

Result<CrcSpec> choose_crc(const ReconcileOptions& options, const BlockChoice& chosen) {
  if (options.crc) return parse_crc(*options.crc);
  // A segment's checksum is tried on many paths, many times. One path needs no CRC to be picked.
  if (options.mode == "blind") return parse_crc("crc24a");
  return parse_crc(chosen.list_size > 1 ? "crc16-ccitt" : "none");  // interactive: none, too
}

std::unique_ptr<Reconciler> make_reconciler(const ReconcileOptions& options, const BlockChoice& chosen,
                                            const CrcSpec& crc, std::optional<double> qber) {
  if (options.mode == "interactive") {
    return std::make_unique<InteractiveReconciler>(InteractiveSettings{
        .qber = qber, .tag_bits = options.tag_bits, .breadth = chosen.breadth, .simulated_keys = options.seed});
  }
  if (options.mode == "blind") {
    return std::make_unique<BlindReconciler>(BlindSettings{.list_size = chosen.list_size,
                                                           .boldness = chosen.boldness,
                                                           .tag_bits = options.tag_bits,
                                                           .crc = crc,
                                                           .qber = qber});
  }
  return std::make_unique<OneWayReconciler>(OneWaySettings{.list_size = chosen.list_size,
                                                           .target_fer = options.target_fer,
                                                           .tag_bits = options.tag_bits,
                                                           .crc = crc,
                                                           .qber = qber});
}

}  // namespace caligo::cli
