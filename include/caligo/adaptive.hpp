// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Adaptive decoding: successive cancellation first, a short list if the CRC fails, the full list if it fails again
/// (Li, Shen, Tse 2012). Nearly all frames end at the first stage, at the error rate of the full list.

#include <caligo/decode.hpp>

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

namespace caligo {

namespace decode {
class AdaptiveStages;
}  // namespace decode

/// The stages compiled from a code. Immutable; shared between threads.
class AdaptivePlan {
 public:
  /// Stages of list sizes 1, 8 and list_size, as far as they increase: list_size 4 gives {1, 4}, and 1 gives SC alone.
  /// Errors: invalid_argument as for DecodePlan::make, and for list_size > 1 if the code has no CRC (no stage could
  /// tell that it failed).
  static Result<std::shared_ptr<const AdaptivePlan>> make(const CodeSpec& code, unsigned list_size);

  [[nodiscard]] const CodeSpec& code() const noexcept { return stages_.front()->code(); }
  [[nodiscard]] unsigned list_size() const noexcept { return stages_.back()->list_size(); }
  /// In the order in which they are tried; the first is SC.
  [[nodiscard]] std::span<const std::shared_ptr<const DecodePlan>> stages() const noexcept { return stages_; }

 private:
  explicit AdaptivePlan(std::vector<std::shared_ptr<const DecodePlan>> stages) : stages_(std::move(stages)) {}
  std::vector<std::shared_ptr<const DecodePlan>> stages_;
};

/// Scratch memory of one thread for all stages, which share what they can. Everything is allocated at construction.
class AdaptiveDecoder {
 public:
  explicit AdaptiveDecoder(std::shared_ptr<const AdaptivePlan> plan);
  ~AdaptiveDecoder();
  AdaptiveDecoder(AdaptiveDecoder&&) noexcept;
  AdaptiveDecoder& operator=(AdaptiveDecoder&&) noexcept;

  /// What the first stage gives whose CRC holds, else the best path of the full list; DecodeVerdict::list_size says
  /// which stage that was. Errors: as Decoder::decode.
  Result<DecodeVerdict> decode(const DecodeInput& input) noexcept;

  /// Of the path that the last decode() gave out. Valid until the next call.
  [[nodiscard]] BitView message() const noexcept;   ///< code().message_bits() bits
  [[nodiscard]] BitView codeword() const noexcept;  ///< x, code().sent_bits() bits
  [[nodiscard]] BitView u() const noexcept;         ///< N bits, frozen positions included

  [[nodiscard]] const AdaptivePlan& plan() const noexcept { return *plan_; }
  /// Bytes allocated by this object, buffers of all stages included.
  [[nodiscard]] std::size_t memory_bytes() const noexcept;

 private:
  std::shared_ptr<const AdaptivePlan> plan_;
  std::unique_ptr<decode::AdaptiveStages> stages_;
};

}  // namespace caligo
