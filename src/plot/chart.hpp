// SPDX-License-Identifier: Apache-2.0
#pragma once
/// What is drawn, before anything is known about paper or screen: curves of measured points and limits beside them.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace caligo::plot {

/// What an axis shows.
enum class Quantity { ebn0, esn0, sigma, crossover, erasure, qber, frame_error_rate, bit_error_rate, efficiency };

/// A piece of a label: index below the line (-1), on it, or above it (1).
struct Run {
  std::string_view text;
  bool italic = false;
  int shift = 0;
};

/// How a quantity is written.
struct Wording {
  std::string_view name;      ///< for options and JSON
  std::string_view plain;     ///< "Eb/N0 (dB)"
  std::string_view mathtext;  ///< for matplotlib
  std::vector<Run> runs;
};
[[nodiscard]] const Wording& wording(Quantity quantity);

/// A measured point. Without errors (upper_limit) only `high` is known; otherwise low <= y <= high.
struct Mark {
  double x = 0;
  double y = 0;  ///< equal to `high` for an upper limit
  double low = 0;
  double high = 0;
  bool upper_limit = false;
  std::string channel;  ///< as in to_string(Channel)
  std::uint64_t frames = 0;
  std::uint64_t frame_errors = 0;
  std::uint64_t undetected_errors = 0;
  std::uint64_t bit_errors = 0;
};

struct Curve {
  std::string label;
  std::vector<Mark> marks;  ///< increasing in x
};

/// A limit: a smooth line without points.
struct Limit {
  std::string label;
  double n = 0;  ///< code bits
  double k = 0;  ///< message bits, without CRC; 0 where the limit is not about one k
  std::vector<double> x;
  std::vector<double> y;
};

struct Chart {
  std::string title;
  std::string legend_title;  ///< what all curves have in common
  Quantity x = Quantity::ebn0;
  Quantity y = Quantity::frame_error_rate;
  double interval_ratio = 0;  ///< of likelihoods, at the ends of the intervals; 0: no intervals
  std::vector<Curve> curves;
  std::vector<Limit> limits;

  /// Error rates have a logarithmic axis, efficiency a linear one.
  [[nodiscard]] bool logarithmic() const noexcept { return y != Quantity::efficiency; }
};

/// Ranges that the chart needs, before they are made round.
struct Range {
  double low = 0;
  double high = 0;
};
struct Ranges {
  Range x;
  Range y;
};
/// All points, and of the limits what lies beside them. Intervals may go beyond the y range; the axes cut them.
[[nodiscard]] Ranges ranges_of(const Chart& chart);

}  // namespace caligo::plot
