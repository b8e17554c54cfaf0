// SPDX-License-Identifier: Apache-2.0
#pragma once
/// `caligo simulate`: options, the points they name, and the ways to show results.

#include <caligo/simulate.hpp>
#include <nlohmann/json.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/arithmetic_options.hpp"
#include "cli/context.hpp"
#include "cli/reconcile_options.hpp"

namespace caligo::cli {

struct SimulateOptions {
  std::vector<std::string> codes;
  std::vector<std::string> channels;
  std::vector<unsigned> lists;
  std::string decoder;
  ArithmeticOptions arithmetic;
  std::optional<float> scale;
  ReconcileOptions reconcile;  ///< only what defines the problem
  std::string mode;            ///< empty: decoding
  std::vector<std::string> qbers;
  std::optional<std::uint64_t> min_errors;
  std::optional<std::uint64_t> max_frames;
  std::optional<double> max_seconds;
  std::uint64_t seed = 1;
  unsigned threads = 1;
  std::string csv;
  std::string plot;  ///< picture of the points of this run; empty: none
  bool resume = false;
  bool append = false;
  bool json = false;
  std::optional<std::uint64_t> replay;
  std::vector<std::string> combine;
  std::string output;
  std::optional<unsigned> rank;
  std::optional<unsigned> ranks;
};

/// A task, and what people call it.
struct NamedTask {
  SimulationTask task;
  std::string arguments;  ///< of the command that simulates this point alone
};

/// Codes × lists × channels, or QBERs. Errors: invalid_argument; those of reading codes.
Result<std::vector<NamedTask>> make_tasks(const SimulateOptions& options);

/// What a launcher (Open MPI, MPICH, Slurm) tells its processes, or --rank and --ranks. Errors: invalid_argument.
struct Ranks {
  unsigned rank = 0;
  unsigned ranks = 1;
};
Result<Ranks> find_ranks(const SimulateOptions& options);

/// One line per row, with a heading. rows: one per task.
[[nodiscard]] std::string result_table(const std::vector<ResultRow>& rows);
[[nodiscard]] nlohmann::ordered_json result_json(const std::vector<ResultRow>& rows);
/// "1.23e-04"; "0" for zero.
[[nodiscard]] std::string short_rate(double rate);

/// --combine: adds files up.
Result<void> combine_files(const SimulateOptions& options);
/// --replay: prints one frame as JSON.
Result<void> replay_frame(const SimulateOptions& options, const SimulationTask& task);

/// The points of a run as they come along: redrawn in place on a terminal, else a log line when one is finished.
class SimulateView {
 public:
  SimulateView(const Context& context, const std::vector<NamedTask>& tasks, bool is_speaker);
  ~SimulateView();
  SimulateView(const SimulateView&) = delete;
  SimulateView& operator=(const SimulateView&) = delete;
  void show(std::span<const PointProgress> points);

 private:
  [[nodiscard]] std::string line(std::size_t index, const PointProgress& point) const;
  void draw(std::span<const PointProgress> points);
  void wipe();
  const std::vector<NamedTask>& tasks_;
  bool live_;
  bool speaks_;
  std::size_t drawn_ = 0;  ///< lines on the screen
  std::size_t channel_width_ = 7;
  std::size_t decoder_width_ = 7;
  std::vector<bool> reported_;
};

}  // namespace caligo::cli
