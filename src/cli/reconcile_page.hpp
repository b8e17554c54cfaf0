// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The page of `caligo reconcile --report`: src/cli/reconcile_page.html, which the build turns into a string. @DATA@ in
/// it stands for the JSON.

#include <string_view>

namespace caligo::cli {

extern const std::string_view reconcile_page;

}  // namespace caligo::cli
