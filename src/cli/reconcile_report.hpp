// SPDX-License-Identifier: Apache-2.0
#pragma once
/// What `caligo reconcile` tells, as JSON and as a table.

#include <caligo/reconcile.hpp>
#include <nlohmann/json.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace caligo::cli {

struct ReconcileReport {
  std::uint64_t bits = 0;    ///< of each file, a disclosed sample included
  std::uint64_t errors = 0;  ///< positions in which the files differ, of all `bits`
  std::uint64_t groups = 0;  ///< what was reconciled at a time
  std::uint64_t blocks = 0;  ///< what has a verification tag: in interactive mode, many in a group
  std::uint64_t failed_blocks = 0;
  std::uint64_t undetected_errors = 0;  ///< bits in which the two keys differ
  std::uint64_t key_bits = 0;           ///< bits of all verified blocks
  std::string qber_source;              ///< "given", "sample" or "files"
  std::string qber_note;
  Leakage leaked;
  double epsilon_verification = 0;
  double seconds = 0;
  double cpu_seconds = 0;  ///< of all threads
  double design_seconds = 0;
  std::string mode;
  std::string preset;
  std::uint64_t rounds = 0;  ///< sum over the groups
  std::uint64_t messages = 0;
  std::uint64_t bob_bits = 0;
  std::size_t decoder_bytes = 0;
  unsigned threads = 1;
  unsigned list_size = 0;
  unsigned block_log2 = 0;
  double target_fer = 0;  ///< one-way
  double boldness = 0;    ///< blind
  unsigned breadth = 0;   ///< interactive
  unsigned tag_bits = 0;
  std::string crc;
  bool simulation = false;
  std::string isa;
  std::vector<BlockReport> per_block;  ///< the first most_blocks of them

  static constexpr std::size_t most_blocks = 4096;
  [[nodiscard]] double qber() const noexcept;
  /// leaked / (bits·h2(qber)); NaN without errors.
  [[nodiscard]] double efficiency() const noexcept;
  [[nodiscard]] double mbps() const noexcept;
  /// Bits per second of processor time, whatever else the machine does.
  [[nodiscard]] double mbps_per_core() const noexcept;
  [[nodiscard]] double rounds_mean() const noexcept;
  /// one_way_efficiency_limit() of the longest block at a failure rate of 10^-3.
  [[nodiscard]] double one_way_limit() const noexcept;
};

/// Disclosed bits, each purpose a field.
nlohmann::ordered_json by_purpose(const Leakage& leaked);
nlohmann::ordered_json to_json(const ReconcileReport& report);
/// One self-contained HTML page.
std::string to_page(const ReconcileReport& report);
std::string to_table(const ReconcileReport& report);

}  // namespace caligo::cli
