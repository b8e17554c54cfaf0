// SPDX-License-Identifier: Apache-2.0
#pragma once
/// One task of a run: which of its frames are counted, in work, or still to be done.

#include <caligo/simulate.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace caligo::simulate {

class Point {
 public:
  Point(SimulationTask task, const StopRule& stop) : task_(std::move(task)), stop_(stop) {}

  /// A row of the file. Errors: malformed_input if its frames overlap others.
  Result<void> take_row(FrameRange frames, const Statistics& counts);
  /// Chunks that nobody is known to have counted, from the first one on, at most `ahead` of them. Empty if finished.
  [[nodiscard]] std::vector<FrameRange> open_chunks(std::size_t ahead) const;
  /// Whether all of a chunk is still to be counted.
  [[nodiscard]] bool lacks(FrameRange chunk) const;
  void begin(FrameRange chunk);
  /// A chunk that begin() named was counted: it counts as soon as those before it have, unless the task is finished by
  /// then.
  void settle(FrameRange chunk, const Statistics& counts);
  void abandon(FrameRange chunk) { running_.erase(chunk.first); }
  /// The time is over.
  void expire() { expired_ = true; }

  /// Counted here and in order, not yet taken by take_pending(): ranges without gap, with their first frames.
  using Ranges = std::vector<std::pair<std::uint64_t, Statistics>>;
  [[nodiscard]] bool has_pending() const noexcept { return !pending_.empty(); }
  Ranges take_pending() { return std::exchange(pending_, {}); }
  /// Frames 0 … end() - 1 are counted.
  [[nodiscard]] std::uint64_t end() const noexcept { return end_; }

  [[nodiscard]] bool finished() const noexcept;
  [[nodiscard]] const SimulationTask& task() const noexcept { return task_; }
  [[nodiscard]] const Statistics& counted() const noexcept { return sum_; }
  [[nodiscard]] bool started() const noexcept { return start_.has_value(); }
  [[nodiscard]] bool busy() const noexcept { return !running_.empty(); }
  [[nodiscard]] double seconds() const noexcept;
  [[nodiscard]] PointProgress progress() const;

 private:
  using Clock = std::chrono::steady_clock;
  void advance();
  SimulationTask task_;
  StopRule stop_;
  Statistics sum_;  ///< of frames 0 … end_ - 1
  std::uint64_t end_ = 0;
  Ranges pending_;
  std::map<std::uint64_t, Statistics> elsewhere_;   ///< rows of the file beyond a gap, by first frame
  std::map<std::uint64_t, Statistics> ready_;       ///< counted here, waiting for those before them
  std::map<std::uint64_t, std::uint64_t> running_;  ///< first frame → frames
  bool expired_ = false;
  std::uint64_t initial_frames_ = 0;  ///< counted before this run began with it
  std::optional<Clock::time_point> start_;
  std::optional<double> seconds_;  ///< once finished
};

}  // namespace caligo::simulate
