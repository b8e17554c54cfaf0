// SPDX-License-Identifier: Apache-2.0
#include "cli/input.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
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

/// A signal just before a blocking read would go unnoticed until data came, hence the time limit.
Result<void> Input::wait() const {
  constexpr int milliseconds = 200;
  while (!size_) {
    pollfd descriptor{descriptor_, POLLIN, 0};
    const int ready = ::poll(&descriptor, 1, milliseconds);
    if (ready > 0 || (ready < 0 && errno != EINTR)) break;  // read() tells what is wrong
    if (auto going = check_interrupt(); !going) return going;
  }
  return {};
}

Result<std::size_t> Input::read(std::span<std::uint8_t> bytes) {
  std::size_t done = 0;
  while (done < bytes.size()) {
    if (auto ready = wait(); !ready) return std::move(ready).error();
    const ssize_t count = ::read(descriptor_, bytes.data() + done, bytes.size() - done);
    if (count < 0) {
      if (errno != EINTR) return io_error("read", fmt::format("{} at byte {}", name_, offset_), errno);
      if (auto going = check_interrupt(); !going) return std::move(going).error();
      continue;
    }
    if (count == 0) {
      // Ctrl-C in a pipeline ends the writer as well: what came so far must not pass for the whole.
      if (auto going = check_interrupt(); !going) return std::move(going).error();
      break;
    }
    done += static_cast<std::size_t>(count);
    offset_ += static_cast<std::uint64_t>(count);
  }
  return done;
}

}  // namespace caligo::cli
