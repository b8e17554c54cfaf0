// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Files of bit blocks: sifted bits, what a session reconciled, or secret key. docs/formats/container.md defines them.
///
/// Every byte of such a file is checked: a changed bit or a missing end is refused with its byte offset. CRC32C guards
/// against accidents; who must fear an attacker gives a key, and every block carries a tag. A file grows by appending,
/// and a writer that dies at any moment leaves the blocks that were committed before. No error text holds any bit of a
/// payload, nor its checksum.

#include <caligo/bits.hpp>
#include <caligo/error.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace caligo {

enum class ContainerKind : std::uint16_t { sifted = 1, session = 2, key = 3 };
/// Whose bits these are.
enum class ContainerRole : std::uint8_t { unspecified = 0, alice = 1, bob = 2 };
/// How blocks are authenticated; both take a key of 256 bits and give tags of 256 bits.
enum class ContainerTag : std::uint8_t { none = 0, blake2b = 1, hmac_sha256 = 2 };
/// The basis in which the bits of a block were measured.
enum class Basis : std::uint16_t { unspecified = 0, z = 1, x = 2 };

[[nodiscard]] std::string_view to_string(ContainerKind kind) noexcept;
[[nodiscard]] std::string_view to_string(ContainerRole role) noexcept;
[[nodiscard]] std::string_view to_string(ContainerTag tag) noexcept;
[[nodiscard]] std::string_view to_string(Basis basis) noexcept;

/// 128 bits that name something: a stream, or a code by its strong_id.
struct Id128 {
  std::array<std::uint8_t, 16> bytes{};

  /// From the operating system.
  static Id128 random();
  /// 32 hexadecimal digits. Errors: malformed_input.
  static Result<Id128> parse(std::string_view hex);
  /// 32 lower-case hexadecimal digits.
  [[nodiscard]] std::string hex() const;
  friend bool operator==(const Id128&, const Id128&) = default;
};

/// What holds for the whole file.
struct ContainerHeader {
  ContainerKind kind = ContainerKind::sifted;
  ContainerRole role = ContainerRole::unspecified;
  ContainerTag tag = ContainerTag::none;
  bool simulation = false;               ///< the bits come from a seed and are no key
  Id128 stream;                          ///< the same in Alice's and Bob's file
  std::optional<std::uint64_t> created;  ///< seconds since 1970-01-01 UTC
  std::optional<double> qber;            ///< error rate that the file was made for, 0 to 1
  std::optional<double> epsilon;         ///< failure probability of the whole, 0 to 1
  std::optional<Id128> code;             ///< strong_id of the code
  std::optional<std::uint64_t> seed;     ///< of a simulation only

  friend bool operator==(const ContainerHeader&, const ContainerHeader&) = default;
};

/// What is known of one block.
struct BlockInfo {
  Basis basis = Basis::unspecified;
  bool verified = false;                     ///< its hash agreed with the other side's
  std::optional<std::uint64_t> errors;       ///< bits that differed, at most all
  std::optional<std::uint64_t> leaked_bits;  ///< disclosed about it
  std::optional<double> qber;                ///< estimate, 0 to 1
  std::optional<double> epsilon;             ///< failure probability, 0 to 1
  std::uint64_t label = 0;                   ///< the caller's own number

  friend bool operator==(const BlockInfo&, const BlockInfo&) = default;
};

struct BlockRecord {
  std::uint64_t index = 0;
  std::uint64_t offset = 0;  ///< of its header in the file, bytes
  std::uint64_t bits = 0;
  BlockInfo info;
};

struct ContainerBlock : BlockRecord {
  BitView payload;  ///< into the memory that was parsed; pad bits are zero
};

/// What a file holds that was read to its end.
struct ContainerTotals {
  std::uint64_t blocks = 0;
  std::uint64_t bits = 0;
  std::uint64_t bytes = 0;              ///< up to the last committed footer
  std::uint64_t uncommitted_bytes = 0;  ///< left behind by an append that did not end; no part of the file
  bool append_open = false;             ///< an append is under way, or was killed
  bool authenticated = false;           ///< every tag was verified
};

/// A secret of 256 bits for tags; wiped when it goes.
class ContainerKey {
 public:
  static constexpr std::size_t size = 32;
  explicit ContainerKey(std::span<const std::uint8_t, size> bytes) noexcept;
  ContainerKey(const ContainerKey&) = default;
  ContainerKey& operator=(const ContainerKey&) = default;
  ~ContainerKey();
  /// From the operating system.
  static ContainerKey random();
  [[nodiscard]] std::span<const std::uint8_t, size> bytes() const noexcept { return bytes_; }

 private:
  ContainerKey() = default;
  std::array<std::uint8_t, size> bytes_{};
};

