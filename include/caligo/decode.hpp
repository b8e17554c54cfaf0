// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Successive-cancellation (list size 1) and successive-cancellation list decoding with int8 LLRs.

#include <caligo/bits.hpp>
#include <caligo/code.hpp>
#include <caligo/error.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>

namespace caligo {

namespace decode {
struct Program;
class Engine;
}  // namespace decode

/// The node schedule compiled from a code for one list size. Immutable; shared between threads.
class DecodePlan {
 public:
  /// list_size: 1 (SC), 2, 4, 8, 16 or 32. N up to 2^20; up to 2^24 with list_size ≤ 8.
  /// Errors: invalid_argument.
  static Result<std::shared_ptr<const DecodePlan>> make(CodeSpec code, unsigned list_size);
  ~DecodePlan();
  DecodePlan(const DecodePlan&) = delete;
  DecodePlan& operator=(const DecodePlan&) = delete;

  [[nodiscard]] const CodeSpec& code() const noexcept { return code_; }
  [[nodiscard]] unsigned list_size() const noexcept { return list_size_; }
  /// Node operations for the engine (internal).
  [[nodiscard]] const decode::Program& program() const noexcept { return *program_; }

 private:
  DecodePlan(CodeSpec code, unsigned list_size);
  CodeSpec code_;
  unsigned list_size_;
  std::unique_ptr<const decode::Program> program_;
};

/// One frame's soft input. LLR = ln P(0)/P(1) in arbitrary units: positive means 0.
struct DecodeInput {
  /// Shape (code.sent_bits(),); -128 counts as -127.
  std::span<const std::int8_t> llr;
  /// code.frozen_bits() bits in increasing index, or empty for zeros.
  BitView frozen_values = {};  // NOLINT(readability-redundant-member-init): lets {llr} stand alone without a warning
  /// The checksum that the message must have: required if, and only if, the code's CRC is external.
  std::optional<std::uint32_t> checksum = std::nullopt;
};

struct DecodeVerdict {
  /// The CRC holds (always true for a code without CRC). If no path has a right CRC: false, and the best path is given.
  bool accepted = false;
  /// Sum of |LLR| over the decisions taken against the LLR, of the path given out; in LLR units.
  std::uint32_t path_metric = 0;
  /// Rank of the path given out by path metric, 0 = best.
  unsigned rank = 0;
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
/// Saturation: a decision whose LLR is 127 or more does not fork, since the true price of deciding against it is
/// unknown.
class Decoder {
 public:
  explicit Decoder(std::shared_ptr<const DecodePlan> plan);
  ~Decoder();
  Decoder(Decoder&&) noexcept;
  Decoder& operator=(Decoder&&) noexcept;

  /// Errors: size_mismatch, invalid_argument (checksum missing or superfluous).
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
  std::unique_ptr<decode::Engine> engine_;
};

/// Units per nat that keep int8 error rates at those of float LLRs: 6 up to N = 2^12, falling to 3.5 at 2^20.
[[nodiscard]] float default_llr_scale(unsigned log2_length) noexcept;
/// out[i] = llr[i]·scale rounded to nearest and clipped to ±127; ±inf clip. Errors: size_mismatch, invalid_argument
/// (NaN, with its index).
Result<void> quantise_llrs(std::span<const float> llr, float scale, std::span<std::int8_t> out) noexcept;

}  // namespace caligo
