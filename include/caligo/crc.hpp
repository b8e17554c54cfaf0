// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Cyclic redundancy checks over bit strings, as plain polynomial remainders (3GPP TS 38.212, 5.1): bit 0 of the
/// message is the coefficient of the highest power, the register starts at zero, nothing is reflected or inverted. Bit
/// 0 of the checksum as a bit string (the first one to be appended) is its most significant bit.

#include <caligo/bits.hpp>
#include <caligo/error.hpp>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace caligo {

/// A generator polynomial of degree `width`; `polynomial` leaves the top coefficient out (0x1021 is x^16+x^12+x^5+1).
struct CrcSpec {
  std::string name = "none";
  unsigned width = 0;  ///< 0 (no CRC) to 32
  std::uint32_t polynomial = 0;

  friend bool operator==(const CrcSpec&, const CrcSpec&) = default;
};

/// "none", "crc6", "crc11", "crc16-ccitt" (= "crc16"), "crc24a", "crc24b", "crc24c", "crc32", or "WIDTH:0xPOLY" for any
/// other generator (its constant term must be 1). Errors: invalid_argument, which lists the names.
Result<CrcSpec> parse_crc(std::string_view name);
/// The names that parse_crc knows.
std::vector<std::string> crc_names();

/// Remainders for one polynomial, by carry-less multiplication or by tables. Immutable: one object may serve any number
/// of threads.
class Crc {
 public:
  explicit Crc(CrcSpec spec);
  [[nodiscard]] const CrcSpec& spec() const noexcept { return spec_; }
  /// The remainder of message(x)·x^width; 0 if width is 0.
  [[nodiscard]] std::uint32_t compute(BitView message) const noexcept;
  /// Writes the checksum, most significant bit first, to dst[offset .. offset+width).
  void append(std::uint32_t checksum, MutableBitView dst, std::size_t offset) const noexcept;
  /// Reads a checksum written by append().
  [[nodiscard]] std::uint32_t read(BitView src, std::size_t offset) const noexcept;

 private:
  CrcSpec spec_;
  std::array<std::array<std::uint32_t, 256>, 8> table_{};  ///< slicing by eight, highest power in bit 0
  std::array<std::uint64_t, 8> multipliers_{};             ///< for folding, likewise
};

}  // namespace caligo
