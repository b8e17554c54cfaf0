// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Cascade on one block, bit by bit, both sides at once: the definition of what caligo/cascade.hpp does. Every interval
/// is a list of positions, every parity a sum over it. Slow, and short enough to be read.
///
/// A block has n = 64·W bits. Three kinds of passes put them in order:
///   first:  bit (r, c) of the matrix of W rows of 64 bits goes to column (c + rotation_r) mod 64. Rows are in tiles of
///           H = min(W, 64). Order: tile, then column, then row.
///   second: row in the tile, then tile, then c.
///   halves: as the first; the bits of a random half are one interval, the others another.
/// rotation_r is below(64), row after row, from stream 0 of the shuffle's seed; half h is drawn from stream 1 + h.

#include <caligo/cascade.hpp>
#include <caligo/random.hpp>

#include <algorithm>
#include <cstdint>
#include <vector>

namespace caligo::reference {

class CascadeBlock {
 public:
  /// x and y: n bits, the last n - bits of them zero, which both know.
  CascadeBlock(const CascadeParameters& parameters, std::vector<bool> x, std::vector<bool> y, std::size_t bits)
      : p_(parameters), x_(std::move(x)), y_(std::move(y)), known_(x_.size()), wanted_(parameters.subsets) {
    for (std::size_t i = bits; i < known_.size(); ++i) known_[i] = true;
    define_orders();
    const std::size_t length = std::size_t{1} << p_.log2_first;
    for (std::size_t lo = 0; lo < x_.size(); lo += length) {
      if (count_unknown(first_, lo, length) != 0) questions_.push_back(slice(first_, lo, length));
    }
  }

  /// The positions whose parities are asked in the next round, one list per question; none when nothing is left.
  [[nodiscard]] std::vector<std::vector<std::size_t>> questions() const {
    std::vector<std::vector<std::size_t>> lists;
    for (const Interval& question : questions_) lists.push_back(question.members);
    return lists;
  }
  [[nodiscard]] bool parity_of_x(const std::vector<std::size_t>& members) const { return sum(x_, members); }
  [[nodiscard]] bool differs(const std::vector<std::size_t>& members) const {
    return sum(x_, members) != sum(y_, members);
  }
  [[nodiscard]] const std::vector<bool>& corrected() const { return y_; }

  /// The round: every question is answered.
  void settle() {
    const std::vector<Interval> asked = std::exchange(questions_, {});
    if (pass_ == 0) {
      open_first(asked);
    } else if (pass_ == 1) {
      open_second(asked);
    } else if (pass_ == 2) {
      open_halves(asked);
    } else {
      const std::vector<Interval> searched = std::exchange(searched_, {});
      for (const Interval& interval : searched) answer(interval);
    }
    go_on();
  }

  /// More random halves, up to this many in all.
  void open_subsets(unsigned count) {
    wanted_ = count;
    if (questions_.empty()) next_pass();
  }

 private:
  using Positions = std::vector<std::size_t>;
  /// The members of positions lo … lo + length - 1 of an order, in input positions.
  struct Interval {
    Positions members;
    std::size_t lo = 0;
    std::size_t length = 0;
    int kind = 0;  ///< 0 first, 1 second, 2 + 2·half inside it, 3 + 2·half outside
    bool odd = false;
    std::uint64_t since = 0;  ///< when it became odd
  };

  static bool sum(const std::vector<bool>& bits, const Positions& members) {
    bool parity = false;
    for (const std::size_t i : members) parity = parity != bits[i];
    return parity;
  }

  void define_orders() {
    const std::size_t rows = x_.size() / 64;
    const std::size_t height = std::min<std::size_t>(rows, 64);
    CounterRandom random(p_.shuffle, 0);
    std::vector<std::size_t> rotation(rows);
    for (auto& r : rotation) r = random.below(64);
    for (std::size_t tile = 0; tile < rows / height; ++tile) {
      for (std::size_t column = 0; column < 64; ++column) {
        for (std::size_t row = tile * height; row < (tile + 1) * height; ++row) {
          first_.push_back(64 * row + (column + 64 - rotation[row]) % 64);
        }
      }
    }
    for (std::size_t i = 0; i < height; ++i) {
      for (std::size_t row = i; row < rows; row += height) {
        for (std::size_t c = 0; c < 64; ++c) second_.push_back(64 * row + c);
      }
    }
  }

