// SPDX-License-Identifier: Apache-2.0
#include "simulate/run.hpp"

#include <fmt/format.h>
#include <caligo/isa.hpp>
#include <caligo/version.hpp>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace caligo::simulate {

namespace {

/// How long a thread without work waits before it looks into the file again.
constexpr std::chrono::milliseconds poll{20};
constexpr std::chrono::milliseconds picture{100};
/// Chunks that may be in work or wait for those before them.
constexpr std::size_t chunks_per_worker = 4;

using Json = nlohmann::ordered_json;

}  // namespace

Run::Run(std::span<const SimulationTask> tasks, const SimulationOptions& options)
    : options_(options), claims_(tasks.size()), last_write_(Clock::now()) {
  for (const SimulationTask& task : tasks) points_.emplace_back(task, options.stop);
}

Result<void> Run::prepare() {
  if (!options_.csv) return {};
  auto store = ResultStore::open(*options_.csv);
  if (!store) return std::move(store).error();
  store_.emplace(std::move(*store));
  return take_new_rows();
}

Result<void> Run::take_new_rows() {
  if (!store_) return {};
  auto rows = store_->refresh();
  if (!rows) return std::move(rows).error();
  for (const ResultRow& row : *rows) {
    if (row.seed != options_.seed) continue;
    for (Point& point : points_) {
      if (point.task().strong_id() != row.strong_id) continue;
      shared_ = shared_ || point.busy();
      if (auto taken = point.take_row(row.range(), row.counts); !taken) {
        return Error{taken.error().code, fmt::format("{}: {}", options_.csv->string(), taken.error().message)};
      }
    }
  }
  return {};
}

// ---- Chunks

std::uint64_t Run::chunk_end(const Point& point, FrameRange chunk) const noexcept {
  return next_chunk_end(point.task(), chunk.first);
}

/// A process frees a chunk after its row is in the file: who gets the lock afterwards finds the row there.
Result<bool> Run::claim(std::size_t index, FrameRange chunk) {
  if (!store_) return true;
  const Point& point = points_[index];
  const std::uint64_t end = chunk_end(point, chunk);
  auto mine = store_->claim(point.task().strong_id(), options_.seed, end);
  if (!mine || !*mine) return mine;
  if (auto taken = take_new_rows(); !taken) return std::move(taken).error();
  if (point.lacks(chunk)) {
    claims_[index].push_back(end);
    return true;
  }
  shared_ = true;
  store_->release(point.task().strong_id(), options_.seed, end);
  return false;
}

/// Locks of chunks that lie before `up_to`.
void Run::release(std::size_t index, std::uint64_t up_to) {
  if (!store_) return;
  std::erase_if(claims_[index], [&](std::uint64_t end) {
    const bool done = end <= up_to || points_[index].finished();
    if (done) store_->release(points_[index].task().strong_id(), options_.seed, end);
    return done;
  });
}

Result<std::optional<Run::Work>> Run::find_work() {
  const std::size_t ahead = chunks_per_worker * std::max(options_.threads, options_.workers);
  for (std::size_t index = 0; index < points_.size(); ++index) {
    Point& point = points_[index];
    for (const FrameRange chunk : point.open_chunks(ahead)) {
      auto mine = claim(index, chunk);
      if (!mine) return std::move(mine).error();
      if (!*mine) {
        shared_ = true;
        continue;
      }
      point.begin(chunk);
      return std::optional(Work{index, chunk});
    }
  }
  return std::optional<Work>{};
}

void Run::drop(const Work& work) {
  points_[work.point].abandon(work.chunk);
  if (!store_) return;
  const std::uint64_t end = chunk_end(points_[work.point], work.chunk);
  std::erase(claims_[work.point], end);
  store_->release(points_[work.point].task().strong_id(), options_.seed, end);
}

Result<void> Run::settle(const Work& work, const Statistics& counts) {
  // Rows that others appended meanwhile may show that the task is finished.
  if (shared_) {
    if (auto taken = take_new_rows(); !taken) return taken;
  }
  points_[work.point].settle(work.chunk, counts);
  return write_pending(false);
}

// ---- Rows

ResultRow Run::make_row(std::size_t index, const Statistics& counts, std::uint64_t first) const {
  const SimulationTask& task = points_[index].task();
  Json run = Json::parse(origin_, nullptr, false);
  if (options_.run) {
    const Json more = Json::parse(options_.run(index), nullptr, false);
    if (more.is_object()) run.update(more);
  }
  return ResultRow{.counts = counts,
                   .decoder = task.decoder_name(),
                   .strong_id = task.strong_id(),
                   .task = task.to_json(),
                   .seed = options_.seed,
                   .first_frame = first,
                   .run = run.dump()};
}

bool Run::rows_are_due(const Point& point) const {
  if (!point.has_pending()) return false;
  const double age = std::chrono::duration<double>(Clock::now() - last_write_).count();
  return shared_ || point.finished() || age >= options_.row_seconds;
}

