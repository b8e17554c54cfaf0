// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace caligo {

/// "MAJOR.MINOR.PATCH".
[[nodiscard]] std::string_view version() noexcept;
/// Commit the library was built from, "-dirty" appended for a changed tree, or "unknown" outside a checkout.
[[nodiscard]] std::string_view git_hash() noexcept;

}  // namespace caligo