  [[nodiscard]] Interval slice(const Positions& order, std::size_t lo, std::size_t length) const {
    Interval interval;
    interval.lo = lo;
    interval.length = length;
    interval.kind = &order == &second_ ? 1 : 0;
    for (std::size_t j = lo; j < lo + length; ++j) interval.members.push_back(order[j]);
    return interval;
  }
  [[nodiscard]] std::size_t count_unknown(const Positions& order, std::size_t lo, std::size_t length) const {
    return count_unknown(slice(order, lo, length));
  }
  [[nodiscard]] std::size_t count_unknown(const Interval& interval) const {
    return static_cast<std::size_t>(std::ranges::count_if(interval.members, [&](std::size_t i) { return !known_[i]; }));
  }

  void open_first(const std::vector<Interval>& asked) {
    pass_ = 3;
    const std::size_t length = std::size_t{1} << p_.log2_first;
    for (std::size_t lo = 0; lo < x_.size(); lo += length) intervals_.push_back(slice(first_, lo, length));
    for (const Interval& top : asked) {
      if (differs(top.members)) search(top);
    }
  }

  void open_second(const std::vector<Interval>& asked) {
    pass_ = 3;
    second_open_ = true;
    const std::size_t length = std::size_t{1} << p_.log2_second;
    for (std::size_t lo = 0; lo < x_.size(); lo += length) intervals_.push_back(slice(second_, lo, length));
    bool total = false;
    for (const Interval& top : asked) {
      if (!differs(top.members)) continue;
      total = !total;
      search(top);
    }
    if (total) search(last_second_);
  }

  void open_halves(const std::vector<Interval>& asked) {
    pass_ = 3;
    for (Interval inside : asked) {
      Interval outside = half_interval(open_, true);
      inside.odd = outside.odd = differs(inside.members);
      inside.since = ++clock_;
      outside.since = ++clock_;
      intervals_.push_back(inside);
      intervals_.push_back(outside);
      ++open_;
    }
  }

  [[nodiscard]] Interval half_interval(unsigned half, bool outside) const {
    BitString drawn(x_.size());
    CounterRandom(p_.shuffle, 1 + half).fill(drawn);
    Interval interval;
    interval.length = x_.size();
    interval.kind = 2 + 2 * static_cast<int>(half) + (outside ? 1 : 0);
    for (std::size_t j = 0; j < x_.size(); ++j) {
      if (drawn[j] != outside) interval.members.push_back(first_[j]);
    }
    return interval;
  }

  [[nodiscard]] Interval part(const Interval& whole, bool second) const {
    Interval interval;
    interval.length = whole.length / 2;
    interval.lo = whole.lo + (second ? interval.length : 0);
    interval.kind = whole.kind;
    // Members are in the order of their kind: those of the second part come last.
    const Positions& order = whole.kind == 1 ? second_ : first_;
    for (const std::size_t i : whole.members) {
      const std::size_t j = position(order, i);
      if (j >= interval.lo && j < interval.lo + interval.length) interval.members.push_back(i);
    }
    return interval;
  }
  [[nodiscard]] static std::size_t position(const Positions& order, std::size_t i) {
    return static_cast<std::size_t>(std::ranges::find(order, i) - order.begin());
  }

  /// Replaces an interval by its two parts.
  void cut(const Interval& whole) {
    std::erase_if(intervals_, [&](const Interval& i) {
      return i.kind == whole.kind && i.lo == whole.lo && i.length == whole.length;
    });
    intervals_.push_back(part(whole, false));
    intervals_.push_back(part(whole, true));
  }

  /// Goes down without a question as long as one part is known, until it knows the error or has to ask.
  void search(Interval interval) {
    while (interval.length > 1) {
      const Interval first = part(interval, false);
      const Interval second = part(interval, true);
      if (count_unknown(first) != 0 && count_unknown(second) != 0) break;
      cut(interval);
      interval = count_unknown(first) != 0 ? first : second;
    }
    (interval.length == 1 ? found_ : searched_).push_back(interval);
  }

