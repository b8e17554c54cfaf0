// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Makes the frozen dataclasses that Python defines, without the cost of their __init__.

#include <nanobind/nanobind.h>

#include <cstddef>
#include <vector>

namespace caligo::python {

/// One dataclass with slots. Registered once, when the package is imported.
class ResultType {
 public:
  void set(nanobind::type_object type);
  /// An instance with these fields, in the order of their declaration.
  template <class... Field>
  [[nodiscard]] nanobind::object make(const Field&... field) const {
    nanobind::object made = allocate(sizeof...(field));
    std::size_t index = 0;
    (assign(made, index++, field), ...);
    return made;
  }

 private:
  [[nodiscard]] nanobind::object allocate(std::size_t fields) const;
  void assign(const nanobind::object& made, std::size_t index, const nanobind::handle& value) const;
  PyTypeObject* type_ = nullptr;  // held for the life of the process, like the names
  std::vector<PyObject*> names_ = {};
};

struct ResultTypes {
  ResultType hard;    ///< HardDecodeResult
  ResultType soft;    ///< SoftDecodeResult
  ResultType decode;  ///< DecodeResult
};
/// Guarded by the GIL.
ResultTypes& result_types() noexcept;

}  // namespace caligo::python
