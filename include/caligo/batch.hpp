// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Many frames of one code at once, for throughput: successive cancellation on interleaved frames, one frame per byte
/// of a vector, and lists for those frames only whose CRC fails.

#include <caligo/adaptive.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

namespace caligo {

namespace decode {
class BatchEngine;
}  // namespace decode

/// `frames` frames, row by row. Frame f's LLR of code bit i is llr[f·sent_bits + i].
struct BatchInput {
  std::size_t frames = 0;
  /// Shape (frames, code.sent_bits()), any of the forms of LlrView.
  LlrView llr;
  /// Shape (frames, bytes_for(code.frozen_bits())): packed rows, pad bits zero; or empty for zeros.
  std::span<const std::uint8_t> frozen_values = {};  // NOLINT(readability-redundant-member-init): as in DecodeInput
  /// Shape (frames,): required if, and only if, the code's CRC is external.
  std::span<const std::uint32_t> checksums = {};  // NOLINT(readability-redundant-member-init)
  /// As DecodeInput::scale.
  std::optional<float> scale = std::nullopt;
};

struct BatchVerdict {
  /// The CRC holds (always true for a code without CRC).
  bool accepted = false;
  /// Of the stage that the path comes from; 1 = SC.
  std::uint8_t list_size = 1;
  /// Rank of the path given out by path metric, 0 = best.
  std::uint8_t rank = 0;
  /// As in DecodeVerdict if a list decoded the frame; SC on interleaved frames keeps none.
  std::optional<std::uint32_t> path_metric;
};

/// Where results go. Frame f's rows begin at byte f·bytes_for(bits of a row); all pad bits are written as zeros.
struct BatchOutput {
  std::span<std::uint8_t> messages;  ///< shape (frames, bytes_for(code.message_bits()))
  std::span<BatchVerdict> verdicts;  ///< shape (frames,)
  /// Shape (frames, bytes_for(code.sent_bits())), or empty if the code words are not wanted.
  std::span<std::uint8_t> codewords = {};  // NOLINT(readability-redundant-member-init)
};

/// The scratch memory of one thread. Everything is allocated at construction; decode() allocates nothing.
///
/// Frame by frame the decisions are those of AdaptiveDecoder with the same plan (of Decoder with a list of 1, if the
/// plan's list size is 1). A batch may hold any number of frames; multiples of 64 fill the vectors. Beyond N = 2^16,
/// where 64 interleaved frames leave the caches, SC runs frame by frame as well.
class BatchDecoder {
 public:
  explicit BatchDecoder(std::shared_ptr<const AdaptivePlan> plan);
  ~BatchDecoder();
  BatchDecoder(BatchDecoder&&) noexcept;
  BatchDecoder& operator=(BatchDecoder&&) noexcept;

  /// Errors, found before anything is decoded: size_mismatch; invalid_argument (checksums missing or superfluous, a NaN
  /// with its index in `llr`, a scale); malformed_input (a pad bit of the frozen values is set).
  Result<void> decode(const BatchInput& input, const BatchOutput& output) noexcept;

  [[nodiscard]] const AdaptivePlan& plan() const noexcept { return *plan_; }
  /// Bytes allocated by this object, buffers of all stages included.
  [[nodiscard]] std::size_t memory_bytes() const noexcept;

 private:
  std::shared_ptr<const AdaptivePlan> plan_;
  std::unique_ptr<decode::BatchEngine> engine_;
};

}  // namespace caligo
