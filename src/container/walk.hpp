// SPDX-License-Identifier: Apache-2.0
#pragma once
/// A container read from a file, record by record, through one buffer.

#include <functional>
#include <vector>

#include "container/chain.hpp"
#include "container/descriptor.hpp"

namespace caligo::container {

class FileWalk {
 public:
  /// chain and file must outlive this. Without `verify` payloads are skipped, which takes a regular file.
  FileWalk(Chain& chain, const Descriptor& file, bool verify);
  FileWalk(const FileWalk&) = delete;
  FileWalk& operator=(const FileWalk&) = delete;
  /// Wipes the buffer.
  ~FileWalk();

  /// Errors: malformed_input, unsupported, io.
  Result<void> header();
  /// From behind the header to the last footer that counts. Errors: likewise, and those of on_block, which may be
  /// empty.
  Result<void> blocks(const std::function<Result<void>(const BlockRecord&)>& on_block);

 private:
  Result<void> read_record(const char* what);
  Result<BlockRecord> block();
  Result<void> verify_payload(const BlockRecord& block);
  Result<void> skip(const BlockRecord& block);
  Result<void> check_end(FooterState state);

  Chain* chain_;
  const Descriptor* file_;
  bool verify_;
  Record record_;
  std::vector<std::uint64_t> buffer_;
};

}  // namespace caligo::container
