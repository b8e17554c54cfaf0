// SPDX-License-Identifier: Apache-2.0
/// caligo distill: from two files of sifted bits to one secret key, both sides in this process.

#include <fmt/format.h>
#include <sodium.h>
#include <caligo/container.hpp>
#include <caligo/isa.hpp>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <variant>

#include "cli/commands.hpp"
#include "cli/distill_batch.hpp"
#include "cli/distill_options.hpp"
#include "cli/distill_report.hpp"
#include "cli/progress.hpp"

namespace caligo::cli {

namespace {

/// Memory is proportional to a batch: about three bytes for every one of both inputs.
constexpr std::uint64_t largest_batch = std::uint64_t{1} << 27;

/// The secret key as it grows: one of three forms.
class SecretWriter {
 public:
  static Result<SecretWriter> create(const DistillOptions& options) {
    const std::string& path = options.reconcile.key;
    SecretWriter writer;
    if (options.format == "container") {
      auto file = ContainerWriter::create(path, header(options));
      if (!file) return file.error();
      writer.form_.emplace<ContainerWriter>(std::move(*file));
    } else if (options.format == "base64") {
      auto file = base::AtomicFile::create(path, 0600);
      if (!file) return file.error();
      writer.form_.emplace<base::AtomicFile>(std::move(*file));
    } else {
      auto file = KeyWriter::create(path);
      if (!file) return file.error();
      writer.form_.emplace<KeyWriter>(std::move(*file));
    }
    return writer;
  }

  Result<void> append(BitView key, const DistillBatch& batch) {
    if (auto* raw = std::get_if<KeyWriter>(&form_)) return raw->append(key);
    if (auto* lines = std::get_if<base::AtomicFile>(&form_)) return append_lines(*lines, key);
    BlockInfo info;
    info.verified = true;
    info.epsilon = batch.length.epsilon_total;
    return std::get<ContainerWriter>(form_).write(key, info);
  }
  Result<void> finish() {
    if (auto* raw = std::get_if<KeyWriter>(&form_)) return raw->finish();
    if (auto* lines = std::get_if<base::AtomicFile>(&form_)) return lines->commit();
    return std::get<ContainerWriter>(form_).commit();
  }

 private:
  SecretWriter() = default;

  static ContainerHeader header(const DistillOptions& options) {
    ContainerHeader header;
    header.kind = ContainerKind::key;
    header.simulation = options.reconcile.seed.has_value();
    header.seed = options.reconcile.seed;
    if (!header.simulation) header.stream = Id128::random();
    return header;
  }
  static Result<void> append_lines(base::AtomicFile& file, BitView key) {
    constexpr std::size_t words = 4;  // 256 bits
    std::array<char, 64> line{};
    Result<void> written;
    for (std::size_t at = 0; at + words <= key.words().size() && written; at += words) {
      sodium_bin2base64(line.data(), line.size(), reinterpret_cast<const unsigned char*>(key.words().data() + at),
                        words * sizeof(std::uint64_t), sodium_base64_VARIANT_ORIGINAL);
      written = file.write(std::string_view(line.data()));
      if (written) written = file.write("\n");
    }
    sodium_memzero(line.data(), line.size());
    return written;
  }
  std::variant<std::monostate, KeyWriter, base::AtomicFile, ContainerWriter> form_;
};

Result<void> check_output(const DistillOptions& options, const BitFile& alice, const BitFile& bob) {
  const std::string& key = options.reconcile.key;
  if (!key.empty() && (alice.same_file(key) || bob.same_file(key))) {
    return Error{ErrorCode::invalid_argument, fmt::format("-o {} is one of the inputs", key)};
  }
  return {};
}

Result<void> distill_all(const Context& context, DistillReport& report, Distiller& distiller, const BitFile& alice,
                         const BitFile& bob, std::uint64_t bits, std::optional<SecretWriter>& key) {
  Progress progress(context, "distill", bits, "b");
  const std::uint64_t count = (bits - 1) / largest_batch + 1;
  std::uint64_t first = 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    // Whole bytes, so that every batch begins with one.
    const std::uint64_t end = i + 1 == count ? bits : bits / count * (i + 1) / 8 * 8;
    auto batch = distiller.distill(alice, bob, first, end - first);
    if (!batch) return batch.error();
    if (key) {
      if (auto written = key->append(distiller.key(), *batch); !written) return written;
    }
    report.batches.push_back(std::move(*batch));
    first = end;
    progress.update(first);
  }
  return {};
}

Result<void> run_distill(Context& context, const DistillOptions& options) {
  const auto start = std::chrono::steady_clock::now();
  if (auto checked = check_options(options); !checked) return checked;
  const auto alice = BitFile::open(options.reconcile.alice);
  if (!alice) return alice.error();
  const auto bob = BitFile::open(options.reconcile.bob);
  if (!bob) return bob.error();
  if (auto checked = check_output(options, *alice, *bob); !checked) return checked;
  const auto bits = usable_bits(*alice, *bob, options.reconcile.bits);
  if (!bits) return bits.error();
  const auto chosen = choose_blocks(options.reconcile, *bits);
  if (!chosen) return chosen.error();
  const auto isa = active_isa();
  if (!isa) return isa.error();
  auto distiller = Distiller::make(options, *chosen);
  if (!distiller) return distiller.error();
  std::optional<SecretWriter> key;
  if (!options.reconcile.key.empty()) {
    auto created = SecretWriter::create(options);
    if (!created) return created.error();
    key.emplace(std::move(*created));
  }
  DistillReport report;
  report.options = options;
  report.chosen = *chosen;
  if (auto done = distill_all(context, report, *distiller, *alice, *bob, *bits, key); !done) return done;
  report.stages = distiller->stages();
  report.formula_name = distiller->formula().name();
  report.formula = distiller->formula().formula();
  report.formula_source = distiller->formula().source();
  report.authentication_bits = distiller->link().consumed_bits();
  report.frames = distiller->link().frames();
  report.frame_bytes = distiller->link().bytes();
  report.isa = to_string(*isa);
  const bool equal = std::all_of(report.batches.begin(), report.batches.end(),
                                 [](const DistillBatch& batch) { return batch.keys_equal; });
  // What has probability below epsilon happened: nobody may use this key.
  if (!equal) return Error{ErrorCode::no_key, "the two sides' keys differ; nothing was written"};
  if (key) {
    if (auto finished = key->finish(); !finished) return finished;
  }
  report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  report.cpu_seconds = processor_seconds();
  return options.reconcile.json ? print_json(to_json(report)) : print(to_table(report));
}

}  // namespace

void add_distill(CLI::App& app, Context& context) {
  CLI::App* sub = app.add_subcommand("distill", "Turn two noisy copies into one secret key");
  auto options = std::make_shared<DistillOptions>();
  add_distill_options(*sub, *options);
  sub->callback(
      [&context, options] { context.command = [&context, options] { return run_distill(context, *options); }; });
}

}  // namespace caligo::cli
