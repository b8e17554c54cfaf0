// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <ctime>

#include "simulate/engine.hpp"

namespace caligo {

namespace {

double thread_seconds() noexcept {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

std::unique_ptr<simulate::Engine> make_engine(const simulate::Problem& problem, std::size_t batch) {
  if (problem.reconciliation) return simulate::make_reconciliation_engine(*problem.reconciliation);
  const simulate::DecodeProblem& decode = *problem.decode;
  return decode.decoder.kind == DecoderKind::scl ? simulate::make_list_engine(decode, batch)
                                                 : simulate::make_batch_engine(decode, batch);
}

}  // namespace

Simulator::Simulator(SimulationTask task, std::size_t batch)
    : task_(std::move(task)), engine_(make_engine(task_.problem(), batch)) {}
Simulator::~Simulator() = default;
Simulator::Simulator(Simulator&&) noexcept = default;
Simulator& Simulator::operator=(Simulator&&) noexcept = default;

Result<Statistics> Simulator::count(std::uint64_t seed, FrameRange frames, const std::function<bool()>& stop) {
  if (frames.count > 0 && frames.first + frames.count - 1 < frames.first) {
    return Error{ErrorCode::invalid_argument, "frames: the range goes beyond 2^64"};
  }
  Statistics counts;
  const double start = thread_seconds();
  while (frames.count > 0) {
    if (stop && stop()) return Error{ErrorCode::interrupted, "interrupted"};
    const FrameRange part{frames.first, std::min<std::uint64_t>(frames.count, engine_->batch())};
    if (auto counted = engine_->count(seed, part, counts); !counted) return std::move(counted).error();
    frames = {frames.first + part.count, frames.count - part.count};
  }
  counts.cpu_seconds = thread_seconds() - start;
  return counts;
}

Result<FrameRecord> Simulator::replay(std::uint64_t seed, std::uint64_t frame) { return engine_->replay(seed, frame); }

std::size_t Simulator::memory_bytes() const noexcept { return engine_->memory_bytes(); }

Result<Statistics> count_frames(const SimulationTask& task, std::uint64_t seed, FrameRange frames) {
  return Simulator(task).count(seed, frames);
}

}  // namespace caligo
