// SPDX-License-Identifier: Apache-2.0
#include "cascade/block.hpp"

#include <sodium.h>

#include <algorithm>
#include <bit>

#include "cascade/block_search.hpp"

namespace caligo::cascade {

Block::Block(const Layout& layout, const Plan& plan, Cell* cells, bool corrects)
    : layout_(&layout),
      cells_(cells),
      corrects_(corrects),
      words_(layout.bits() >> plan.log2_first),
      next_words_(layout.bits() >> plan.log2_first),
      searched_(layout.bits() >> plan.log2_second),
      found_(layout.bits() >> plan.log2_first),
      waiting_(64),
      plan_(plan) {}

void wipe_words(std::uint64_t* words, std::size_t count) noexcept {
  sodium_memzero(words, count * sizeof(std::uint64_t));
}

void Block::load(const std::uint64_t* source, std::uint32_t bits) {
  layout_->load(source, cells_);
  for (std::uint32_t i = bits; i < layout_->bits(); ++i) mark_known(rows, layout_->input_to_rows(i));
  broken_ = false;
  second_open_ = false;
  halves_open_ = 0;
  halves_wanted_ = plan_.subsets;
  corrected_ = 0;
  words_.clear();
  next_words_.clear();
  searched_.clear();
  found_.clear();
  pieces_.clear();
  piece_lists_.clear();
  waiting_.clear();
  free_waiting_ = 0;
  std::ranges::fill(waiting_lists_, 0U);
  waiting_mask_ = 0;
  stage_ = Stage::first_tops;
  due_ = count_tops(columns);
}

void Block::open_subsets(unsigned count) {
  halves_wanted_ = std::max(count, halves_wanted_);
  if (due_ == 0 && !broken_) next_stage();
}

std::uint32_t Block::count_tops(std::uint32_t order) const {
  std::uint32_t count = 0;
  for_each_top(order, [&](std::uint32_t) { ++count; });
  return count;
}

/// Corrects what the searches found. An interval that was searched is even now; every interval of another pass that has
/// the position changes.
void Block::correct_found() {
  const std::uint32_t order = searched_order_;
  for (const std::uint32_t position : found_) {
    const std::uint32_t by_columns = order == rows ? layout_->to_columns(position) : position;
    const std::uint32_t by_rows = order == rows ? position : layout_->to_rows(position);
    const std::uint64_t column_bit = std::uint64_t{1} << (by_columns & 63);
    const std::uint64_t row_bit = std::uint64_t{1} << (by_rows & 63);
    Cell& by_column = cell(columns, by_columns);
    Cell& by_row = cell(rows, by_rows);
    by_column.known |= column_bit;
    by_row.known |= row_bit;
    if (corrects_) {
      by_column.bits ^= column_bit;
      by_row.bits ^= row_bit;
    }
    ++corrected_;
    if (order != columns) toggle(columns, by_columns);
    if (order != rows && second_open_) toggle(rows, by_rows);
    if (halves_open_ != 0) toggle_pieces(by_columns, order == subset ? searched_half_ : halves_open_);
  }
  found_.clear();
}

/// The interval that has a position changes between even and odd.
void Block::toggle(std::uint32_t order, std::uint32_t position) {
  const Cell* const first = &cell(order, 0);
  std::uint32_t word = position >> 6;
  std::uint64_t starts = first[word].cuts & (~std::uint64_t{0} >> (63 - (position & 63)));
  while (starts == 0) starts = first[--word].cuts;  // there is one at 0
  const auto at = static_cast<unsigned>(63 - std::countl_zero(starts));
  Cell& start = cell(order, word << 6);
  start.odd ^= std::uint64_t{1} << at;
  if ((start.odd >> at & 1U) == 0) return;
  const std::uint32_t lo = word << 6 | at;
  std::uint64_t ends = at == 63 ? 0 : start.cuts >> (at + 1) << (at + 1);
  while (ends == 0 && ++word != layout_->words()) ends = first[word].cuts;
  const std::uint32_t end = ends == 0 ? layout_->bits() : word << 6 | static_cast<unsigned>(std::countr_zero(ends));
  wait(order, static_cast<unsigned>(std::bit_width(end - lo)) - 1, lo);
}

/// The same for random halves, all but one of them.
void Block::toggle_pieces(std::uint32_t column_position, unsigned except) {
  for (unsigned half = 0; half < halves_open_; ++half) {
    if (half == except) continue;
    const bool inside = (layout_->half(half)[column_position >> 6] >> (column_position & 63) & 1U) != 0;
    std::uint32_t index = piece_lists_[2 * std::size_t{half} + (inside ? 0 : 1)] - 1;
    while (((column_position - pieces_[index].lo) >> pieces_[index].log2_size) != 0) index = pieces_[index].next - 1;
    pieces_[index].odd = !pieces_[index].odd;
    if (pieces_[index].odd) wait(subset, pieces_[index].log2_size, index);
  }
}

namespace {

/// For a pass that begins without any.
struct NoQuestions {
  template <class Own>
  bool answer(Own) noexcept {
    return false;
  }
};

/// Random halves count as half as long as they reach.
unsigned rank_of(std::uint32_t order, unsigned log2_size) noexcept {
  return order == subset && log2_size != 0 ? log2_size - 1 : log2_size;
}

}  // namespace

void Block::wait(std::uint32_t order, unsigned log2_size, std::uint32_t where) {
  std::uint32_t index = free_waiting_;
  if (index != 0) {
    free_waiting_ = waiting_[index - 1].next;
  } else {
    waiting_.add();
    index = static_cast<std::uint32_t>(waiting_.size());
  }
  const unsigned list = orders * rank_of(order, log2_size) + order;
  waiting_[index - 1].where = where;
  waiting_[index - 1].next = waiting_lists_[list];
  waiting_lists_[list] = index;
  waiting_mask_ |= std::uint64_t{1} << list;
}

/// Is it odd still, and has it not been cut since? Then it is searched now.
bool Block::claim(std::uint32_t order, unsigned rank, std::uint32_t where) {
  if (order == subset) {
    Piece& piece = pieces_[where];
    if (!piece.odd || rank_of(order, piece.log2_size) != rank) return false;
    piece.odd = false;
    Interval interval{.lo = piece.lo, .piece = where, .log2_size = piece.log2_size, .order = subset};
    searched_half_ = piece.half;
    if (infer(interval)) searched_.add() = interval;
    return true;
  }
  Cell& start = cell(order, where);
  const std::uint64_t bit = std::uint64_t{1} << (where & 63);
  if ((start.odd & bit) == 0) return false;
  if (rank != 0) {
    const std::uint32_t middle = where + (std::uint32_t{1} << (rank - 1));
    if ((cell(order, middle).cuts >> (middle & 63) & 1U) != 0) return false;
  }
  start.odd ^= bit;
  search(order, where, rank);
  return true;
}

/// Takes the waiting intervals of one length and order. Their searches do not meet, since they have no bit in common;
/// those of two random halves would, so of these there is one at a time. False if there was none.
bool Block::start(unsigned rank, std::uint32_t order) {
  const unsigned list = orders * rank + order;
  bool any = false;
  while (waiting_lists_[list] != 0) {
    const std::uint32_t index = waiting_lists_[list];
    Waiting& entry = waiting_[index - 1];
    const std::uint32_t where = entry.where;
    waiting_lists_[list] = entry.next;
    entry.next = free_waiting_;
    free_waiting_ = index;
    if (!claim(order, rank, where)) continue;
    any = true;
    if (order == subset) break;
  }
  if (waiting_lists_[list] == 0) waiting_mask_ &= ~(std::uint64_t{1} << list);
  return any;
}

/// Until there is something to ask.
void Block::advance() {
  due_ = 0;
  while (!broken_) {
    if (searches() != 0) {
      stage_ = Stage::search;
      due_ = static_cast<std::uint32_t>(searches());
      return;
    }
    correct_found();
    if (waiting_mask_ == 0) {
      if (next_stage()) return;
      continue;
    }
    const auto list = static_cast<unsigned>(std::countr_zero(waiting_mask_));
    const std::uint32_t order = list % orders;
    const unsigned rank = list / orders;
    searched_order_ = order;
    if (!start(rank, order) || order == subset) {
      words_.swap(next_words_);
      continue;
    }
    const unsigned widest = std::min(rank + plan_.breadth, largest_log2);
    for (unsigned wider = rank + 1; wider <= widest; ++wider) start(wider, order);
    words_.swap(next_words_);
  }
}

/// All known intervals are even: the next pass. False if it began without a question.
bool Block::next_stage() {
  if (!second_open_) {
    stage_ = Stage::second_tops;
    due_ = count_tops(rows);
    if (due_ != 0) return true;
    NoQuestions none;
    settle_tops(rows, none);
    return false;
  }
  stage_ = Stage::subset_tops;
  due_ = halves_wanted_ - halves_open_;
  return true;
}

}  // namespace caligo::cascade
