// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The polar transform and the encoder, on packed bits.

#include <caligo/bits.hpp>
#include <caligo/code.hpp>
#include <caligo/error.hpp>

namespace caligo {

/// x ← x·F^(⊗n) in place, natural order, its own inverse. The size is a power of two.
void polar_transform(MutableBitView x) noexcept;

enum class EncodeMode {
  non_systematic,  ///< u at the information positions is message then CRC
  systematic,      ///< x at the information positions is message then CRC (Arıkan 2011, Sarkis et al. 2014)
};

/// Encodes frames of one code. Allocates at construction only; one object per thread.
class Encoder {
 public:
  explicit Encoder(CodeSpec code, EncodeMode mode = EncodeMode::non_systematic);
  [[nodiscard]] const CodeSpec& code() const noexcept { return code_; }

  /// message: code().message_bits() bits. frozen_values: code().frozen_bits() bits in increasing index, or empty for
  /// zeros. codeword: code().sent_bits() bits, written. Errors: size_mismatch.
  Result<void> encode(BitView message, BitView frozen_values, MutableBitView codeword) noexcept;
  /// The inverse direction for a word that is already a codeword: the message of code().message_bits() bits.
  Result<void> extract_message(BitView codeword, MutableBitView message) noexcept;

 private:
  CodeSpec code_;
  EncodeMode mode_;
  Crc crc_;
  BitString information_;  ///< message then CRC
  BitString word_;         ///< N bits
  BitString frozen_word_;  ///< N bits
};

}  // namespace caligo
