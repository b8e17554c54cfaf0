// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The measuring loop of `caligo bench decode`, on one or more threads.

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "cli/bench_decoders.hpp"
#include "cli/context.hpp"

namespace caligo::cli {

struct DecodeTask {
  const CodeSpec* code;
  const LlrLaw* law;
  std::function<std::unique_ptr<MeasuredDecoder>()> make_decoder;  ///< called once by every thread
  std::size_t pool_frames;                                         ///< frames made, then decoded, at a time
  std::uint64_t seed;
  std::optional<std::uint64_t> frames;  ///< of all threads together, at least one per thread
  double seconds;                       ///< without `frames`: CPU time to spend on decoding, per thread
  unsigned threads;
};

/// What one thread measured.
struct ThreadMeasurement {
  Tally tally;
  /// Throughput: frames that were decoded back to back, and the time that this took.
  std::uint64_t timed_frames = 0;
  double cpu_seconds = 0;
  double wall_seconds = 0;
  /// Latency: single calls.
  std::vector<float> latency_us;
  Clock latency_clock = Clock::wall;
  std::optional<std::uint64_t> allocations;  ///< while decoding; nothing if they cannot be counted
  std::size_t decoder_bytes = 0;
};

/// Every thread has its own decoder; they warm up, wait for each other and then measure at the same time. Frames are
/// made between the measurements. Reading the clock around every call would slow short calls down, so pools of short
/// frames serve throughput and latency in turn; of long frames (a millisecond or more) every call is timed by the CPU
/// time of the thread, and serves both. With `frames` the tallies depend on the seed alone, not on threads or timing.
/// Errors: those of the decoder, interrupted.
Result<std::vector<ThreadMeasurement>> measure_decoding(const Context& context, const DecodeTask& task);

}  // namespace caligo::cli
