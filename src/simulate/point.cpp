// SPDX-License-Identifier: Apache-2.0
#include "simulate/point.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace caligo::simulate {

/// Errors are looked at between chunks only: a run that was interrupted within one finishes it first, and stops where
/// an uninterrupted one stops.
bool Point::finished() const noexcept {
  if (expired_ || end_ >= stop_.frames) return true;
  const bool between_chunks = end_ == 0 || next_chunk_end(task_, end_ - 1) == end_;
  return between_chunks && sum_.frame_errors >= stop_.errors;
}

Result<void> Point::take_row(FrameRange frames, const Statistics& counts) {
  if (frames.count == 0) return {};
  const auto after = elsewhere_.lower_bound(frames.first);
  const bool clear =
      frames.first >= end_ && (after == elsewhere_.end() || frames.first + frames.count <= after->first) &&
      (after == elsewhere_.begin() || std::prev(after)->first + std::prev(after)->second.frames <= frames.first);
  if (!clear) {
    return Error{ErrorCode::malformed_input,
                 fmt::format("frames {} to {} are in the file twice; caligo simulate --combine drops what is the same",
                             frames.first, frames.first + frames.count - 1)};
  }
  elsewhere_.emplace(frames.first, counts);
  advance();
  return {};
}

void Point::advance() {
  for (;;) {
    if (const auto row = elsewhere_.find(end_); row != elsewhere_.end()) {
      sum_ += row->second;
      end_ += row->second.frames;
      elsewhere_.erase(row);
      continue;
    }
    const auto chunk = ready_.find(end_);
    if (chunk == ready_.end() || finished()) break;
    sum_ += chunk->second;
    if (pending_.empty() || pending_.back().first + pending_.back().second.frames != end_) {
      pending_.emplace_back(end_, Statistics{});  // a row of the file lies between
    }
    pending_.back().second += chunk->second;
    end_ += chunk->second.frames;
    ready_.erase(chunk);
  }
  if (start_ && finished() && !seconds_) seconds_ = seconds();
}

std::vector<FrameRange> Point::open_chunks(std::size_t ahead) const {
  std::vector<FrameRange> chunks;
  if (finished()) return chunks;
  std::uint64_t at = end_;
  for (std::size_t steps = 0; steps < ahead && at < stop_.frames; ++steps) {
    std::uint64_t end = std::min(next_chunk_end(task_, at), stop_.frames);
    bool is_open = true;
    for (const auto* counted : {&elsewhere_, &ready_}) {
      const auto next = counted->lower_bound(at);
      if (next == counted->end()) continue;
      if (next->first == at) {
        end = at + next->second.frames;
        is_open = false;
      } else if (next->first < end) {
        end = next->first;
      }
    }
    if (const auto next = running_.lower_bound(at); next != running_.end() && next->first == at) {
      end = at + next->second;
      is_open = false;
    }
    if (is_open) chunks.push_back({at, end - at});
    at = end;
  }
  return chunks;
}

bool Point::lacks(FrameRange chunk) const {
  if (finished() || chunk.first < end_) return false;
  const auto next = elsewhere_.upper_bound(chunk.first);
  const bool clear_behind = next == elsewhere_.end() || chunk.first + chunk.count <= next->first;
  const bool clear_before =
      next == elsewhere_.begin() || std::prev(next)->first + std::prev(next)->second.frames <= chunk.first;
  return clear_behind && clear_before;
}

void Point::begin(FrameRange chunk) {
  if (!start_) {
    start_ = Clock::now();
    initial_frames_ = end_;
  }
  running_.emplace(chunk.first, chunk.count);
}

void Point::settle(FrameRange chunk, const Statistics& counts) {
  running_.erase(chunk.first);
  if (chunk.first < end_ || finished()) return;  // somebody else was faster, or nobody wants it any more
  ready_.emplace(chunk.first, counts);
  advance();
}

double Point::seconds() const noexcept {
  if (seconds_) return *seconds_;
  return start_ ? std::chrono::duration<double>(Clock::now() - *start_).count() : 0;
}

PointProgress Point::progress() const {
  PointProgress out;
  out.counted = sum_;
  for (const auto& [first, frames] : running_) out.running += frames;
  for (const auto& [first, counts] : ready_) out.running += counts.frames;
  out.seconds = seconds();
  out.started = started();
  out.finished = finished();
  if (!out.started || out.seconds <= 0) return out;
  out.frames_per_second = static_cast<double>(end_ - initial_frames_) / out.seconds;
  if (out.finished) {
    out.seconds_left = 0;
    return out;
  }
  const auto frames = static_cast<double>(end_);
  const auto errors = static_cast<double>(sum_.frame_errors);
  double left = stop_.seconds - out.seconds;
  if (out.frames_per_second > 0) {
    left = std::min(left, (static_cast<double>(stop_.frames) - frames) / out.frames_per_second);
    if (errors > 0) {
      const double per_second = errors / frames * out.frames_per_second;
      left = std::min(left, (static_cast<double>(stop_.errors) - errors) / per_second);
    }
  }
  out.seconds_left = std::max(left, 0.0);
  return out;
}

}  // namespace caligo::simulate
