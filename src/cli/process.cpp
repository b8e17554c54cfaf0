// SPDX-License-Identifier: Apache-2.0
// Signals and standard output.
#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <ctime>
#include <system_error>

#include "cli/context.hpp"

namespace caligo::cli {

namespace {

std::atomic<int> signal_number{0};
static_assert(std::atomic<int>::is_always_lock_free, "the signal handler needs a lock-free flag");

extern "C" void note_signal(int number) {
  // The second one means that the user does not want to wait for the next poll.
  if (signal_number.exchange(number) != 0) _exit(128 + number);
}

}  // namespace

double processor_seconds() noexcept { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

void catch_signals() {
  struct sigaction action{};
  action.sa_handler = note_signal;  // without SA_RESTART: a blocked read or write returns
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  // A reader that goes away is an error to report and clean up after, not a reason to vanish.
  action.sa_handler = SIG_IGN;
  sigaction(SIGPIPE, &action, nullptr);
}

int stop_signal() noexcept { return signal_number.load(std::memory_order_relaxed); }

Result<void> check_interrupt() {
  if (stop_signal() == 0) return {};
  return Error{ErrorCode::interrupted, "interrupted"};
}

Result<void> print(std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(STDOUT_FILENO, text.data(), text.size());
    if (written >= 0) {
      text.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno == EINTR) {
      if (auto going = check_interrupt(); !going) return going;
    } else {
      const int error = errno;
      return Error{ErrorCode::io,
                   fmt::format("cannot write standard output: {}", std::generic_category().message(error))};
    }
  }
  return {};
}

Result<void> print_json(const nlohmann::ordered_json& document) {
  // Paths may hold bytes that are not UTF-8.
  return print(document.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
}

}  // namespace caligo::cli