Result<void> Run::write_pending(bool all) {
  const bool due =
      std::ranges::any_of(points_, [&](const Point& p) { return all ? p.has_pending() : rows_are_due(p); });
  if (!store_ || !due) return {};
  if (auto locked = store_->lock(); !locked) return locked;
  auto written = take_new_rows();
  std::vector<ResultRow> rows;
  for (std::size_t index = 0; written && index < points_.size(); ++index) {
    for (const auto& [first, counts] : points_[index].take_pending()) rows.push_back(make_row(index, counts, first));
  }
  if (written) written = store_->append(rows);
  store_->unlock();
  if (!written) return written;
  last_write_ = Clock::now();
  for (std::size_t index = 0; index < points_.size(); ++index) {
    release(index, points_[index].end());
  }
  return {};
}

// ---- Threads

bool Run::all_finished() const {
  return std::ranges::all_of(points_, [](const Point& point) { return point.finished(); });
}

void Run::expire_points() {
  for (Point& point : points_) {
    if (point.started() && !point.finished() && point.seconds() >= options_.stop.seconds) point.expire();
  }
}

void Run::fail(const Error& error) {
  if (!error_) error_ = error;
  stopping_ = true;
  changed_.notify_all();
}

void Run::work() {
  std::optional<Simulator> simulator;
  std::size_t current = points_.size();
  std::unique_lock lock(mutex_);
  while (!stopping_ && !all_finished()) {
    auto found = find_work();
    if (!found) return fail(found.error());
    if (!*found) {
      changed_.wait_for(lock, poll);
      if (auto taken = take_new_rows(); !taken) return fail(taken.error());
      continue;
    }
    const Work work = **found;
    lock.unlock();
    if (current != work.point) {
      simulator.reset();  // its memory before the next one's
      simulator.emplace(points_[work.point].task(), options_.batch);
      current = work.point;
    }
    auto counts = simulator->count(options_.seed, work.chunk, [this] { return stopping_.load(); });
    lock.lock();
    if (!counts) {
      drop(work);
      if (counts.error().code != ErrorCode::interrupted) fail(counts.error());
      return;
    }
    if (auto settled = settle(work, *counts); !settled) return fail(settled.error());
    changed_.notify_all();
  }
  changed_.notify_all();
}

/// What the calling thread does while the others work.
Result<void> Run::watch(std::unique_lock<std::mutex>& lock, const ProgressCallback& progress) {
  for (;;) {
    const bool last = stopping_ || all_finished();
    if (progress) {
      std::vector<PointProgress> state;
      for (const Point& point : points_) state.push_back(point.progress());
      lock.unlock();
      const bool go_on = progress(state);
      lock.lock();
      if (!go_on && !last) return Error{ErrorCode::interrupted, "interrupted"};
    }
    if (last) return {};
    changed_.wait_for(lock, picture, [this] { return stopping_ || all_finished(); });
    expire_points();
    if (auto written = write_pending(false); !written) return written;
  }
}

Result<void> Run::execute(const ProgressCallback& progress) {
  auto isa = active_isa();
  if (!isa) return std::move(isa).error();
  origin_ = Json{{"caligo", version()}, {"git", git_hash()}, {"isa", to_string(*isa)}}.dump();
  std::unique_lock lock(mutex_);
  std::vector<std::thread> threads;
  if (!all_finished()) {
    for (unsigned i = 0; i < options_.threads; ++i) threads.emplace_back([this] { work(); });
  }
  const Result<void> watched = watch(lock, progress);
  stopping_ = true;
  changed_.notify_all();
  lock.unlock();
  for (std::thread& thread : threads) thread.join();
  if (error_) return *error_;
  auto written = write_pending(true);
  return watched ? written : watched;
}

std::vector<Statistics> Run::counted() const {
  std::vector<Statistics> all;
  for (const Point& point : points_) all.push_back(point.counted());
  return all;
}

}  // namespace caligo::simulate

namespace caligo {

namespace {

Result<void> check_options(const SimulationOptions& options) {
  constexpr unsigned most_threads = 1024;
  const auto invalid = [](std::string message) { return Error{ErrorCode::invalid_argument, std::move(message)}; };
  if (options.threads < 1 || options.threads > most_threads) {
    return invalid(fmt::format("threads: expected 1 to {}, got {}", most_threads, options.threads));
  }
  if (options.stop.frames < 1) return invalid("stop rule: expected at least one frame");
  if (options.stop.errors < 1) return invalid("stop rule: expected at least one error");
  if (!(options.stop.seconds > 0)) return invalid("stop rule: expected a time above 0");
  return {};
}

}  // namespace

Result<std::vector<Statistics>> simulate_tasks(std::span<const SimulationTask> tasks, const SimulationOptions& options,
                                               const ProgressCallback& progress) {
  if (auto checked = check_options(options); !checked) return std::move(checked).error();
  simulate::Run run(tasks, options);
  if (auto prepared = run.prepare(); !prepared) return std::move(prepared).error();
  if (auto executed = run.execute(progress); !executed) return std::move(executed).error();
  return run.counted();
}

}  // namespace caligo
