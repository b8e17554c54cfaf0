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

class Block {
 public:
  /// An interval being searched: positions lo … lo + 2^log2_size - 1 of an order, all of them or a random half.
  struct Interval {
    std::uint32_t lo = 0;
    std::uint32_t piece = 0;  ///< of pieces_, if order is subset
    std::uint32_t log2_size = 0;
    std::uint32_t order = columns;
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

  /// Calls next(parity of the own bits) for each of the due() questions, in their order.
  template <class Next>
  void ask(Next next) const;
  /// Calls answer(own) for each of them, where own() is the parity of the own bits, and takes the returned bit as
  /// whether Alice's and Bob's differ. Calls next(parity) for each of the questions that follow, as ask() would. The
  /// two kinds of calls alternate.
  template <class Answer, class Next>
  void settle(Answer answer, Next next);

  /// Fetch into the cache: this object; then the list of its searches; then what these look at.
  void prefetch() const noexcept {
    for (std::size_t i = 0; i < sizeof(Block); i += 64) __builtin_prefetch(reinterpret_cast<const char*>(this) + i);
  }
  void prefetch_searches() const noexcept {
    __builtin_prefetch(searched_.begin());
    __builtin_prefetch(found_.begin());
    __builtin_prefetch(waiting_.begin());
  }
  void prefetch_cells() const noexcept;

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
  template <class Answer>
  void settle_tops(std::uint32_t order, Answer answer);
  template <class Answer>
  void settle_halves(Answer answer);
  template <class Answer, class Next>
  void settle_search(Answer answer, Next next);
  template <class Answer, class Next>
  std::size_t settle_in_words(Answer& answer, Next& next);

  bool take(Interval& interval, bool first_half_odd);
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
  bool infer_in_word(std::uint32_t order, std::uint32_t& lo, std::uint32_t& log2_size);
  static void put(Pile<Interval>& pile, std::uint32_t order, std::uint32_t lo, std::uint32_t log2_size) {
    Interval& place = pile.add();
    place.lo = lo;
    place.piece = 0;
    place.log2_size = log2_size;
    place.order = order;
  }
  void advance();
  bool next_stage();

  const Layout* layout_;
  Plan plan_;
  Cell* cells_;
  bool corrects_;
  bool broken_ = false;
  Stage stage_ = Stage::first_tops;
  bool second_open_ = false;
  unsigned halves_open_ = 0;  ///< halves whose parity is known
  unsigned halves_wanted_ = 0;
  std::uint32_t due_ = 0;
  std::uint32_t corrected_ = 0;
  Pile<Interval> searched_;
  Pile<Interval> found_;  ///< single errors, to be corrected when no search is under way
  std::vector<Piece> pieces_;
  std::vector<std::uint32_t> piece_lists_;  ///< [2·half + outside]: index + 1
  Pile<Waiting> waiting_;
  std::uint32_t free_waiting_ = 0;                                 ///< index + 1
  std::uint32_t waiting_lists_[(largest_log2 + 1) * orders] = {};  ///< [3·rank + order]
  std::uint64_t waiting_mask_ = 0;                                 ///< lists that are not empty
};

}  // namespace caligo::cascade
