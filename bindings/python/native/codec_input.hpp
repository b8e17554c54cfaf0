// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The codec's parameters as rows of frames, readable without the GIL.

#include <nanobind/nanobind.h>
#include <caligo/llr.hpp>

#include <optional>
#include <vector>

#include "arrays.hpp"
#include "bits.hpp"
#include "codec.hpp"

namespace caligo::python {

/// An int, or what has __index__. Raises TypeError; ValueError if it is negative or above 2^31 - 1.
unsigned whole_number(nanobind::handle object, const char* name);
/// ValueError unless there is one row, or `frames` rows.
void expect_rows(const char* name, const Array& array, std::size_t frames);

/// A syndrome, or frozen values alone, for every frame or for all of them.
class SyndromeRows {
 public:
  /// object: None, or N - K bits (or N - K - w: then the CRC holds), one row or `frames` rows.
  SyndromeRows(nanobind::handle object, const char* name, const Codec& codec, std::size_t frames, bool packed);
  [[nodiscard]] bool given() const noexcept { return rows_.has_value(); }
  /// bits.syndrome ← that of a frame; nothing if none is given.
  Result<void> read(std::size_t frame, FrameBits& bits) const;

 private:
  Array array_;
  std::optional<BitRows> rows_;
};

/// LLRs, `frames` rows. Infinite ones are refused, too: what is certain is as well said by a large number.
class LlrRows {
 public:
  LlrRows() = default;
  /// units_per_nat: of int16.
  LlrRows(Array array, const char* name, std::size_t columns, float units_per_nat);
  [[nodiscard]] bool given() const noexcept { return array_.given(); }
  [[nodiscard]] const Array& array() const noexcept { return array_; }
  /// `count` frames; float64 ones are rounded into `scratch`. Errors: invalid_argument (NaN or infinite).
  Result<LlrView> read(std::size_t frame, std::size_t count, std::vector<float>& scratch) const;
  /// The same for a single frame of floats.
  Result<std::span<const float>> read_floats(std::size_t frame, std::vector<float>& scratch) const;

 private:
  [[nodiscard]] Result<void> check_finite(std::span<const float> values, std::size_t frame) const;
  Array array_;
  const char* name_ = "";
  float units_per_nat_ = 1;
};

inline constexpr Dtypes llr_dtypes{Dtype::float32, Dtype::float64, Dtype::int8, Dtype::int16};
inline constexpr Dtypes float_dtypes{Dtype::float32, Dtype::float64};

}  // namespace caligo::python
