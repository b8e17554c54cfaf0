// SPDX-License-Identifier: Apache-2.0
#pragma once
/// What simulations count, and the CSV files that keep it. Counts are additive: of disjoint frames they may be added in
/// any order, and a file may be continued, or combined with a colleague's. The format is in docs/formats/results.md.

#include <caligo/channel.hpp>
#include <caligo/error.hpp>
#include <caligo/reconcile.hpp>

#include <array>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace caligo {

/// Reconciliation only: sums over blocks.
struct ReconciliationCounts {
  std::uint64_t bits = 0;            ///< of all blocks
  std::uint64_t channel_errors = 0;  ///< bits in which Alice's and Bob's blocks differed
  std::uint64_t key_bits = 0;        ///< bits that were verified
  std::uint64_t rounds = 0;          ///< exchanges after a block's first message
  std::uint64_t messages = 0;
  Leakage leaked{};
  ReconciliationCounts& operator+=(const ReconciliationCounts& other) noexcept;
  friend bool operator==(const ReconciliationCounts&, const ReconciliationCounts&) = default;
};

struct Statistics {
  std::uint64_t frames = 0;
  std::uint64_t frame_errors = 0;  ///< the message is wrong; of reconciliation: a part of the block is not verified,
                                   ///< or is wrong
  std::uint64_t undetected_errors = 0;  ///< … and was accepted: the CRC held or there is none; or it was verified
  std::uint64_t bit_errors = 0;         ///< wrong message bits; of reconciliation: wrong bits that were verified
  double cpu_seconds = 0;               ///< processor time, all threads
  /// Adaptive decoding only: lists[i] frames were decided by a list of 2^i paths.
  std::array<std::uint64_t, 6> lists{};
  ReconciliationCounts reconciliation{};
  Statistics& operator+=(const Statistics& other) noexcept;
  /// All but cpu_seconds.
  [[nodiscard]] bool same_counts(const Statistics& other) const noexcept;
};

struct Interval {
  double low = 0;
  double high = 1;
};
/// The rates p whose likelihood, given `errors` in `frames` independent trials, is at least 1/ratio of the largest.
/// Honest at zero errors: [0, 1 - ratio^(-1/frames)]. [0, 1] without frames. ratio > 1; 1000 is about 3.7 standard
/// deviations (99.98 %), 6.83 about 95 %. errors ≤ frames.
[[nodiscard]] Interval likelihood_interval(std::uint64_t errors, std::uint64_t frames, double ratio = 1000) noexcept;

/// Frames first … first + count - 1.
struct FrameRange {
  std::uint64_t first = 0;
  std::uint64_t count = 0;
  friend bool operator==(const FrameRange&, const FrameRange&) = default;
};

/// One row of a result file.
struct ResultRow {
  Statistics counts;
  std::string decoder;    ///< as SimulationTask::decoder_name()
  std::string strong_id;  ///< as SimulationTask::strong_id()
  std::string task;       ///< as SimulationTask::to_json(): the problem, of which strong_id is the hash
  std::uint64_t seed = 0;
  std::uint64_t first_frame = 0;  ///< of counts.frames frames that this row covers
  std::string run;                ///< a JSON object that identifies nothing: version, git hash, ISA, replay command
  [[nodiscard]] FrameRange range() const noexcept { return {first_frame, counts.frames}; }
};

/// The columns, in order.
inline constexpr std::string_view result_columns =
    "frames,frame_errors,undetected_errors,bit_errors,cpu_seconds,decoder,strong_id,metadata";
/// One line, with the newline at its end.
[[nodiscard]] std::string to_csv(const ResultRow& row);

struct ResultFile {
  std::vector<ResultRow> rows;
  bool torn = false;  ///< the last line had no end and was dropped: its writer was interrupted
};
/// `source` names the text in errors, which give the line. Every row is checked: the columns, that strong_id is the
/// hash of the task, that counts fit each other. Errors: malformed_input.
Result<ResultFile> parse_results(std::string_view text, const std::string& source);
/// Files up to 1 GiB. Errors: io, malformed_input.
Result<ResultFile> read_results(const std::filesystem::path& path);
/// Appends rows, each with one write(), under a lock on the file; makes the file with its header if there is none, and
/// cuts off a torn last line. Errors: io; malformed_input if the file is no result file.
Result<void> append_results(const std::filesystem::path& path, std::span<const ResultRow> rows);

struct Combination {
  std::vector<ResultRow> rows;   ///< one per task, seed and gapless range of frames; tasks in the order they came in
  std::uint64_t duplicates = 0;  ///< rows dropped because their frames had been counted, with the same outcome
};
/// Adds up rows of disjoint frames. Rows of the same frames count once. Errors: malformed_input if the same frames were
/// counted with different outcomes, or ranges overlap in part (nobody can tell what their sum is).
Result<Combination> combine_results(std::span<const ResultRow> rows);
/// All rows of a task in one, whatever their seeds: what tables and plots show. In the order of first appearance;
/// seed and first_frame are those of the first row. rows: of combine_results().
[[nodiscard]] std::vector<ResultRow> sum_by_task(std::span<const ResultRow> rows);

/// What a row's task says, for tables and plots.
struct TaskSummary {
  bool is_reconciliation = false;
  std::string code;              ///< strong_id of the code; empty for reconciliation
  unsigned log2_length = 0;      ///< of the mother code; 0 for reconciliation
  std::size_t sent_bits = 0;     ///< per frame; of reconciliation: block length
  std::size_t message_bits = 0;  ///< per frame, without CRC; of reconciliation: 0
  std::string crc;               ///< "none", or "WIDTH:0xPOLYNOMIAL"
  Channel channel;               ///< as given; of reconciliation: a BSC
  std::string decoder;           ///< "sc", "scl" or "adaptive"; of reconciliation: "one-way", "blind", "interactive"
  unsigned list_size = 1;        ///< of reconciliation: 0 in interactive mode
  /// Message bits per sent bit: for resolve_rate().
  [[nodiscard]] double rate() const noexcept {
    return static_cast<double>(message_bits) / static_cast<double>(sent_bits);
  }
};
/// task: ResultRow::task. Errors: malformed_input.
Result<TaskSummary> summarise_task(std::string_view task);

}  // namespace caligo
