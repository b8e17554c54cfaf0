// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Files of equal frames back to back (docs/formats/frames.md), read and written with bounded memory.

#include <caligo/bits.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/file.hpp"
#include "cli/input.hpp"

namespace caligo::cli {

/// Reads about a mebibyte of whole frames at a time, at least one frame.
class FrameReader {
 public:
  /// frame_bytes > 0. Errors: io; malformed_input if a regular file is empty or no multiple of frame_bytes.
  static Result<FrameReader> open(const std::string& path, std::size_t frame_bytes);

  /// The next frame, shape (frame_bytes,); empty at the end. Valid until the next call. Polls for interruption.
  /// Errors: io, interrupted, malformed_input (no frame at all, or an incomplete one; gives the byte offset).
  Result<std::span<const std::uint8_t>> next();

  /// Frames given out so far.
  [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
  /// Byte offset of the frame given out last.
  [[nodiscard]] std::uint64_t offset() const noexcept { return (count_ - 1) * frame_bytes_; }
  /// Number of frames in a regular file, 0 if unknown.
  [[nodiscard]] std::uint64_t expected() const noexcept { return input_.size().value_or(0) / frame_bytes_; }
  /// "FILE: byte OFFSET: MESSAGE", the offset counted from the start of the frame given out last.
  [[nodiscard]] Error error_at(std::uint64_t offset_in_frame, std::string_view message) const;

 private:
  FrameReader(Input input, std::size_t frame_bytes);
  Input input_;
  std::size_t frame_bytes_;
  std::vector<std::uint8_t> buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::uint64_t count_ = 0;
};

/// The bits of the frame that `reader` gave out last. Errors: malformed_input if a pad bit is set.
Result<BitString> packed_bits(const FrameReader& reader, std::span<const std::uint8_t> frame, std::size_t bits);

/// Collects small writes to an AtomicFile.
class FrameWriter {
 public:
  static Result<FrameWriter> create(const std::string& path);
  /// The bits in bytes_for(size) bytes.
  Result<void> write(BitView bits);
  /// The file takes its name only now.
  Result<void> commit();

 private:
  explicit FrameWriter(base::AtomicFile file);
  Result<void> flush();
  base::AtomicFile file_;
  std::vector<std::uint8_t> buffer_;
};

}  // namespace caligo::cli
