// SPDX-License-Identifier: Apache-2.0
// What the options of `caligo simulate` mean: points, and which process this is.
#include <fmt/format.h>
#include <caligo/channel.hpp>

#include <array>
#include <charconv>
#include <cstdlib>

#include "cli/code_file.hpp"
#include "cli/simulate.hpp"

namespace caligo::cli {

namespace {

Error usage(std::string message) { return Error{ErrorCode::invalid_argument, std::move(message)}; }

constexpr std::size_t most_points = 10'000;

/// A word of a command line for sh.
std::string shell_word(const std::string& text) {
  constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:=,+@%";
  if (!text.empty() && text.find_first_not_of(plain) == std::string::npos) return text;
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

Result<std::vector<Channel>> all_channels(const std::vector<std::string>& texts) {
  std::vector<Channel> all;
  for (const std::string& text : texts) {
    auto some = parse_channels(text);
    if (!some) return usage("--channel: " + some.error().message);
    all.insert(all.end(), some->begin(), some->end());
  }
  return all;
}

Result<DecoderSettings> decoder_settings(const SimulateOptions& options, unsigned list_size) {
  DecoderSettings settings;
  settings.list_size = list_size;
  const bool single = list_size == 1;
  if (options.decoder.empty()) {
    settings.kind = single ? DecoderKind::sc : DecoderKind::scl;
  } else {
    settings.kind = options.decoder == "sc"    ? DecoderKind::sc
                    : options.decoder == "scl" ? DecoderKind::scl
                                               : DecoderKind::adaptive;
    if ((settings.kind == DecoderKind::sc) != single) {
      return usage(fmt::format("--decoder {}: expected --list {}, got --list {}", options.decoder,
                               settings.kind == DecoderKind::sc ? "1" : "2, 4, 8, 16 or 32", list_size));
    }
  }
  auto arithmetic = options.arithmetic.resolve(settings.kind == DecoderKind::scl);
  if (!arithmetic) return std::move(arithmetic).error();
  settings.arithmetic = *arithmetic;
  settings.scale = options.scale;
  return settings;
}

std::string decoding_arguments(const SimulateOptions& options, const std::string& code, const Channel& channel,
                               unsigned list_size) {
  std::string text = fmt::format("-c {} --channel {} --list {}", shell_word(code), to_string(channel), list_size);
  if (!options.decoder.empty()) text += " --decoder " + options.decoder;
  if (options.arithmetic.wide()) text += " --llr-bits 16";
  if (options.arithmetic.corrected()) text += " --check corrected";
  if (options.scale) text += fmt::format(" --scale {}", *options.scale);
  return text;
}

Result<std::vector<NamedTask>> decoding_tasks(const SimulateOptions& options) {
  if (options.codes.empty()) return usage("-c: expected a code file, from caligo construct (or --mode, or --combine)");
  if (options.channels.empty()) return usage("--channel: expected at least one");
  auto channels = all_channels(options.channels);
  if (!channels) return std::move(channels).error();
  std::vector<unsigned> lists = options.lists;
  if (lists.empty()) lists = {options.decoder == "sc" ? 1U : 8U};
  if (options.codes.size() * lists.size() * channels->size() > most_points) {
    return usage(fmt::format("expected at most {} points in one run", most_points));
  }
  std::vector<NamedTask> tasks;
  for (const std::string& path : options.codes) {
    auto code = load_code(path);
    if (!code) return std::move(code).error();
    for (const unsigned list_size : lists) {
      auto decoder = decoder_settings(options, list_size);
      if (!decoder) return std::move(decoder).error();
      for (const Channel& channel : *channels) {
        auto task = SimulationTask::make(*code, channel, *decoder);
        if (!task) return Error{task.error().code, path + ": " + task.error().message};
        tasks.push_back({std::move(*task), decoding_arguments(options, path, channel, list_size)});
      }
    }
  }
  return tasks;
}

// ---- Reconciliation

std::string reconciliation_arguments(const SimulateOptions& options, const ReconciliationSettings& s) {
  std::string text = fmt::format("--mode {} --qber {}", options.mode, s.qber);
  if (s.mode != ReconciliationMode::interactive) text += fmt::format(" --list {}", s.list_size);
  text += fmt::format(" --preset {}", options.reconcile.preset);
  if (options.reconcile.block_log2) text += fmt::format(" --block-log2 {}", *options.reconcile.block_log2);
  if (s.mode == ReconciliationMode::one_way) text += fmt::format(" --target-fer {}", s.target_fer);
  if (s.mode == ReconciliationMode::blind) text += fmt::format(" --boldness {}", s.boldness);
  if (s.mode == ReconciliationMode::interactive) text += fmt::format(" --breadth {}", s.breadth);
  if (options.reconcile.crc) text += " --crc " + *options.reconcile.crc;
  return text + fmt::format(" --tag-bits {}", s.tag_bits);
}

/// "0.02", or a range as for channels.
Result<std::vector<double>> all_qbers(const std::vector<std::string>& texts) {
  std::vector<double> all;
  for (const std::string& text : texts) {
    auto some = parse_channels("bsc:" + text);
    if (!some) {
      return usage(fmt::format("--qber: expected a number in [0, 0.5] or FIRST:STEP:LAST, got {}", text.substr(0, 40)));
    }
    for (const Channel& channel : *some) all.push_back(std::get<Bsc>(channel).crossover);
  }
  return all;
}

Result<std::vector<NamedTask>> reconciliation_tasks(const SimulateOptions& options) {
  if (!options.codes.empty() || !options.channels.empty()) {
    return usage("--mode simulates reconciliation: expected --qber, and neither -c nor --channel");
  }
  if (options.qbers.empty()) return usage("--qber: expected at least one with --mode");
  if (options.lists.size() > 1) return usage("--list: expected one with --mode");
  if (!options.decoder.empty()) return usage("--decoder: not with --mode");
  ReconcileOptions choice = options.reconcile;
  choice.mode = options.mode;
  if (!options.lists.empty()) choice.list_size = options.lists.front();
  if (auto checked = check_options(choice); !checked) return std::move(checked).error();
  // As for a long input: presets take their full block length.
  auto blocks = choose_blocks(choice, std::uint64_t{1} << 24U);
  if (!blocks) return std::move(blocks).error();
  auto crc = choose_crc(choice, *blocks);
  if (!crc) return std::move(crc).error();
  auto qbers = all_qbers(options.qbers);
  if (!qbers) return std::move(qbers).error();
  std::vector<NamedTask> tasks;
  for (const double qber : *qbers) {
    const ReconciliationSettings settings{.mode = options.mode == "one-way" ? ReconciliationMode::one_way
                                                  : options.mode == "blind" ? ReconciliationMode::blind
                                                                            : ReconciliationMode::interactive,
                                          .block_bits = std::size_t{1} << blocks->block_log2,
                                          .qber = qber,
                                          .list_size = blocks->list_size,
                                          .crc = *crc,
                                          .target_fer = choice.target_fer,
                                          .boldness = blocks->boldness,
                                          .breadth = blocks->breadth,
                                          .tag_bits = choice.tag_bits};
    auto task = SimulationTask::make(settings);
    if (!task) return std::move(task).error();
    tasks.push_back({std::move(*task), reconciliation_arguments(options, settings)});
  }
  return tasks;
}

std::optional<unsigned> number_in(const char* name) {
  const char* text = std::getenv(name);
  if (text == nullptr) return std::nullopt;
  const std::string_view view(text);
  unsigned value = 0;
  const auto [end, failure] = std::from_chars(view.data(), view.data() + view.size(), value);
  if (failure != std::errc{} || end != view.data() + view.size()) return std::nullopt;
  return value;
}

}  // namespace

Result<std::vector<NamedTask>> make_tasks(const SimulateOptions& options) {
  auto tasks = options.mode.empty() ? decoding_tasks(options) : reconciliation_tasks(options);
  if (!tasks) return tasks;
  if (options.mode.empty() && !options.qbers.empty()) return usage("--qber: only with --mode");
  // Two points that are one problem would count the same frames.
  std::vector<NamedTask> distinct;
  for (NamedTask& named : *tasks) {
    bool known = false;
    for (const NamedTask& other : distinct) known = known || other.task.strong_id() == named.task.strong_id();
    if (!known) distinct.push_back(std::move(named));
  }
  return distinct;
}

Result<Ranks> find_ranks(const SimulateOptions& options) {
  if (options.rank.has_value() != options.ranks.has_value()) return usage("--rank and --ranks: expected both");
  if (options.rank) {
    if (*options.rank >= *options.ranks) {
      return usage(fmt::format("--rank: expected less than --ranks {}, got {}", *options.ranks, *options.rank));
    }
    return Ranks{*options.rank, *options.ranks};
  }
  // Open MPI; MPICH, Intel MPI and others with Hydra; Slurm's srun.
  constexpr std::array<std::pair<const char*, const char*>, 3> launchers{{
      {"OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"},
      {"PMI_RANK", "PMI_SIZE"},
      {"SLURM_PROCID", "SLURM_NTASKS"},
  }};
  for (const auto& [rank_name, size_name] : launchers) {
    const auto rank = number_in(rank_name);
    const auto ranks = number_in(size_name);
    if (rank && ranks && *rank < *ranks) return Ranks{*rank, *ranks};
  }
  return Ranks{};
}

}  // namespace caligo::cli
