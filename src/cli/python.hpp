// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Scripts in Python, for what only Python's libraries do.

#include <caligo/error.hpp>

#include <string>
#include <string_view>

namespace caligo::cli {

/// What a script writes to standard output, given `input` as its standard input. The interpreter is CALIGO_PYTHON, or
/// python3 on PATH. Errors: unsupported, if there is no interpreter or the script ends with 3, which means that a
/// library is missing; interrupted; io for everything else. The message is the script's last line of standard error.
Result<std::string> run_python(std::string_view script, std::string_view input);

}  // namespace caligo::cli
