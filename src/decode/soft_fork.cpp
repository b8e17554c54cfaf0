// SPDX-License-Identifier: Apache-2.0
#include "decode/soft_fork.hpp"

#include <algorithm>
#include <bit>
#include <numbers>

namespace caligo::decode {

namespace {

struct Candidate {
  double metric;
  bool against;  // follows its LLR first, in a tie
  std::uint8_t lane;

  friend bool operator<(const Candidate& a, const Candidate& b) noexcept {
    if (a.metric != b.metric) return a.metric < b.metric;
    return a.against != b.against ? b.against : a.lane < b.lane;
  }
};

/// Calls visit(lane) for every set bit, in increasing order.
template <class Visit>
void for_each_lane(std::uint32_t lanes, Visit visit) noexcept {
  for (; lanes != 0; lanes &= lanes - 1) visit(static_cast<unsigned>(std::countr_zero(lanes)));
}

}  // namespace

void SoftPaths::start(unsigned lanes) noexcept {
  list_size = lanes;
  alive = 1;
  metric.fill(empty);
  metric[0] = 0;
  unvisited = {};
}

std::uint32_t SoftPaths::fork(const double* zero, const double* one, std::uint32_t frozen_to_come,
                              SoftMap& map) noexcept {
  std::array<double, soft_lanes> dear;
  std::uint32_t hard = 0;
  for_each_lane(alive, [&](unsigned lane) {
    const bool bit = one[lane] < zero[lane];
    hard |= std::uint32_t{bit} << lane;
    dear[lane] = metric[lane] + (bit ? zero[lane] : one[lane]);
    metric[lane] += bit ? one[lane] : zero[lane];
  });
  const Selection selection = select(dear.data(), frozen_to_come);
  map.reset();
  const std::uint32_t targets = free_lanes(selection);
  std::uint32_t free = targets;
  std::uint32_t decisions = hard;
  for_each_lane(selection.forks, [&](unsigned lane) {
    const auto target = static_cast<unsigned>(std::countr_zero(free));
    const std::uint32_t mask = free & -free;
    free ^= mask;
    map.source[target] = static_cast<std::uint8_t>(lane);
    map.identity = false;
    metric[target] = dear[lane];
    decisions = (hard >> lane & 1U) != 0 ? decisions & ~mask : decisions | mask;
  });
  alive |= targets;
  return decisions;
}

SoftPaths::Selection SoftPaths::select(const double* dear, std::uint32_t frozen_to_come) noexcept {
  const auto count = static_cast<unsigned>(std::popcount(alive));
  if (2 * count <= list_size) return {alive, alive};
  std::array<Candidate, 2 * soft_lanes> candidates;
  unsigned size = 0;
  double best_fork = empty;
  double worst_path = 0;
  for_each_lane(alive, [&](unsigned lane) {
    candidates[size++] = {metric[lane], false, static_cast<std::uint8_t>(lane)};
    candidates[size++] = {dear[lane], true, static_cast<std::uint8_t>(lane)};
    best_fork = std::min(best_fork, dear[lane]);
    worst_path = std::max(worst_path, metric[lane]);
  });
  Selection selection;
  if (count == list_size && best_fork >= worst_path) {  // the usual case once the list has polarised
    selection.stays = alive;
    if (weigh) {
      const double share = -std::numbers::ln2 * frozen_to_come;
      for_each_lane(alive, [&](unsigned lane) { unvisited.add(share - dear[lane]); });
    }
    return selection;
  }
  std::nth_element(candidates.begin(), candidates.begin() + list_size, candidates.begin() + size);
  for (unsigned i = 0; i < list_size; ++i) {
    (candidates[i].against ? selection.forks : selection.stays) |= 1U << candidates[i].lane;
  }
  if (weigh) {
    const double share = -std::numbers::ln2 * frozen_to_come;
    for (unsigned i = list_size; i < size; ++i) unvisited.add(share - candidates[i].metric);
  }
  return selection;
}

/// As many lanes as there are forks: those whose path was dropped (never more, as the list does not shrink), then those
/// without a path, the highest first.
std::uint32_t SoftPaths::free_lanes(const Selection& selection) const noexcept {
  std::uint32_t free = alive & ~selection.stays;
  auto missing = std::popcount(selection.forks) - std::popcount(free);
  for (unsigned lane = list_size; lane-- > 0 && missing > 0;) {
    if ((alive >> lane & 1U) != 0) continue;
    free |= 1U << lane;
    --missing;
  }
  return free;
}

}  // namespace caligo::decode
