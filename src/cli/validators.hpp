// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Checks of option values whose errors say what was expected and what was found. Pass them to Option::transform(), so
/// that CLI11 converts the checked form (by itself it would take 010 for eight and 0x10 for sixteen).

#include <string>
#include <vector>

namespace CLI {
class Validator;
}

namespace caligo::cli {

/// Decimal digits only, low <= value <= high.
CLI::Validator whole_number(unsigned long long low, unsigned long long high);
/// Any floating-point number; its domain is checked where it is used.
CLI::Validator number();
/// Exactly one of these words.
CLI::Validator one_of(std::vector<std::string> words);

}  // namespace caligo::cli
