// SPDX-License-Identifier: Apache-2.0
#include "codec_input.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <string>

namespace nb = nanobind;

namespace caligo::python {

namespace {

bool all_finite(std::span<const float> values) noexcept {
  // No short cut: a loop without branches is vectorised.
  constexpr std::uint32_t exponent = 0x7f800000U;
  std::uint32_t bad = 0;
  for (const float value : values) bad |= (std::bit_cast<std::uint32_t>(value) & exponent) == exponent ? 1U : 0U;
  return bad == 0;
}

}  // namespace

unsigned whole_number(nb::handle object, const char* name) {
  const nb::object index = nb::steal(PyNumber_Index(object.ptr()));
  if (!index.is_valid()) {
    PyErr_Clear();
    throw nb::type_error(
        (std::string(name) + ": expected an integer, got " + nb::type_name(object.type()).c_str()).c_str());
  }
  const long value = PyLong_AsLong(index.ptr());
  if (value == -1 && PyErr_Occurred() != nullptr) PyErr_Clear();  // too large: refused below
  if (value < 0 || value > 0x7fffffff) {
    throw nb::value_error(
        (std::string(name) + ": expected a number from 0 to 2147483647, got " + nb::str(object).c_str()).c_str());
  }
  return static_cast<unsigned>(value);
}

void expect_rows(const char* name, const Array& array, std::size_t frames) {
  if (!array.is_matrix() || array.rows() == frames) return;
  throw nb::value_error(
      (std::string(name) + ": expected " + std::to_string(frames) + " rows, got shape " + array.shape()).c_str());
}

SyndromeRows::SyndromeRows(nb::handle object, const char* name, const Codec& codec, std::size_t frames, bool packed) {
  if (object.is_none()) return;
  array_ = Array(object, name, packed ? Dtypes{Dtype::uint8} : bit_dtypes, 1, 2);
  expect_rows(name, array_, frames);
  const std::size_t frozen = codec.code().frozen_bits();
  const std::size_t all = codec.syndrome_bits();
  const auto columns = [packed](std::size_t bits) { return packed ? bytes_for(bits) : bits; };
  const bool without_crc = array_.columns() == columns(frozen) && columns(frozen) != columns(all);
  if (!without_crc && array_.columns() != columns(all)) {
    std::string wanted = std::to_string(columns(all));
    if (all != frozen) wanted += " (or " + std::to_string(columns(frozen)) + " without the CRC's)";
    throw nb::value_error((std::string(name) + ": expected " + wanted + (packed ? " bytes" : " bits") +
                           " in a row, got shape " + array_.shape())
                              .c_str());
  }
  rows_.emplace(array_, name, without_crc ? frozen : all, packed);
}

Result<void> SyndromeRows::read(std::size_t frame, FrameBits& bits) const {
  if (!rows_) return {};
  const bool without_crc = rows_->bits() != bits.syndrome.size();
  if (without_crc) bits.syndrome.clear();
  return rows_->read(array_.is_matrix() ? frame : 0, MutableBitView(bits.syndrome.words().data(), rows_->bits()));
}

LlrRows::LlrRows(Array array, const char* name, std::size_t columns, float units_per_nat)
    : array_(std::move(array)), name_(name), units_per_nat_(units_per_nat) {
  array_.expect_columns(name, columns);
}

Result<void> LlrRows::check_finite(std::span<const float> values, std::size_t frame) const {
  if (all_finite(values)) return {};
  const auto bad = std::find_if_not(values.begin(), values.end(), [](float value) { return std::isfinite(value); });
  const auto index = static_cast<std::size_t>(bad - values.begin());
  const std::size_t columns = array_.columns();
  std::string where = std::to_string(index % columns);
  if (array_.is_matrix()) where = "(" + std::to_string(frame + index / columns) + ", " + where + ")";
  return Error{ErrorCode::invalid_argument, std::string(name_) + ": expected finite LLRs, got " +
                                                (std::isnan(*bad) ? "nan" : "inf") + " at index " + where};
}

Result<LlrView> LlrRows::read(std::size_t frame, std::size_t count, std::vector<float>& scratch) const {
  const std::size_t first = frame * array_.columns();
  const std::size_t values = count * array_.columns();
  if (array_.dtype() == Dtype::int8) return LlrView(array_.values<std::int8_t>().subspan(first, values));
  if (array_.dtype() == Dtype::int16) {
    return LlrView(array_.values<std::int16_t>().subspan(first, values), units_per_nat_);
  }
  std::span<const float> row;
  if (array_.dtype() == Dtype::float32) {
    row = array_.values<float>().subspan(first, values);
  } else {
    // What is beyond the range of float is as good as any large number.
    constexpr double most = 1e30;
    const auto doubles = array_.values<double>().subspan(first, values);
    if (scratch.size() < values) scratch.resize(values);
    for (std::size_t i = 0; i < values; ++i) {
      scratch[i] = static_cast<float>(std::isfinite(doubles[i]) ? std::clamp(doubles[i], -most, most) : doubles[i]);
    }
    row = std::span<const float>(scratch).first(values);
  }
  if (auto finite = check_finite(row, frame); !finite) return std::move(finite).error();
  return LlrView(row);
}

Result<std::span<const float>> LlrRows::read_floats(std::size_t frame, std::vector<float>& scratch) const {
  if (!given()) return std::span<const float>{};
  auto view = read(frame, 1, scratch);
  if (!view) return std::move(view).error();
  return std::get<std::span<const float>>(view->values());
}

}  // namespace caligo::python
