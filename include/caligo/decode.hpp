// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Successive-cancellation (list size 1) and successive-cancellation list decoding. The arithmetic is int8, for lists
/// at choice int16; LLRs come in as int8, int16 or float.

#include <caligo/bits.hpp>
#include <caligo/code.hpp>
#include <caligo/error.hpp>
#include <caligo/llr.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace caligo {

namespace kernels {
enum class NodeKind : std::uint8_t;
}  // namespace kernels
namespace decode {
struct Program;
class FrameEngine;
}  // namespace decode

/// How check nodes are computed: f of two LLRs a and b.
enum class CheckRule : std::uint8_t {
  /// sign(a)·sign(b)·min(|a|, |b|).
  min_sum,
  /// minsum(a, b) + φ(a + b) - φ(a - b), which is exact for φ(x) = ln(1 + e^-|x|); φ is a straight line here
  /// (reference/list_decoder.hpp). Depends on the LLRs' scale. For N from 2^13 on; short codes with long lists, whose
  /// metrics go better with min_sum, lose by it.
  corrected
};

struct DecodeOptions {
  /// Of the LLRs inside. 16 bits take about twice the time and memory and lose nothing to float LLRs.
  LlrWidth width = LlrWidth::bits8;
  CheckRule check = CheckRule::min_sum;
};

/// The node schedule compiled from a code for one list size. Immutable; shared between threads.
class DecodePlan {
 public:
  /// list_size: 1 (SC), 2, 4, 8, 16 or 32. N up to 2^20; up to 2^24 with list_size ≤ 8.
  /// Errors: invalid_argument; also for 16 bits with a list of one, and for corrected check nodes with 8 bits.
  static Result<std::shared_ptr<const DecodePlan>> make(CodeSpec code, unsigned list_size, DecodeOptions options = {});
  ~DecodePlan();
  DecodePlan(const DecodePlan&) = delete;
  DecodePlan& operator=(const DecodePlan&) = delete;

  [[nodiscard]] const CodeSpec& code() const noexcept { return code_; }
  [[nodiscard]] unsigned list_size() const noexcept { return list_size_; }
  [[nodiscard]] DecodeOptions options() const noexcept { return options_; }
  /// Node operations for the engines (internal): of lists, and of SC.
  [[nodiscard]] const decode::Program& program() const noexcept { return *program_; }
  [[nodiscard]] const std::vector<kernels::NodeKind>& sc_program() const noexcept { return sc_program_; }

 private:
  DecodePlan(CodeSpec code, unsigned list_size, DecodeOptions options);
  CodeSpec code_;
  unsigned list_size_;
  DecodeOptions options_;
  std::unique_ptr<const decode::Program> program_;  ///< null for a list of one
  std::vector<kernels::NodeKind> sc_program_;       ///< empty for a longer list
};

/// One frame's soft input. LLR = ln P(0)/P(1): positive means 0.
struct DecodeInput {
  /// Shape (code.sent_bits(),): int8 in internal units, int16 with units per nat, or float in nats.
  LlrView llr;
  /// code.frozen_bits() bits in increasing index, or empty for zeros.
  BitView frozen_values = {};  // NOLINT(readability-redundant-member-init): lets {llr} stand alone without a warning
  /// The checksum that the message must have: required if, and only if, the code's CRC is external.
  std::optional<std::uint32_t> checksum = std::nullopt;
  /// Internal units per nat, to which int16 and float LLRs are brought and in which int8 ones are; the default for N
  /// and the plan's width unless given. llr_scale() knows more channels. Min-sum decoding of int8 LLRs does not depend
  /// on it.
  std::optional<float> scale = std::nullopt;
};

struct DecodeVerdict {
  /// The CRC holds (always true for a code without CRC). If no path has a right CRC: false, and the best path is given.
  bool accepted = false;
  /// Sum of |LLR| over the decisions taken against the LLR, of the path given out; in internal LLR units,
  /// at most 2^32 - 1.
  std::uint32_t path_metric = 0;
  /// Rank of the path given out by path metric, 0 = best.
  unsigned rank = 0;
  /// Of the decoder that found the path: 1 for SC.
  unsigned list_size = 1;
};

/// The scratch memory of one thread. Everything is allocated at construction; decode() allocates nothing.
///
/// Exact: without saturation and ties the list is that of the plain bit-by-bit decoder with unlimited integers; in all
/// cases it is that of the readable reference in reference/, on every instruction set.
///
/// Ties: an LLR of 0 decides for bit 0. Rate-0, repetition, rate-1 and single-parity nodes are decided as wholes; of
/// equally reliable positions the first counts as the less reliable one. When a list is full the continuations of least
/// metric survive; among equals those that follow their LLR come before those that go against it, then the lower lane.
/// A surviving fork takes a free lane: sources and free lanes both in increasing order. The final ranking is by metric,
/// then by lane. A path that is 2^15 LLR units or more behind the best counts as just that far behind.
///
/// Saturation: a decision whose LLR is 127 (in 16 bits: 32767) or more does not fork, since the true price of deciding
/// against it is unknown.
class Decoder {
 public:
  explicit Decoder(std::shared_ptr<const DecodePlan> plan);
  ~Decoder();
  Decoder(Decoder&&) noexcept;
  Decoder& operator=(Decoder&&) noexcept;

  /// Turns to another plan and keeps the memory, which grows if it must: for codes that follow each other quickly, as
  /// in rate adaptation. After std::bad_alloc only rebind() and the destructor may be called.
  void rebind(std::shared_ptr<const DecodePlan> plan);

  /// Errors: size_mismatch; invalid_argument (checksum missing or superfluous, an LLR that is not a number, a scale).
  Result<DecodeVerdict> decode(const DecodeInput& input) noexcept;

  /// Of the path that the last decode() gave out. Valid until the next call.
  [[nodiscard]] BitView message() const noexcept;   ///< code().message_bits() bits
  [[nodiscard]] BitView codeword() const noexcept;  ///< x, code().sent_bits() bits
  [[nodiscard]] BitView u() const noexcept;         ///< N bits, frozen positions included

  [[nodiscard]] const DecodePlan& plan() const noexcept { return *plan_; }
  /// Bytes allocated by this object, buffers included.
  [[nodiscard]] std::size_t memory_bytes() const noexcept;

 private:
  std::shared_ptr<const DecodePlan> plan_;
  std::unique_ptr<decode::FrameEngine> engine_;
};

}  // namespace caligo
