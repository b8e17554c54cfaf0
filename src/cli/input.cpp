// SPDX-License-Identifier: Apache-2.0
#include "cli/input.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "cli/context.hpp"

namespace caligo::cli {

namespace {

Error io_error(std::string_view action, const std::string& name, int error) {
  return Error{ErrorCode::io, fmt::format("cannot {} {}: {}", action, name, std::generic_category().message(error))};
}

}  // namespace

Result<Input> Input::open(const std::string& path) {
  Input input;
  input.name_ = path == "-" ? "standard input" : path;
  input.descriptor_ = path == "-" ? ::dup(STDIN_FILENO) : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (input.descriptor_ < 0) return io_error("open", input.name_, errno);
  struct stat status{};
  if (::fstat(input.descriptor_, &status) != 0) return io_error("examine", input.name_, errno);
  if (S_ISDIR(status.st_mode)) return io_error("read", input.name_, EISDIR);
  if (S_ISREG(status.st_mode)) input.size_ = static_cast<std::uint64_t>(status.st_size);
  return input;
}

Input::Input(Input&& other) noexcept
    : name_(std::move(other.name_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      offset_(other.offset_),
      size_(other.size_) {}

Input::~Input() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<std::size_t> Input::read(std::span<std::uint8_t> bytes) {
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t count = ::read(descriptor_, bytes.data() + done, bytes.size() - done);
    if (count < 0) {
      if (errno != EINTR) return io_error("read", fmt::format("{} at byte {}", name_, offset_), errno);
      if (auto going = check_interrupt(); !going) return std::move(going).error();
      continue;
    }
    if (count == 0) break;
    done += static_cast<std::size_t>(count);
    offset_ += static_cast<std::uint64_t>(count);
  }
  return done;
}

}  // namespace caligo::cli
