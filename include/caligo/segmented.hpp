// SPDX-License-Identifier: Apache-2.0
#pragma once
/// List decoding in segments, for reconciliation with questions. A segment is a subtree of the code's tree; each has a
/// checksum of its own. Where no path of the list has the right checksum the decoder stops, so that some more positions
/// of this segment can be disclosed, and goes on from the segment's begin: what was decoded before stands.
///
/// Segment checksums also cut the list back to the right path, as in segmented CRC-aided list decoding (Zhou, Zhang,
/// Zhang, Li, "Segmented CRC-aided SC list polar decoding", VTC 2016).

#include <caligo/code.hpp>
#include <caligo/decode.hpp>
#include <caligo/error.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace caligo {

/// The positions offset … offset + 2^level - 1 of u; offset is a multiple of 2^level.
struct Segment {
  unsigned level = 0;
  std::size_t offset = 0;
  [[nodiscard]] std::size_t length() const noexcept { return std::size_t{1} << level; }
  friend bool operator==(const Segment&, const Segment&) = default;
};

namespace decode {
class SegmentedEngine;
}  // namespace decode

/// The node schedule for a code cut into segments. Immutable; shared between threads.
class SegmentedPlan {
 public:
  /// code: its CRC is external and is that of every segment: over the segment's information bits, in increasing index.
  /// segments: in increasing order without overlap, levels from 6 to n - 1, at least one information position in each,
  /// all information positions in some. list_size: 2 to 32; N as for DecodePlan. Errors: invalid_argument.
  static Result<std::shared_ptr<const SegmentedPlan>> make(CodeSpec code, std::vector<Segment> segments,
                                                           unsigned list_size);
  ~SegmentedPlan();
  SegmentedPlan(const SegmentedPlan&) = delete;
  SegmentedPlan& operator=(const SegmentedPlan&) = delete;

  static constexpr unsigned min_level = 6;

  [[nodiscard]] const CodeSpec& code() const noexcept { return code_; }
  [[nodiscard]] std::span<const Segment> segments() const noexcept { return segments_; }
  [[nodiscard]] unsigned list_size() const noexcept { return list_size_; }
  /// Node operations (internal).
  [[nodiscard]] const decode::Program& program() const noexcept { return *program_; }

 private:
  SegmentedPlan(CodeSpec code, std::vector<Segment> segments, unsigned list_size);
  CodeSpec code_;
  std::vector<Segment> segments_;
  unsigned list_size_;
  std::unique_ptr<const decode::Program> program_;
};

/// One block in the course of being decoded; the scratch memory of one thread. Rules of decision, ties and saturation
/// are those of Decoder.
class SegmentedDecoder {
 public:
  explicit SegmentedDecoder(std::shared_ptr<const SegmentedPlan> plan);
  ~SegmentedDecoder();
  SegmentedDecoder(SegmentedDecoder&&) noexcept;
  SegmentedDecoder& operator=(SegmentedDecoder&&) noexcept;

  /// Turns to another plan and keeps the memory, as Decoder::rebind().
  void rebind(std::shared_ptr<const SegmentedPlan> plan);

  /// A new block. llr, frozen_values: as in DecodeInput. checksums: one for each segment. Errors: size_mismatch,
  /// invalid_argument.
  Result<void> start(const LlrView& llr, BitView frozen_values, std::span<const std::uint32_t> checksums);
  /// Decodes until the end of the block, or of the first segment in which no path has the right checksum: its number.
  /// Called again without disclose() it goes on behind that segment with the best path, right or wrong.
  std::optional<std::size_t> advance() noexcept;
  /// Values of u in the segment that advance() gave out. mask: 2^level bits, 1 = now known, a subset of the segment's
  /// information positions; positions known before may be repeated. values: as many bits, 0 outside the mask. The next
  /// advance() decodes the segment again. The checksum still counts all information bits of the code. Errors:
  /// size_mismatch; invalid_argument if no segment is waiting, or for a mask beyond the information positions.
  Result<void> disclose(BitView mask, BitView values);

  /// Of the block, once advance() came to its end. Valid until the next start().
  [[nodiscard]] BitView codeword() const noexcept;  ///< x, code().sent_bits() bits
  [[nodiscard]] BitView u() const noexcept;         ///< N bits

  [[nodiscard]] const SegmentedPlan& plan() const noexcept { return *plan_; }
  [[nodiscard]] std::size_t memory_bytes() const noexcept;

 private:
  std::shared_ptr<const SegmentedPlan> plan_;
  std::unique_ptr<decode::SegmentedEngine> engine_;
};

}  // namespace caligo
