// SPDX-License-Identifier: Apache-2.0
#include "container/chain.hpp"

#include <fmt/format.h>

#include "container/crc32c.hpp"

namespace caligo::container {
namespace {

std::string_view name_of(RecordType type) {
  switch (type) {
    case RecordType::file:
      return "the file header";
    case RecordType::block:
      return "the block header";
    case RecordType::footer:
      return "the footer";
    case RecordType::unknown:
      break;
  }
  return "the record";
}

/// What all records have in common: version, CRC, and no tag in a file without tags.
Result<void> check_common(const Chain& chain, const Record& record, ContainerTag algorithm) {
  const std::string_view name = name_of(type_of(record));
  // A version that is not known may have its CRC elsewhere.
  if (const auto version = record.get<std::uint16_t>(version_at); version != format_version) {
    return Error{ErrorCode::unsupported,
                 fault(chain, chain.offset + version_at,
                       fmt::format("version {} of {}, this program knows {}", version, name, format_version))
                     .message};
  }
  if (chained_crc(chain.crc, record) != record.get<std::uint32_t>(crc_at)) {
    return fault(chain, chain.offset, fmt::format("the checksum of {} does not match", name));
  }
  if (algorithm == ContainerTag::none && record.get<Tag>(tag_at) != Tag{}) {
    return fault(chain, chain.offset + tag_at, "a tag in a file without tags");
  }
  return {};
}

Tag record_tag(const Chain& chain, const Record& record) noexcept {
  Mac mac(chain.header.tag, *chain.key);
  mac.update(chain.tag.data(), chain.tag.size());
  mac.update(record.bytes, tag_at);
  return mac.finish();
}

Result<void> check_tag(const Chain& chain, const Record& record, const Tag& expected) {
  if (equal(expected, record.get<Tag>(tag_at))) return {};
  return fault(chain, chain.offset + tag_at,
               fmt::format("the tag of {} does not match: changed, or another key", name_of(type_of(record))));
}

void advance(Chain& chain, const Record& record, std::uint64_t payload) noexcept {
  chain.crc = record.get<std::uint32_t>(crc_at);
  chain.tag = record.get<Tag>(tag_at);
  chain.offset += record_bytes + payload;
}

void advance_block(Chain& chain, const Record& record, std::uint64_t bits) noexcept {
  advance(chain, record, payload_bytes(bits));
  ++chain.totals.blocks;
  chain.totals.bits += bits;
}

}  // namespace

Error fault(const Chain& chain, std::uint64_t offset, std::string_view text) {
  return Error{ErrorCode::malformed_input, fmt::format("{}: byte {}: {}", chain.source, offset, text)};
}

Payload::Payload(const Chain& chain, const Record& header, std::uint64_t bits) noexcept : bits_(bits) {
  if (chain.key == nullptr) return;
  mac_.emplace(chain.header.tag, *chain.key);
  mac_->update(chain.tag.data(), chain.tag.size());
  mac_->update(header.bytes, tag_at);
}

void Payload::add(const std::uint64_t* words, std::size_t count) noexcept {
  if (count == 0) return;
  crc_ = crc32c(crc_, words, count);
  if (mac_) mac_->update(words, 8 * count);
  last_ = words[count - 1];
}

bool Payload::has_pad_bits() const noexcept { return bits_ % 64 != 0 && (last_ >> (bits_ % 64)) != 0; }

Result<void> accept_header(Chain& chain, const Record& record) {
  if (type_of(record) != RecordType::file) return fault(chain, 0, "this is no container (its first bytes are others)");
  // The algorithm is known only once the checksum holds; a tag without algorithm is looked for afterwards.
  if (auto common = check_common(chain, record, ContainerTag::blake2b); !common) return common;
  if (auto wrong = parse(record, chain.header)) return fault(chain, wrong->at, wrong->text);
  if (auto common = check_common(chain, record, chain.header.tag); !common) return common;
  if (chain.key != nullptr && chain.header.tag == ContainerTag::none) {
    return fault(chain, 0, "a key was given, but the file has no tags to verify");
  }
  if (chain.key != nullptr) {
    if (auto tagged = check_tag(chain, record, record_tag(chain, record)); !tagged) return tagged;
  }
  chain.totals.authenticated = chain.key != nullptr;
  advance(chain, record, 0);
  return {};
}

Result<RecordType> expect_block_or_footer(const Chain& chain, const Record& record) {
  const RecordType type = type_of(record);
  if (type == RecordType::block || type == RecordType::footer) return type;
  return fault(chain, chain.offset, fmt::format("expected block {} or a footer", chain.totals.blocks));
}

Result<BlockRecord> check_block(const Chain& chain, const Record& record) {
  if (auto common = check_common(chain, record, chain.header.tag); !common) return std::move(common).error();
  BlockRecord block;
  if (auto wrong = parse(record, block)) return fault(chain, chain.offset + wrong->at, wrong->text);
  if (block.index != chain.totals.blocks) {
    return fault(chain, chain.offset,
                 fmt::format("expected block {}, found block {}", chain.totals.blocks, block.index));
  }
  block.offset = chain.offset;
  return block;
}

Result<void> accept_payload(Chain& chain, const Record& record, const BlockRecord& block, Payload& payload) {
  const std::uint64_t begin = chain.offset + record_bytes;
  if (payload.crc() != record.get<std::uint32_t>(payload_crc_at)) {
    return fault(chain, begin, fmt::format("the checksum of block {}'s payload does not match", block.index));
  }
  if (payload.has_pad_bits()) {
    return fault(chain, begin + payload_bytes(block.bits) - 8,
                 fmt::format("a pad bit of block {} is set", block.index));
  }
  if (chain.key != nullptr) {
    if (auto tagged = check_tag(chain, record, payload.tag()); !tagged) return tagged;
  }
  advance_block(chain, record, block.bits);
  return {};
}

void skip_payload(Chain& chain, const Record& record, const BlockRecord& block) noexcept {
  advance_block(chain, record, block.bits);
}

Result<FooterState> accept_footer(Chain& chain, const Record& record) {
  if (auto common = check_common(chain, record, chain.header.tag); !common) return std::move(common).error();
  Footer footer;
  if (auto wrong = parse(record, footer)) return fault(chain, chain.offset + wrong->at, wrong->text);
  if (footer.blocks != chain.totals.blocks || footer.bits != chain.totals.bits || footer.offset != chain.offset) {
    return fault(chain, chain.offset,
                 fmt::format("the footer counts {} blocks, {} bits and {} bytes, found {}, {}, {}", footer.blocks,
                             footer.bits, footer.offset, chain.totals.blocks, chain.totals.bits, chain.offset));
  }
  if (chain.key != nullptr) {
    if (auto tagged = check_tag(chain, record, record_tag(chain, record)); !tagged) return std::move(tagged).error();
  }
  advance(chain, record, 0);
  chain.totals.bytes = chain.offset;
  const auto state = record.get<FooterState>(state_at);
  chain.totals.append_open = state == FooterState::open;
  return state;
}

void seal(Chain& chain, Record& record) noexcept {
  if (chain.key != nullptr) record.put(tag_at, record_tag(chain, record));
  record.put(crc_at, chained_crc(chain.crc, record));
  advance(chain, record, 0);
}

void seal(Chain& chain, Record& record, std::uint64_t bits, Payload& payload) noexcept {
  if (chain.key != nullptr) record.put(tag_at, payload.tag());
  record.put(payload_crc_at, payload.crc());
  record.put(crc_at, chained_crc(chain.crc, record));
  advance_block(chain, record, bits);
}

}  // namespace caligo::container
