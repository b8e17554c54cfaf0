// SPDX-License-Identifier: Apache-2.0
#include "cli/python.hpp"

#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <system_error>

#include "cli/context.hpp"

namespace caligo::cli {

namespace {

constexpr int library_missing = 3;
constexpr std::size_t most_bytes = std::size_t{256} << 20U;

/// Unnamed and gone when closed. With files instead of pipes nobody waits for anybody, however much is written.
using Scratch = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;
Scratch make_scratch() { return {std::tmpfile(), &std::fclose}; }

Error system_error(std::string_view what, int number) {
  return {ErrorCode::io, fmt::format("{}: {}", what, std::generic_category().message(number))};
}

std::string read_all(std::FILE* file) {
  std::string text;
  std::array<char, 1U << 16U> piece{};
  if (std::fseek(file, 0, SEEK_SET) != 0) return text;
  while (text.size() < most_bytes) {
    const std::size_t got = std::fread(piece.data(), 1, piece.size(), file);
    if (got == 0) break;
    text.append(piece.data(), got);
  }
  return text;
}

std::string last_line(std::string text) {
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text.substr(text.rfind('\n') + 1);
}

Result<int> wait_for(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return system_error("waiting for Python", errno);
  }
  if (auto going = check_interrupt(); !going) return std::move(going).error();
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

Result<pid_t> start(const std::string& interpreter, std::string_view script, std::FILE* in, std::FILE* out,
                    std::FILE* err) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, fileno(in), 0);
  posix_spawn_file_actions_adddup2(&actions, fileno(out), 1);
  posix_spawn_file_actions_adddup2(&actions, fileno(err), 2);
  std::string program = interpreter;
  std::string flag = "-c";
  std::string code(script);
  const std::array<char*, 4> arguments{program.data(), flag.data(), code.data(), nullptr};
  pid_t child = 0;
  const int failed = ::posix_spawnp(&child, program.c_str(), &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failed == 0) return child;
  return Error{ErrorCode::unsupported,
               fmt::format("needs Python, and {} cannot be run: {} (CALIGO_PYTHON names another)", interpreter,
                           std::generic_category().message(failed))};
}

}  // namespace

Result<std::string> run_python(std::string_view script, std::string_view input) {
  const char* named = std::getenv("CALIGO_PYTHON");  // NOLINT(concurrency-mt-unsafe): one thread, before any other
  const std::string interpreter = named != nullptr && *named != '\0' ? named : "python3";
  const Scratch in = make_scratch();
  const Scratch out = make_scratch();
  const Scratch err = make_scratch();
  if (!in || !out || !err) return system_error("temporary file", errno);
  if (std::fwrite(input.data(), 1, input.size(), in.get()) != input.size() || std::fflush(in.get()) != 0 ||
      std::fseek(in.get(), 0, SEEK_SET) != 0) {
    return system_error("temporary file", errno);
  }
  auto child = start(interpreter, script, in.get(), out.get(), err.get());
  if (!child) return std::move(child).error();
  auto code = wait_for(*child);
  if (!code) return std::move(code).error();
  if (*code == 0) return read_all(out.get());
  const std::string message = last_line(read_all(err.get()));
  const ErrorCode kind = *code == library_missing ? ErrorCode::unsupported : ErrorCode::io;
  return Error{kind, fmt::format("{} {}", interpreter, message.empty() ? fmt::format("failed ({})", *code) : message)};
}

}  // namespace caligo::cli
