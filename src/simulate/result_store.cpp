// SPDX-License-Identifier: Apache-2.0
#include "simulate/result_store.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "simulate/row.hpp"

namespace caligo::simulate {

namespace {

constexpr std::uint64_t append_lock = std::uint64_t{1} << 62U;
constexpr std::uint64_t claim_locks = std::uint64_t{1} << 61U;

// Linux lets locks belong to open files instead of processes; elsewhere the file is opened once per process anyway.
#ifdef F_OFD_SETLK
constexpr int try_lock = F_OFD_SETLK;
constexpr int wait_lock = F_OFD_SETLKW;
#else
constexpr int try_lock = F_SETLK;
constexpr int wait_lock = F_SETLKW;
#endif

/// 0 or errno.
int set_lock(int descriptor, int command, short type, std::uint64_t offset) noexcept {
  struct flock range{};
  range.l_type = type;
  range.l_whence = SEEK_SET;
  range.l_start = static_cast<off_t>(offset);
  range.l_len = 1;
  while (::fcntl(descriptor, command, &range) != 0) {
    if (errno != EINTR) return errno;
  }
  return 0;
}

/// The byte that stands for a chunk. Two chunks may share one: then one of them waits for nothing, for a while.
std::uint64_t claim_offset(const std::string& strong_id, std::uint64_t seed, std::uint64_t chunk_end) noexcept {
  constexpr std::uint64_t prime = 0x100000001B3;  // FNV-1a
  std::uint64_t hash = 0xCBF29CE484222325 ^ seed;
  for (const char c : strong_id) hash = (hash ^ static_cast<unsigned char>(c)) * prime;
  return claim_locks + ((hash >> 36U) << 32U) + (chunk_end & 0xFFFFFFFFU);
}

}  // namespace

Error ResultStore::error(const char* action, int number) const {
  return Error{ErrorCode::io,
               fmt::format("cannot {} {}: {}", action, path_.string(), std::generic_category().message(number))};
}

Result<ResultStore> ResultStore::open(const std::filesystem::path& path) {
  int descriptor = -1;
  do {
    descriptor = ::open(path.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
  } while (descriptor < 0 && errno == EINTR);
  ResultStore store(path, descriptor);
  if (descriptor < 0) return store.error("open", errno);
  struct stat status{};
  if (::fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
    return Error{ErrorCode::io, fmt::format("{}: expected a regular file", path.string())};
  }
  if (auto locked = store.lock(); !locked) return std::move(locked).error();
  std::string text;
  if (auto read = store.read_more(text); !read) return std::move(read).error();
  const std::size_t end = text.find('\n');
  if (end == std::string::npos) {
    // Empty, or its first writer died in the header.
    if (!result_columns.starts_with(text)) {
      return Error{ErrorCode::malformed_input, path.string() + ": line 1: " + check_header(text).error().message};
    }
    if (::ftruncate(descriptor, 0) != 0) return store.error("write", errno);
    const std::string header = std::string(result_columns) + "\n";
    if (::write(descriptor, header.data(), header.size()) != static_cast<ssize_t>(header.size())) {
      return store.error("write", errno);
    }
    store.offset_ = header.size();
  } else {
    if (auto header = check_header(std::string_view(text).substr(0, end)); !header) {
      return Error{header.error().code, path.string() + ": line 1: " + header.error().message};
    }
    store.offset_ = end + 1;
  }
  store.line_ = 1;
  store.unlock();
  return store;
}

ResultStore::ResultStore(ResultStore&& other) noexcept
    : path_(std::move(other.path_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      offset_(other.offset_),
      line_(other.line_) {}

ResultStore::~ResultStore() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

/// All bytes from offset_ on.
Result<void> ResultStore::read_more(std::string& text) {
  constexpr std::uint64_t largest_file = std::uint64_t{1} << 30U;
  struct stat status{};
  if (::fstat(descriptor_, &status) != 0) return error("read", errno);
  const auto size = static_cast<std::uint64_t>(status.st_size);
  if (size > largest_file) {
    return Error{ErrorCode::malformed_input,
                 fmt::format("{}: the file is larger than the limit of {} bytes", path_.string(), largest_file)};
  }
  if (size < offset_) {
    return Error{ErrorCode::io, fmt::format("{}: somebody has shortened the file", path_.string())};
  }
  text.resize(size - offset_);
  std::size_t done = 0;
  while (done < text.size()) {
    const ssize_t got =
        ::pread(descriptor_, text.data() + done, text.size() - done, static_cast<off_t>(offset_ + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return error("read", errno);
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  text.resize(done);
  return {};
}

Result<std::vector<ResultRow>> ResultStore::refresh() {
  std::string text;
  if (auto read = read_more(text); !read) return std::move(read).error();
  std::vector<ResultRow> rows;
  std::string_view rest = text;
  for (std::size_t end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
    auto row = parse_row(rest.substr(0, end));
    ++line_;
    if (!row) {
      return Error{row.error().code, fmt::format("{}: line {}: {}", path_.string(), line_, row.error().message)};
    }
    rows.push_back(std::move(*row));
    rest.remove_prefix(end + 1);
    offset_ += end + 1;
  }
  return rows;
}

Result<void> ResultStore::lock() {
  if (const int failure = set_lock(descriptor_, wait_lock, F_WRLCK, append_lock); failure != 0) {
    return error("lock", failure);
  }
  return {};
}

void ResultStore::unlock() noexcept { set_lock(descriptor_, try_lock, F_UNLCK, append_lock); }

Result<void> ResultStore::append(std::span<const ResultRow> rows) {
  struct stat status{};
  if (::fstat(descriptor_, &status) != 0) return error("read", errno);
  if (static_cast<std::uint64_t>(status.st_size) > offset_ &&
      ::ftruncate(descriptor_, static_cast<off_t>(offset_)) != 0) {
    return error("write", errno);
  }
  for (const ResultRow& row : rows) {
    const std::string line = to_csv(row);
    const ssize_t written = ::write(descriptor_, line.data(), line.size());
    if (written != static_cast<ssize_t>(line.size())) {
      const int number = written < 0 ? errno : ENOSPC;
      // What was written of the row would be dropped by readers; try to take it back all the same.
      [[maybe_unused]] const int ignored = ::ftruncate(descriptor_, static_cast<off_t>(offset_));
      return error("write", number);
    }
    offset_ += line.size();
    ++line_;
  }
  return {};
}

Result<bool> ResultStore::claim(const std::string& strong_id, std::uint64_t seed, std::uint64_t chunk_end) {
  const int failure = set_lock(descriptor_, try_lock, F_WRLCK, claim_offset(strong_id, seed, chunk_end));
  if (failure == 0) return true;
  if (failure == EAGAIN || failure == EACCES) return false;
  return error("lock", failure);
}

void ResultStore::release(const std::string& strong_id, std::uint64_t seed, std::uint64_t chunk_end) noexcept {
  set_lock(descriptor_, try_lock, F_UNLCK, claim_offset(strong_id, seed, chunk_end));
}

}  // namespace caligo::simulate

namespace caligo {

Result<void> append_results(const std::filesystem::path& path, std::span<const ResultRow> rows) {
  auto store = simulate::ResultStore::open(path);
  if (!store) return std::move(store).error();
  if (auto locked = store->lock(); !locked) return locked;
  // Reading finds the end of the last whole line, and rows that this file should not be mixed with.
  if (auto read = store->refresh(); !read) return std::move(read).error();
  return store->append(rows);
}

}  // namespace caligo
