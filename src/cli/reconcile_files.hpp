// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Streaming for `caligo reconcile`: two files of packed bits read block by block, one key written as it grows. Memory
/// depends on the block length and the sample size only.

#include <caligo/bits.hpp>
#include <caligo/error.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/file.hpp"

namespace caligo::cli {

/// A regular file of packed bits, read at any offset.
class BitFile {
 public:
  /// Errors: io (missing, a directory, no regular file, unreadable).
  static Result<BitFile> open(const std::string& path);
  BitFile(BitFile&& other) noexcept;
  BitFile& operator=(BitFile&&) = delete;
  ~BitFile();

  /// Fills `bytes` from a byte offset. Errors: io (the file ended early or cannot be read; gives the offset).
  Result<void> read(std::uint64_t offset, std::span<std::uint8_t> bytes) const;
  [[nodiscard]] std::uint64_t bytes() const noexcept { return bytes_; }
  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  /// Both names lead to one file.
  [[nodiscard]] bool same_file(const std::string& other) const;

 private:
  BitFile() = default;
  std::string name_;
  int descriptor_ = -1;
  std::uint64_t bytes_ = 0;
};

/// `count` different positions below `bits`, increasing. below(b) is uniform in [0, b).
std::vector<std::uint64_t> draw_positions(std::uint64_t bits, std::size_t count,
                                          const std::function<std::uint64_t(std::uint64_t)>& below);
/// The same, from the operating system's random numbers or, for simulation, from a seed. Errors: io.
Result<std::vector<std::uint64_t>> draw_sample(std::uint64_t bits, std::size_t count, std::optional<std::uint64_t> seed,
                                               std::uint64_t stream);
/// A random subset as a mask: `count` ones in `bits` bits. Much faster than positions where they are many.
Result<BitString> draw_sample_mask(std::size_t bits, std::size_t count, std::optional<std::uint64_t> seed,
                                   std::uint64_t stream);
/// How many bits of the two files to use: `wanted` or all. Errors: size_mismatch (empty, of unequal length, too short).
Result<std::uint64_t> usable_bits(const BitFile& alice, const BitFile& bob, std::optional<std::uint64_t> wanted);
/// In how many of the positions two files differ. Errors: io, interrupted.
Result<std::uint64_t> count_differences(const BitFile& a, const BitFile& b, std::span<const std::uint64_t> positions);
/// In how many of the first `bits` bits two files differ. Errors: io, interrupted.
Result<std::uint64_t> count_differences(const BitFile& a, const BitFile& b, std::uint64_t bits);

/// The bits of a file in order, without those at some positions.
class KeptBits {
 public:
  /// Both arguments must outlive this. left_out: increasing. first: where to begin.
  KeptBits(const BitFile& file, std::span<const std::uint64_t> left_out, std::uint64_t first = 0)
      : file_(&file), left_out_(left_out), position_(first) {}
  ~KeptBits();
  KeptBits(const KeptBits&) = delete;
  KeptBits& operator=(const KeptBits&) = delete;
  /// The next block.size() bits. Errors: io.
  Result<void> read(MutableBitView block);

 private:
  const BitFile* file_;
  std::span<const std::uint64_t> left_out_;
  std::size_t next_ = 0;        ///< first position left out that is not yet passed
  std::uint64_t position_ = 0;  ///< bits of the file that are used up
  BitString raw_;
};

/// The bit at a position of a file. Errors: io.
Result<bool> read_bit(const BitFile& file, std::uint64_t position);

/// A key file (mode 0600) that grows by blocks of any length, packed without gaps; pad bits of the last byte are zero.
class KeyWriter {
 public:
  /// Errors: io.
  static Result<KeyWriter> create(const std::string& path);
  KeyWriter(KeyWriter&&) noexcept = default;
  KeyWriter& operator=(KeyWriter&&) = delete;
  ~KeyWriter();

  Result<void> append(BitView block);
  /// Writes the last bits; the file appears under its name.
  Result<void> finish();

 private:
  explicit KeyWriter(base::AtomicFile file) : file_(std::move(file)) {}
  base::AtomicFile file_;
  BitString pending_;
  std::size_t pending_bits_ = 0;  ///< fewer than 8 between calls
};

}  // namespace caligo::cli
