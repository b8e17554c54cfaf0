// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Files: bounded reads, and writes that leave the old file or the new one, never half of one.

#include <caligo/error.hpp>

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace caligo::base {

/// The whole file. Errors: io (missing, a directory, unreadable; names the path), malformed_input (over max_bytes).
Result<std::string> read_file(const std::filesystem::path& path, std::uint64_t max_bytes);

/// A file that appears under its name only on commit(): written beside it, synced, then renamed. If the name is a
/// device or pipe (for example /dev/stdout, /dev/full) it is written directly. "-" is standard output.
class AtomicFile {
 public:
  /// mode: permission bits of a new file. Errors: io.
  static Result<AtomicFile> create(const std::filesystem::path& path, unsigned mode = 0644);
  AtomicFile(AtomicFile&& other) noexcept;
  AtomicFile& operator=(AtomicFile&&) = delete;
  /// Without commit() the partial file is removed.
  ~AtomicFile();

  Result<void> write(std::span<const std::uint8_t> bytes);
  Result<void> write(std::string_view text);
  Result<void> commit();

 private:
  AtomicFile() = default;
  std::filesystem::path path_;
  std::filesystem::path temporary_;  ///< empty if written directly
  int descriptor_ = -1;
};

}  // namespace caligo::base
