// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The engines of an AdaptivePlan, tried one after the other.

#include <caligo/adaptive.hpp>

#include <memory>
#include <vector>

#include "decode/frame_engine.hpp"

namespace caligo::decode {

class AdaptiveStages {
 public:
  /// Stages from number `first` on; there may be none. They use one block of memory, that of the longest list, since
  /// only one runs at a time. Throws std::bad_alloc.
  AdaptiveStages(const AdaptivePlan& plan, Isa isa, std::size_t first = 0);

  /// Sizes have been checked; there is at least one stage. Errors: invalid_argument (LLRs).
  Result<DecodeVerdict> decode(const DecodeInput& input) noexcept;
  [[nodiscard]] bool empty() const noexcept { return stages_.empty(); }
  /// The engine whose path was given out last.
  [[nodiscard]] const FrameEngine& last() const noexcept { return *last_; }
  [[nodiscard]] std::size_t memory_bytes() const noexcept;

 private:
  struct Stage {
    const DecodePlan* plan;
    std::unique_ptr<FrameEngine> engine;
  };
  std::vector<Stage> stages_;
  const FrameEngine* last_ = nullptr;
};

}  // namespace caligo::decode
