// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Monte Carlo simulation of error rates. A frame's message and noise depend on (seed, frame) only, and which frames
/// are counted depends on the task and the stop rule only: so counts are the same for any number of threads and
/// machines, on every instruction set, and however often a run was interrupted. docs/simulate.md explains how to use
/// it.
///
/// Frame f of a seed has the same message and the same noise for every decoder, list size and, scaled, at every
/// noise level: curves of one seed are paired samples.

#include <caligo/channel.hpp>
#include <caligo/code.hpp>
#include <caligo/decode.hpp>
#include <caligo/error.hpp>
#include <caligo/results.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace caligo {

namespace simulate {
struct Problem;
class Engine;
}  // namespace simulate

enum class DecoderKind { sc, scl, adaptive };

struct DecoderSettings {
  DecoderKind kind = DecoderKind::scl;
  unsigned list_size = 8;         ///< 1 for sc; 2 to 32 for scl; the longest one for adaptive
  DecodeOptions arithmetic = {};  ///< scl only
  /// LLR units per nat; default_llr_scale() unless given. With 8 bits: AWGN only, as min-sum decoding does not depend
  /// on it on the BSC and BEC.
  std::optional<float> scale = std::nullopt;
};

enum class ReconciliationMode { one_way, blind, interactive };

/// Blocks of random bits, of which Bob's copy went through a BSC, reconciled by both roles in one process. The QBER is
/// known to both, so that every block runs with the same code.
struct ReconciliationSettings {
  ReconciliationMode mode = ReconciliationMode::one_way;
  std::size_t block_bits = std::size_t{1} << 20U;
  double qber = 0.02;
  unsigned list_size = 8;    ///< not for interactive
  CrcSpec crc = {};          ///< likewise
  double target_fer = 1e-2;  ///< one-way: as in CodeRequest
  double boldness = 1;       ///< blind: as in BlindSettings
  unsigned breadth = 0;      ///< interactive: as in InteractiveSettings
  unsigned tag_bits = 64;
};

/// Everything that defines the problem, checked and compiled; a value that is cheap to copy and shared between threads.
class SimulationTask {
 public:
  /// Random messages are encoded, sent over the channel and decoded; frozen values are zero. Eb/N0 counts message bits
  /// per sent bit. Errors: invalid_argument, as for DecodePlan::make and AdaptivePlan::make.
  static Result<SimulationTask> make(CodeSpec code, const Channel& channel, const DecoderSettings& decoder);
  /// Errors: invalid_argument. That no key can be left is found when the first block is made.
  static Result<SimulationTask> make(const ReconciliationSettings& settings);

  /// The problem as canonical JSON: keys in order, no white space. Neither seed nor anything about how it is run.
  [[nodiscard]] const std::string& to_json() const noexcept;
  /// 32 hexadecimal digits, BLAKE2b-128 of to_json().
  [[nodiscard]] const std::string& strong_id() const noexcept;
  /// For example "scl-32", "adaptive-8", "scl-8-16bit-corrected", "blind".
  [[nodiscard]] const std::string& decoder_name() const noexcept;
  [[nodiscard]] const Channel& channel() const noexcept;  ///< as given
  /// Message bits of a frame, or bits of a block.
  [[nodiscard]] std::size_t frame_bits() const noexcept;
  /// For the engine (internal).
  [[nodiscard]] const simulate::Problem& problem() const noexcept { return *problem_; }

 private:
  explicit SimulationTask(std::shared_ptr<const simulate::Problem> problem) : problem_(std::move(problem)) {}
  std::shared_ptr<const simulate::Problem> problem_;
};

/// One frame in full.
struct FrameRecord {
  BitString message;              ///< sent; of reconciliation: Alice's block
  BitString codeword;             ///< sent bits; of reconciliation: Bob's block
  std::vector<std::int16_t> llr;  ///< as the decoder saw them, one per sent bit; empty for reconciliation
  float scale = 1;                ///< LLR units per nat
  BitString decided_message;      ///< of reconciliation: what was verified
  BitString decided_codeword;     ///< empty for reconciliation
  bool accepted = false;          ///< the CRC held; all of the block was verified
  DecodeVerdict verdict;          ///< not for reconciliation
  Statistics counts;              ///< what this frame adds to them
};

