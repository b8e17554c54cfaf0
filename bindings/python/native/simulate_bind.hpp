// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Monte Carlo simulation, and the files of its results.

#include <nanobind/nanobind.h>

namespace caligo::python {

void bind_simulate(nanobind::module_& module);

}  // namespace caligo::python
