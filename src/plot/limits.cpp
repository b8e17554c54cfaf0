// SPDX-License-Identifier: Apache-2.0
#include "plot/limits.hpp"

#include <fmt/format.h>
#include <caligo/normal_approximation.hpp>
#include <caligo/reconcile.hpp>

#include <algorithm>
#include <cmath>

namespace caligo::plot {

namespace {

constexpr int samples = 160;  // smooth on paper and on any screen

/// Where to look for the limit on an axis: it may lie far beside the measured points.
Range search_range(Quantity x, double low, double high) {
  switch (x) {
    case Quantity::ebn0:
    case Quantity::esn0:
      return {low - 10, high + 5};
    case Quantity::sigma:
      return {std::max(low / 4, 1e-3), std::min(4 * high, 1e3)};
    case Quantity::erasure:
      return {0, 1};
    default:
      return {0, 0.5};
  }
}

double rate_at(double place, Quantity x, double n, double k) {
  const auto fer = normal_approximation_fer(resolve_rate(channel_at(place, x), k / n), n, k);
  return fer ? *fer : std::nan("");
}

/// The part of [low, high] where the approximation is between the two rates, found on a grid.
Range interesting_part(Quantity x, double n, double k, Range range) {
  constexpr int grid = 600;
  constexpr double least = 1e-12;
  constexpr double most = 0.999;
  Range part{range.high, range.low};
  const double step = (range.high - range.low) / grid;
  for (int i = 0; i <= grid; ++i) {
    const double place = range.low + i * step;
    const double fer = rate_at(place, x, n, k);
    if (!(fer >= least && fer <= most)) continue;
    part.low = std::min(part.low, std::max(place - step, range.low));
    part.high = std::max(part.high, std::min(place + step, range.high));
  }
  return part;
}

}  // namespace

std::optional<double> abscissa(const Channel& channel, Quantity quantity, double rate) {
  if (const auto* bsc = std::get_if<Bsc>(&channel)) {
    const bool fits = quantity == Quantity::crossover || quantity == Quantity::qber;
    return fits ? std::optional(bsc->crossover) : std::nullopt;
  }
  if (const auto* bec = std::get_if<Bec>(&channel)) {
    return quantity == Quantity::erasure ? std::optional(bec->erasure) : std::nullopt;
  }
  // As given, where it was given so: no digits are lost.
  if (const auto* ebn0 = std::get_if<AwgnEbN0>(&channel); ebn0 != nullptr && quantity == Quantity::ebn0) {
    return ebn0->decibel;
  }
  if (const auto* esn0 = std::get_if<AwgnEsN0>(&channel); esn0 != nullptr && quantity == Quantity::esn0) {
    return esn0->decibel;
  }
  const double sigma = std::get<Awgn>(resolve_rate(channel, rate)).sigma;
  const double symbol = 1 / (2 * sigma * sigma);  // Es/N0
  switch (quantity) {
    case Quantity::sigma:
      return sigma;
    case Quantity::esn0:
      return 10 * std::log10(symbol);
    case Quantity::ebn0:
      return 10 * std::log10(symbol / rate);
    default:
      return std::nullopt;
  }
}

Channel channel_at(double x, Quantity quantity) {
  switch (quantity) {
    case Quantity::ebn0:
      return AwgnEbN0{x};
    case Quantity::esn0:
      return AwgnEsN0{x};
    case Quantity::sigma:
      return Awgn{x};
    case Quantity::erasure:
      return Bec{x};
    default:
      return Bsc{x};
  }
}

Limit error_rate_limit(Quantity x, double n, double k, double low, double high) {
  Limit limit;
  limit.label = "normal approximation";
  limit.n = n;
  limit.k = k;
  const Range part = interesting_part(x, n, k, search_range(x, low, high));
  for (int i = 0; i <= samples && part.low < part.high; ++i) {
    const double place = part.low + (part.high - part.low) * i / samples;
    const double fer = rate_at(place, x, n, k);
    if (!(fer > 0)) continue;
    limit.x.push_back(place);
    limit.y.push_back(fer);
  }
  return limit;
}

Limit efficiency_limit(double n, double fer, double low, double high) {
  Limit limit;
  limit.label = fmt::format("one-way limit at FER {}", fer);
  limit.n = n;
  const double room = std::max((high - low) * 0.03, 0.02 * low);
  for (int i = 0; i <= samples; ++i) {
    const double q = std::max(low - room, low / 2) + (high + room - std::max(low - room, low / 2)) * i / samples;
    limit.x.push_back(q);
    limit.y.push_back(one_way_efficiency_limit(static_cast<std::size_t>(n), q, fer));
  }
  return limit;
}

}  // namespace caligo::plot
