// SPDX-License-Identifier: Apache-2.0
#pragma once
/// One block of Cascade: the state that both sides share, and the bits of one of them.
///
/// An *interval* is a run of positions in one order (layout.hpp) of which both know whether Alice's and Bob's parities
/// differ: whether it is odd. Only the shortest known intervals are kept; a longer one is the sum of shorter ones. A
/// *question* asks for the parity of the first half of an odd interval, whereupon both halves are known and the odd one
/// is halved next, until one bit is left: an error. When it is corrected, every interval of another pass that contains
/// it changes sides; those that become odd are searched in turn, the shortest first. That is Cascade; keeping the
/// halves of earlier searches for later ones is what Martinez-Mateo et al. (arXiv:1407.3257) call block parity
/// inference.
///
/// Everything here but Cell::bits follows from Bob's answers, so it is the same on both sides.

#include <cstdint>
#include <vector>

#include "cascade/layout.hpp"
#include "cascade/pile.hpp"

namespace caligo::cascade {

/// What a block needs of CascadeParameters.
struct Plan {
  unsigned log2_first = 0;
  unsigned log2_second = 0;
  unsigned subsets = 0;
  unsigned breadth = 0;
};

class alignas(64) Block {
 public:
  /// An interval: positions lo … lo + 2^log2_size - 1 of an order, all of them or a random half.
  struct Interval {
    std::uint32_t lo = 0;
    std::uint32_t piece = 0;  ///< of pieces_, if order is subset
    std::uint32_t log2_size = 0;
    std::uint32_t order = columns;
  };
  /// The search of an interval of at most 64 positions, columns or rows.
  struct WordSearch {
    std::uint64_t first = 0;  ///< its first half, whose parity is asked
    std::uint32_t half = 0;   ///< positions of that
    std::uint32_t word = 0;
  };

  /// cells: 2·layout.words() of them. corrects: true for Bob, whose bits are changed.
  Block(const Layout& layout, const Plan& plan, Cell* cells, bool corrects);

  /// Starts again. source: layout.words() words, zero from `bits` on, which both know.
  void load(const std::uint64_t* source, std::uint32_t bits);
  /// Adds random halves: the parities of the halves with numbers up to `count` are asked next. Only when idle().
  void open_subsets(unsigned count);

  /// Bits that the next message says about this block; 0: nothing is left to ask.
  [[nodiscard]] std::uint32_t due() const noexcept { return due_; }
  [[nodiscard]] bool idle() const noexcept { return due_ == 0; }
  /// Two answers contradict each other; nothing will be asked any more.
  [[nodiscard]] bool broken() const noexcept { return broken_; }
  [[nodiscard]] std::uint32_t corrected() const noexcept { return corrected_; }

  /// Calls link.ask(parity of the own bits) for each of the due() questions, in their order.
  template <class Link>
  void ask(Link& link) const;
  /// Takes link.answer(own), with own() the parity of the own bits, as whether Alice's and Bob's differ, for each of
  /// them. Then calls link.ask() for each of the questions that follow. Both kinds of calls alternate, and also come as
  /// words, up to 64 at once: link.take(count), link.answer(taken, own parity), link.reply(answers, count) and
  /// link.ask(parities, count).
  template <class Link>
  void settle(Link& link);

  /// Fetch into the cache: this object; then the list of its searches; then what these look at.
  void prefetch() const noexcept {
    for (std::size_t i = 0; i < 256; i += 64) __builtin_prefetch(reinterpret_cast<const char*>(this) + i);
  }
  void prefetch_searches() const noexcept {
    __builtin_prefetch(words_.begin());
    __builtin_prefetch(next_words_.begin());
    __builtin_prefetch(waiting_.begin());
  }
  void prefetch_cells() const noexcept;

  /// Allocated by this object; its cells are the group's.
  [[nodiscard]] std::size_t memory_bytes() const noexcept {
    return words_.memory_bytes() + next_words_.memory_bytes() + searched_.memory_bytes() + found_.memory_bytes() +
           waiting_.memory_bytes();
  }

 private:
  /// What is asked next.
  enum class Stage : std::uint8_t { first_tops, second_tops, subset_tops, search };
  /// An interval of a random half. Kept in one list per half and side.
  struct Piece {
    std::uint32_t lo = 0;
    std::uint32_t next = 0;  ///< index + 1; 0 ends the list
    std::uint8_t log2_size = 0;
    std::uint8_t half = 0;
    bool outside = false;
    bool odd = false;
  };
  /// An interval that became odd; it may be even again, or cut, when its turn comes.
  struct Waiting {
    std::uint32_t where = 0;  ///< lo, or the index of a piece
    std::uint32_t next = 0;   ///< index + 1; 0 ends the list
  };
  class HalfParities;
  static constexpr unsigned orders = 3;
  static constexpr unsigned largest_log2 = 16;

