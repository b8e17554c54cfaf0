// SPDX-License-Identifier: Apache-2.0
#pragma once
/// CodeSpec: everything that encoder and decoder must agree on, as one value. Both are made from it.

#include <caligo/bits.hpp>
#include <caligo/crc.hpp>
#include <caligo/error.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace caligo {

/// Where the checksum that picks a list entry comes from.
enum class CrcPlacement {
  none,      ///< no CRC: the path of least metric wins
  embedded,  ///< the last crc.width information bits (forward error correction)
  external,  ///< all information bits are message; the checksum travels beside the block (reconciliation)
};

/// How a code was made; informative, not part of its identity.
struct Provenance {
  std::string method;   ///< "density-evolution", "gaussian-approximation", …, "imported"
  std::string channel;  ///< as in to_string(Channel), or empty
  friend bool operator==(const Provenance&, const Provenance&) = default;
};

/// A polar code of length N = 2^n. x = u·F^(⊗n) in natural order, no bit reversal; a frozen mask has 1 = frozen.
/// Information positions hold message then embedded CRC, in increasing index. The last `shortened` code bits are known
/// to be zero on both sides (so the last `shortened` u are frozen to zero too) and are never sent.
class CodeSpec {
 public:
  static constexpr unsigned min_log2_length = 3;
  static constexpr unsigned max_log2_length = 24;

  /// frozen: N bits. A CRC of width 0 always has the placement none. Provenance: printable ASCII, at most 128
  /// characters each. Errors: invalid_argument for a length that is no power of two in range, no information position
  /// besides the CRC, a shortened position that is not frozen, or a CRC without placement.
  static Result<CodeSpec> make(BitString frozen, CrcSpec crc, CrcPlacement placement, std::size_t shortened = 0,
                               Provenance provenance = {});

  [[nodiscard]] unsigned log2_length() const noexcept { return n_; }
  [[nodiscard]] std::size_t block_length() const noexcept { return frozen_.size(); }
  [[nodiscard]] std::size_t shortened() const noexcept { return shortened_; }
  /// Code bits that are sent: N - shortened.
  [[nodiscard]] std::size_t sent_bits() const noexcept { return block_length() - shortened_; }
  /// Positions that are not frozen.
  [[nodiscard]] std::size_t information_bits() const noexcept { return information_; }
  /// Information bits without the embedded CRC.
  [[nodiscard]] std::size_t message_bits() const noexcept {
    return information_ - (placement_ == CrcPlacement::embedded ? crc_.width : 0);
  }
  /// Frozen positions whose value is not known beforehand: frozen - shortened. This is the length of `frozen_values`
  /// everywhere: one bit per such position, in increasing index.
  [[nodiscard]] std::size_t frozen_bits() const noexcept { return sent_bits() - information_; }
  [[nodiscard]] BitView frozen_mask() const noexcept { return frozen_; }
  /// The frozen mask without the shortened tail: where `frozen_values` belong.
  [[nodiscard]] BitView disclosed_mask() const noexcept { return disclosed_; }
  /// The complement of the frozen mask.
  [[nodiscard]] BitView information_mask() const noexcept { return information_mask_; }
  [[nodiscard]] const CrcSpec& crc() const noexcept { return crc_; }
  [[nodiscard]] CrcPlacement crc_placement() const noexcept { return placement_; }
  [[nodiscard]] const Provenance& provenance() const noexcept { return provenance_; }
  /// 32 hexadecimal digits: BLAKE2b-128 over n, shortened, frozen set and CRC. Equal codes have equal ids.
  [[nodiscard]] const std::string& strong_id() const noexcept { return strong_id_; }

  /// The code as a JSON document that ends in a newline; the format is in docs/formats/code.md.
  [[nodiscard]] std::string to_json() const;
  /// `source` names the text in errors. Every field is checked and the strong_id recomputed. Errors: malformed_input.
  static Result<CodeSpec> from_json(std::string_view text, const std::string& source);

 private:
  CodeSpec() = default;
  unsigned n_ = 0;
  std::size_t shortened_ = 0;
  std::size_t information_ = 0;
  BitString frozen_;
  BitString disclosed_;
  BitString information_mask_;
  CrcSpec crc_;
  CrcPlacement placement_ = CrcPlacement::none;
  Provenance provenance_;
  std::string strong_id_;
};

}  // namespace caligo
