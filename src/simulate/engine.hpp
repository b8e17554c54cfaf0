// SPDX-License-Identifier: Apache-2.0
#pragma once
/// What simulates the frames of one problem; the scratch memory of one thread.

#include <caligo/simulate.hpp>

#include <memory>

#include "simulate/problem.hpp"

namespace caligo::simulate {

class Engine {
 public:
  Engine() = default;
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;
  virtual ~Engine() = default;
  /// Frames that count() likes to get at once.
  [[nodiscard]] virtual std::size_t batch() const noexcept = 0;
  /// Adds what became of some frames, at most batch(), to `counts`, the time apart.
  virtual Result<void> count(std::uint64_t seed, FrameRange frames, Statistics& counts) = 0;
  virtual Result<FrameRecord> replay(std::uint64_t seed, std::uint64_t frame) = 0;
  [[nodiscard]] virtual std::size_t memory_bytes() const noexcept = 0;
};

/// problem: as long as the engine.
std::unique_ptr<Engine> make_list_engine(const DecodeProblem& problem, std::size_t batch);
std::unique_ptr<Engine> make_batch_engine(const DecodeProblem& problem, std::size_t batch);
std::unique_ptr<Engine> make_reconciliation_engine(const ReconciliationSettings& settings);

}  // namespace caligo::simulate
