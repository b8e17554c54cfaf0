// SPDX-License-Identifier: Apache-2.0
#pragma once
/// A result file that a run continues, alone or with other processes.
///
/// Locks are byte ranges far beyond the end of the file, which belong to the open file description: the kernel drops
/// them when a process dies. One byte guards appending; a byte per chunk says who works on it.

#include <caligo/results.hpp>

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace caligo::simulate {

class ResultStore {
 public:
  /// Opens or makes the file; its header is checked, rows come with the first refresh(). Errors: io, malformed_input.
  static Result<ResultStore> open(const std::filesystem::path& path);
  ResultStore(ResultStore&& other) noexcept;
  ResultStore& operator=(ResultStore&&) = delete;
  ~ResultStore();

  /// Rows that were appended since the last call, not those of append(). Errors: io, malformed_input.
  Result<std::vector<ResultRow>> refresh();
  /// Keeps the others from appending until unlock(). Errors: io.
  Result<void> lock();
  void unlock() noexcept;
  /// Under lock() and right after refresh(): a torn line, which a dead process left, is cut off; then one write() per
  /// row. Errors: io.
  Result<void> append(std::span<const ResultRow> rows);
  /// Takes a chunk of a task and seed, told by its end; false if another process has it. Errors: io.
  Result<bool> claim(const std::string& strong_id, std::uint64_t seed, std::uint64_t chunk_end);
  void release(const std::string& strong_id, std::uint64_t seed, std::uint64_t chunk_end) noexcept;

 private:
  ResultStore(std::filesystem::path path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}
  Result<void> read_more(std::string& text);
  [[nodiscard]] Error error(const char* action, int number) const;
  std::filesystem::path path_;
  int descriptor_;
  std::uint64_t offset_ = 0;  ///< behind the last line that was read
  std::size_t line_ = 0;
};

}  // namespace caligo::simulate
