// SPDX-License-Identifier: Apache-2.0
#pragma once
/// NumPy arrays in and out, by NumPy's C interface: a view costs some nanoseconds, a new array under a tenth of a
/// microsecond, and well-shaped input is never copied.

#include <nanobind/nanobind.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace caligo::python {

enum class Dtype : std::uint8_t { boolean, uint8, int8, int16, uint32, float32, float64, other };
[[nodiscard]] const char* to_string(Dtype dtype) noexcept;

/// The dtypes that a parameter takes.
class Dtypes {
 public:
  template <class... D>
  constexpr explicit Dtypes(D... dtype) noexcept : mask_(((1U << static_cast<unsigned>(dtype)) | ...)) {}
  [[nodiscard]] constexpr bool has(Dtype dtype) const noexcept {
    return ((mask_ >> static_cast<unsigned>(dtype)) & 1U) != 0;
  }
  [[nodiscard]] std::string text() const;

 private:
  unsigned mask_;
};

/// A C-contiguous, native-endian array, held until this goes. Other layouts are copied, once.
class Array {
 public:
  Array() = default;
  /// object: an array, or anything with the buffer protocol (bytes, memoryview). Raises TypeError (no array, or another
  /// dtype) and ValueError (not min_ndim to max_ndim dimensions), naming `name`.
  Array(nanobind::handle object, const char* name, Dtypes dtypes, int min_ndim = 1, int max_ndim = 1);
  /// Output: must be writable and contiguous, as nothing is copied back.
  static Array writable(nanobind::handle object, const char* name, Dtype dtype);

  [[nodiscard]] bool given() const noexcept { return array_.is_valid(); }
  [[nodiscard]] Dtype dtype() const noexcept { return dtype_; }
  [[nodiscard]] bool is_matrix() const noexcept { return is_matrix_; }
  /// Of the last axis.
  [[nodiscard]] std::size_t columns() const noexcept { return columns_; }
  /// 1 for a vector.
  [[nodiscard]] std::size_t rows() const noexcept { return rows_; }
  [[nodiscard]] std::size_t size() const noexcept { return rows() * columns(); }
  template <class T>
  [[nodiscard]] T* data() const noexcept {
    return static_cast<T*>(data_);
  }
  template <class T>
  [[nodiscard]] std::span<const T> values() const noexcept {
    return {data<const T>(), size()};
  }
  /// "(3, 8)"
  [[nodiscard]] std::string shape() const;
  /// ValueError unless the last axis has this length.
  void expect_columns(const char* name, std::size_t columns) const;

 private:
  void look(const char* name, int min_ndim, int max_ndim);
  nanobind::object array_;
  void* data_ = nullptr;
  std::size_t rows_ = 0;
  std::size_t columns_ = 0;
  bool is_matrix_ = false;
  Dtype dtype_ = Dtype::other;
};

/// For signatures: typing.Any. The modules in Python say what it is.
inline nanobind::any as_any(nanobind::object object) { return nanobind::steal<nanobind::any>(object.release()); }

/// A new array and its memory.
struct NewArray {
  nanobind::object object;
  void* data = nullptr;
  template <class T>
  [[nodiscard]] T* as() const noexcept {
    return static_cast<T*>(data);
  }
};
/// Loads NumPy; once, when the module is imported.
void import_numpy();
/// numpy.empty of shape (columns,).
NewArray new_vector(std::size_t columns, Dtype dtype);
/// numpy.empty of shape (rows, columns).
NewArray new_matrix(std::size_t rows, std::size_t columns, Dtype dtype);
/// (rows, columns) if `matrix`, else (columns,).
inline NewArray new_array(bool matrix, std::size_t rows, std::size_t columns, Dtype dtype) {
  return matrix ? new_matrix(rows, columns, dtype) : new_vector(columns, dtype);
}

/// A read-only array of shape (bytes,) over memory that `owner` keeps alive.
nanobind::object view_of(const std::uint8_t* data, std::size_t bytes, nanobind::handle owner);

}  // namespace caligo::python
