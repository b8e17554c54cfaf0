// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Lanes of the soft decoder, and the choice of survivors at an information bit.

#include <array>
#include <cstdint>
#include <limits>

#include "decode/soft_math.hpp"

namespace caligo::decode {

inline constexpr unsigned soft_lanes = 32;  // largest list

/// Where the path in each lane came from: after a node, lane l continues the path that was in lane source[l] before it.
struct SoftMap {
  std::array<std::uint8_t, soft_lanes> source{};
  bool identity = true;

  void reset() noexcept {
    for (unsigned lane = 0; lane < soft_lanes; ++lane) source[lane] = static_cast<std::uint8_t>(lane);
    identity = true;
  }
  /// First this map, then `later`.
  void append(const SoftMap& later) noexcept {
    if (later.identity) return;
    const auto before = source;
    for (unsigned lane = 0; lane < soft_lanes; ++lane) source[lane] = before[later.source[lane]];
    identity = false;
  }
};

/// The list's state besides LLRs and partial sums.
struct SoftPaths {
  static constexpr double empty = std::numeric_limits<double>::infinity();
  unsigned list_size = 1;
  std::uint32_t alive = 1;                  ///< bit l: lane l holds a path
  std::array<double, soft_lanes> metric{};  ///< -ln P(path so far | LLRs); with max-log up to a constant
  LogSum unvisited;                         ///< part of the codebook that was pruned
  bool weigh = true;                        ///< whether to keep `unvisited`: costs time that a pure list decoder saves

  void start(unsigned lanes) noexcept;
  /// An information bit: zero[l] and one[l] are what the two decisions cost lane l. frozen_to_come: as in SoftOp.
  /// Returns the decisions, bit l for lane l, and writes where each lane's path comes from.
  std::uint32_t fork(const double* zero, const double* one, std::uint32_t frozen_to_come, SoftMap& map) noexcept;

 private:
  struct Selection {
    std::uint32_t stays = 0;  ///< lanes whose cheaper continuation survives
    std::uint32_t forks = 0;  ///< lanes whose dearer continuation survives
  };
  Selection select(const double* dear, std::uint32_t frozen_to_come) noexcept;
  [[nodiscard]] std::uint32_t free_lanes(const Selection& selection) const noexcept;
};

}  // namespace caligo::decode
