// SPDX-License-Identifier: Apache-2.0
#include "cli/bench_measure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <future>
#include <latch>
#include <system_error>

#include "cli/bench_allocations.hpp"
#include "cli/progress.hpp"

namespace caligo::cli {

namespace {

constexpr double long_frame_seconds = 1e-3;
/// Long enough for the processor to reach its clock rate and for all memory to have been touched.
constexpr double warm_up_seconds = 0.05;
constexpr std::size_t most_latencies = std::size_t{1} << 20U;
/// Streams of threads that run against time, and of the warm-up, lie apart from each other and from counted frames.
constexpr unsigned thread_stream_bit = 40;
constexpr std::uint64_t warm_up_streams = std::uint64_t{1} << 63U;

/// Counts down when it goes, so that threads that fail do not keep others waiting.
class Arrival {
 public:
  explicit Arrival(std::latch& latch) : latch_(&latch) {}
  Arrival(const Arrival&) = delete;
  Arrival& operator=(const Arrival&) = delete;
  ~Arrival() { latch_->count_down(); }

 private:
  std::latch* latch_;
};

class MeasuringThread {
 public:
  MeasuringThread(const DecodeTask& task, unsigned index)
      : task_(&task),
        source_(*task.code, *task.law, task.seed),
        pool_(*task.code, *task.law, task.pool_frames),
        decoder_(task.make_decoder()) {
    stream_ = std::uint64_t{index} << thread_stream_bit;
    if (!task.frames) return;
    const std::uint64_t share = *task.frames / task.threads;
    const std::uint64_t rest = *task.frames % task.threads;
    frames_ = share + (index < rest ? 1 : 0);
    stream_ = index * share + std::min<std::uint64_t>(index, rest);
  }

  /// Decodes frames that do not count, and sees how long they take.
  Result<void> warm_up() {
    std::uint64_t stream = warm_up_streams + stream_;
    std::uint64_t frames = 0;
    double seconds = 0;
    for (std::size_t count = 1; seconds < warm_up_seconds; count = std::min(2 * count, pool_.capacity())) {
      if (auto going = check_interrupt(); !going) return going;
      if (auto filled = source_.fill(pool_, stream, count); !filled) return filled;
      const Stopwatch stopwatch;
      if (auto decoded = decoder_->decode(pool_, nullptr); !decoded) return decoded;
      seconds += stopwatch.cpu_seconds();
      stream += count;
      frames += count;
    }
    is_long_ = seconds / static_cast<double>(frames) >= long_frame_seconds;
    return {};
  }

  Result<ThreadMeasurement> measure(Progress* progress) {
    Durations durations(is_long_ ? Clock::thread_cpu : Clock::wall, most_latencies);
    measurement_.allocations = allocations_of_this_thread();
    if (measurement_.allocations) measurement_.allocations = 0;
    const bool together = is_long_ || frames_ == 1;
    double spent = 0;
    for (std::uint64_t turn = 0; frames_ ? measurement_.tally.frames < *frames_ : spent < task_->seconds; ++turn) {
      if (auto going = check_interrupt(); !going) return std::move(going).error();
      if (auto filled = source_.fill(pool_, stream_ + measurement_.tally.frames, next_count()); !filled) {
        return std::move(filled).error();
      }
      const bool latency_turn = turn % 2 == 1 && !durations.full();
      auto seconds = decode_pool(together || latency_turn ? &durations : nullptr, together || !latency_turn);
      if (!seconds) return std::move(seconds).error();
      spent += *seconds;
      if (progress != nullptr) progress->update(measurement_.tally.frames);
    }
    measurement_.latency_us = durations.microseconds();
    measurement_.latency_clock = durations.clock();
    measurement_.decoder_bytes = decoder_->memory_bytes();
    return std::move(measurement_);
  }

 private:
  /// A small number of frames is split in two pools, so that both throughput and latency get some.
  [[nodiscard]] std::size_t next_count() const noexcept {
    if (!frames_) return pool_.capacity();
    const std::uint64_t left = *frames_ - measurement_.tally.frames;
    return std::min<std::uint64_t>({left, pool_.capacity(), (*frames_ + 1) / 2});
  }

  /// CPU seconds.
  Result<double> decode_pool(Durations* durations, bool counts_for_throughput) {
    const std::uint64_t before = allocations_of_this_thread().value_or(0);
    const Stopwatch stopwatch;
    auto decoded = decoder_->decode(pool_, durations);
    const double cpu = stopwatch.cpu_seconds();
    const double wall = stopwatch.wall_seconds();
    if (!decoded) return std::move(decoded).error();
    if (measurement_.allocations) *measurement_.allocations += *allocations_of_this_thread() - before;
    measurement_.tally.add(decoder_->tally(pool_));
    if (counts_for_throughput) {
      measurement_.timed_frames += pool_.size();
      measurement_.cpu_seconds += cpu;
      measurement_.wall_seconds += wall;
    }
    return cpu;
  }

  const DecodeTask* task_;
  FrameSource source_;
  FramePool pool_;
  std::unique_ptr<MeasuredDecoder> decoder_;
  std::optional<std::uint64_t> frames_;  ///< this thread's share
  std::uint64_t stream_ = 0;             ///< of its first frame
  bool is_long_ = false;
  ThreadMeasurement measurement_;
};

Result<ThreadMeasurement> run_thread(const DecodeTask& task, unsigned index, std::latch& ready, Progress* progress) {
  std::optional<MeasuringThread> thread;
  {
    const Arrival arrival(ready);
    thread.emplace(task, index);  // here, so that a thread's memory is close to its core
    if (auto warm = thread->warm_up(); !warm) return std::move(warm).error();
  }
  ready.wait();
  return thread->measure(progress);
}

}  // namespace

Result<std::vector<ThreadMeasurement>> measure_decoding(const Context& context, const DecodeTask& task) {
  std::latch ready(task.threads);
  Progress progress(context, "bench decode", task.frames.value_or(0) / task.threads, " frames");
  std::vector<std::future<Result<ThreadMeasurement>>> others;
  for (unsigned index = 1; index < task.threads; ++index) {
    try {
      others.push_back(
          std::async(std::launch::async, [&task, index, &ready] { return run_thread(task, index, ready, nullptr); }));
    } catch (const std::system_error& failure) {
      ready.count_down(task.threads - index + 1);  // nobody is to wait for those that never start
      return Error{ErrorCode::io, fmt::format("cannot start thread {}: {}", index + 1, failure.what())};
    }
  }
  auto first = run_thread(task, 0, ready, &progress);
  std::vector<ThreadMeasurement> measurements;
  for (auto& other : others) {
    auto measured = other.get();
    if (!measured) {
      first = std::move(measured);
    } else {
      measurements.push_back(std::move(*measured));
    }
  }
  if (!first) return std::move(first).error();
  measurements.insert(measurements.begin(), std::move(*first));
  return measurements;
}

}  // namespace caligo::cli
