// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The code file that several subcommands read.

#include <caligo/code.hpp>

#include <string>

namespace caligo::cli {

/// Errors: io, malformed_input.
Result<CodeSpec> load_code(const std::string& path);

}  // namespace caligo::cli
