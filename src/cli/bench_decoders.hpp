// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The ways to decode, behind one call, so that all are measured by the same loop.

#include <caligo/adaptive.hpp>
#include <caligo/batch.hpp>
#include <caligo/decode.hpp>
#include <caligo/error.hpp>

#include <cstdint>
#include <memory>

#include "cli/bench_clock.hpp"
#include "cli/bench_frames.hpp"

namespace caligo::cli {

/// What became of some frames.
struct Tally {
  std::uint64_t frames = 0;
  std::uint64_t frame_errors = 0;       ///< the message is wrong
  std::uint64_t undetected_errors = 0;  ///< … and was accepted
  void add(bool accepted, bool right) noexcept {
    ++frames;
    frame_errors += right ? 0 : 1;
    undetected_errors += accepted && !right ? 1 : 0;
  }
  void add(const Tally& other) noexcept {
    frames += other.frames;
    frame_errors += other.frame_errors;
    undetected_errors += other.undetected_errors;
  }
};

class MeasuredDecoder {
 public:
  MeasuredDecoder() = default;
  MeasuredDecoder(const MeasuredDecoder&) = delete;
  MeasuredDecoder& operator=(const MeasuredDecoder&) = delete;
  virtual ~MeasuredDecoder() = default;
  /// What is timed: decodes all frames of the pool. durations: where to note how long each call took, or null.
  /// Allocates nothing unless it fails. Errors: those of the decoder.
  virtual Result<void> decode(const FramePool& pool, Durations* durations) noexcept = 0;
  /// What became of the frames of the last decode().
  [[nodiscard]] virtual Tally tally(const FramePool& pool) const noexcept = 0;
  [[nodiscard]] virtual std::size_t memory_bytes() const noexcept = 0;
};

/// One call of Decoder::decode or AdaptiveDecoder::decode per frame. The result lasts until the next call, so the
/// comparison with the message that was sent, a few nanoseconds, is timed as well.
std::unique_ptr<MeasuredDecoder> measure_single_frames(std::shared_ptr<const DecodePlan> plan);
std::unique_ptr<MeasuredDecoder> measure_single_frames(std::shared_ptr<const AdaptivePlan> plan);
/// One call of BatchDecoder::decode for the whole pool. Messages are compared afterwards, outside the timed part.
std::unique_ptr<MeasuredDecoder> measure_batches(std::shared_ptr<const AdaptivePlan> plan, std::size_t most_frames);

}  // namespace caligo::cli
