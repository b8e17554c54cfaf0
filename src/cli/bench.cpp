// SPDX-License-Identifier: Apache-2.0
#include "cli/bench.hpp"

#include <CLI/CLI.hpp>

#include "cli/commands.hpp"

namespace caligo::cli {

namespace {

constexpr const char* footer =
    R"(Every measurement works on new random data, which is made outside the timed parts. Throughput counts the CPU time of
the measuring thread; short calls are timed by the wall clock, calls of a millisecond or more by CPU time.

Examples:
  caligo construct --channel awgn-ebn0:1.7 -n 10 --message 512 -o code.json
  caligo bench decode -c code.json --list 32 --channel awgn-ebn0:1.7 --json
  caligo bench encode -c code.json
  caligo bench construct --channel bsc:0.02 -n 16
  caligo bench amplify --bits 1000000
  caligo bench COMMAND --help)";

}  // namespace

void add_bench(CLI::App& app, Context& context) {
  CLI::App* bench = app.add_subcommand("bench", "Measure speed: decode, encode, construct, amplify or container");
  bench->require_subcommand(0, 1);  // with 1, CLI11 would not name a subcommand that it does not know
  bench->footer(footer);
  add_bench_decode(*bench, context);
  add_bench_encode(*bench, context);
  add_bench_construct(*bench, context);
  add_bench_amplify(*bench, context);
  add_bench_container(*bench, context);
  bench->callback([&context, bench] {
    if (!bench->get_subcommands().empty()) return;
    context.command = [] {
      return Result<void>(
          Error{ErrorCode::invalid_argument, "bench: expected decode, encode, construct, amplify or container"});
    };
  });
}

}  // namespace caligo::cli