namespace container {
/// How far a parser or a writer has come, and what the next record must continue.
struct Chain {
  std::string_view source;  ///< for errors
  const ContainerKey* key = nullptr;
  ContainerHeader header;
  ContainerTotals totals;
  std::uint64_t offset = 0;            ///< of the next record
  std::uint32_t crc = 0;               ///< of the record before
  std::array<std::uint8_t, 32> tag{};  ///< likewise
};
}  // namespace container

inline constexpr std::uint64_t max_container_block_bits = std::uint64_t{1} << 40U;

/// Parses a container in memory, for example a MappedFile, without copying and, unless there is an error, without
/// allocating. Blocks come verified one by one; that none is missing is known only when next() has returned nothing.
class ContainerReader {
 public:
  /// `bytes` and `source`, the name for errors, must outlive the reader and everything it returns. With a key all tags
  /// are verified, and a file without tags is refused; without one, tags are left alone. Errors: malformed_input (gives
  /// the byte offset), unsupported (another version), invalid_argument (memory not aligned to 8 bytes).
  static Result<ContainerReader> open(std::span<const std::byte> bytes, std::string_view source,
                                      const ContainerKey* key = nullptr);
  [[nodiscard]] const ContainerHeader& header() const noexcept { return chain_.header; }
  /// The next block: header, CRC32C, pad bits and tag have been verified. Nothing: the end was reached and is in order.
  /// After an error, the same error again. Errors: malformed_input, unsupported.
  Result<std::optional<ContainerBlock>> next();
  /// Complete once next() has returned nothing.
  [[nodiscard]] const ContainerTotals& totals() const noexcept { return chain_.totals; }

 private:
  ContainerReader(std::span<const std::byte> bytes, std::string_view source, const ContainerKey* key) noexcept;
  Result<std::optional<ContainerBlock>> advance();
  [[nodiscard]] Result<void> check_left(std::uint64_t wanted, const char* what) const;
  std::span<const std::byte> bytes_;
  container::Chain chain_;
  bool done_ = false;
};

/// Reads a container of any size through one buffer, verifies all of it as ContainerReader does, and shows each block's
/// header once the block is verified. `path`: a file or pipe; "-" is standard input. Either function may be empty.
/// Errors: io, those of ContainerReader, and those that the functions return.
Result<ContainerTotals> scan_container(const std::filesystem::path& path, const ContainerKey* key,
                                       const std::function<Result<void>(const ContainerHeader&)>& on_header,
                                       const std::function<Result<void>(const BlockRecord&)>& on_block);

/// A whole file mapped read-only (MAP_PRIVATE). If another process shortens the file meanwhile, reading what is gone
/// raises SIGBUS; Caligo's writers never shorten below what was committed. scan_container() has no such risk.
class MappedFile {
 public:
  /// Errors: io (missing, no regular file), malformed_input (over max_bytes).
  static Result<MappedFile> open(const std::filesystem::path& path, std::uint64_t max_bytes = std::uint64_t{1} << 46U);
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&&) = delete;
  ~MappedFile();
  [[nodiscard]] std::span<const std::byte> bytes() const noexcept { return {data_, size_}; }

 private:
  MappedFile() = default;
  const std::byte* data_ = nullptr;
  std::size_t size_ = 0;
};

/// Writes a container. Nothing is visible before commit(): a new file appears whole, and a file that was appended to
/// reads as it was. A writer that goes without commit() leaves no trace. Files have the mode 0600.
class ContainerWriter {
 public:
  /// A new file, or a replacement, on commit. "-" is standard output. The header's tag algorithm and the key go
  /// together. Errors: invalid_argument (a value outside its domain, a key without algorithm or the reverse), io.
  static Result<ContainerWriter> create(const std::filesystem::path& path, const ContainerHeader& header,
                                        const ContainerKey* key = nullptr);
  /// Goes on at the end of a file. Its headers are verified, its payloads are not. What an append left behind that did
  /// not end is removed. Errors: io (also: another append is under way), malformed_input, unsupported,
  /// invalid_argument.
  static Result<ContainerWriter> append(const std::filesystem::path& path, const ContainerKey* key = nullptr);
  ContainerWriter(ContainerWriter&&) noexcept;
  ContainerWriter& operator=(ContainerWriter&&) = delete;
  ~ContainerWriter();

  [[nodiscard]] const ContainerHeader& header() const noexcept;
  /// One more block; copies nothing. Errors: invalid_argument (a value outside its domain, a pad bit that is set), io.
  /// After an io error nothing more can be written or committed.
  Result<void> write(BitView payload, const BlockInfo& info = {});
  /// All or nothing, on disk when it returns. No further call is allowed. Errors: io.
  Result<void> commit();

 private:
  struct State;
  explicit ContainerWriter(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace caligo
