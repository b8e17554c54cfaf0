// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The library's errors as Python exceptions.

#include <nanobind/nanobind.h>
#include <caligo/error.hpp>

#include <string>
#include <utility>

namespace caligo::python {

/// Raises: ValueError for arguments and malformed input, OSError for input and output, and the classes of
/// caligo.errors for the rest. Needs the GIL.
[[noreturn]] void raise(const Error& error);

inline void check(const Result<void>& result) {
  if (!result) raise(result.error());
}

template <class T>
T take(Result<T>&& result) {
  if (!result) raise(result.error());
  return std::move(*result);
}

/// register_errors(): takes the exception classes, which are defined in Python.
void bind_errors(nanobind::module_& module);

}  // namespace caligo::python
