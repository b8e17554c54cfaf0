// SPDX-License-Identifier: Apache-2.0
#include "container/descriptor.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace caligo::container {
namespace {

Error io_error(const char* action, const std::string& name, int error) {
  return Error{ErrorCode::io, fmt::format("cannot {} {}: {}", action, name, std::generic_category().message(error))};
}

int open_retrying(const std::string& name, int flags) {
  int number = -1;
  do {
    number = name == "-" ? ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0) : ::open(name.c_str(), flags | O_CLOEXEC);
  } while (number < 0 && errno == EINTR);
  return number;
}

/// A file that was replaced between open() and flock() has another writer's lock, or none.
bool is_still(int number, const std::string& name) {
  struct stat opened{};
  struct stat named{};
  return ::fstat(number, &opened) == 0 && ::stat(name.c_str(), &named) == 0 && opened.st_dev == named.st_dev &&
         opened.st_ino == named.st_ino;
}

}  // namespace

Result<Descriptor> Descriptor::open_to_read(const std::string& name) {
  Descriptor file(name, open_retrying(name, O_RDONLY));
  if (file.number_ < 0) return io_error("open", name, errno);
  struct stat status{};
  if (::fstat(file.number_, &status) != 0) return io_error("read", name, errno);
  if (S_ISDIR(status.st_mode)) return io_error("read", name, EISDIR);
  return file;
}

Result<Descriptor> Descriptor::open_to_append(const std::string& name) {
  if (name == "-") return io_error("append to", name, ESPIPE);
  Descriptor file(name, open_retrying(name, O_RDWR | O_NONBLOCK));
  if (file.number_ < 0) return io_error("open", name, errno);
  struct stat status{};
  if (::fstat(file.number_, &status) != 0) return io_error("read", name, errno);
  if (!S_ISREG(status.st_mode)) return io_error("append to", name, ESPIPE);
  if (::flock(file.number_, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return io_error("lock", name, errno);
    return Error{ErrorCode::io, fmt::format("cannot append to {}: another program does so right now", name)};
  }
  if (!is_still(file.number_, name)) {
    return Error{ErrorCode::io, fmt::format("cannot append to {}: it was replaced meanwhile", name)};
  }
  return file;
}

Descriptor::Descriptor(Descriptor&& other) noexcept
    : name_(std::move(other.name_)), number_(std::exchange(other.number_, -1)) {}

Descriptor::~Descriptor() {
  if (number_ >= 0) ::close(number_);
}

Result<std::size_t> Descriptor::read(std::span<std::byte> bytes) const {
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t got = ::read(number_, bytes.data() + done, bytes.size() - done);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return io_error("read", name_, errno);
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  return done;
}

Result<void> Descriptor::seek(std::uint64_t offset) const {
  if (::lseek(number_, static_cast<off_t>(offset), SEEK_SET) < 0) return io_error("read", name_, errno);
  return {};
}

Result<void> Descriptor::write_at(std::uint64_t offset, std::span<const std::byte> bytes) const {
  while (!bytes.empty()) {
    const ssize_t written = ::pwrite(number_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return io_error("write", name_, errno);
    offset += static_cast<std::uint64_t>(written);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return {};
}

Result<void> Descriptor::truncate(std::uint64_t size) const {
  if (::ftruncate(number_, static_cast<off_t>(size)) != 0) return io_error("write", name_, errno);
  return {};
}

Result<void> Descriptor::sync() const {
  if (::fsync(number_) != 0) return io_error("write", name_, errno);
  return {};
}

Result<std::optional<std::uint64_t>> Descriptor::size() const {
  struct stat status{};
  if (::fstat(number_, &status) != 0) return io_error("read", name_, errno);
  if (!S_ISREG(status.st_mode)) return std::optional<std::uint64_t>{};
  return std::optional(static_cast<std::uint64_t>(status.st_size));
}

Result<std::span<const std::byte>> Descriptor::map(std::uint64_t max_bytes) const {
  auto bytes = size();
  if (!bytes) return std::move(bytes).error();
  if (!*bytes) return io_error("map", name_, ENODEV);
  if (**bytes > max_bytes) {
    return Error{ErrorCode::malformed_input,
                 fmt::format("{}: the file is larger than the limit of {} bytes", name_, max_bytes)};
  }
  if (**bytes == 0) return std::span<const std::byte>{};
  const auto length = static_cast<std::size_t>(**bytes);
  void* data = ::mmap(nullptr, length, PROT_READ, MAP_PRIVATE, number_, 0);
  if (data == MAP_FAILED) return io_error("map", name_, errno);
  return std::span(static_cast<const std::byte*>(data), length);
}

}  // namespace caligo::container
