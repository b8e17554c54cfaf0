// SPDX-License-Identifier: Apache-2.0
#pragma once
/// What every subcommand shares: the options before its name, its outcome, logs, interruption and standard output.

#include <caligo/error.hpp>
#include <nlohmann/json.hpp>

#include <functional>
#include <string>
#include <string_view>

namespace caligo::cli {

/// Exit codes that scripts rely on. A command that returns ErrorCode::invalid_argument ends as a usage error,
/// interrupted as 128 + signal (130 for SIGINT), any other error as a failure.
namespace exit_code {
inline constexpr int success = 0;
inline constexpr int failure = 1;
inline constexpr int usage = 2;
}  // namespace exit_code

/// Options that stand before the subcommand, and the subcommand that was chosen.
struct Context {
  bool quiet = false;        ///< errors only on standard error
  bool no_progress = false;  ///< no progress line even on a terminal
  std::string log = "text";  ///< "text" or "json": the form of standard error
  std::string isa;           ///< instruction set to force, or empty
  /// Set by the callback of the chosen subcommand, run by main() once all options are parsed:
  ///   sub->callback([&context, options] { context.command = [&context, options] { return run(context, *options); };
  ///   });
  std::function<Result<void>()> command;
};

/// One line on standard error, "caligo: ..." or a JSON object. log_info() is silent with --quiet. After start_log().
void start_log(const Context& context);
void log_info(std::string_view message);
void log_warning(std::string_view message);
void log_error(std::string_view message);

/// SIGINT and SIGTERM set a flag; a second one ends the process at once. SIGPIPE becomes a write error.
void catch_signals();
/// The signal that came, or 0.
[[nodiscard]] int stop_signal() noexcept;
/// Errors: interrupted, if a signal came. Long loops call it once per frame or block:
///   if (auto going = check_interrupt(); !going) return going;
Result<void> check_interrupt();

/// Of the whole process, all threads.
[[nodiscard]] double processor_seconds() noexcept;

/// To standard output, complete or an error (a full disk is noticed). Errors: io.
Result<void> print(std::string_view text);
/// One JSON document, indented by two, and a newline.
Result<void> print_json(const nlohmann::ordered_json& document);

}  // namespace caligo::cli
