// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <caligo/channel.hpp>
#include <caligo/reconcile.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <utility>

#include "reconcile/code_grid.hpp"
#include "reconcile/list_threshold.hpp"

namespace caligo {

namespace {

/// Disclosures are rounded up to a multiple of 2^-10 of their power of two, so that blocks share compiled codes.
constexpr unsigned disclosure_steps = 10;
/// Newest orders kept: the ramp-up and the steady block length.
constexpr std::size_t orders_kept = 2;

Result<void> check_request(const CodeRequest& request) {
  const auto invalid = [](std::string message) { return Error{ErrorCode::invalid_argument, std::move(message)}; };
  constexpr std::size_t least = std::size_t{1} << CodeSpec::min_log2_length;
  constexpr std::size_t most = std::size_t{1} << CodeSpec::max_log2_length;
  if (request.bits < least || request.bits > most) {
    return invalid(fmt::format("block length: expected {} to {} bits, got {}", least, most, request.bits));
  }
  if (!(request.qber >= 0 && request.qber <= 0.5)) {
    return invalid(fmt::format("QBER: expected 0 to 0.5, got {}", request.qber));
  }
  if (!std::has_single_bit(request.list_size) || request.list_size > 32) {
    return invalid(fmt::format("list size: expected 1, 2, 4, 8, 16 or 32, got {}", request.list_size));
  }
  if (!(request.target_fer >= 1e-4 && request.target_fer <= 0.5)) {
    return invalid(fmt::format("target frame error rate: expected 0.0001 to 0.5, got {}", request.target_fer));
  }
  return {};
}

/// The size of the largest information set whose SC bit error probabilities sum to at most `threshold`.
std::size_t information_within(const ReliabilityOrder& order, double threshold) noexcept {
  double sum = 0;
  std::size_t count = 0;
  for (const std::uint32_t index : order.indices) {
    sum += static_cast<double>(order.error_probability[index]);
    if (sum > threshold) break;
    ++count;
  }
  return count;
}

/// The disclosure for `qber`, given what the order's own QBER needs. Around a grid point the need grows like h2^0.87 …
/// h2^0.95 (measured, N = 2^16 … 2^20); both exponents taken here are on the safe side of that.
std::size_t disclosure_at(std::size_t needed, double designed_qber, double qber) noexcept {
  const double ratio = binary_entropy(qber) / binary_entropy(designed_qber);
  const double scaled = static_cast<double>(needed) * std::pow(ratio, ratio >= 1 ? 1.0 : 0.85);
  const auto exact = static_cast<std::size_t>(std::ceil(scaled));
  const auto width = static_cast<unsigned>(std::bit_width(exact));
  return reconcile::round_up(exact, width > disclosure_steps ? std::size_t{1} << (width - 1 - disclosure_steps) : 1);
}

}  // namespace

Result<CodeSelector::Designed*> CodeSelector::find(unsigned n, std::size_t shortened, int cell) {
  const auto known = std::find_if(recent_.begin(), recent_.end(), [&](const Designed& entry) {
    return entry.cell == cell && entry.order->n == n && entry.order->shortened == shortened;
  });
  if (known != recent_.end()) {
    std::rotate(known, known + 1, recent_.end());
    return &recent_.back();
  }
  if (recent_.size() >= orders_kept) recent_.erase(recent_.begin());  // before the next one takes memory
  const Bsc channel{std::exp2(cell / reconcile::cells_per_octave)};
  auto order = construct_order_cached(n, channel, ConstructionMethod::density_evolution, shortened, cache_);
  if (!order) return order.error();
  recent_.push_back({.cell = cell,
                     .order = std::make_shared<const ReliabilityOrder>(std::move(*order)),
                     .threshold = -1,
                     .disclosed = 0,
                     .code = {}});
  return &recent_.back();
}

Result<CodeSelector::Design> CodeSelector::design(const CodeRequest& request, Threshold threshold) {
  if (auto checked = check_request(request); !checked) return checked.error();
  const unsigned n = reconcile::log2_length(request.bits);
  const std::size_t length = std::size_t{1} << n;
  const std::size_t sent = reconcile::code_length(request.bits);
  const double qber = std::max(request.qber, reconcile::smallest_qber);
  const int cell = reconcile::cell_of(qber);
  const double designed_qber = std::exp2(cell / reconcile::cells_per_octave);

  const auto found = find(n, length - sent, cell);
  if (!found) return found.error();
  Designed& designed = **found;
  const double sum = threshold(sent, designed_qber, request);
  if (designed.threshold != sum) {
    designed.threshold = sum;
    designed.disclosed = sent - information_within(*designed.order, sum);
  }
  const std::size_t disclosed = disclosure_at(designed.disclosed, designed_qber, qber);
  if (disclosed >= sent) {
    return Error{ErrorCode::no_key, fmt::format("a block of {} bits at a QBER of {:.2f} % would have to be disclosed "
                                                "completely; use longer blocks or a larger list",
                                                request.bits, 100 * request.qber)};
  }
  return Design{.order = designed.order, .disclosed = disclosed};
}

Result<CodeSpec> CodeSelector::select(const CodeRequest& request) {
  const auto chosen = design(request, [](std::size_t length, double qber, const CodeRequest& wanted) {
    return reconcile::list_threshold(length, qber, wanted.list_size, wanted.target_fer);
  });
  if (!chosen) return chosen.error();
  Designed& designed = recent_.back();
  const bool same =
      designed.code && designed.code->frozen_bits() == chosen->disclosed && designed.code->crc() == request.crc;
  if (!same) {
    auto code = make_code(*designed.order, designed.order->indices.size() - chosen->disclosed, request.crc,
                          request.crc.width > 0 ? CrcPlacement::external : CrcPlacement::none);
    if (!code) return code;
    designed.code = std::move(*code);
  }
  return *designed.code;
}

}  // namespace caligo
