// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <caligo/isa.hpp>
#include <caligo/version.hpp>

#include <CLI/CLI.hpp>

#include "cli/commands.hpp"

namespace caligo::cli {

namespace {

constexpr const char* footer = R"(Examples:
  caligo info
  caligo --isa scalar info --json)";

std::vector<std::string> names(const std::vector<Isa>& isas) {
  std::vector<std::string> result;
  for (const Isa isa : isas) result.emplace_back(to_string(isa));
  return result;
}

Result<void> run(bool json) {
  auto active = active_isa();
  if (!active) return std::move(active).error();
  const std::vector<std::string> built = names(built_isas());
  const std::vector<std::string> supported = names(supported_isas());
  if (json) {
    nlohmann::ordered_json document;
    document["version"] = version();
    document["git_hash"] = git_hash();
    document["isa"] = to_string(*active);
    document["isa_built"] = built;
    document["isa_supported"] = supported;
    return print_json(document);
  }
  return print(
      fmt::format("caligo {} ({})\n"
                  "instruction sets  built      {}\n"
                  "                  supported  {}\n"
                  "                  active     {}\n",
                  version(), git_hash(), fmt::join(built, " "), fmt::join(supported, " "), to_string(*active)));
}

}  // namespace

void add_info(CLI::App& app, Context& context) {
  CLI::App* sub = app.add_subcommand("info", "Print the version and the instruction sets");
  auto json = std::make_shared<bool>(false);
  sub->add_flag("--json", *json, "Print JSON: version, git_hash, isa (the active one), isa_built, isa_supported");
  sub->footer(footer);
  sub->callback([&context, json] { context.command = [json] { return run(*json); }; });
}

}  // namespace caligo::cli
