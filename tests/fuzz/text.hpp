// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Untrusted text: as it comes in, or a valid document with a few bytes changed.

#include <caligo/error.hpp>

#include <string>

#include "tests/fuzz/input.hpp"

namespace caligo::fuzz {

/// Text begins with a printable character or white space; other inputs describe a document to be made.
inline bool is_description(Bytes bytes) { return !bytes.empty() && (bytes[0] >= 0x80 || bytes[0] < 9); }

/// Up to seven edits; true if there were any.
bool damage(Input& input, std::string& text);

/// One line of ASCII that begins with the source's name: text from outside must not reach a terminal raw.
void require_proper(const Error& error, const std::string& source);
/// Throws unless `message` has "byte K" with K <= size behind `prefix`.
void require_offset(const std::string& message, const std::string& prefix, std::size_t size);

}  // namespace caligo::fuzz
