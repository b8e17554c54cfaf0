// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The three records of a container, 128 bytes each: file header, block header, footer. docs/formats/container.md has
/// the tables.

#include <caligo/container.hpp>

#include <cstring>

namespace caligo::container {

inline constexpr std::size_t record_bytes = 128;
inline constexpr std::uint16_t format_version = 1;

// What all records have in the same places.
inline constexpr std::size_t version_at = 8;
inline constexpr std::size_t tag_at = 80;  ///< also: how many bytes the tag covers
inline constexpr std::size_t tag_bytes = 32;
inline constexpr std::size_t payload_crc_at = 112;
inline constexpr std::size_t crc_at = 116;  ///< also: how many bytes the CRC covers
inline constexpr std::size_t state_at = 120;

/// What follows a footer. Any two differ in 32 bits or more, and each is written at once, as an aligned word.
enum class FooterState : std::uint64_t {
  last = 0x5A5A5A5A5A5A5A5A,       ///< the file ends here
  open = 0xA5A5A5A55A5A5A5A,       ///< an append is under way: what follows does not count
  continued = 0x5A5A5A5AA5A5A5A5,  ///< more records follow, up to another footer
};

enum class RecordType { unknown, file, block, footer };

/// A record with the alignment of words.
struct Record {
  alignas(8) std::byte bytes[record_bytes] = {};

  template <class T>
  [[nodiscard]] T get(std::size_t at) const noexcept {
    T value;
    std::memcpy(&value, bytes + at, sizeof value);
    return value;
  }
  template <class T>
  void put(std::size_t at, T value) noexcept {
    std::memcpy(bytes + at, &value, sizeof value);
  }
};

/// A footer's own fields.
struct Footer {
  std::uint64_t blocks = 0;
  std::uint64_t bits = 0;
  std::uint64_t offset = 0;  ///< of itself
};

/// A fault of a record: the offset of the field within the record, and a text.
struct Fault {
  std::size_t at;
  std::string text;
};

[[nodiscard]] RecordType type_of(const Record& record) noexcept;
/// CRC32C of the CRC of the record before (4 bytes) and of this one's first crc_at bytes.
[[nodiscard]] std::uint32_t chained_crc(std::uint32_t before, const Record& record) noexcept;
[[nodiscard]] constexpr std::uint64_t payload_bytes(std::uint64_t bits) noexcept {
  return 8 * (bits / 64 + (bits % 64 != 0));
}

/// Records without tag and checksums. Errors: invalid_argument (a value outside its domain).
Result<Record> make(const ContainerHeader& header);
Result<Record> make(std::uint64_t index, std::uint64_t bits, const BlockInfo& info);
[[nodiscard]] Record make(const Footer& footer) noexcept;

/// The fields of a record whose CRC holds. Every value is checked to be one that a writer may have written.
std::optional<Fault> parse(const Record& record, ContainerHeader& header);
std::optional<Fault> parse(const Record& record, BlockRecord& block);
std::optional<Fault> parse(const Record& record, Footer& footer);

}  // namespace caligo::container
