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

/// The position of the lowest one of a word, in which `lo` lies.
inline std::uint32_t position_of(std::uint32_t lo, std::uint64_t word) noexcept {
  return (lo & ~63U) + static_cast<std::uint32_t>(__builtin_ctzll(word));
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
void Block::for_each_top(std::uint32_t order, Visit visit) const {
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

/// Parities of random halves. The words are put side by side at the first one.
class Block::HalfParities {
 public:
  explicit HalfParities(const Block& block) noexcept : block_(block) {}
  HalfParities(const HalfParities&) = delete;
  HalfParities& operator=(const HalfParities&) = delete;
  ~HalfParities() {
    if (copied_) wipe_words(bits_, block_.layout_->words());
  }
  bool operator()(unsigned half) noexcept {
    const std::uint32_t words = block_.layout_->words();
    if (!copied_) {
      for (std::uint32_t w = 0; w < words; ++w) bits_[w] = block_.cells_[w].bits;
      copied_ = true;
    }
    const std::uint64_t* const members = block_.layout_->half(half);
    std::uint64_t sum = 0;
    for (std::uint32_t w = 0; w < words; ++w) sum ^= bits_[w] & members[w];
    return parity_of(sum);
  }

 private:
  const Block& block_;
  bool copied_ = false;
  std::uint64_t bits_[(std::size_t{1} << largest_log2) / 64];
};

template <class Next>
void Block::ask(Next next) const {
  switch (stage_) {
    case Stage::first_tops:
    case Stage::second_tops: {
      const Order order = stage_ == Stage::first_tops ? columns : rows;
      const unsigned log2_size = log2_top(order);
      for_each_top(order, [&](std::uint32_t lo) { next(parity(whole(order, lo, log2_size), lo, log2_size)); });
      return;
    }
    case Stage::subset_tops:
      if (due_ != 0) {
        HalfParities own(*this);
        for (unsigned half = halves_open_; half < halves_wanted_; ++half) next(own(half));
      }
      return;
    case Stage::search:
      for (const Interval& interval : searched_) next(parity(interval, interval.lo, interval.log2_size - 1U));
  }
}

template <class Answer, class Next>
void Block::settle(Answer answer, Next next) {
  if (stage_ == Stage::search) {
    settle_search(answer, next);
    if (due_ != 0 && !broken_) return;
  } else if (stage_ == Stage::subset_tops) {
    settle_halves(answer);
  } else {
    settle_tops(stage_ == Stage::first_tops ? columns : rows, answer);
  }
  advance();
  ask(next);
}

inline void Block::prefetch_cells() const noexcept {
  if (stage_ != Stage::search) return;
  const std::size_t count = searched_.size() < 8 ? searched_.size() : 8;
  for (std::size_t i = 0; i < count; ++i) {
    const Interval& interval = searched_[i];
    __builtin_prefetch(&cell(interval.order, interval.lo));
    if (interval.log2_size != 1) continue;  // the last question of a search: its two bits in the other order, too
    for (std::uint32_t position = interval.lo; position != interval.lo + 2; ++position) {
      const bool by_rows = interval.order == rows;
      const std::uint32_t other = by_rows ? layout_->to_columns(position) : layout_->to_rows(position);
      __builtin_prefetch(&cell(by_rows ? columns : rows, other));
    }
  }
}

/// All searches of a block are in one order. What they go on with is asked at once, while the words are at hand.
template <class Answer, class Next>
void Block::settle_search(Answer answer, Next next) {
  std::size_t kept = 0;
  if (searched_[0].order != subset) {
    kept = settle_in_words(answer, next);
  } else {
    Interval& interval = searched_[0];
    if (take(interval, answer([&] { return parity(interval, interval.lo, interval.log2_size - 1U); }))) {
      found_.add() = interval;
    } else {
      kept = 1;
      next(parity(interval, interval.lo, interval.log2_size - 1U));
    }
  }
  searched_.shrink(kept);
  due_ = static_cast<std::uint32_t>(kept);
}

/// parity(), take() and infer() for intervals of at most 64 positions: no branch depends on the answer, which is as
/// good as random. Longer ones take the general way.
template <class Answer, class Next>
std::size_t Block::settle_in_words(Answer& answer, Next& next) {
  const std::uint32_t order = searched_[0].order;
  Cell* const cells = &cell(order, 0);
  std::size_t kept = 0;
  for (std::size_t i = 0; i < searched_.size(); ++i) {
    std::uint32_t lo = searched_[i].lo;
    std::uint32_t log2_size = searched_[i].log2_size;
    bool ended = false;
    if (log2_size <= 6) {
      --log2_size;
      Cell& at = cells[lo >> 6];
      const unsigned size = 1U << log2_size;
      const std::uint64_t first = ((std::uint64_t{1} << size) - 1) << (lo & 63);
      const std::uint64_t second = first << size;
      const bool odd = answer([&] { return parity_of(at.bits & first); });
      const std::uint64_t chosen = second ^ ((first ^ second) & (std::uint64_t{0} - std::uint64_t{odd}));
      at.cuts |= std::uint64_t{1} << ((lo & 63) + size);
      const std::uint64_t even = (first ^ second ^ chosen) & ~at.known;
      lo += size & (std::uint32_t{odd} - 1);
      if (even != 0 && (even & (even - 1)) == 0) mark_known(order, position_of(lo, even));
      ended = infer_in_word(order, lo, log2_size);
      if (!ended) {
        const unsigned half = 1U << (log2_size - 1);
        next(parity_of(at.bits & (((std::uint64_t{1} << half) - 1) << (lo & 63))));
      }
    } else {
      Interval interval = whole(order, lo, log2_size);
      ended = take(interval, answer([&] { return parity(interval, lo, log2_size - 1U); }));
      lo = interval.lo;
      log2_size = interval.log2_size;
      if (!ended) next(parity(interval, lo, log2_size - 1U));
    }
    if (ended) {
      put(found_, order, lo, 0);
    } else {
      searched_[kept].lo = lo;
      searched_[kept].log2_size = log2_size;
      ++kept;
    }
  }
  return kept;
}

/// infer() for an interval of at most 64 positions.
inline bool Block::infer_in_word(std::uint32_t order, std::uint32_t& lo, std::uint32_t& log2_size) {
  Cell& at = cell(order, lo);
  const std::uint64_t range = log2_size == 6 ? ~std::uint64_t{0} : range_mask(lo, log2_size);
  const std::uint64_t left = range & ~at.known;
  if ((left & (left - 1)) == 0) {  // all others are right and stay so: no need to cut them off
    if (left == 0) {
      broken_ = true;
    } else {
      lo = position_of(lo, left);
    }
    log2_size = 0;
    return true;
  }
  for (;;) {
    const unsigned size = 1U << (log2_size - 1U);
    const std::uint64_t first = left & (((std::uint64_t{1} << size) - 1) << (lo & 63));
    if (first != 0 && first != left) return false;
    --log2_size;
    at.cuts |= std::uint64_t{1} << ((lo & 63) + size);
    if (first == 0) lo += size;
  }
}

template <class Answer>
void Block::settle_tops(std::uint32_t order, Answer answer) {
  const unsigned log2_size = log2_top(order);
  const std::uint32_t size = std::uint32_t{1} << log2_size;
  for (std::uint32_t lo = 0; lo < layout_->bits(); lo += size) cell(order, lo).cuts |= std::uint64_t{1} << (lo & 63);
  bool total = false;
  std::uint32_t next = 0;
  for_each_top(order, [&](std::uint32_t lo) {
    const Interval top = whole(order, lo, log2_size);
    next = lo + size;
    if (!answer([&] { return parity(top, lo, log2_size); })) return;
    total = !total;
    search(order, lo, log2_size);
  });
  if (order == rows) {
    second_open_ = true;
    if (total) {  // the last top that is not known, which nobody asked for
      while (next < layout_->bits() && unknown(whole(order, next, log2_size), next, log2_size) == 0) next += size;
      if (next < layout_->bits()) search(order, next, log2_size);
    }
  }
}

/// The parity of a random half tells that of the other one, as the number of errors left is even.
template <class Answer>
void Block::settle_halves(Answer answer) {
  HalfParities own(*this);
  piece_lists_.resize(2 * std::size_t{halves_wanted_});
  for (; halves_open_ < halves_wanted_; ++halves_open_) {
    const bool odd = answer([&] { return own(halves_open_); });
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
    second.log2_size = static_cast<std::uint8_t>(interval.log2_size);
    pieces_.push_back(second);
    pieces_[interval.piece].log2_size = static_cast<std::uint8_t>(interval.log2_size);
    pieces_[interval.piece].next = static_cast<std::uint32_t>(pieces_.size());
    if (!to_first) interval.piece = static_cast<std::uint32_t>(pieces_.size()) - 1;
  }
  if (!to_first) interval.lo = middle;
}

inline void Block::mark_known(std::uint32_t order, std::uint32_t position) noexcept {
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
  mark_known(interval.order, position_of(lo, left));
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
    if (interval.log2_size <= 6 && interval.order != subset) {
      return infer_in_word(interval.order, interval.lo, interval.log2_size);
    }
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

/// Begins to search an odd interval, not of a random half.
inline void Block::search(std::uint32_t order, std::uint32_t lo, std::uint32_t log2_size) {
  if (log2_size <= 6) {
    const bool ended = infer_in_word(order, lo, log2_size);
    put(ended ? found_ : searched_, order, lo, log2_size);
    return;
  }
  Interval interval = whole(order, lo, log2_size);
  const bool ended = infer(interval);
  put(ended ? found_ : searched_, order, interval.lo, interval.log2_size);
}

}  // namespace caligo::cascade
