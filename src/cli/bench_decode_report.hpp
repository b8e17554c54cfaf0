// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The report of `caligo bench decode`, as JSON and as a table.

#include "cli/bench_measure.hpp"

namespace caligo::cli {

/// The threads' measurements taken together.
struct Summary {
  Tally tally;
  std::vector<double> frames_per_second;  ///< of each thread, by CPU time
  double frames_per_second_wall = 0;
  double cpu_seconds = 0;
  double wall_seconds = 0;
  std::vector<float> latency_us;
  Clock latency_clock = Clock::wall;
  std::optional<std::uint64_t> allocations = 0;
  std::size_t decoder_bytes = 0;
};

Summary summarise(const std::vector<ThreadMeasurement>& threads);

struct DecodeReport {
  const CodeSpec* code;
  std::string decoder;
  unsigned list_size;
  std::size_t batch_frames;  ///< frames in one call
  std::string channel;       ///< as it was asked for
  float scale;
  std::string llr_bits;
  std::string check;
  unsigned threads;
  std::uint64_t seed;
  Summary measured;
};

Result<void> print_as_json(const DecodeReport& report);
Result<void> print_as_table(const DecodeReport& report);

}  // namespace caligo::cli
