// SPDX-License-Identifier: Apache-2.0
#include "plot/chart.hpp"

#include <algorithm>
#include <array>
#include <limits>

namespace caligo::plot {

namespace {

void include(Range& range, double value) {
  range.low = std::min(range.low, value);
  range.high = std::max(range.high, value);
}

constexpr Range nothing{std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()};

}  // namespace

const Wording& wording(Quantity quantity) {
  static const std::array<Wording, 9> words{{
      {"ebn0",
       "Eb/N0 (dB)",
       "$E_\\mathrm{b}/N_0$ (dB)",
       {{"E", true}, {"b", false, -1}, {"/"}, {"N", true}, {"0", false, -1}, {" (dB)"}}},
      {"esn0",
       "Es/N0 (dB)",
       "$E_\\mathrm{s}/N_0$ (dB)",
       {{"E", true}, {"s", false, -1}, {"/"}, {"N", true}, {"0", false, -1}, {" (dB)"}}},
      {"sigma",
       "Standard deviation σ of the noise",
       "Standard deviation $\\sigma$ of the noise",
       {{"Standard deviation "}, {"σ", true}, {" of the noise"}}},
      {"crossover", "Crossover probability q", "Crossover probability $q$", {{"Crossover probability "}, {"q", true}}},
      {"erasure", "Erasure probability", "Erasure probability", {{"Erasure probability"}}},
      {"qber", "QBER", "QBER", {{"QBER"}}},
      {"fer", "Frame error rate", "Frame error rate", {{"Frame error rate"}}},
      {"ber", "Bit error rate", "Bit error rate", {{"Bit error rate"}}},
      {"efficiency", "Efficiency f", "Efficiency $f$", {{"Efficiency "}, {"f", true}}},
  }};
  return words[static_cast<std::size_t>(quantity)];
}

Ranges ranges_of(const Chart& chart) {
  Ranges ranges{nothing, nothing};
  for (const Curve& curve : chart.curves) {
    for (const Mark& mark : curve.marks) {
      include(ranges.x, mark.x);
      include(ranges.y, mark.y);
    }
  }
  if (ranges.x.low > ranges.x.high)
    return {{0, 1}, {chart.logarithmic() ? 1e-3 : 1.0, chart.logarithmic() ? 1.0 : 2.0}};
  // Of a limit, what lies between the highest and the lowest measured point; linear axes show all of it.
  const Range measured = ranges.y;
  for (const Limit& limit : chart.limits) {
    for (std::size_t i = 0; i < limit.x.size(); ++i) {
      if (!chart.logarithmic()) {
        include(ranges.y, limit.y[i]);
      } else if (limit.y[i] <= std::min(measured.high, 0.5) && limit.y[i] >= measured.low) {
        include(ranges.x, limit.x[i]);
      }
    }
  }
  if (!chart.logarithmic()) include(ranges.y, 1);  // Shannon's limit
  return ranges;
}

}  // namespace caligo::plot
