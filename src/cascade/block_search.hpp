// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The parts of Block that run once per question.

#include "cascade/block.hpp"

namespace caligo::cascade {

inline bool parity_of(std::uint64_t word) noexcept { return __builtin_parityll(word) != 0; }

/// Bits lo … lo + 2^log2_size - 1 of a word, for intervals within one.
inline std::uint64_t range_mask(std::uint32_t lo, unsigned log2_size) noexcept {
  return ((std::uint64_t{1} << (1U << log2_size)) - 1) << (lo & 63);
}

inline bool Block::parity(const Interval& interval, std::uint32_t lo, unsigned log2_size) const noexcept {
  const Cell* const at = &cell(interval.order, lo);
  if (log2_size < 6) return parity_of(at->bits & members(interval, lo >> 6) & range_mask(lo, log2_size));
  std::uint64_t sum = 0;
  const std::uint32_t count = std::uint32_t{1} << (log2_size - 6);
  if (interval.order != subset) {
    for (std::uint32_t i = 0; i < count; ++i) sum ^= at[i].bits;
  } else {
    for (std::uint32_t i = 0; i < count; ++i) sum ^= at[i].bits & members(interval, (lo >> 6) + i);
  }
  return parity_of(sum);
}

inline std::uint64_t Block::unknown(const Interval& interval, std::uint32_t lo, unsigned log2_size) const noexcept {
  const Cell* const at = &cell(interval.order, lo);
  if (log2_size < 6) return ~at->known & members(interval, lo >> 6) & range_mask(lo, log2_size);
  const std::uint32_t count = std::uint32_t{1} << (log2_size - 6);
  for (std::uint32_t i = 0; i < count; ++i) {
    if (const std::uint64_t left = ~at[i].known & members(interval, (lo >> 6) + i)) return left;
  }
  return 0;
}

/// The intervals that a pass begins with, without those whose bits are all known and, in the second pass, without the
/// last of the others: the number of errors left is even, since it is in every interval of the first pass.
template <class Visit>
void Block::for_each_top(Order order, Visit visit) const {
  const unsigned log2_size = log2_top(order);
  const std::uint32_t size = std::uint32_t{1} << log2_size;
  const auto open = [&](std::uint32_t lo) { return unknown(whole(order, lo, log2_size), lo, log2_size) != 0; };
  std::uint32_t end = layout_->bits();
  if (order == rows) {
    while (end != 0 && !open(end - size)) end -= size;
    if (end != 0) end -= size;
  }
  for (std::uint32_t lo = 0; lo < end; lo += size) {
    if (open(lo)) visit(lo);
  }
}

template <class Answer>
void Block::ask(Answer answer) const {
  switch (stage_) {
    case Stage::first_tops:
    case Stage::second_tops: {
      const Order order = stage_ == Stage::first_tops ? columns : rows;
      const unsigned log2_size = log2_top(order);
      for_each_top(order, [&](std::uint32_t lo) { answer(parity(whole(order, lo, log2_size), lo, log2_size)); });
      return;
    }
    case Stage::subset_tops:
      for (unsigned half = halves_open_; half < halves_wanted_; ++half) answer(half_parity(half));
      return;
    case Stage::search:
      for (const Interval& interval : searched_) answer(parity(interval, interval.lo, interval.log2_size - 1U));
  }
}

template <class Answer>
void Block::settle(Answer answer) {
  switch (stage_) {
    case Stage::first_tops:
      settle_tops(columns, answer);
      break;
    case Stage::second_tops:
      settle_tops(rows, answer);
      break;
    case Stage::subset_tops:
      settle_halves(answer);
      break;
    case Stage::search:
      settle_search(answer);
  }
  if (searched_.empty() || broken_) {
    advance();
  } else {
    stage_ = Stage::search;
    due_ = static_cast<std::uint32_t>(searched_.size());
  }
}

template <class Answer>
void Block::settle_search(Answer answer) {
  std::size_t kept = 0;
  for (Interval& interval : searched_) {
    const bool odd = answer(parity(interval, interval.lo, interval.log2_size - 1U));
    if (take(interval, odd)) {
      found_.push_back(interval);
    } else {
      searched_[kept++] = interval;
    }
  }
  searched_.resize(kept);
}

template <class Answer>
void Block::settle_tops(Order order, Answer answer) {
  const unsigned log2_size = log2_top(order);
  const std::uint32_t size = std::uint32_t{1} << log2_size;
  for (std::uint32_t lo = 0; lo < layout_->bits(); lo += size) cell(order, lo).cuts |= std::uint64_t{1} << (lo & 63);
  bool total = false;
  std::uint32_t next = 0;
  for_each_top(order, [&](std::uint32_t lo) {
    const Interval top = whole(order, lo, log2_size);
    next = lo + size;
    if (!answer(parity(top, lo, log2_size))) return;
    total = !total;
    search(top);
  });
  if (order == rows) {
    second_open_ = true;
    if (total) {  // the last top that is not known, which nobody asked for
      while (next < layout_->bits() && unknown(whole(order, next, log2_size), next, log2_size) == 0) next += size;
      if (next < layout_->bits()) search(whole(order, next, log2_size));
    }
  }
}

/// The parity of a random half tells that of the other one, as the number of errors left is even.
template <class Answer>
void Block::settle_halves(Answer answer) {
  piece_lists_.resize(2 * std::size_t{halves_wanted_});
  for (; halves_open_ < halves_wanted_; ++halves_open_) {
    const bool odd = answer(half_parity(halves_open_));
    for (const bool outside : {false, true}) {
      pieces_.push_back({.lo = 0,
                         .next = 0,
                         .log2_size = static_cast<std::uint8_t>(layout_->log2_bits()),
                         .half = static_cast<std::uint8_t>(halves_open_),
                         .outside = outside,
                         .odd = odd});
      const auto index = static_cast<std::uint32_t>(pieces_.size());
      piece_lists_[2 * std::size_t{halves_open_} + (outside ? 1 : 0)] = index;
      if (odd) wait(subset, layout_->log2_bits(), index - 1);
    }
  }
}

/// Cuts an interval in two and goes on with one of them.
inline void Block::halve(Interval& interval, bool to_first) {
  --interval.log2_size;
  const std::uint32_t middle = interval.lo + (std::uint32_t{1} << interval.log2_size);
  if (interval.order != subset) {
    cell(interval.order, middle).cuts |= std::uint64_t{1} << (middle & 63);
  } else {
    Piece second = pieces_[interval.piece];
    second.lo = middle;
    second.log2_size = interval.log2_size;
    pieces_.push_back(second);
    pieces_[interval.piece].log2_size = interval.log2_size;
    pieces_[interval.piece].next = static_cast<std::uint32_t>(pieces_.size());
    if (!to_first) interval.piece = static_cast<std::uint32_t>(pieces_.size()) - 1;
  }
  if (!to_first) interval.lo = middle;
}

inline void Block::mark_known(Order order, std::uint32_t position) noexcept {
  const std::uint32_t by_columns = order == rows ? layout_->to_columns(position) : position;
  const std::uint32_t by_rows = order == rows ? position : layout_->to_rows(position);
  cell(columns, by_columns).known |= std::uint64_t{1} << (by_columns & 63);
  cell(rows, by_rows).known |= std::uint64_t{1} << (by_rows & 63);
}

/// If one bit only of an even interval is not known, it is right.
inline void Block::learn(const Interval& interval, std::uint32_t lo, unsigned log2_size) noexcept {
  if (log2_size >= 6) return;
  const std::uint64_t left = unknown(interval, lo, log2_size);
  if (left == 0 || (left & (left - 1)) != 0) return;
  mark_known(interval.order, (lo & ~63U) + static_cast<std::uint32_t>(__builtin_ctzll(left)));
}

/// The answer to a question. True if one bit is left.
inline bool Block::take(Interval& interval, bool first_half_odd) {
  const Interval before = interval;
  halve(interval, first_half_odd);
  const std::uint32_t size = std::uint32_t{1} << interval.log2_size;
  if (first_half_odd) {
    Interval other = interval;  // the second half; of a random half, it has the same members
    other.lo = before.lo + size;
    learn(other, other.lo, interval.log2_size);
  } else {
    learn(before, before.lo, interval.log2_size);
  }
  return infer(interval);
}

/// Goes down without a question as long as one half is known. True if one bit is left.
inline bool Block::infer(Interval& interval) {
  while (interval.log2_size != 0) {
    const unsigned half = interval.log2_size - 1U;
    const bool first = unknown(interval, interval.lo, half) != 0;
    const bool second = unknown(interval, interval.lo + (std::uint32_t{1} << half), half) != 0;
    if (first && second) return false;
    if (!first && !second) break;
    halve(interval, first);
  }
  if (interval.log2_size != 0 || unknown(interval, interval.lo, 0) == 0) broken_ = true;
  return true;
}

/// Begins to search an odd interval.
inline void Block::search(const Interval& interval) {
  Interval copy = interval;
  if (infer(copy)) {
    found_.push_back(copy);
  } else {
    searched_.push_back(copy);
  }
}

}  // namespace caligo::cascade