  void answer(const Interval& interval) {
    const Interval first = part(interval, false);
    const Interval second = part(interval, true);
    const bool first_odd = differs(first.members);
    cut(interval);
    const Interval& even = first_odd ? second : first;
    // A bit that alone is not known in an even interval is right. (Longer intervals are not looked at.)
    if (even.length < 64 && count_unknown(even) == 1) {
      for (const std::size_t i : even.members) known_[i] = true;
    }
    search(first_odd ? first : second);
  }

  void correct() {
    for (const Interval& error : std::exchange(found_, {})) {
      const std::size_t i = error.members.front();
      y_[i] = !y_[i];
      known_[i] = true;
      // Pass after pass: when an interval became odd decides when it is searched.
      std::ranges::stable_sort(intervals_, {}, &Interval::kind);
      for (Interval& other : intervals_) {
        const bool same_pass = other.kind == error.kind || (error.kind >= 2 && other.kind / 2 == error.kind / 2);
        if (same_pass || std::ranges::find(other.members, i) == other.members.end()) continue;
        other.odd = !other.odd;
        other.since = ++clock_;
      }
    }
  }

  /// Shorter ones first, a random half counting half its length, then in the order of the passes, then the latest.
  [[nodiscard]] static std::size_t weight(const Interval& i) {
    return i.kind >= 2 && i.length > 1 ? i.length / 2 : i.length;
  }
  [[nodiscard]] static int pass_of(const Interval& i) { return std::min(i.kind, 2); }

  void go_on() {
    while (searched_.empty()) {
      correct();
      std::vector<Interval> odd;
      std::ranges::copy_if(intervals_, std::back_inserter(odd), &Interval::odd);
      if (odd.empty()) {
        next_pass();
        if (!questions_.empty() || pass_ == 2) return;
        continue;
      }
      std::ranges::sort(odd, [](const Interval& a, const Interval& b) {
        if (weight(a) != weight(b)) return weight(a) < weight(b);
        return pass_of(a) != pass_of(b) ? pass_of(a) < pass_of(b) : a.since > b.since;
      });
      const Interval shortest = odd.front();
      for (const Interval& interval : odd) {
        if (pass_of(interval) != pass_of(shortest)) continue;
        if (weight(interval) > weight(shortest) << (shortest.kind < 2 ? p_.breadth : 0)) continue;
        for (Interval& i : intervals_) {
          if (i.kind == interval.kind && i.lo == interval.lo) i.odd = false;
        }
        search(interval);
        if (shortest.kind >= 2) break;  // two random halves have bits in common
      }
    }
    pass_ = 3;
    // Intervals of more than 64 positions come first.
    std::ranges::stable_partition(searched_, [](const Interval& i) { return i.length > 64; });
    for (const Interval& interval : searched_) questions_.push_back(part(interval, false));
  }

  /// All intervals are even.
  void next_pass() {
    if (!second_open_) {
      pass_ = 1;
      const std::size_t length = std::size_t{1} << p_.log2_second;
      for (std::size_t lo = 0; lo < x_.size(); lo += length) {
        if (count_unknown(second_, lo, length) != 0) questions_.push_back(slice(second_, lo, length));
      }
      if (!questions_.empty()) {  // the last one follows from the others: the number of errors left is even
        last_second_ = questions_.back();
        questions_.pop_back();
      }
      if (questions_.empty()) open_second({});
      return;
    }
    pass_ = 2;
    for (unsigned half = open_; half < wanted_; ++half) questions_.push_back(half_interval(half, false));
  }

  CascadeParameters p_;
  std::vector<bool> x_;
  std::vector<bool> y_;
  std::vector<bool> known_;
  Positions first_;
  Positions second_;
  int pass_ = 0;  ///< whose parities are asked: 0 first, 1 second, 2 halves; 3 a search
  bool second_open_ = false;
  unsigned open_ = 0;  ///< halves
  unsigned wanted_;
  std::uint64_t clock_ = 0;
  std::vector<Interval> intervals_;  ///< the shortest known ones
  std::vector<Interval> searched_;
  std::vector<Interval> found_;
  std::vector<Interval> questions_;
  Interval last_second_;
};

}  // namespace caligo::reference
