// SPDX-License-Identifier: Apache-2.0
#include "bits.hpp"

#include <cstring>
#include <string>

#include "errors.hpp"

namespace nb = nanobind;

namespace caligo::python {

namespace {

constexpr std::uint64_t low_bits = 0x0101010101010101U;

/// Eight bytes of 0 or 1 to the bits of one byte: byte i is shifted from 8·i to 56 + i.
constexpr std::uint64_t gather(std::uint64_t bytes) noexcept { return (bytes * 0x0102040810204080U) >> 56U; }
/// The inverse: bit i of every copy of the byte is kept in byte i, and what is not 0 there becomes 1.
constexpr std::uint64_t spread(std::uint64_t byte) noexcept {
  return ((((byte * low_bits) & 0x8040201008040201U) + 0x7f7f7f7f7f7f7f7fU) >> 7U) & low_bits;
}

std::size_t find_no_bit(const std::uint8_t* values, std::size_t count) noexcept {
  std::size_t i = 0;
  while (i < count && values[i] <= 1) ++i;
  return i;
}

}  // namespace

std::size_t pack(const std::uint8_t* values, MutableBitView bits) noexcept {
  const std::size_t count = bits.size();
  std::uint64_t other = 0;
  std::uint64_t* const words = bits.words().data();
  for (std::size_t first = 0; first < count; first += 64) {
    std::uint64_t word = 0;
    for (std::size_t i = first; i < first + 64 && i < count; i += 8) {
      std::uint64_t eight = 0;
      if (count - i >= 8) {
        std::memcpy(&eight, values + i, 8);
      } else {
        std::memcpy(&eight, values + i, count - i);
      }
      other |= eight & ~low_bits;
      word |= gather(eight & low_bits) << (i - first);
    }
    words[first / 64] = word;
  }
  return other == 0 ? count : find_no_bit(values, count);
}

void unpack(BitView bits, std::uint8_t* values) noexcept {
  const std::size_t count = bits.size();
  const std::uint64_t* const words = bits.words().data();
  std::size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    const std::uint64_t eight = spread((words[i / 64] >> (i % 64)) & 0xffU);
    std::memcpy(values + i, &eight, 8);
  }
  for (; i < count; ++i) values[i] = bits[i] ? 1 : 0;
}

bool load(const std::uint8_t* bytes, MutableBitView bits) noexcept {
  if (bits.empty()) return true;
  const auto words = bits.words();
  words.back() = 0;
  std::memcpy(words.data(), bytes, bytes_for(bits.size()));
  const std::size_t used = bits.size() % 64;
  return used == 0 || (words.back() >> used) == 0;
}

void store(BitView bits, std::uint8_t* bytes) noexcept {
  if (!bits.empty()) std::memcpy(bytes, bits.words().data(), bytes_for(bits.size()));
}

BitRows::BitRows(const Array& array, const char* name, std::size_t bits, bool packed)
    : data_(array.data<const std::uint8_t>()), name_(name), bits_(bits), rows_(array.rows()), packed_(packed) {
  array.expect_columns(name, packed ? bytes_for(bits) : bits);
}

Result<void> BitRows::read(std::size_t row, MutableBitView out) const {
  const auto place = [&] { return rows_ > 1 ? std::string(name_) + ", row " + std::to_string(row) : name_; };
  if (packed_) {
    if (load(data_ + row * bytes_for(bits_), out)) return {};
    return Error{ErrorCode::malformed_input,
                 place() + ": expected zeros behind bit " + std::to_string(bits_) + " of the last byte"};
  }
  const std::uint8_t* const values = data_ + row * bits_;
  const std::size_t bad = pack(values, out);
  if (bad == bits_) return {};
  return Error{ErrorCode::malformed_input, place() + ": expected bits 0 or 1, got " + std::to_string(values[bad]) +
                                               " at index " + std::to_string(bad)};
}

BitSink::BitSink(nb::handle out, const char* name, bool matrix, std::size_t rows, std::size_t bits, bool packed)
    : stride_(packed ? bytes_for(bits) : bits), packed_(packed) {
  if (out.is_none()) {
    NewArray made = new_array(matrix, rows, stride_, Dtype::uint8);
    data_ = made.as<std::uint8_t>();
    array_ = std::move(made.object);
    return;
  }
  held_ = Array::writable(out, name, Dtype::uint8);
  held_.expect_columns(name, stride_);
  if (held_.is_matrix() != matrix || held_.rows() != rows) {
    const std::string wanted = matrix ? "(" + std::to_string(rows) + ", " + std::to_string(stride_) + ")"
                                      : "(" + std::to_string(stride_) + ",)";
    throw nb::value_error((std::string(name) + ": expected shape " + wanted + ", got " + held_.shape()).c_str());
  }
  data_ = held_.data<std::uint8_t>();
  array_ = nb::borrow(out);
}

void BitSink::write(std::size_t row, BitView bits) const noexcept {
  if (packed_) {
    store(bits, data_ + row * stride_);
  } else {
    unpack(bits, data_ + row * stride_);
  }
}

BitString read_bits(nb::handle object, const char* name, bool packed, std::size_t bits) {
  const Array array(object, name, packed ? Dtypes{Dtype::uint8} : bit_dtypes);
  const std::size_t count = !packed ? array.columns() : bits != 0 ? bits : 8 * array.columns();
  const BitRows rows(array, name, count, packed);
  BitString read(count);
  Result<void> result;
  {
    const nb::gil_scoped_release unlocked;
    result = rows.read(0, read);
  }
  check(result);
  return read;
}

nb::object write_bits(BitView bits, bool packed) {
  const BitSink sink(nb::none(), "out", false, 1, bits.size(), packed);
  {
    const nb::gil_scoped_release unlocked;
    sink.write(0, bits);
  }
  return sink.array();
}

}  // namespace caligo::python
