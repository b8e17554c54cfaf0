// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The subcommands. Each lives in src/cli/<name>.cpp and adds itself with its options, examples and callback.

#include "cli/context.hpp"

namespace CLI {
class App;
}

namespace caligo::cli {

void add_info(CLI::App& app, Context& context);
void add_construct(CLI::App& app, Context& context);
void add_encode(CLI::App& app, Context& context);
void add_decode(CLI::App& app, Context& context);
void add_sample(CLI::App& app, Context& context);
void add_reconcile(CLI::App& app, Context& context);
void add_distill(CLI::App& app, Context& context);
void add_inspect(CLI::App& app, Context& context);
void add_simulate(CLI::App& app, Context& context);
void add_plot(CLI::App& app, Context& context);
void add_bench(CLI::App& app, Context& context);

/// In the order in which --help lists them.
inline constexpr void (*registrations[])(CLI::App&, Context&) = {
    add_info,    add_construct, add_encode,   add_decode, add_sample, add_reconcile,
    add_distill, add_inspect,   add_simulate, add_plot,   add_bench,
};

}  // namespace caligo::cli
