// SPDX-License-Identifier: Apache-2.0
#include "cli/bench_decoders.hpp"

#include <cstring>

namespace caligo::cli {

namespace {

template <class SomeDecoder, class Plan>
class SingleFrames final : public MeasuredDecoder {
 public:
  explicit SingleFrames(std::shared_ptr<const Plan> plan) : decoder_(std::move(plan)) {}

  Result<void> decode(const FramePool& pool, Durations* durations) noexcept override {
    tally_ = {};
    for (std::size_t frame = 0; frame < pool.size(); ++frame) {
      const std::int64_t start = durations != nullptr ? durations->start() : 0;
      const auto verdict =
          decoder_.decode({.llr = pool.llr(frame), .checksum = pool.checksum(frame), .scale = pool.scale()});
      if (durations != nullptr) durations->stop(start);
      if (!verdict) return verdict.error();
      tally_.add(verdict->accepted, equal(decoder_.message(), pool.message(frame)));
    }
    return {};
  }
  [[nodiscard]] Tally tally(const FramePool& /*pool*/) const noexcept override { return tally_; }
  [[nodiscard]] std::size_t memory_bytes() const noexcept override { return decoder_.memory_bytes(); }

 private:
  SomeDecoder decoder_;
  Tally tally_;
};

class Batches final : public MeasuredDecoder {
 public:
  Batches(std::shared_ptr<const AdaptivePlan> plan, std::size_t most_frames)
      : decoder_(std::move(plan)),
        row_(bytes_for(decoder_.plan().code().message_bits())),
        messages_(most_frames * row_),
        verdicts_(most_frames) {}

  Result<void> decode(const FramePool& pool, Durations* durations) noexcept override {
    const BatchInput input{.frames = pool.size(), .llr = pool.llrs(), .checksums = pool.checksums()};
    const BatchOutput output{.messages = std::span(messages_).first(pool.size() * row_),
                             .verdicts = std::span(verdicts_).first(pool.size())};
    const std::int64_t start = durations != nullptr ? durations->start() : 0;
    auto decoded = decoder_.decode(input, output);
    if (durations != nullptr) durations->stop(start);
    return decoded;
  }
  [[nodiscard]] Tally tally(const FramePool& pool) const noexcept override {
    Tally tally;
    for (std::size_t frame = 0; frame < pool.size(); ++frame) {
      const std::uint8_t* message = messages_.data() + frame * row_;
      tally.add(verdicts_[frame].accepted, std::memcmp(message, pool.message(frame).words().data(), row_) == 0);
    }
    return tally;
  }
  [[nodiscard]] std::size_t memory_bytes() const noexcept override { return decoder_.memory_bytes(); }

 private:
  BatchDecoder decoder_;
  std::size_t row_;  ///< bytes of a packed message
  std::vector<std::uint8_t> messages_;
  std::vector<BatchVerdict> verdicts_;
};

}  // namespace

std::unique_ptr<MeasuredDecoder> measure_single_frames(std::shared_ptr<const DecodePlan> plan) {
  return std::make_unique<SingleFrames<Decoder, DecodePlan>>(std::move(plan));
}

std::unique_ptr<MeasuredDecoder> measure_single_frames(std::shared_ptr<const AdaptivePlan> plan) {
  return std::make_unique<SingleFrames<AdaptiveDecoder, AdaptivePlan>>(std::move(plan));
}

std::unique_ptr<MeasuredDecoder> measure_batches(std::shared_ptr<const AdaptivePlan> plan, std::size_t most_frames) {
  return std::make_unique<Batches>(std::move(plan), most_frames);
}

}  // namespace caligo::cli
