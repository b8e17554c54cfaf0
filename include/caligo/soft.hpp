// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Soft-output list decoding (SO-SCL: Yuan, Duffy, Médard, arXiv:2412.03623): extrinsic LLRs for iterative receivers,
/// and the probability that the decision is wrong. docs/soft-output.md explains it.

#include <caligo/bits.hpp>
#include <caligo/code.hpp>
#include <caligo/error.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>

namespace caligo {

namespace decode {
class SoftEngine;
}  // namespace decode

/// LLRs are clipped to ± this many nats on entry and exit: ±inf is welcome and counts as certain.
inline constexpr float soft_llr_limit = 500.0F;

enum class SoftArithmetic {
  exact,    ///< box-plus within 1e-4 nats; calibrated probabilities
  max_log,  ///< sign·sign·min: faster, and the pruned part of the codebook is underestimated
};

/// One frame's soft input. LLR = ln P(0)/P(1) in nats (not in scaled units): positive means 0.
struct SoftInput {
  /// Shape (code.sent_bits(),): what the channel says.
  std::span<const float> llr;
  /// Shape (code.sent_bits(),): what other decoders say; or empty for nothing.
  std::span<const float> prior = {};  // NOLINT(readability-redundant-member-init): lets {llr} stand alone
  /// code.frozen_bits() bits in increasing index, or empty for zeros.
  BitView frozen_values = {};  // NOLINT(readability-redundant-member-init)
  /// The checksum that the message must have: required if, and only if, the code's CRC is external.
  std::optional<std::uint32_t> checksum = std::nullopt;
};

struct SoftVerdict {
  /// The CRC holds (always true for a code without CRC). If no path has a right CRC: false, and the best path is given.
  bool accepted = false;
  /// Rank of the path given out by path metric, 0 = best.
  unsigned rank = 0;
  /// Sum of |llr + prior| over the code bits decided against it, of the path given out; in nats.
  double path_metric = 0;
  /// Estimated probability that the codeword given out is not the one that was sent; 1 if not accepted.
  double error_probability = 1;
  /// Estimated probability that the sent codeword is not in the list; 1 if not accepted.
  double missing_probability = 1;
};

/// List decoder with soft output. Everything is allocated when it is made; decode() allocates nothing unless it fails.
/// Deterministic: the same input gives the same bits on one build, whatever was decoded before.
///
/// The list: survivors are chosen as in Decoder (decode.hpp): least metric, then those that follow their LLR, then the
/// lower lane; bit by bit, except that rate-0 and repetition nodes are decided as wholes, which changes nothing.
class SoftDecoder {
 public:
  /// list_size: 1, 2, 4, 8, 16 or 32. Memory is about 4·N·list_size bytes and limited to 128 MB: N up to 2^19 with 32
  /// paths, 2^20 with 16, 2^21 with 8. Errors: invalid_argument.
  static Result<SoftDecoder> make(const CodeSpec& code, unsigned list_size,
                                  SoftArithmetic arithmetic = SoftArithmetic::exact);
  ~SoftDecoder();
  SoftDecoder(SoftDecoder&&) noexcept;
  SoftDecoder& operator=(SoftDecoder&&) noexcept;

  /// extrinsic: code.sent_bits() LLRs in nats, posterior - prior - channel, within ±soft_llr_limit, written; or empty
  /// if they are not wanted. It may be the span of the prior or of the channel. If the verdict is not accepted, all
  /// paths of the list count although their CRC is wrong: of use to iterations, but not calibrated.
  /// Errors, with nothing decoded and nothing written: size_mismatch, invalid_argument (NaN, with its index; checksum
  /// missing or superfluous).
  Result<SoftVerdict> decode(const SoftInput& input, std::span<float> extrinsic) noexcept;

  /// Of the path that the last decode() gave out. Valid until the next call.
  [[nodiscard]] BitView message() const noexcept;   ///< code().message_bits() bits
  [[nodiscard]] BitView codeword() const noexcept;  ///< x, code().sent_bits() bits

  [[nodiscard]] const CodeSpec& code() const noexcept;
  [[nodiscard]] unsigned list_size() const noexcept;
  /// Bytes allocated by this object, buffers included.
  [[nodiscard]] std::size_t memory_bytes() const noexcept;

 private:
  explicit SoftDecoder(std::unique_ptr<decode::SoftEngine> engine);
  std::unique_ptr<decode::SoftEngine> engine_;
};

}  // namespace caligo
