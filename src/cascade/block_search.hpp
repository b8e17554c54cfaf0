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

/// The position of the lowest one among the bits of a word.
inline std::uint32_t position_of(std::uint32_t word, std::uint64_t bits) noexcept {
  return word << 6 | static_cast<std::uint32_t>(__builtin_ctzll(bits));
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

template <class Link>
void Block::ask(Link& link) const {
  switch (stage_) {
    case Stage::first_tops:
    case Stage::second_tops: {
      const Order order = stage_ == Stage::first_tops ? columns : rows;
      const unsigned log2_size = log2_top(order);
      for_each_top(order, [&](std::uint32_t lo) { link.ask(parity(whole(order, lo, log2_size), lo, log2_size)); });
      return;
    }
    case Stage::subset_tops:
      if (due_ != 0) {
        HalfParities own(*this);
        for (unsigned half = halves_open_; half < halves_wanted_; ++half) link.ask(own(half));
      }
      return;
    case Stage::search:
      for (const Interval& interval : searched_) link.ask(parity(interval, interval.lo, interval.log2_size - 1U));
      const Cell* const cells = &cell(searched_order_, 0);
      for (const WordSearch& search : words_) link.ask(parity_of(cells[search.word].bits & search.first));
  }
}

template <class Link>
void Block::settle(Link& link) {
  if (stage_ == Stage::search) {
    settle_search(link);
    if (due_ != 0 && !broken_) return;
  } else if (stage_ == Stage::subset_tops) {
    settle_halves(link);
  } else {
    settle_tops(stage_ == Stage::first_tops ? columns : rows, link);
  }
  advance();
  ask(link);
}

/// What all searches of a block go on with is asked at once, while the words are at hand.
template <class Link>
void Block::settle_search(Link& link) {
  if (!searched_.empty()) {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < searched_.size(); ++i) {
      Interval interval = searched_[i];
      take(interval, link.answer([&] { return parity(interval, interval.lo, interval.log2_size - 1U); }), kept);
    }
    searched_.shrink(kept);
    for (const Interval& interval : searched_) link.ask(parity(interval, interval.lo, interval.log2_size - 1U));
    const Cell* const cells = &cell(searched_order_, 0);
    for (const WordSearch& search : next_words_) link.ask(parity_of(cells[search.word].bits & search.first));
  }
  if (!words_.empty()) settle_words(link);
  words_.clear();
  words_.swap(next_words_);
  due_ = static_cast<std::uint32_t>(searches());
}

/// One question of intervals of at most 64 positions. No branch depends on an answer, which is as good as random.
template <class Link>
void Block::settle_words(Link& link) {
  const std::uint32_t order = searched_order_;
  Cell* const cells = &cell(order, 0);
  for (std::size_t chunk = 0; chunk < words_.size(); chunk += 64) {
    const auto count = static_cast<unsigned>(words_.size() - chunk < 64 ? words_.size() - chunk : 64);
    const std::uint64_t taken = link.take(count);
    std::uint64_t answers = 0;
    std::uint64_t questions = 0;
    unsigned asked = 0;
    for (unsigned i = 0; i < count; ++i) {
      const WordSearch& search = words_[chunk + i];
      const std::uint32_t word = search.word;
      const std::uint32_t size = search.half;
      const std::uint64_t first = search.first;
      const std::uint64_t second = first << size;
      Cell& at = cells[word];
      const std::uint64_t odd = link.answer(taken >> i & 1U, [&] { return parity_of(at.bits & first); });
      answers |= odd << i;
      std::uint64_t range = second ^ ((first ^ second) & (std::uint64_t{0} - odd));
      at.cuts |= second & (std::uint64_t{0} - second);
      const std::uint64_t open = ~at.known;
      const std::uint64_t even = (first ^ second ^ range) & open;
      const std::uint64_t left = range & open;
      if (even != 0 && (even & (even - 1)) == 0) mark_known(order, position_of(word, even));
      if ((left & (left - 1)) == 0) {  // all others are right and stay so: no need to cut them off
        broken_ = broken_ || left == 0;
        if (left != 0) found_.add() = position_of(word, left);
        continue;
      }
      std::uint32_t half = size / 2;
      std::uint64_t next = range & (range >> half);
      if ((left & next) == 0 || (left & ~next) == 0) {
        std::uint32_t narrowed = size;
        narrow(at, left, range, narrowed);
        half = narrowed / 2;
        next = range & (range >> half);
      }
      WordSearch& place = next_words_.add();
      place.first = next;
      place.half = half;
      place.word = word;
      questions |= std::uint64_t{parity_of(at.bits & next)} << asked++;
    }
    link.reply(answers, count);
    link.ask(questions, asked);
  }
}

