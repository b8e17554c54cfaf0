// SPDX-License-Identifier: Apache-2.0
#include "cli/bench_decoders.hpp"

namespace caligo::cli {

namespace {

class SingleFrames final : public MeasuredDecoder {
 public:
  explicit SingleFrames(std::shared_ptr<const DecodePlan> plan) : decoder_(std::move(plan)) {}

  Result<void> decode(const FramePool& pool, Durations* durations) noexcept override {
    tally_ = {};
    for (std::size_t frame = 0; frame < pool.size(); ++frame) {
      const std::int64_t start = durations != nullptr ? durations->start() : 0;
      const auto verdict = decoder_.decode({.llr = pool.llr(frame), .checksum = pool.checksum(frame)});
      if (durations != nullptr) durations->stop(start);
      if (!verdict) return verdict.error();
      tally_.add(verdict->accepted, equal(decoder_.message(), pool.message(frame)));
    }
    return {};
  }
  [[nodiscard]] Tally tally(const FramePool& /*pool*/) const noexcept override { return tally_; }
  [[nodiscard]] std::size_t memory_bytes() const noexcept override { return decoder_.memory_bytes(); }

 private:
  Decoder decoder_;
  Tally tally_;
};

}  // namespace

std::unique_ptr<MeasuredDecoder> measure_single_frames(std::shared_ptr<const DecodePlan> plan) {
  return std::make_unique<SingleFrames>(std::move(plan));
}

}  // namespace caligo::cli
