// SPDX-License-Identifier: Apache-2.0
#include "container/walk.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace caligo {
namespace container {
namespace {
constexpr std::size_t buffer_words = std::size_t{1} << 15U;  // 256 KiB: it stays in the cache between read() and CRC
}

FileWalk::FileWalk(Chain& chain, const Descriptor& file, bool verify)
    : chain_(&chain), file_(&file), verify_(verify), buffer_(verify ? buffer_words : 0) {}

FileWalk::~FileWalk() { sodium_memzero(buffer_.data(), 8 * buffer_.size()); }

Result<void> FileWalk::read_record(const char* what) {
  auto got = file_->read(record_.bytes);
  if (!got) return std::move(got).error();
  if (*got == record_bytes) return {};
  return fault(*chain_, chain_->offset + *got, fmt::format("the file ends within {} at byte {}", what, chain_->offset));
}

Result<void> FileWalk::header() {
  if (auto read = read_record("the file header"); !read) return read;
  return accept_header(*chain_, record_);
}

Result<void> FileWalk::verify_payload(const BlockRecord& block) {
  Payload payload(*chain_, record_, block.bits);
  std::uint64_t left = payload_bytes(block.bits);
  while (left > 0) {
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(left, 8 * buffer_.size()));
    auto got = file_->read({reinterpret_cast<std::byte*>(buffer_.data()), size});
    if (!got) return std::move(got).error();
    if (*got < size) {
      const std::uint64_t end = chain_->offset + record_bytes + payload_bytes(block.bits) - left + *got;
      return fault(*chain_, end, fmt::format("the file ends within block {} at byte {}", block.index, block.offset));
    }
    payload.add(buffer_.data(), size / 8);
    left -= size;
  }
  return accept_payload(*chain_, record_, block, payload);
}

Result<void> FileWalk::skip(const BlockRecord& block) {
  auto size = file_->size();
  if (!size) return std::move(size).error();
  const std::uint64_t wanted = record_bytes + payload_bytes(block.bits);
  if (!*size || **size < chain_->offset || **size - chain_->offset < wanted) {
    return fault(*chain_, size->value_or(0),
                 fmt::format("the file ends within block {} at byte {}", block.index, block.offset));
  }
  skip_payload(*chain_, record_, block);
  return file_->seek(chain_->offset);
}

Result<BlockRecord> FileWalk::block() {
  auto block = check_block(*chain_, record_);
  if (!block) return block;
  auto passed = verify_ ? verify_payload(*block) : skip(*block);
  if (!passed) return std::move(passed).error();
  return block;
}

/// What stands behind the last footer: nothing, or what an append left.
Result<void> FileWalk::check_end(FooterState state) {
  auto size = file_->size();
  if (!size) return std::move(size).error();
  std::uint64_t left = *size ? std::max(**size, chain_->offset) - chain_->offset : 0;
  if (!*size) {
    while (true) {
      auto got = file_->read(record_.bytes);
      if (!got) return std::move(got).error();
      left += *got;
      if (*got < record_bytes) break;
    }
  }
  if (state == FooterState::open) chain_->totals.uncommitted_bytes = left;
  if (state == FooterState::open || left == 0) return {};
  return fault(*chain_, chain_->offset, fmt::format("{} bytes follow the end", left));
}

Result<void> FileWalk::blocks(const std::function<Result<void>(const BlockRecord&)>& on_block) {
  while (true) {
    if (auto read = read_record("a record"); !read) return read;
    auto type = expect_block_or_footer(*chain_, record_);
    if (!type) return std::move(type).error();
    if (*type == RecordType::footer) {
      auto state = accept_footer(*chain_, record_);
      if (!state) return std::move(state).error();
      if (*state != FooterState::continued) return check_end(*state);
      continue;
    }
    auto read = block();
    if (!read) return std::move(read).error();
    if (on_block == nullptr) continue;
    if (auto shown = on_block(*read); !shown) return shown;
  }
}

}  // namespace container

Result<ContainerTotals> scan_container(const std::filesystem::path& path, const ContainerKey* key,
                                       const std::function<Result<void>(const ContainerHeader&)>& on_header,
                                       const std::function<Result<void>(const BlockRecord&)>& on_block) {
  const std::string name = path.string();
  auto file = container::Descriptor::open_to_read(name);
  if (!file) return std::move(file).error();
  container::Chain chain;
  chain.source = name;
  chain.key = key;
  container::FileWalk walk(chain, *file, true);
  if (auto read = walk.header(); !read) return std::move(read).error();
  if (on_header != nullptr) {
    if (auto shown = on_header(chain.header); !shown) return std::move(shown).error();
  }
  if (auto read = walk.blocks(on_block); !read) return std::move(read).error();
  return chain.totals;
}

}  // namespace caligo
