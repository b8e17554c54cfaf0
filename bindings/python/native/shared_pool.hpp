// SPDX-License-Identifier: Apache-2.0
#pragma once
/// A key pool that several authenticators share.

#include <caligo/authenticate.hpp>

#include <mutex>
#include <string>
#include <utility>

namespace caligo::python {

/// The mutex serves the authenticators, too.
struct SharedPool {
  explicit SharedPool(KeyPool made) : pool(std::move(made)) {}
  std::mutex mutex;
  KeyPool pool;
};

/// Raises ValueError.
Direction parse_direction(const std::string& name);

}  // namespace caligo::python
