// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The rules that records keep one after the other. Every record's CRC, and its tag, start from those of the record
/// before, so records cannot be left out, moved, or taken from another file.

#include <optional>

#include "container/record.hpp"
#include "container/tag.hpp"

namespace caligo::container {

/// "SOURCE: byte OFFSET: TEXT".
[[nodiscard]] Error fault(const Chain& chain, std::uint64_t offset, std::string_view text);

/// Checksum, tag and pad bits of one block's payload, which comes in pieces of whole words.
class Payload {
 public:
  /// header: the block's record. Tags are made or verified if the chain has a key.
  Payload(const Chain& chain, const Record& header, std::uint64_t bits) noexcept;
  void add(const std::uint64_t* words, std::size_t count) noexcept;

  [[nodiscard]] std::uint32_t crc() const noexcept { return crc_; }
  /// A bit beyond the block's last one is set.
  [[nodiscard]] bool has_pad_bits() const noexcept;
  /// Once, with a key.
  [[nodiscard]] Tag tag() noexcept { return mac_->finish(); }

 private:
  std::uint64_t bits_;
  std::uint64_t last_ = 0;  ///< word
  std::uint32_t crc_ = 0;
  std::optional<Mac> mac_;
};

// Parsing. Errors: malformed_input, unsupported. The chain's offset is that of the record.

/// The file header.
Result<void> accept_header(Chain& chain, const Record& record);
/// A block header, before its payload: the chain stays.
Result<BlockRecord> check_block(const Chain& chain, const Record& record);
/// The payload of the block that check_block() returned.
Result<void> accept_payload(Chain& chain, const Record& record, const BlockRecord& block, Payload& payload);
/// Takes the payload for right, unread.
void skip_payload(Chain& chain, const Record& record, const BlockRecord& block) noexcept;
/// A footer. The state says what must follow.
Result<FooterState> accept_footer(Chain& chain, const Record& record);
/// What stands at the chain's offset. Errors: what no writer wrote.
Result<RecordType> expect_block_or_footer(const Chain& chain, const Record& record);

// Writing. The record gets its checksums and its tag, and the chain goes on.

void seal(Chain& chain, Record& record) noexcept;
void seal(Chain& chain, Record& record, std::uint64_t bits, Payload& payload) noexcept;

}  // namespace caligo::container
