// SPDX-License-Identifier: Apache-2.0
#include "results.hpp"

namespace nb = nanobind;

namespace caligo::python {

void ResultType::set(nb::type_object type) {
  names_.clear();
  for (const nb::handle name : nb::cast<nb::tuple>(type.attr("__match_args__"))) {
    PyObject* interned = nb::borrow(name).release().ptr();
    PyUnicode_InternInPlace(&interned);
    names_.push_back(interned);
  }
  type_ = reinterpret_cast<PyTypeObject*>(type.release().ptr());
}

nb::object ResultType::allocate(std::size_t fields) const {
  if (type_ == nullptr || fields != names_.size()) throw nb::type_error("the result classes were not registered");
  PyObject* made = PyType_GenericAlloc(type_, 0);
  if (made == nullptr) throw nb::python_error();
  return nb::steal(made);
}

void ResultType::assign(const nb::object& made, std::size_t index, const nb::handle& value) const {
  // The generic function goes past __setattr__, with which frozen dataclasses refuse changes.
  if (PyObject_GenericSetAttr(made.ptr(), names_[index], value.ptr()) != 0) throw nb::python_error();
}

ResultTypes& result_types() noexcept {
  static auto* const types = new ResultTypes;
  return *types;
}

}  // namespace caligo::python
