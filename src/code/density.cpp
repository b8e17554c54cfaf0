// SPDX-License-Identifier: Apache-2.0
#include "code/density.hpp"

#include <algorithm>

namespace caligo::code {
namespace {

/// The values low, low + stride, …, high of a density side by side, zeros behind.
struct Compact {
  alignas(64) std::array<double, 256> p{};
  std::size_t size;
  Compact(const Density& d, int stride) noexcept : size(static_cast<std::size_t>((d.high - d.low) / stride) + 1) {
    for (std::size_t i = 0; i < size; ++i) p[i] = d.at(d.low + static_cast<int>(i) * stride);
  }
};

using Sums = std::array<double, 512>;

/// sum[k] += x·p[k].
inline void add_scaled(double x, const double* p, std::size_t size, double* __restrict sum) noexcept {
  for (std::size_t k = 0; k < size; ++k) sum[k] += x * p[k];
}

/// sum[i + j] += a[i]·a[j] over all i, j; products of two different points are counted once and doubled.
void self_convolve(const Compact& a, Sums& sum) noexcept {
  for (std::size_t i = 0; i < a.size; ++i) {
    const double x = a.p[i];
    if (x == 0) continue;
    sum[2 * i] += x * x;
    add_scaled(2 * x, &a.p[i + 1], a.size - i - 1, &sum[2 * i + 1]);
  }
}

void convolve(const Compact& a, const Compact& b, Sums& sum) noexcept {
  for (std::size_t i = 0; i < a.size; ++i) {
    if (a.p[i] != 0) add_scaled(a.p[i], b.p.data(), b.size, &sum[i]);
  }
}

/// The lattice that both densities lie on.
int common_stride(const Density& a, const Density& b) noexcept {
  return a.stride == 2 && b.stride == 2 && (a.low - b.low) % 2 == 0 ? 2 : 1;
}

}  // namespace

void Density::trim() noexcept {
  for (double& x : p) x = x < negligible ? 0 : x;
  while (low < high && at(low) == 0) low += stride;
  while (low < high && at(high) == 0) high -= stride;
}

Density point_mass(int v) noexcept {
  Density density;
  density.low = density.high = v;
  density.at(v) = 1;
  return density;
}

double error_probability(const Density& density) noexcept {
  double wrong = density.at(0) / 2;
  for (int v = density.low; v < 0; ++v) wrong += density.at(v);
  return wrong;
}

double advantage(const Density& density) noexcept {
  double sum = 0;
  for (int v = 1; v <= Density::limit; ++v) sum += density.at(v) - density.at(-v);
  return std::max(sum, 0.0);
}

double information_bound(const Density& density) noexcept {
  const int top = std::max(density.high, -density.low);
  double sum = 0;
  for (int v = 1; v <= top; ++v) {
    const double difference = density.at(v) - density.at(-v);
    sum += difference * difference / (density.at(v) + density.at(-v) + Density::negligible);
  }
  return sum;
}

void minus(const Density& a, const Density& b, Density& out) noexcept {
  out.p.fill(0);
  const int top_a = std::max(a.high, -a.low);
  const int top_b = std::max(b.high, -b.low);
  out.high = std::min(top_a, top_b);
  out.stride = common_stride(a, b);
  // Tail sums: the mass beyond ±t of each.
  double a_above = 0, a_below = 0, b_above = 0, b_below = 0;
  for (int t = std::max(top_a, top_b); t >= 1; --t) {
    const double a_plus = a.at(t), a_minus = a.at(-t), b_plus = b.at(t), b_minus = b.at(-t);
    if (t <= out.high) {
      // min(|a|, |b|) = t: both at t, or one at t and the other beyond; the sign is the product of both.
      const double b_right = b_plus + b_above, b_wrong = b_minus + b_below;
      out.at(t) = a_plus * b_right + a_minus * b_wrong + a_above * b_plus + a_below * b_minus;
      out.at(-t) = a_plus * b_wrong + a_minus * b_right + a_above * b_minus + a_below * b_plus;
    }
    a_above += a_plus;
    a_below += a_minus;
    b_above += b_plus;
    b_below += b_minus;
  }
  out.at(0) = a.at(0) * (b_above + b_below + b.at(0)) + (a_above + a_below) * b.at(0);
  out.low = -out.high;
  out.trim();
}

void plus(const Density& a, const Density& b, Density& out) noexcept {
  Sums sum{};
  const bool same = &a == &b;
  const int stride = same ? a.stride : common_stride(a, b);
  if (same) {
    self_convolve(Compact(a, stride), sum);
  } else {
    convolve(Compact(a, stride), Compact(b, stride), sum);
  }
  const int low = a.low + b.low;
  const int high = a.high + b.high;
  out.p.fill(0);
  for (int v = low; v <= high; v += stride) {
    out.at(std::clamp(v, -Density::limit, Density::limit)) += sum[static_cast<std::size_t>((v - low) / stride)];
  }
  // Sums on a lattice of stride 2 are even; saturation puts mass at odd values beside them.
  const bool clipped = low < -Density::limit || high > Density::limit;
  out.stride = clipped ? 1 : stride;
  out.low = std::max(low, -Density::limit);
  out.high = std::min(high, Density::limit);
  out.trim();
}

double plus_error_probability(const Density& a, const Density& b) noexcept {
  double wrong = 0;
  double b_below = 0;  // mass of b at values whose sum with a is negative
  int next = b.low;
  for (int v = a.high; v >= a.low; --v) {
    while (next < -v && next <= b.high) b_below += b.at(next++);
    const double tie = -v >= b.low && -v <= b.high ? b.at(-v) : 0;
    wrong += a.at(v) * (b_below + tie / 2);
  }
  return wrong;
}

}  // namespace caligo::code
