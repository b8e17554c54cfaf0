// SPDX-License-Identifier: Apache-2.0
#include "arrays.hpp"

// What NumPy 1.22 has; modules compiled with the headers of NumPy 2 run with both.
#define NPY_NO_DEPRECATED_API NPY_1_22_API_VERSION
#define NPY_TARGET_VERSION NPY_1_22_API_VERSION
#include <numpy/arrayobject.h>

#include <array>
#include <cstring>
#include <utility>

namespace nb = nanobind;

namespace caligo::python {

namespace {

constexpr std::array<const char*, 7> dtype_names = {"bool", "uint8", "int8", "int16", "uint32", "float32", "float64"};
constexpr std::array<int, dtype_names.size()> type_numbers = {NPY_BOOL,   NPY_UINT8,   NPY_INT8,   NPY_INT16,
                                                              NPY_UINT32, NPY_FLOAT32, NPY_FLOAT64};

PyArrayObject* as_array(nb::handle object) noexcept { return reinterpret_cast<PyArrayObject*>(object.ptr()); }

Dtype dtype_of(PyArrayObject* array) noexcept {
  if (PyArray_ISBYTESWAPPED(array)) return Dtype::other;
  const int number = PyArray_TYPE(array);
  for (std::size_t i = 0; i < type_numbers.size(); ++i) {
    if (type_numbers[i] == number) return static_cast<Dtype>(i);
  }
  return Dtype::other;
}

/// What an error calls an object: its dtype, or else its class.
std::string describe(nb::handle object) {
  if (PyArray_Check(object.ptr())) {
    const nb::object dtype = object.attr("dtype");
    return std::string("dtype ") + nb::str(nb::handle(dtype)).c_str();
  }
  return nb::type_name(object.type()).c_str();
}

std::string shape_of(PyArrayObject* array) {
  std::string text = "(";
  for (int axis = 0; axis < PyArray_NDIM(array); ++axis) {
    text += (axis == 0 ? "" : ", ") + std::to_string(PyArray_DIM(array, axis));
  }
  return text + (PyArray_NDIM(array) == 1 ? ",)" : ")");
}

nb::object checked(PyObject* made) {
  if (made == nullptr) throw nb::python_error();
  return nb::steal(made);
}

/// An array itself, or one over the memory of another object with the buffer protocol. Nothing if it has none.
nb::object to_array(nb::handle object) {
  if (PyArray_Check(object.ptr())) return nb::borrow(object);
  if (PyObject_CheckBuffer(object.ptr()) == 0) return {};
  const nb::object view = checked(PyMemoryView_FromObject(object.ptr()));
  return checked(PyArray_FromAny(view.ptr(), nullptr, 0, 0, 0, nullptr));
}

NewArray make_empty(int dimensions, npy_intp* shape, Dtype dtype) {
  NewArray made{checked(PyArray_SimpleNew(dimensions, shape, type_numbers[static_cast<std::size_t>(dtype)]))};
  made.data = PyArray_DATA(as_array(made.object));
  return made;
}

}  // namespace

void import_numpy() {
  if (_import_array() < 0) throw nb::python_error();
}

const char* to_string(Dtype dtype) noexcept {
  return dtype == Dtype::other ? "other" : dtype_names[static_cast<std::size_t>(dtype)];
}

std::string Dtypes::text() const {
  std::string text;
  for (std::size_t i = 0; i < dtype_names.size(); ++i) {
    if (!has(static_cast<Dtype>(i))) continue;
    if (!text.empty()) text += ", ";
    text += dtype_names[i];
  }
  return text;
}

Array::Array(nb::handle object, const char* name, Dtypes dtypes, int min_ndim, int max_ndim)
    : array_(to_array(object)) {
  if (array_.is_valid()) dtype_ = dtype_of(as_array(array_));
  if (!dtypes.has(dtype_)) {
    throw nb::type_error(
        (std::string(name) + ": expected an array of dtype " + dtypes.text() + ", got " + describe(object)).c_str());
  }
  if (!PyArray_ISCARRAY_RO(as_array(array_))) {
    array_ = checked(PyArray_FromArray(as_array(array_), nullptr, NPY_ARRAY_CARRAY_RO));
  }
  look(name, min_ndim, max_ndim);
}

Array Array::writable(nb::handle object, const char* name, Dtype dtype) {
  const auto expected = [&] {
    return std::string(name) + ": expected a writable C-contiguous array of dtype " + to_string(dtype) + ", got ";
  };
  if (!PyArray_Check(object.ptr())) throw nb::type_error((expected() + describe(object)).c_str());
  Array array;
  array.array_ = nb::borrow(object);
  array.dtype_ = dtype_of(as_array(object));
  if (array.dtype_ != dtype) throw nb::type_error((expected() + describe(object)).c_str());
  if (!PyArray_ISCARRAY(as_array(object))) {
    throw nb::value_error(
        (expected() + (PyArray_ISWRITEABLE(as_array(object)) ? "another layout" : "a read-only one")).c_str());
  }
  array.look(name, 1, 2);
  return array;
}

void Array::look(const char* name, int min_ndim, int max_ndim) {
  PyArrayObject* const array = as_array(array_);
  const int dimensions = PyArray_NDIM(array);
  if (dimensions < min_ndim || dimensions > max_ndim) {
    const char* wanted = max_ndim == 1 ? "1 dimension" : min_ndim == 2 ? "2 dimensions" : "1 or 2 dimensions";
    throw nb::value_error(
        (std::string(name) + ": expected an array of " + wanted + ", got shape " + shape_of(array)).c_str());
  }
  is_matrix_ = dimensions == 2;
  rows_ = is_matrix_ ? static_cast<std::size_t>(PyArray_DIM(array, 0)) : 1;
  columns_ = static_cast<std::size_t>(PyArray_DIM(array, dimensions - 1));
  data_ = PyArray_DATA(array);
}

std::string Array::shape() const { return shape_of(as_array(array_)); }

void Array::expect_columns(const char* name, std::size_t columns_expected) const {
  if (columns_ == columns_expected) return;
  const std::string wanted = std::to_string(columns_expected);
  throw nb::value_error((std::string(name) + ": expected shape " +
                         (is_matrix_ ? "(frames, " + wanted + ")" : "(" + wanted + ",)") + ", got " + shape())
                            .c_str());
}

NewArray new_vector(std::size_t columns, Dtype dtype) {
  auto length = static_cast<npy_intp>(columns);
  return make_empty(1, &length, dtype);
}
NewArray new_matrix(std::size_t rows, std::size_t columns, Dtype dtype) {
  std::array<npy_intp, 2> shape = {static_cast<npy_intp>(rows), static_cast<npy_intp>(columns)};
  return make_empty(2, shape.data(), dtype);
}

nb::object view_of(const std::uint8_t* data, std::size_t bytes, nb::handle owner) {
  auto length = static_cast<npy_intp>(bytes);
  // NumPy takes a pointer to writable memory and is told next that it is not.
  nb::object view = checked(PyArray_SimpleNewFromData(1, &length, NPY_UINT8, const_cast<std::uint8_t*>(data)));
  PyArray_CLEARFLAGS(as_array(view), NPY_ARRAY_WRITEABLE);
  if (PyArray_SetBaseObject(as_array(view), nb::borrow(owner).release().ptr()) != 0) throw nb::python_error();
  return view;
}

}  // namespace caligo::python
