// SPDX-License-Identifier: Apache-2.0
#include <caligo/simulate.hpp>

#include <algorithm>

#include "simulate/problem.hpp"

namespace caligo {

namespace {

/// A thread should be busy for a while with a chunk, and not too long.
constexpr double shortest_nanoseconds = 2e6;
constexpr double longest_nanoseconds = 2e9;
/// Frames that vectors are full with.
constexpr std::uint64_t unit = 64;

std::uint64_t frames_in(double nanoseconds, const SimulationTask& task) noexcept {
  const double frames = nanoseconds / task.problem().frame_nanoseconds;
  if (frames < static_cast<double>(unit)) return std::max<std::uint64_t>(static_cast<std::uint64_t>(frames), 1);
  return static_cast<std::uint64_t>(frames) / unit * unit;
}

}  // namespace

/// Chunks are a power of two times the shortest one, and begin at multiples of their length, so that the end of one can
/// be told without going through those before it.
std::uint64_t next_chunk_end(const SimulationTask& task, std::uint64_t frame) noexcept {
  const std::uint64_t shortest = frames_in(shortest_nanoseconds, task);
  const std::uint64_t longest = std::max(frames_in(longest_nanoseconds, task), shortest);
  std::uint64_t length = shortest;
  while (2 * length <= longest && 2 * length <= frame / 16) length *= 2;
  return (frame / length + 1) * length;
}

}  // namespace caligo
