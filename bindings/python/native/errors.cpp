// SPDX-License-Identifier: Apache-2.0
#include "errors.hpp"

namespace nb = nanobind;

namespace caligo::python {

namespace {

/// Held for the life of the process: the module is never unloaded.
PyObject* caligo_error = nullptr;
PyObject* no_key_error = nullptr;
PyObject* key_exhausted_error = nullptr;
PyObject* not_authentic_error = nullptr;

PyObject* make_class(nb::module_& module, const char* name, const char* doc, PyObject* base) {
  const std::string full = std::string("caligo.") + name;
  PyObject* made = PyErr_NewExceptionWithDoc(full.c_str(), doc, base, nullptr);
  if (made == nullptr) throw nb::python_error();
  module.attr(name) = nb::borrow(made);
  return made;
}

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
  caligo_error = make_class(module, "CaligoError", "Base of the errors that only this library has.", PyExc_Exception);
  no_key_error = make_class(module, "NoKeyError", "No secret key can be left at this error rate.", caligo_error);
  key_exhausted_error = make_class(module, "KeyExhaustedError",
                                   "The pool of authentication keys has not enough bits left.", caligo_error);
  not_authentic_error =
      make_class(module, "NotAuthenticError", "A frame whose tag is wrong, or that came out of order.", caligo_error);
}

}  // namespace caligo::python
