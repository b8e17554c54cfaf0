// SPDX-License-Identifier: Apache-2.0
#pragma once
/// _caligo.CodeSpec, and functions that make codes.

#include <nanobind/nanobind.h>
#include <caligo/code.hpp>

namespace caligo::python {

void bind_code(nanobind::module_& module);
void bind_info(nanobind::module_& module);

}  // namespace caligo::python
