// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The subcommands of `caligo bench`. Each lives in src/cli/bench_<name>.cpp and adds itself.

namespace CLI {
class App;
}

namespace caligo::cli {

struct Context;

void add_bench_decode(CLI::App& bench, Context& context);
void add_bench_encode(CLI::App& bench, Context& context);
void add_bench_construct(CLI::App& bench, Context& context);
void add_bench_amplify(CLI::App& bench, Context& context);
void add_bench_container(CLI::App& bench, Context& context);

}  // namespace caligo::cli
