// SPDX-License-Identifier: Apache-2.0
#include "cli/distill_report.hpp"

#include <fmt/format.h>
#include <caligo/channel.hpp>
#include <caligo/version.hpp>

#include <algorithm>
#include <cmath>

#include "cli/bench_report.hpp"
#include "cli/reconcile_report.hpp"

namespace caligo::cli {

namespace {

/// Over all batches.
struct Totals {
  std::uint64_t bits = 0;
  std::uint64_t errors = 0;
  std::uint64_t sample_bits = 0;
  std::uint64_t blocks = 0;
  std::uint64_t failed_blocks = 0;
  std::uint64_t undetected = 0;
  std::uint64_t rounds = 0;
  std::uint64_t reconciled_bits = 0;
  std::uint64_t secret_bits = 0;
  Leakage leaked;
  double epsilon = 0;
  bool keys_equal = true;

  explicit Totals(const std::vector<DistillBatch>& batches) {
    for (const DistillBatch& batch : batches) {
      bits += batch.bits;
      errors += batch.errors;
      sample_bits += batch.sample_bits;
      blocks += batch.blocks;
      failed_blocks += batch.failed_blocks;
      undetected += batch.undetected;
      rounds += batch.rounds;
      reconciled_bits += batch.reconciled_bits;
      secret_bits += batch.length.bits;
      leaked += batch.leaked;
      epsilon += batch.length.epsilon_total;
      keys_equal = keys_equal && batch.keys_equal;
    }
  }
  [[nodiscard]] double qber() const { return static_cast<double>(errors) / static_cast<double>(bits); }
  /// Of the bits that were reconciled, without the sample, which is there for the phase errors.
  [[nodiscard]] double efficiency() const {
    return static_cast<double>(leaked.total()) / (static_cast<double>(bits - sample_bits) * binary_entropy(qber()));
  }
  [[nodiscard]] double rounds_mean() const {
    return blocks == 0 ? 0 : static_cast<double>(rounds) / static_cast<double>(blocks);
  }
};

nlohmann::ordered_json batch_json(const DistillBatch& batch) {
  nlohmann::ordered_json json;
  json["bits"] = batch.bits;
  json["sample_bits"] = batch.sample_bits;
  json["sample_errors"] = batch.sample_errors;
  json["tolerated_qber"] = batch.tolerated_qber;
  json["phase_error_bound"] = batch.length.phase_error_bound;
  json["reconciled_bits"] = batch.reconciled_bits;
  json["leaked_bits"] = batch.leaked.total();
  json["secret_bits"] = batch.length.bits;
  json["asymptotic_bits"] = batch.length.asymptotic_bits;
  json["epsilon"] = {{"total", batch.length.epsilon_total}, {"parts", nlohmann::ordered_json::array()}};
  for (const EpsilonPart& part : batch.length.epsilon) {
    json["epsilon"]["parts"].push_back({{"name", part.name}, {"value", part.value}, {"meaning", part.meaning}});
  }
  return json;
}

std::string percent(double part, double whole) { return whole > 0 ? fmt::format("{:.1f} %", 100 * part / whole) : "-"; }

}  // namespace

nlohmann::ordered_json to_json(const DistillReport& report) {
  const Totals totals(report.batches);
  nlohmann::ordered_json json;
  json["bits"] = totals.bits;
  json["blocks"] = totals.blocks;
  json["failed_blocks"] = totals.failed_blocks;
  json["undetected_errors"] = totals.undetected;
  json["qber"] = totals.qber();
  json["sample_bits"] = totals.sample_bits;
  json["leaked_bits"] = totals.leaked.total();
  json["leaked"] = by_purpose(totals.leaked);
  json["efficiency"] = totals.efficiency();
  json["rounds_mean"] = totals.rounds_mean();
  json["mbps"] = static_cast<double>(totals.bits) / report.seconds / 1e6;
  json["mbps_per_core"] = static_cast<double>(totals.bits) / report.cpu_seconds / 1e6;
  json["seconds"] = report.seconds;
  json["cpu_seconds"] = report.cpu_seconds;
  json["stages"] = {{"read", report.stages.read},
                    {"sample", report.stages.sample},
                    {"reconcile", report.stages.reconcile},
                    {"authenticate", report.stages.authenticate},
                    {"amplify", report.stages.amplify}};
  json["reconciled_bits"] = totals.reconciled_bits;
  json["secret_bits"] = totals.secret_bits;
  json["net_secret_bits"] =
      static_cast<std::int64_t>(totals.secret_bits) - static_cast<std::int64_t>(report.authentication_bits);
  json["keys_equal"] = totals.keys_equal;
  json["epsilon"] = totals.epsilon;
  json["formula"] = {{"name", report.formula_name}, {"text", report.formula}, {"source", report.formula_source}};
  json["tolerated_qber_source"] = report.options.tolerated_qber ? "given" : "sample";
  json["authentication"] = {{"method", report.options.authentication},
                            {"key_bits_used", report.authentication_bits},
                            {"frames", report.frames},
                            {"frame_bytes", report.frame_bytes}};
  json["mode"] = report.options.reconcile.mode;
  json["preset"] = report.options.reconcile.preset;
  json["list"] = report.chosen.list_size;
  json["block_log2"] = report.chosen.block_log2;
  json["simulation"] = report.options.reconcile.seed.has_value();
  json["isa"] = report.isa;
  json["version"] = version();
  json["git_hash"] = git_hash();
  json["compiler"] = compiler();
  json["batches"] = nlohmann::ordered_json::array();
  for (const DistillBatch& batch : report.batches) json["batches"].push_back(batch_json(batch));
  return json;
}

std::string to_table(const DistillReport& report) {
  const Totals totals(report.batches);
  const DistillStages& stages = report.stages;
  const double staged = stages.read + stages.sample + stages.reconcile + stages.authenticate + stages.amplify;
  const auto share = [&](double seconds) { return fmt::format("{:.2f} s, {}", seconds, percent(seconds, staged)); };
  const auto& first = report.batches.front();
  return two_columns({
      {"bits",
       fmt::format("{} in {} batch{}", totals.bits, report.batches.size(), report.batches.size() == 1 ? "" : "es")},
      {"QBER", fmt::format("{:.3f} % (measured over both files)", 100 * totals.qber())},
      {"sample", fmt::format("{} bits; {} tolerated, phase errors at most {:.3f} %", totals.sample_bits,
                             report.options.tolerated_qber ? fmt::format("{:.3f} %", 100 * first.tolerated_qber)
                                                           : "its own rate is",
                             100 * first.length.phase_error_bound)},
      {"reconciled", fmt::format("{} bits; {} of {} blocks failed, {:.1f} questions per block", totals.reconciled_bits,
                                 totals.failed_blocks, totals.blocks, totals.rounds_mean())},
      {"disclosed", fmt::format("{} bits, efficiency f = {:.4f}", totals.leaked.total(), totals.efficiency())},
      {"secret key", fmt::format("{} bits ({} of the input){}", totals.secret_bits,
                                 percent(static_cast<double>(totals.secret_bits), static_cast<double>(totals.bits)),
                                 totals.keys_equal ? "; both sides' keys are equal" : "; THE KEYS DIFFER")},
      {"authentication", fmt::format("{}: {} frames, {} pre-shared bits used up", report.options.authentication,
                                     report.frames, report.authentication_bits)},
      {"epsilon", fmt::format("{:.3g} in all ({}){}", totals.epsilon, report.formula_name,
                              report.options.reconcile.seed ? "; simulation: seeded, no secret" : "")},
      {"time", fmt::format("{:.2f} s, {:.1f} Mb/s ({})", report.seconds,
                           static_cast<double>(totals.bits) / report.seconds / 1e6, report.isa)},
      {"  sample", share(stages.sample + stages.read)},
      {"  reconcile", share(stages.reconcile) + " (with verification; both sides)"},
      {"  authenticate", share(stages.authenticate)},
      {"  amplify", share(stages.amplify) + " (both sides)"},
  });
}

}  // namespace caligo::cli
