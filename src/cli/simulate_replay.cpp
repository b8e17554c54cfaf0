// SPDX-License-Identifier: Apache-2.0
#include "cli/simulate.hpp"

namespace caligo::cli {

namespace {

using Json = nlohmann::ordered_json;

/// One character per bit, bit 0 first.
std::string digits(BitView bits) {
  std::string text(bits.size(), '0');
  for (std::size_t i = 0; i < bits.size(); ++i) text[i] = bits[i] ? '1' : '0';
  return text;
}

Json differing(BitView a, BitView b) {
  Json positions = Json::array();
  for (std::size_t i = 0; i < a.size() && i < b.size(); ++i) {
    if (a[i] != b[i]) positions.push_back(i);
  }
  return positions;
}

void add_decoding(Json& out, const FrameRecord& record) {
  out["message"] = digits(record.message);
  out["codeword"] = digits(record.codeword);
  out["llr_units_per_nat"] = record.scale;
  out["llr"] = record.llr;
  out["decided_message"] = digits(record.decided_message);
  out["decided_codeword"] = digits(record.decided_codeword);
  out["wrong_message_bits"] = differing(record.message, record.decided_message);
  out["accepted"] = record.accepted;
  out["path_metric"] = record.verdict.path_metric;
  out["rank"] = record.verdict.rank;
  out["list_size"] = record.verdict.list_size;
}

void add_reconciliation(Json& out, const FrameRecord& record) {
  const ReconciliationCounts& c = record.counts.reconciliation;
  out["alice"] = digits(record.message);
  out["bob"] = digits(record.codeword);
  out["channel_errors"] = c.channel_errors;
  out["verified"] = record.accepted;
  out["key_bits"] = c.key_bits;
  out["leaked_bits"] = c.leaked.total();
  out["rounds"] = c.rounds;
}

}  // namespace

Result<void> replay_frame(const SimulateOptions& options, const SimulationTask& task) {
  auto record = Simulator(task, 1).replay(options.seed, *options.replay);
  if (!record) return std::move(record).error();
  Json out;
  out["task"] = Json::parse(task.to_json(), nullptr, false);
  out["strong_id"] = task.strong_id();
  out["seed"] = options.seed;
  out["frame"] = *options.replay;
  if (options.mode.empty()) {
    add_decoding(out, *record);
  } else {
    add_reconciliation(out, *record);
  }
  out["frame_error"] = record->counts.frame_errors > 0;
  out["undetected_error"] = record->counts.undetected_errors > 0;
  out["bit_errors"] = record->counts.bit_errors;
  return print(out.dump() + "\n");
}

}  // namespace caligo::cli
