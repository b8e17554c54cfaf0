// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The dashed lines: what codes of a length can do at best.

#include <caligo/results.hpp>

#include <optional>

#include "plot/chart.hpp"

namespace caligo::plot {

/// Where a channel lies on an axis of this quantity; rate: message bits per sent bit. Nothing if it has no place there.
std::optional<double> abscissa(const Channel& channel, Quantity quantity, double rate);
/// The inverse: the channel at a place. Not for qber.
Channel channel_at(double x, Quantity quantity);

/// The frame error rate of the normal approximation for n code bits and k message bits, around [low, high], from where
/// it comes down from 1 to where it is below 10^-12.
Limit error_rate_limit(Quantity x, double n, double k, double low, double high);
/// one_way_efficiency_limit() for blocks of n bits and a frame error rate over [low, high].
Limit efficiency_limit(double n, double fer, double low, double high);

}  // namespace caligo::plot
