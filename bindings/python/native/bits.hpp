// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Bits as Python has them (one uint8 of 0 or 1 per bit, or packed bytes) to the library's packed words, and back.

#include <caligo/bits.hpp>

#include <cstddef>
#include <cstdint>

#include "arrays.hpp"

namespace caligo::python {

/// Bits of a parameter: `values` and how they are stored.
inline constexpr Dtypes bit_dtypes{Dtype::uint8, Dtype::boolean};

/// words ← bits.size() values of 0 or 1. Returns the index of the first other value, or bits.size().
[[nodiscard]] std::size_t pack(const std::uint8_t* values, MutableBitView bits) noexcept;
/// values[i] ← bit i.
void unpack(BitView bits, std::uint8_t* values) noexcept;
/// bits ← bytes_for(bits.size()) packed bytes; false, if a pad bit is set.
[[nodiscard]] bool load(const std::uint8_t* bytes, MutableBitView bits) noexcept;
/// bytes_for(bits.size()) packed bytes ← bits.
void store(BitView bits, std::uint8_t* bytes) noexcept;

/// Reads bits row by row, either form. Usable without the GIL.
class BitRows {
 public:
  /// Raises ValueError unless a row has `bits` bits. packed: bytes_for(bits) bytes per row.
  BitRows(const Array& array, const char* name, std::size_t bits, bool packed);
  [[nodiscard]] std::size_t bits() const noexcept { return bits_; }
  [[nodiscard]] std::size_t rows() const noexcept { return rows_; }
  /// Errors: malformed_input for a value that is no bit, or a pad bit that is set.
  Result<void> read(std::size_t row, MutableBitView out) const;

 private:
  const std::uint8_t* data_;
  const char* name_;
  std::size_t bits_;
  std::size_t rows_;
  bool packed_;
};

/// Where bits go, row by row: a new array, or the one that the caller gave.
class BitSink {
 public:
  /// out: None for a new array of shape (rows, columns), or (columns,) unless `matrix`; else it must have that shape.
  BitSink(nanobind::handle out, const char* name, bool matrix, std::size_t rows, std::size_t bits, bool packed);
  void write(std::size_t row, BitView bits) const noexcept;
  [[nodiscard]] const nanobind::object& array() const noexcept { return array_; }

 private:
  nanobind::object array_;
  Array held_;
  std::uint8_t* data_ = nullptr;
  std::size_t stride_ = 0;
  bool packed_;
};

/// A bit string of any length from an array, for functions that are no inner loops. bits: how many of packed bytes
/// count, all of them if it is 0. Raises ValueError, TypeError.
BitString read_bits(nanobind::handle object, const char* name, bool packed, std::size_t bits = 0);
/// A new array, unpacked or packed.
nanobind::object write_bits(BitView bits, bool packed);

}  // namespace caligo::python
