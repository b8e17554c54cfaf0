// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "container/chain.hpp"

namespace caligo {

using container::Record;
using container::record_bytes;

ContainerReader::ContainerReader(std::span<const std::byte> bytes, std::string_view source,
                                 const ContainerKey* key) noexcept
    : bytes_(bytes) {
  chain_.source = source;
  chain_.key = key;
}

Result<void> ContainerReader::check_left(std::uint64_t wanted, const char* what) const {
  const std::uint64_t left = bytes_.size() - chain_.offset;
  if (left >= wanted) return {};
  return container::fault(chain_, bytes_.size(),
                          fmt::format("the file ends within {} of {} bytes at byte {}", what, wanted, chain_.offset));
}

Result<ContainerReader> ContainerReader::open(std::span<const std::byte> bytes, std::string_view source,
                                              const ContainerKey* key) {
  if (reinterpret_cast<std::uintptr_t>(bytes.data()) % alignof(std::uint64_t) != 0) {
    return Error{ErrorCode::invalid_argument, fmt::format("{}: expected memory aligned to 8 bytes", source)};
  }
  ContainerReader reader(bytes, source, key);
  if (auto enough = reader.check_left(record_bytes, "the file header"); !enough) return std::move(enough).error();
  Record record;
  std::memcpy(record.bytes, bytes.data(), record_bytes);
  if (auto accepted = container::accept_header(reader.chain_, record); !accepted) return std::move(accepted).error();
  return reader;
}

Result<std::optional<ContainerBlock>> ContainerReader::next() {
  if (done_) return std::optional<ContainerBlock>{};
  return advance();  // an error leaves the chain where it was, so the next call meets it again
}

Result<std::optional<ContainerBlock>> ContainerReader::advance() {
  while (true) {
    if (auto enough = check_left(record_bytes, "a record"); !enough) return std::move(enough).error();
    Record record;
    std::memcpy(record.bytes, bytes_.data() + chain_.offset, record_bytes);
    auto type = container::expect_block_or_footer(chain_, record);
    if (!type) return std::move(type).error();
    if (*type == container::RecordType::block) {
      auto block = container::check_block(chain_, record);
      if (!block) return std::move(block).error();
      const std::uint64_t size = container::payload_bytes(block->bits);
      // Both terms are bounded, by the memory and by max_container_block_bits: the sum cannot overflow.
      if (auto enough = check_left(record_bytes + size, "a block"); !enough) return std::move(enough).error();
      const auto* words = reinterpret_cast<const std::uint64_t*>(bytes_.data() + chain_.offset + record_bytes);
      container::Payload payload(chain_, record, block->bits);
      payload.add(words, size / 8);
      auto accepted = container::accept_payload(chain_, record, *block, payload);
      if (!accepted) return std::move(accepted).error();
      return std::optional(ContainerBlock{*block, BitView(words, block->bits)});
    }
    container::Chain after = chain_;
    auto state = container::accept_footer(after, record);
    if (!state) return std::move(state).error();
    const std::uint64_t left = bytes_.size() - after.offset;
    if (*state == container::FooterState::last && left != 0) {
      return container::fault(chain_, after.offset, fmt::format("{} bytes follow the end", left));
    }
    chain_ = after;
    done_ = *state != container::FooterState::continued;
    if (!done_) continue;
    chain_.totals.uncommitted_bytes = left;
    return std::optional<ContainerBlock>{};
  }
}

}  // namespace caligo
