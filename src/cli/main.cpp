// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <caligo/isa.hpp>
#include <caligo/version.hpp>

#include <CLI/CLI.hpp>
#include <exception>

#include "cli/commands.hpp"
#include "cli/validators.hpp"

namespace caligo::cli {

namespace {

constexpr const char* description =
    "Caligo turns two noisy copies of a bit string into one shared key, with polar codes and list decoding.";

constexpr const char* footer = R"(Conventions:
  Packed bits: bit i is (byte[i/8] >> (i%8)) & 1; pad bits are zero.
  LLR = ln P(bit = 0)/P(bit = 1): positive means 0. A frozen mask has 1 = frozen.
  FILE may be - for standard input or output. Results go to standard output or a file, logs to standard error.

Exit codes: 0 success, 1 failure, 2 wrong usage, 130 interrupted.
Environment: CALIGO_ISA forces an instruction set, CALIGO_CACHE_DIR moves the cache of code constructions.

Examples:
  caligo construct --channel bsc:0.02 -n 10 --message 512 -o code.json
  caligo encode -c code.json message.bits -o code.bits
  caligo COMMAND --help)";

void add_shared_options(CLI::App& app, Context& context) {
  app.description(description);
  app.footer(footer);
  app.get_formatter()->column_width(32);
  app.set_version_flag("--version", fmt::format("caligo {} ({})", version(), git_hash()), "Print the version and exit");
  app.add_flag("-q,--quiet", context.quiet, "Only errors on standard error, no summaries");
  app.add_flag("--no-progress", context.no_progress, "No progress line on a terminal");
  app.add_option("--log", context.log, "Form of standard error: text or json")
      ->transform(one_of({"text", "json"}))
      ->option_text("FORM");
  app.add_option("--isa", context.isa, "Instruction set: avx512, avx512bw, avx2, neon or scalar (default: the fastest)")
      ->option_text("NAME");
  app.fallthrough();
  app.require_subcommand(0, 1);
}

int report(const Error& error) {
  log_error(error.message);
  switch (error.code) {
    case ErrorCode::invalid_argument:
      return exit_code::usage;
    case ErrorCode::interrupted:
      return 128 + stop_signal();
    default:
      return exit_code::failure;
  }
}

Result<void> choose_isa(const Context& context) {
  if (context.isa.empty()) {
    auto active = active_isa();  // notices a wrong CALIGO_ISA before any work is done
    return active ? Result<void>{} : std::move(active).error();
  }
  auto isa = parse_isa(context.isa);
  return isa ? force_isa(*isa) : std::move(isa).error();
}

int run_command(const Context& context) {
  if (auto chosen = choose_isa(context); !chosen) return report(chosen.error());
  if (auto done = context.command(); !done) return report(done.error());
  return exit_code::success;
}

int print_or_report(const std::string& text) {
  auto printed = print(text);
  return printed ? exit_code::success : report(printed.error());
}

/// Parses, then runs the subcommand that was chosen.
int run(int argc, const char* const* argv) {
  Context context;
  start_log(context);
  catch_signals();
  CLI::App app;
  add_shared_options(app, context);
  for (auto* add : registrations) add(app, context);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    return print_or_report(app.help());
  } catch (const CLI::CallForVersion& wanted) {
    return print_or_report(std::string(wanted.what()) + "\n");
  } catch (const CLI::ParseError& wrong) {
    start_log(context);
    log_error(wrong.what());
    return exit_code::usage;
  }
  start_log(context);
  if (!context.command) {
    std::fputs(app.help().c_str(), stderr);
    return exit_code::usage;
  }
  return run_command(context);
}

}  // namespace

}  // namespace caligo::cli

int main(int argc, char** argv) {
  try {
    return caligo::cli::run(argc, argv);
  } catch (const std::exception& error) {
    caligo::cli::log_error(error.what());
    return caligo::cli::exit_code::failure;
  }
}
