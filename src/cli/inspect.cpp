// SPDX-License-Identifier: Apache-2.0
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sodium.h>
#include <caligo/container.hpp>

#include <CLI/CLI.hpp>
#include <type_traits>
#include <vector>

#include "base/file.hpp"
#include "cli/commands.hpp"
#include "cli/validators.hpp"

namespace caligo::cli {

namespace {

constexpr const char* footer =
    R"(Reads all of a block container (docs/formats/container.md) and verifies every checksum; with --key the tags as well.
Shows sizes, identifiers, counts and metadata, never a bit of a payload nor its checksum. Memory does not depend on the
size of the file. A fault is one line with file and byte offset, and exit code 1.

JSON fields: file, kind, role, simulation, stream, tags, tags_verified, created, qber, epsilon, code, seed (null if not
stated), blocks, bits, errors, leaked_bits (sums over the blocks that state them), blocks_verified_by_hash, bytes,
append_open, uncommitted_bytes, verified, block_list (the first --blocks of them: index, offset, bits, basis, verified,
errors, leaked_bits, qber, epsilon, label)

Examples:
  caligo inspect session.clg
  caligo inspect session.clg --blocks 100 --json
  caligo inspect key.clg --key tags.key)";

struct Options {
  std::string file;
  std::string key;
  std::size_t shown = 20;
  bool json = false;
};

struct Findings {
  ContainerHeader header;
  ContainerTotals totals;
  std::vector<BlockRecord> first;
  std::uint64_t errors = 0;
  std::uint64_t leaked = 0;
  std::uint64_t verified = 0;
};

Result<std::optional<ContainerKey>> read_key(const std::string& path) {
  if (path.empty()) return std::optional<ContainerKey>{};
  auto text = base::read_file(path, ContainerKey::size);
  if (!text) return std::move(text).error();
  if (text->size() != ContainerKey::size) {
    return Error{ErrorCode::malformed_input,
                 fmt::format("{}: expected a key of {} bytes, found {}", path, ContainerKey::size, text->size())};
  }
  const std::optional<ContainerKey> key(std::in_place,
                                        std::span<const std::uint8_t, ContainerKey::size>(
                                            reinterpret_cast<const std::uint8_t*>(text->data()), ContainerKey::size));
  sodium_memzero(text->data(), text->size());
  return key;
}

Result<Findings> read(const Options& options) {
  auto key = read_key(options.key);
  if (!key) return std::move(key).error();
  Findings findings;
  const auto on_header = [&](const ContainerHeader& header) -> Result<void> {
    findings.header = header;
    return {};
  };
  const auto on_block = [&](const BlockRecord& block) {
    if (findings.first.size() < options.shown) findings.first.push_back(block);
    findings.errors += block.info.errors.value_or(0);
    findings.leaked += block.info.leaked_bits.value_or(0);
    findings.verified += block.info.verified ? 1 : 0;
    return check_interrupt();
  };
  auto totals = scan_container(options.file, *key ? &**key : nullptr, on_header, on_block);
  if (!totals) return std::move(totals).error();
  findings.totals = *totals;
  return findings;
}

template <class T>
nlohmann::ordered_json or_null(const std::optional<T>& value) {
  return value ? nlohmann::ordered_json(*value) : nlohmann::ordered_json(nullptr);
}

nlohmann::ordered_json to_json(const BlockRecord& block) {
  nlohmann::ordered_json json;
  json["index"] = block.index;
  json["offset"] = block.offset;
  json["bits"] = block.bits;
  json["basis"] = to_string(block.info.basis);
  json["verified"] = block.info.verified;
  json["errors"] = or_null(block.info.errors);
  json["leaked_bits"] = or_null(block.info.leaked_bits);
  json["qber"] = or_null(block.info.qber);
  json["epsilon"] = or_null(block.info.epsilon);
  json["label"] = block.info.label;
  return json;
}

nlohmann::ordered_json to_json(const Options& options, const Findings& findings) {
  const ContainerHeader& header = findings.header;
  nlohmann::ordered_json json;
  json["file"] = options.file;
  json["kind"] = to_string(header.kind);
  json["role"] = to_string(header.role);
  json["simulation"] = header.simulation;
  json["stream"] = header.stream.hex();
  json["tags"] = to_string(header.tag);
  json["tags_verified"] = findings.totals.authenticated;
  json["created"] = or_null(header.created);
  json["qber"] = or_null(header.qber);
  json["epsilon"] = or_null(header.epsilon);
  json["code"] = header.code ? nlohmann::ordered_json(header.code->hex()) : nlohmann::ordered_json(nullptr);
  json["seed"] = or_null(header.seed);
  json["blocks"] = findings.totals.blocks;
  json["bits"] = findings.totals.bits;
  json["errors"] = findings.errors;
  json["leaked_bits"] = findings.leaked;
  json["blocks_verified_by_hash"] = findings.verified;
  json["bytes"] = findings.totals.bytes;
  json["append_open"] = findings.totals.append_open;
  json["uncommitted_bytes"] = findings.totals.uncommitted_bytes;
  json["verified"] = true;
  json["block_list"] = nlohmann::ordered_json::array();
  for (const BlockRecord& block : findings.first) json["block_list"].push_back(to_json(block));
  return json;
}

template <class T>
std::string or_dash(const std::optional<T>& value) {
  if (!value) return "-";
  if constexpr (std::is_floating_point_v<T>) {
    return fmt::format("{:.4g}", *value);
  } else {
    return fmt::format("{}", *value);
  }
}

/// Seconds since 1970 as a date, as long as the year has four digits.
std::string date(std::uint64_t seconds) {
  constexpr std::uint64_t year_10000 = 253402300800;
  if (seconds >= year_10000) return fmt::format("{} s after 1970", seconds);
  return fmt::format("{:%Y-%m-%d %H:%M:%S} UTC", fmt::gmtime(static_cast<std::time_t>(seconds)));
}

std::string header_text(const Options& options, const Findings& findings) {
  const ContainerHeader& header = findings.header;
  const ContainerTotals& totals = findings.totals;
  std::string text = fmt::format("{}: {} blocks of {}{}\n", options.file, to_string(header.kind),
                                 header.role == ContainerRole::unspecified ? "no stated side" : to_string(header.role),
                                 header.simulation ? ", SIMULATION, not a key" : "");
  text += fmt::format("stream      {}\n", header.stream.hex());
  if (header.created) text += fmt::format("created     {}\n", date(*header.created));
  if (header.qber) text += fmt::format("QBER        {}\n", *header.qber);
  if (header.epsilon) text += fmt::format("epsilon     {}\n", *header.epsilon);
  if (header.code) text += fmt::format("code        {}\n", header.code->hex());
  if (header.seed) text += fmt::format("seed        {}\n", *header.seed);
  text += fmt::format("blocks      {}, {} of them verified by a hash\n", totals.blocks, findings.verified);
  text += fmt::format("bits        {}\nerrors      {}\nleaked      {} bits\n", totals.bits, findings.errors,
                      findings.leaked);
  text += fmt::format("bytes       {}\n", totals.bytes);
  if (totals.append_open) {
    text += fmt::format("append      under way or interrupted: {} bytes behind byte {} do not count\n",
                        totals.uncommitted_bytes, totals.bytes);
  }
  const char* tags = header.tag == ContainerTag::none ? "none"
                     : totals.authenticated           ? "all in order"
                                                      : "present, not verified without --key";
  return text + fmt::format("checksums   all in order\ntags        {}\n", tags);
}

std::string table_text(const Findings& findings) {
  if (findings.first.empty()) return {};
  std::string text = fmt::format("\n{:>8} {:>14} {:>12} {:>11} {:>8} {:>9} {:>9} {:>11} {:>11} {:>6}\n", "block",
                                 "byte", "bits", "basis", "verified", "errors", "leaked", "QBER", "epsilon", "label");
  for (const BlockRecord& block : findings.first) {
    const BlockInfo& info = block.info;
    text += fmt::format("{:>8} {:>14} {:>12} {:>11} {:>8} {:>9} {:>9} {:>11} {:>11} {:>6}\n", block.index, block.offset,
                        block.bits, to_string(info.basis), info.verified ? "yes" : "no", or_dash(info.errors),
                        or_dash(info.leaked_bits), or_dash(info.qber), or_dash(info.epsilon), info.label);
  }
  const std::uint64_t left = findings.totals.blocks - findings.first.size();
  if (left > 0) text += fmt::format("and {} more (--blocks shows more)\n", left);
  return text;
}

Result<void> run(const Options& options) {
  auto findings = read(options);
  if (!findings) return std::move(findings).error();
  if (options.json) return print_json(to_json(options, *findings));
  return print(header_text(options, *findings) + table_text(*findings));
}

}  // namespace

void add_inspect(CLI::App& app, Context& context) {
  CLI::App* sub = app.add_subcommand("inspect", "Verify a block container and show what it holds");
  auto options = std::make_shared<Options>();
  sub->add_option("FILE", options->file, "Container, - for standard input (required)")->required();
  sub->add_option("--key", options->key, "File with the 32 bytes of the key for tags: verifies them")
      ->option_text("FILE");
  sub->add_option("--blocks", options->shown, "Show at most so many blocks (default 20)")
      ->transform(whole_number(0, 1000000))
      ->option_text("N");
  sub->add_flag("--json", options->json, "Print JSON, see below");
  sub->footer(footer);
  sub->callback([&context, options] { context.command = [options] { return run(*options); }; });
}

}  // namespace caligo::cli
