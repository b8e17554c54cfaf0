// SPDX-License-Identifier: Apache-2.0
#include "errors.hpp"

namespace nb = nanobind;

namespace caligo::python {

namespace {

/// Registered when the package is imported, and held for the life of the process.
PyObject* caligo_error = nullptr;
PyObject* no_key_error = nullptr;
PyObject* key_exhausted_error = nullptr;
PyObject* not_authentic_error = nullptr;

PyObject* class_for(ErrorCode code) {
  switch (code) {
    case ErrorCode::invalid_argument:
    case ErrorCode::malformed_input:
    case ErrorCode::size_mismatch:
      return PyExc_ValueError;
    case ErrorCode::io:
      return PyExc_OSError;
    case ErrorCode::unsupported:
      return PyExc_NotImplementedError;
    case ErrorCode::no_key:
      return no_key_error;
    case ErrorCode::interrupted:
      return PyExc_InterruptedError;
    case ErrorCode::key_exhausted:
      return key_exhausted_error;
    case ErrorCode::not_authentic:
      return not_authentic_error;
  }
  return caligo_error;
}

}  // namespace

void raise(const Error& error) {
  PyErr_SetString(class_for(error.code), error.message.c_str());
  throw nb::python_error();
}

void bind_errors(nb::module_& module) {
  module.def("register_errors", [](nb::type_object base, nb::type_object no_key, nb::type_object exhausted,
                                   nb::type_object not_authentic) {
    caligo_error = base.release().ptr();
    no_key_error = no_key.release().ptr();
    key_exhausted_error = exhausted.release().ptr();
    not_authentic_error = not_authentic.release().ptr();
  });
}

}  // namespace caligo::python
