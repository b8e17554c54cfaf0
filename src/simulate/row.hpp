// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The text of result files, row by row; shared by the reader and the ledger of a run.

#include <caligo/results.hpp>

#include <string>
#include <string_view>

namespace caligo::simulate {

/// Bytes of a line: a row has some hundred.
inline constexpr std::size_t longest_line = std::size_t{1} << 16U;

/// The first line, without its newline. Errors: malformed_input, without a place.
Result<void> check_header(std::string_view line);
/// Another line, without its newline. Errors: malformed_input, without a place.
Result<ResultRow> parse_row(std::string_view line);

}  // namespace caligo::simulate
