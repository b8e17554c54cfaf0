// SPDX-License-Identifier: Apache-2.0
#pragma once
/// What PolarCodec does, without Python: a code, its syndromes, and decoders for any number of threads.
///
/// With K message bits and a CRC of w bits the code is linear, with N - K parity checks: N - K - w frozen positions of
/// u = x·G, and the w bits in which the CRC of the message differs from what stands at its place. The syndrome of a
/// word x is all of these, in this order, so that N - K bits and a message determine every x, and every x has them.
///
/// Decoders see the message and CRC bits as K + w message bits with an external checksum. The CRC of the K + w bits is
/// the CRC of the w bits of difference, as the CRC is linear and m(x)·x^w + crc has the remainder 0.

#include <caligo/adaptive.hpp>
#include <caligo/batch.hpp>
#include <caligo/bits.hpp>
#include <caligo/code.hpp>
#include <caligo/crc.hpp>
#include <caligo/decode.hpp>
#include <caligo/error.hpp>
#include <caligo/soft.hpp>

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "pool.hpp"

namespace caligo::python {

/// Bits of one frame on their way in and out; the memory of one thread.
struct FrameBits {
  explicit FrameBits(const CodeSpec& code);
  BitString message;      ///< K
  BitString information;  ///< K + w
  BitString codeword;     ///< N sent bits
  BitString word;         ///< the mother code's length
  BitString syndrome;     ///< N - K
  BitString frozen;       ///< N - K - w
  std::uint32_t checksum = 0;
};

/// A list decoder and the frame that it works on.
struct ListScratch {
  ListScratch(const CodeSpec& code, std::shared_ptr<const DecodePlan> plan)
      : bits(code), decoder(std::move(plan)), hard(code.sent_bits()) {}
  FrameBits bits;
  Decoder decoder;
  std::vector<std::int8_t> hard;  ///< ±1
  std::vector<float> llr;         ///< float64 input, rounded
};

struct BatchScratch {
  BatchScratch(const CodeSpec& code, std::shared_ptr<const AdaptivePlan> plan) : bits(code), decoder(std::move(plan)) {}
  FrameBits bits;
  BatchDecoder decoder;
  std::vector<float> llr;
  std::vector<std::uint8_t> frozen, messages, codewords;
  std::vector<std::uint32_t> checksums;
  std::vector<BatchVerdict> verdicts;
};

struct SoftScratch {
  SoftScratch(const CodeSpec& code, SoftDecoder made) : bits(code), decoder(std::move(made)) {}
  FrameBits bits;
  SoftDecoder decoder;
  std::vector<float> llr, prior;
};

class Codec {
 public:
  /// code: CRC embedded or none. Errors: those of DecodePlan::make for this list size.
  static Result<std::shared_ptr<Codec>> make(CodeSpec code, unsigned list_size, DecodeOptions options);

  [[nodiscard]] const CodeSpec& code() const noexcept { return code_; }
  /// The same code with all information bits as message (see above).
  [[nodiscard]] const CodeSpec& inner() const noexcept { return inner_; }
  [[nodiscard]] unsigned list_size() const noexcept { return list_size_; }
  [[nodiscard]] DecodeOptions options() const noexcept { return options_; }
  [[nodiscard]] unsigned crc_bits() const noexcept {
    return code_.crc_placement() == CrcPlacement::embedded ? code_.crc().width : 0;
  }
  [[nodiscard]] std::size_t syndrome_bits() const noexcept { return code_.frozen_bits() + crc_bits(); }

  /// bits.codeword ← the word with bits.message and, if `coset`, the syndrome bits.syndrome; else syndrome 0.
  void encode(FrameBits& bits, bool coset) const noexcept;
  /// bits.syndrome and bits.message ← those of bits.codeword.
  void analyse(FrameBits& bits) const noexcept;
  /// bits.frozen and bits.checksum ← what decoders want for bits.syndrome.
  void split_syndrome(FrameBits& bits) const noexcept;
  /// The checksum for a frame without syndrome; nothing if the code has no CRC.
  [[nodiscard]] std::optional<std::uint32_t> checksum(const FrameBits& bits, bool coset) const noexcept;

  Pool<FrameBits>::Lease frame_bits();
  Result<Pool<ListScratch>::Lease> list_scratch(unsigned list_size);
  Result<Pool<BatchScratch>::Lease> batch_scratch(unsigned list_size);
  Result<Pool<SoftScratch>::Lease> soft_scratch(unsigned list_size, SoftArithmetic arithmetic);
  /// Bytes of one list decoder.
  Result<std::size_t> decoder_bytes(unsigned list_size);

 private:
  Codec(CodeSpec code, CodeSpec inner, unsigned list_size, DecodeOptions options);
  Result<std::shared_ptr<const DecodePlan>> plan(unsigned list_size);
  Result<std::shared_ptr<const AdaptivePlan>> adaptive_plan(unsigned list_size);

  static constexpr std::size_t list_sizes = 6;  // 2^0 … 2^5
  CodeSpec code_;
  CodeSpec inner_;
  Crc crc_;
  unsigned list_size_;
  DecodeOptions options_;
  std::mutex mutex_;  // of the plans
  std::array<std::shared_ptr<const DecodePlan>, list_sizes> plans_;
  std::array<std::shared_ptr<const AdaptivePlan>, list_sizes> adaptive_plans_;
  Pool<FrameBits> frames_;
  std::array<Pool<ListScratch>, list_sizes> lists_;
  std::array<Pool<BatchScratch>, list_sizes> batches_;
  std::array<std::array<Pool<SoftScratch>, list_sizes>, 2> soft_;
};

}  // namespace caligo::python
