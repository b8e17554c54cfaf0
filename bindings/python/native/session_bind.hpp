// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Two-party sessions, privacy amplification, authentication: _caligo's classes and functions.

#include <nanobind/nanobind.h>
#include <caligo/reconcile.hpp>
#include <caligo/session.hpp>

namespace caligo::python {

/// A dictionary of the fields of Leakage, and "total".
nanobind::dict leakage_dict(const Leakage& leaked);
/// From the Python dataclass SessionSettings. Raises ValueError, TypeError.
SessionSettings read_settings(nanobind::handle settings);

void bind_session(nanobind::module_& module);
void bind_amplify(nanobind::module_& module);
void bind_authenticate(nanobind::module_& module);
void bind_container(nanobind::module_& module);

}  // namespace caligo::python
