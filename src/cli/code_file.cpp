// SPDX-License-Identifier: Apache-2.0
#include "cli/code_file.hpp"

#include "base/file.hpp"

namespace caligo::cli {

namespace {

/// docs/formats/code.md
constexpr std::uint64_t max_bytes = std::uint64_t{4} << 20U;

}  // namespace

Result<CodeSpec> load_code(const std::string& path) {
  auto text = base::read_file(path, max_bytes);
  if (!text) return std::move(text).error();
  return CodeSpec::from_json(*text, path);
}

}  // namespace caligo::cli
