// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The polar transform and the encoder, on packed bits.

#include <caligo/bits.hpp>
#include <caligo/code.hpp>
#include <caligo/crc.hpp>
#include <caligo/error.hpp>

namespace caligo {

/// x ← x·F^(⊗n) in place, natural order, its own inverse. The size is a power of two.
void polar_transform(MutableBitView x) noexcept;

enum class EncodeMode {
  non_systematic,  ///< u at the information positions is message then CRC
  systematic,      ///< x at the information positions is message then CRC (Arıkan 2011, Sarkis et al. 2014)
};

/// Encodes frames of one code. Encoding allocates nothing unless it fails; one object per thread.
///
/// Systematic encoding needs an information set A that is domination contiguous (Sarkis, Tal, Giard, Vardy, Thibeault,
/// Gross, "Flexible and low-complexity encoding and decoding of systematic polar codes", 2016): whenever i and j are in
/// A and the binary digits of k lie between those of j and i, k is in A. The most reliable positions of a
/// channel are such a set; an imported one may not be.
class Encoder {
 public:
  explicit Encoder(CodeSpec code, EncodeMode mode = EncodeMode::non_systematic);
  [[nodiscard]] const CodeSpec& code() const noexcept { return code_; }

  /// message: code().message_bits() bits. frozen_values: code().frozen_bits() bits in increasing index, or empty for
  /// zeros. codeword: code().sent_bits() bits, written; it overlaps neither of the others. Errors: size_mismatch;
  /// unsupported if the mode is systematic and the information set is not domination contiguous.
  Result<void> encode(BitView message, BitView frozen_values, MutableBitView codeword) noexcept;
  /// The inverse direction for a word that is already a codeword: the message of code().message_bits() bits. It checks
  /// neither frozen values nor CRC. Errors: size_mismatch.
  Result<void> extract_message(BitView codeword, MutableBitView message) noexcept;

 private:
  BitView with_checksum(BitView message) noexcept;
  void information_to_u(BitView frozen_values, MutableBitView x) noexcept;
  CodeSpec code_;
  EncodeMode mode_;
  Crc crc_;
  bool contiguous_ = false;   ///< the condition of systematic mode holds
  bool frozen_show_ = false;  ///< in systematic mode: frozen values reach x at the information positions
  BitString information_;     ///< message then CRC
  BitString word_;            ///< N bits: u, then x
  BitString coset_;           ///< N bits, if needed: what the frozen values alone put into x
};

}  // namespace caligo
