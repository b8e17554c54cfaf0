// SPDX-License-Identifier: Apache-2.0
#pragma once
/// What `caligo distill` tells, as JSON and as a table. No key bits.

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

#include "cli/distill_batch.hpp"

namespace caligo::cli {

struct DistillReport {
  DistillOptions options;
  BlockChoice chosen;
  std::vector<DistillBatch> batches;
  DistillStages stages;
  std::string formula_name;
  std::string formula;
  std::string formula_source;
  std::uint64_t authentication_bits = 0;
  std::uint64_t frames = 0;
  std::uint64_t frame_bytes = 0;
  double seconds = 0;
  double cpu_seconds = 0;
  std::string isa;
};

nlohmann::ordered_json to_json(const DistillReport& report);
std::string to_table(const DistillReport& report);

}  // namespace caligo::cli