/// Goes down without a question as long as one half is known. left: the positions that are not, two at least.
inline void Block::narrow(Cell& at, std::uint64_t left, std::uint64_t& range, std::uint32_t& size) noexcept {
  for (;;) {
    const std::uint64_t first = range & (range >> (size / 2));
    const std::uint64_t second = range ^ first;
    if ((left & first) != 0 && (left & second) != 0) return;
    at.cuts |= second & (std::uint64_t{0} - second);
    range = (left & first) != 0 ? first : second;
    size /= 2;
  }
}

template <class Link>
void Block::settle_tops(std::uint32_t order, Link& link) {
  searched_order_ = order;
  const unsigned log2_size = log2_top(order);
  const std::uint32_t size = std::uint32_t{1} << log2_size;
  for (std::uint32_t lo = 0; lo < layout_->bits(); lo += size) cell(order, lo).cuts |= std::uint64_t{1} << (lo & 63);
  bool total = false;
  std::uint32_t next = 0;
  for_each_top(order, [&](std::uint32_t lo) {
    const Interval top = whole(order, lo, log2_size);
    next = lo + size;
    if (!link.answer([&] { return parity(top, lo, log2_size); })) return;
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
  words_.swap(next_words_);
}

/// The parity of a random half tells that of the other one, as the number of errors left is even.
template <class Link>
void Block::settle_halves(Link& link) {
  HalfParities own(*this);
  piece_lists_.resize(2 * std::size_t{halves_wanted_});
  for (; halves_open_ < halves_wanted_; ++halves_open_) {
    const bool odd = link.answer([&] { return own(halves_open_); });
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
  mark_known(interval.order, position_of(lo >> 6, left));
}

/// The answer to a question about a longer interval, or a random half.
inline void Block::take(Interval interval, bool first_half_odd, std::size_t& kept) {
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
  if (infer(interval)) searched_[kept++] = interval;
}

/// Goes down without a question as long as one half is known. True if this one is to be searched in searched_; it may
/// also have become a search in a word, or an error.
inline bool Block::infer(Interval& interval) {
  while (interval.log2_size != 0) {
    if (interval.log2_size <= 6 && interval.order != subset) {
      const std::uint64_t range =
          interval.log2_size == 6 ? ~std::uint64_t{0} : range_mask(interval.lo, interval.log2_size);
      search_in_word(interval.order, interval.lo >> 6, range, std::uint32_t{1} << interval.log2_size);
      return false;
    }
    const unsigned half = interval.log2_size - 1U;
    const bool first = unknown(interval, interval.lo, half) != 0;
    const bool second = unknown(interval, interval.lo + (std::uint32_t{1} << half), half) != 0;
    if (first && second) return true;
    if (!first && !second) break;
    halve(interval, first);
  }
  if (interval.log2_size != 0 || unknown(interval, interval.lo, 0) == 0) {
    broken_ = true;
  } else {
    found_.add() = interval.lo;
  }
  return false;
}

/// Begins to search an odd interval of at most 64 positions, in next_words_.
inline void Block::search_in_word(std::uint32_t order, std::uint32_t word, std::uint64_t range, std::uint32_t size) {
  Cell& at = cell(order, word << 6);
  const std::uint64_t left = range & ~at.known;
  if ((left & (left - 1)) == 0) {
    broken_ = broken_ || left == 0;
    if (left != 0) found_.add() = position_of(word, left);
    return;
  }
  narrow(at, left, range, size);
  WordSearch& place = next_words_.add();
  place.first = range & (range >> (size / 2));
  place.half = size / 2;
  place.word = word;
}

/// Begins to search an odd interval, not of a random half.
inline void Block::search(std::uint32_t order, std::uint32_t lo, std::uint32_t log2_size) {
  if (log2_size <= 6) {
    const std::uint64_t range = log2_size == 6 ? ~std::uint64_t{0} : range_mask(lo, log2_size);
    return search_in_word(order, lo >> 6, range, std::uint32_t{1} << log2_size);
  }
  Interval interval = whole(order, lo, log2_size);
  if (infer(interval)) searched_.add() = interval;
}

inline void Block::prefetch_cells() const noexcept {
  if (stage_ != Stage::search) return;
  const Cell* const cells = &cell(searched_order_, 0);
  const std::size_t count = words_.size() < 8 ? words_.size() : 8;
  for (std::size_t i = 0; i < count; ++i) __builtin_prefetch(&cells[words_[i].word]);
}

}  // namespace caligo::cascade
