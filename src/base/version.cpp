// SPDX-License-Identifier: Apache-2.0
#include <caligo/version.hpp>

namespace caligo {

std::string_view version() noexcept { return CALIGO_VERSION; }
std::string_view git_hash() noexcept { return CALIGO_GIT_HASH; }

}  // namespace caligo
