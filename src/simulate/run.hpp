// SPDX-License-Identifier: Apache-2.0
#pragma once
/// A run: threads that take chunks of frames and put together what comes out, in order.

#include <caligo/simulate.hpp>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "simulate/point.hpp"
#include "simulate/result_store.hpp"

namespace caligo::simulate {

class Run {
 public:
  Run(std::span<const SimulationTask> tasks, const SimulationOptions& options);
  /// Opens the file and reads what it has.
  Result<void> prepare();
  Result<void> execute(const ProgressCallback& progress);
  [[nodiscard]] std::vector<Statistics> counted() const;

 private:
  using Clock = std::chrono::steady_clock;
  struct Work {
    std::size_t point;
    FrameRange chunk;
  };
  // All of these with mutex_ held.
  Result<std::optional<Work>> find_work();
  Result<bool> claim(std::size_t index, FrameRange chunk);
  Result<void> settle(const Work& work, const Statistics& counts);
  void drop(const Work& work);
  void release(std::size_t point, std::uint64_t up_to);
  Result<void> take_new_rows();
  Result<void> write_pending(bool all);
  [[nodiscard]] bool rows_are_due(const Point& point) const;
  [[nodiscard]] ResultRow make_row(std::size_t index, const Statistics& counts, std::uint64_t first) const;
  [[nodiscard]] bool all_finished() const;
  void expire_points();
  void fail(const Error& error);

  void work();
  Result<void> watch(std::unique_lock<std::mutex>& lock, const ProgressCallback& progress);
  [[nodiscard]] std::uint64_t chunk_end(const Point& point, FrameRange chunk) const noexcept;

  SimulationOptions options_;
  std::vector<Point> points_;
  std::vector<std::vector<std::uint64_t>> claims_;  ///< per point: chunk ends that are locked
  std::optional<ResultStore> store_;
  bool shared_ = false;  ///< another process works on the same file
  Clock::time_point last_write_;
  std::string origin_;  ///< version, git hash, ISA, as members of a JSON object
  std::mutex mutex_;
  std::condition_variable changed_;
  std::atomic<bool> stopping_ = false;
  std::optional<Error> error_;
};

}  // namespace caligo::simulate
