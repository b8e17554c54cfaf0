// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Sequential reads with bounded memory, for files that are larger than memory.

#include <caligo/error.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace caligo::cli {

/// A file, or standard input for "-".
class Input {
 public:
  /// Errors: io (missing, a directory, unreadable).
  static Result<Input> open(const std::string& path);
  Input(Input&& other) noexcept;
  Input& operator=(Input&&) = delete;
  ~Input();

  /// Fills `bytes` as far as the file goes; fewer bytes than asked for mean its end. Errors: io, interrupted.
  Result<std::size_t> read(std::span<std::uint8_t> bytes);
  /// Bytes read so far.
  [[nodiscard]] std::uint64_t offset() const noexcept { return offset_; }
  /// Size in bytes if this is a regular file.
  [[nodiscard]] std::optional<std::uint64_t> size() const noexcept { return size_; }
  [[nodiscard]] const std::string& name() const noexcept { return name_; }

 private:
  Input() = default;
  [[nodiscard]] Result<void> wait() const;
  std::string name_;
  int descriptor_ = -1;
  std::uint64_t offset_ = 0;
  std::optional<std::uint64_t> size_;
};

}  // namespace caligo::cli
