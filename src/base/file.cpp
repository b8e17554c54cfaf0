// SPDX-License-Identifier: Apache-2.0
#include "base/file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

namespace caligo::base {
namespace {

namespace fs = std::filesystem;

Error io_error(const char* action, const fs::path& path, int error) {
  return Error{ErrorCode::io,
               fmt::format("cannot {} {}: {}", action, path.string(), std::generic_category().message(error))};
}

int open_retrying(const fs::path& path, int flags, unsigned mode = 0) {
  int descriptor = -1;
  do {
    descriptor = ::open(path.c_str(), flags | O_CLOEXEC, mode);
  } while (descriptor < 0 && errno == EINTR);
  return descriptor;
}

/// Closes on every way out of a reading function, where an error of close() has nothing to tell.
struct OpenForReading {
  int descriptor;
  explicit OpenForReading(const fs::path& path) : descriptor(open_retrying(path, O_RDONLY)) {}
  OpenForReading(const OpenForReading&) = delete;
  OpenForReading& operator=(const OpenForReading&) = delete;
  ~OpenForReading() {
    if (descriptor >= 0) ::close(descriptor);
  }
};

Error too_large(const fs::path& path, std::uint64_t max_bytes) {
  return Error{ErrorCode::malformed_input,
               fmt::format("{}: the file is larger than the limit of {} bytes", path.string(), max_bytes)};
}

/// A name that no other writer picks; short, so that a long final name does not push it over NAME_MAX.
Result<fs::path> unused_sibling(const fs::path& path) {
  std::uint64_t nonce = 0;
  if (::getrandom(&nonce, sizeof nonce, 0) != static_cast<ssize_t>(sizeof nonce)) {
    return io_error("draw a temporary name for", path, errno);
  }
  return path.parent_path() / fmt::format(".caligo-{:016x}.tmp", nonce);
}

bool is_standard_output(const fs::path& path) { return path == "-" || path == "/dev/stdout"; }

void sync_directory(const fs::path& file) {
  const fs::path parent = file.has_parent_path() ? file.parent_path() : fs::path(".");
  const int descriptor = open_retrying(parent, O_RDONLY | O_DIRECTORY);
  if (descriptor < 0) return;
  // Best effort: the file itself is complete and visible, and some file systems refuse to sync a directory.
  static_cast<void>(::fsync(descriptor));
  ::close(descriptor);
}

}  // namespace

Result<std::string> read_file(const fs::path& path, std::uint64_t max_bytes) {
  const OpenForReading file(path);
  if (file.descriptor < 0) return io_error("open", path, errno);
  struct stat status{};
  if (::fstat(file.descriptor, &status) != 0) return io_error("read", path, errno);
  if (S_ISDIR(status.st_mode)) return io_error("read", path, EISDIR);
  const auto announced = static_cast<std::uint64_t>(std::max<off_t>(status.st_size, 0));
  if (S_ISREG(status.st_mode) && announced > max_bytes) return too_large(path, max_bytes);

  // The announced size is only a hint: pipes have none and a file may grow, so the loop trusts nothing but read().
  constexpr std::uint64_t chunk = 1U << 16;
  std::string text;
  text.resize(static_cast<std::size_t>(std::min(max_bytes, std::max(announced, chunk)) + 1));
  std::size_t size = 0;
  while (true) {
    const ssize_t got = ::read(file.descriptor, text.data() + size, text.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return io_error("read", path, errno);
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
    if (size > max_bytes) return too_large(path, max_bytes);
    if (size == text.size()) text.resize(static_cast<std::size_t>(std::min<std::uint64_t>(max_bytes + 1, 2 * size)));
  }
  text.resize(size);
  return text;
}

Result<AtomicFile> AtomicFile::create(const fs::path& path, unsigned mode) {
  AtomicFile file;
  file.path_ = path;
  if (is_standard_output(path)) {
    file.descriptor_ = ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0);
    if (file.descriptor_ < 0) return io_error("write", path, errno);
    return file;
  }
  struct stat status{};
  const bool exists = ::stat(path.c_str(), &status) == 0;
  if (exists && S_ISDIR(status.st_mode)) return io_error("write", path, EISDIR);
  if (exists && !S_ISREG(status.st_mode)) {
    file.descriptor_ = open_retrying(path, O_WRONLY | O_NOCTTY);
    if (file.descriptor_ < 0) return io_error("open", path, errno);
    return file;
  }
  if (exists) {
    std::error_code failed;  // a link stays a link: what it points to is replaced
    fs::path target = fs::canonical(path, failed);
    if (!failed) file.path_ = std::move(target);
    mode &= static_cast<unsigned>(status.st_mode) & 0777U;  // never more open than the file it replaces
  }
  for (int attempt = 0; file.descriptor_ < 0 && attempt < 8; ++attempt) {
    Result<fs::path> name = unused_sibling(file.path_);
    if (!name) return std::move(name).error();
    file.descriptor_ = open_retrying(*name, O_WRONLY | O_CREAT | O_EXCL, mode);
    if (file.descriptor_ < 0 && errno != EEXIST) return io_error("create", path, errno);
    if (file.descriptor_ >= 0) file.temporary_ = *std::move(name);
  }
  if (file.descriptor_ < 0) return io_error("create", path, EEXIST);
  return file;
}

AtomicFile::AtomicFile(AtomicFile&& other) noexcept
    : path_(std::move(other.path_)),
      temporary_(std::exchange(other.temporary_, {})),
      descriptor_(std::exchange(other.descriptor_, -1)) {}

AtomicFile::~AtomicFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

Result<void> AtomicFile::write(std::span<const std::uint8_t> bytes) {
  if (descriptor_ < 0) return io_error("write", path_, EBADF);
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return io_error("write", path_, errno);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return {};
}

Result<void> AtomicFile::write(std::string_view text) {
  return write(std::span(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
}

Result<void> AtomicFile::commit() {
  if (descriptor_ < 0) return io_error("write", path_, EBADF);
  const int descriptor = std::exchange(descriptor_, -1);
  const bool direct = temporary_.empty();
  // Devices and pipes cannot be synced. close() is asked too: network file systems report a full disk only there.
  const int sync_error = !direct && ::fsync(descriptor) != 0 ? errno : 0;
  const int close_error = ::close(descriptor) != 0 && errno != EINTR ? errno : 0;
  if (sync_error != 0 || close_error != 0) return io_error("write", path_, sync_error != 0 ? sync_error : close_error);
  if (direct) return {};
  if (::rename(temporary_.c_str(), path_.c_str()) != 0) return io_error("write", path_, errno);
  temporary_.clear();
  sync_directory(path_);
  return {};
}

}  // namespace caligo::base