  [[nodiscard]] static Interval whole(std::uint32_t order, std::uint32_t lo, unsigned log2_size) noexcept {
    return {.lo = lo, .piece = 0, .log2_size = log2_size, .order = order};
  }
  [[nodiscard]] Cell& cell(std::uint32_t order, std::uint32_t position) const noexcept {
    return cells_[(order == rows ? layout_->words() : 0) + (position >> 6)];
  }
  /// Which positions of word w belong to the interval's kind.
  [[nodiscard]] std::uint64_t members(const Interval& interval, std::uint32_t word) const noexcept {
    if (interval.order != subset) return ~std::uint64_t{0};
    const Piece& piece = pieces_[interval.piece];
    return layout_->half(piece.half)[word] ^ (piece.outside ? ~std::uint64_t{0} : 0);
  }
  /// The members among lo … lo + 2^log2_size - 1 that are not known, of the first word that has any.
  [[nodiscard]] std::uint64_t unknown(const Interval& interval, std::uint32_t lo, unsigned log2_size) const noexcept;
  [[nodiscard]] bool parity(const Interval& interval, std::uint32_t lo, unsigned log2_size) const noexcept;

  [[nodiscard]] unsigned log2_top(std::uint32_t order) const noexcept {
    return order == columns ? plan_.log2_first : plan_.log2_second;
  }
  template <class Visit>
  void for_each_top(std::uint32_t order, Visit visit) const;
  [[nodiscard]] std::uint32_t count_tops(std::uint32_t order) const;
  template <class Link>
  void settle_tops(std::uint32_t order, Link& link);
  template <class Link>
  void settle_halves(Link& link);
  template <class Link>
  void settle_search(Link& link);
  template <class Link>
  void settle_words(Link& link);

  void take(Interval interval, bool first_half_odd, std::size_t& kept);
  bool infer(Interval& interval);
  void halve(Interval& interval, bool to_first);
  void learn(const Interval& interval, std::uint32_t lo, unsigned log2_size) noexcept;
  void mark_known(std::uint32_t order, std::uint32_t position) noexcept;

  void correct_found();
  void toggle(std::uint32_t order, std::uint32_t position);
  void toggle_pieces(std::uint32_t column_position, unsigned except);
  void wait(std::uint32_t order, unsigned log2_size, std::uint32_t where);
  bool claim(std::uint32_t order, unsigned rank, std::uint32_t where);
  bool start(unsigned rank, std::uint32_t order);
  void search(std::uint32_t order, std::uint32_t lo, std::uint32_t log2_size);
  void search_in_word(std::uint32_t order, std::uint32_t word, std::uint64_t range, std::uint32_t size);
  static void narrow(Cell& at, std::uint64_t left, std::uint64_t& range, std::uint32_t& size) noexcept;
  void advance();
  bool next_stage();

  [[nodiscard]] std::size_t searches() const noexcept { return searched_.size() + words_.size(); }

  const Layout* layout_;
  Cell* cells_;
  bool corrects_;
  bool broken_ = false;
  bool second_open_ = false;
  Stage stage_ = Stage::first_tops;
  std::uint32_t due_ = 0;
  std::uint32_t searched_order_ = columns;  ///< of all searches under way
  std::uint32_t searched_half_ = 0;         ///< and, if it is subset, the random half
  Pile<WordSearch> words_;
  Pile<WordSearch> next_words_;     ///< empty; memory for the next round
  Pile<Interval> searched_;         ///< longer intervals and those of random halves; their questions come first
  Pile<std::uint32_t> found_;       ///< positions of errors, to be corrected when no search is under way
  std::uint64_t waiting_mask_ = 0;  ///< lists that are not empty
  Pile<Waiting> waiting_;
  std::uint32_t free_waiting_ = 0;  ///< index + 1
  std::uint32_t corrected_ = 0;
  std::uint32_t waiting_lists_[(largest_log2 + 1) * orders] = {};  ///< [3·rank + order]
  unsigned halves_open_ = 0;                                       ///< halves whose parity is known
  unsigned halves_wanted_ = 0;
  Plan plan_;
  std::vector<Piece> pieces_;
  std::vector<std::uint32_t> piece_lists_;  ///< [2·half + outside]: index + 1
};

}  // namespace caligo::cascade