/// The scratch memory of one thread. count() allocates nothing for decoding tasks but once per object.
class Simulator {
 public:
  /// batch: frames that are made before they are decoded, rounded to what the decoder likes; no influence on counts.
  explicit Simulator(SimulationTask task, std::size_t batch = 64);
  ~Simulator();
  Simulator(Simulator&&) noexcept;
  Simulator& operator=(Simulator&&) noexcept;

  /// Simulates the frames of a range; depends on (task, seed, frames) only. stop: if it returns true, between batches,
  /// error interrupted. Errors: interrupted; those of reconciliation (no_key).
  Result<Statistics> count(std::uint64_t seed, FrameRange frames, const std::function<bool()>& stop = nullptr);
  /// One frame in full. Errors: as count().
  Result<FrameRecord> replay(std::uint64_t seed, std::uint64_t frame);
  [[nodiscard]] const SimulationTask& task() const noexcept { return task_; }
  /// Allocated by this object.
  [[nodiscard]] std::size_t memory_bytes() const noexcept;

 private:
  SimulationTask task_;
  std::unique_ptr<simulate::Engine> engine_;
};

/// The same without scratch to keep: for executors of other languages and clusters, which add up what comes back.
Result<Statistics> count_frames(const SimulationTask& task, std::uint64_t seed, FrameRange frames);

// ---- Runs
// ------------------------------------------------------------------------------------------------------------------

/// A task is finished as soon as one of these holds for its frames 0, 1, 2, … of the seed.
struct StopRule {
  std::uint64_t errors =
      100;  ///< frame errors; looked at between chunks (next_chunk_end), so a few more may be counted
  std::uint64_t frames = 10'000'000;                         ///< exactly
  double seconds = std::numeric_limits<double>::infinity();  ///< wall time of this run, per task: counts then vary
};

/// Frames are counted in chunks. The end of the one that `frame` lies in depends on the task only: chunks grow with the
/// frames before them (by a sixteenth), between limits that keep a thread busy for some 2 ms to 2 s.
[[nodiscard]] std::uint64_t next_chunk_end(const SimulationTask& task, std::uint64_t frame) noexcept;

/// How far a task is.
struct PointProgress {
  Statistics counted;         ///< frames 0, 1, … without gap, those from the file included
  std::uint64_t running = 0;  ///< frames in work or finished out of order
  double seconds = 0;         ///< wall time spent on the task in this run
  /// Wall time that is left by the rule that will stop the task, as far as one can tell; infinite if one cannot.
  double seconds_left = std::numeric_limits<double>::infinity();
  double frames_per_second = 0;  ///< of this run
  bool started = false;
  bool finished = false;
};
/// Called about ten times a second, from the thread that called simulate(); false stops the run.
using ProgressCallback = std::function<bool(std::span<const PointProgress>)>;

struct SimulationOptions {
  std::uint64_t seed = 1;
  StopRule stop{};
  unsigned threads = 1;  ///< 1 to 1024
  /// A result file: what it has of these tasks and this seed is not counted again, and rows are appended as frames get
  /// ready. Processes that share a file, on one machine or many, share the work, through locks on the file; one that
  /// dies leaves its part to the others.
  std::optional<std::filesystem::path> csv = std::nullopt;
  /// What ResultRow::run says about a task besides version, git hash and ISA: an empty string or a JSON object.
  std::function<std::string(std::size_t task)> run = nullptr;
  unsigned workers = 0;    ///< threads of all processes that share the file, if more than `threads`
  std::size_t batch = 64;  ///< as in Simulator
  double row_seconds = 5;  ///< rows are appended about this often, and by every process when others may wait
};

/// Runs tasks until each is finished, in order; threads that find no work in one begin the next. What comes back covers
/// frames 0, 1, … of each task, whoever counted them. Errors: interrupted (progress returned false; what was finished
/// in order is in the file), io and malformed_input of the file, those of Simulator::count.
Result<std::vector<Statistics>> simulate_tasks(std::span<const SimulationTask> tasks, const SimulationOptions& options,
                                               const ProgressCallback& progress = nullptr);

}  // namespace caligo
