// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The text form of a reliability order (docs/formats/code.md).

#include <caligo/construct.hpp>

#include <string>

namespace caligo::cli {

/// shortened: code bits at the end that will be known; their positions are left out of the order. Errors: io,
/// malformed_input, invalid_argument (nothing would be left).
Result<ReliabilityOrder> load_order(const std::string& path, std::size_t shortened);

/// What load_order reads. Errors: invalid_argument if the order is shortened or names no channel, which the form needs.
Result<std::string> format_order(const ReliabilityOrder& order);

}  // namespace caligo::cli
