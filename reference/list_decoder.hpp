// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Successive-cancellation list decoding, written to be read: the oracle for every fast decoder, and the place to learn
/// what they compute. Arithmetic is the template parameter: `int` (wide, or saturated like int8) or `double`.
///
/// Sources: Arıkan 2009 (SC), Tal & Vardy 2015 (list), Balatsoukas-Stimming et al. 2015 (LLR path metric),
/// Alamdar-Yazdi & Kschischang 2011 and Hashemi et al. 2016 (simplified nodes).

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

namespace caligo::reference {

using Bits = std::vector<std::uint8_t>;  // one bit per entry: clarity before memory

/// x = u·F^(⊗n), natural order.
inline Bits transform(Bits x) {
  for (std::size_t half = 1; half < x.size(); half *= 2) {
    for (std::size_t block = 0; block < x.size(); block += 2 * half) {
      for (std::size_t i = block; i < block + half; ++i) x[i] ^= x[i + half];
    }
  }
  return x;
}

/// Which granularity decides: every bit by itself, or the simplified nodes as wholes: rate-0, repetition, rate-1 and
/// single-parity nodes. Without ties and saturation both give the same list; ties are resolved within the granularity,
/// and sums inside a node do not saturate.
enum class Schedule { bits, nodes };

template <class Llr>
struct Arithmetic {
  Llr limit = std::numeric_limits<Llr>::max();  ///< LLRs are clipped to ±limit
  /// When a path's metric reaches this after a node, the least of all is subtracted from each, and what is still larger
  /// is cut to one less. The fast decoders' metrics have 16 bits, and this is 2^15.
  Llr metric_limit = std::numeric_limits<Llr>::max();
  /// Of f, 0 for min-sum: see f().
  Llr correction = 0;

  static Llr magnitude(Llr a) { return a < 0 ? -a : a; }
  static bool hard(Llr a) { return a < 0; }  // the tie rule: an LLR of 0 decides for 0
  /// Exactly, f = ln(1 + e^(a + b)) - ln(e^a + e^b) = minsum(a, b) + φ(a + b) - φ(a - b) with φ(x) = ln(1 + e^-|x|)
  /// (the Jacobian logarithm, Robertson, Villebrun & Hoeher 1995). Min-sum drops φ; the correction puts a straight line
  /// of slope -1/4 in its place, in integers rounded down.
  [[nodiscard]] Llr f(Llr a, Llr b) const {
    const Llr least = std::min(magnitude(a), magnitude(b));
    return (hard(a) != hard(b) ? -least : least) + phi(a + b) - phi(a - b);
  }
  [[nodiscard]] Llr phi(Llr x) const { return std::max<Llr>(0, correction - magnitude(x)) / 4; }
  /// A saturated LLR may stand for any larger one: its bit follows it and does not fork.
  [[nodiscard]] bool certain(Llr a) const { return magnitude(a) >= limit; }
  [[nodiscard]] Llr g(Llr a, Llr b, bool left_sum) const { return std::clamp(left_sum ? b - a : b + a, -limit, limit); }
  [[nodiscard]] bool limits_metrics() const { return metric_limit != std::numeric_limits<Llr>::max(); }
  /// Inside a node metrics may grow beyond their limit, but not to twice as much: such forks are not made.
  [[nodiscard]] bool out_of_range(Llr metric) const { return metric - metric_limit >= metric_limit - 1; }
};

/// One list entry: everything that belongs to a path is copied with it.
template <class Llr>
struct Path {
  bool alive = false;
  Llr metric = 0;                     ///< sum of |LLR| of the decisions against the LLR
  std::vector<std::vector<Llr>> llr;  ///< llr[v]: of the current node of level v
  std::vector<Bits> left;             ///< left[v]: partial sums of the left child of the current node of level v
  Bits sums;                          ///< partial sums of the node finished last
  Bits u;
  std::vector<std::size_t> order;  ///< of a flip node: positions, least reliable first
  Llr flip_first = 0;              ///< of a parity node: what flipping order[0] once more would cost
};

template <class Llr>
class ListDecoder {
 public:
  /// frozen: N entries, 1 = frozen; values: N entries, used where frozen.
  ListDecoder(Bits frozen, Bits values, std::size_t list_size, Schedule schedule, Arithmetic<Llr> arithmetic = {})
      : frozen_(std::move(frozen)),
        values_(std::move(values)),
        list_size_(list_size),
        schedule_(schedule),
        arithmetic_(arithmetic) {
    while ((std::size_t{1} << levels_) < frozen_.size()) ++levels_;
  }

  /// The final list: living paths by metric, ties by lane.
  std::vector<Path<Llr>> decode(const std::vector<Llr>& channel) {
    tied_ = false;
    met_unknown_ = false;
    lanes_.assign(list_size_, Path<Llr>{});
    Path<Llr>& first = lanes_.front();
    first.alive = true;
    first.llr.resize(levels_ + 1);
    first.left.resize(levels_ + 1);
    first.llr[levels_] = channel;
    first.u.assign(frozen_.size(), 0);
    node(levels_, 0);
    std::vector<std::size_t> ranking;
    for (std::size_t lane = 0; lane < list_size_; ++lane) {
      if (lanes_[lane].alive) ranking.push_back(lane);
    }
    std::ranges::sort(ranking, {}, [&](std::size_t lane) { return std::pair(lanes_[lane].metric, lane); });
    std::vector<Path<Llr>> list;
    for (const std::size_t lane : ranking) list.push_back(lanes_[lane]);
    for (std::size_t i = 1; i < list.size(); ++i) tied_ = tied_ || list[i].metric == list[i - 1].metric;
    return list;
  }
  /// Whether the last decode() met a tie: then another tie rule might have given another list.
  [[nodiscard]] bool tied() const { return tied_; }

 private:
  void node(std::size_t level, std::size_t offset) {
    const std::size_t size = std::size_t{1} << level;
    if (schedule_ == Schedule::nodes && level != levels_) {
      const std::size_t unknown = information(offset, size);
      if (unknown == 0) return frozen_node(level, offset);
      if (unknown == 1 && frozen_[offset + size - 1] == 0) return repetition_node(level, offset);
      const bool flips = unknown == size || (unknown == size - 1 && frozen_[offset] != 0);
      if (flips && size > 1) return flip_node(level, offset, unknown < size);
    }
    if (level == 0) return frozen_[offset] != 0 ? frozen_node(0, offset) : repetition_node(0, offset);

    const std::size_t half = size / 2;
    for (auto& path : lanes_) {
      if (!path.alive) continue;
      const auto& a = path.llr[level];
      path.llr[level - 1].resize(half);
      for (std::size_t i = 0; i < half; ++i) path.llr[level - 1][i] = arithmetic_.f(a[i], a[i + half]);
    }
    node(level - 1, offset);
    for (auto& path : lanes_) {
      if (!path.alive) continue;
      path.left[level] = path.sums;
      const auto& a = path.llr[level];
      for (std::size_t i = 0; i < half; ++i) {
        path.llr[level - 1][i] = arithmetic_.g(a[i], a[i + half], path.sums[i] != 0);
      }
    }
    node(level - 1, offset + half);
    for (auto& path : lanes_) {
      if (!path.alive) continue;
      Bits sums = path.left[level];
      for (std::size_t i = 0; i < half; ++i) sums[i] ^= path.sums[i];
      sums.insert(sums.end(), path.sums.begin(), path.sums.end());
      path.sums = std::move(sums);
    }
  }

  /// Known bits: each code bit whose LLR says otherwise costs its magnitude.
  void frozen_node(std::size_t level, std::size_t offset) {
    const Bits word = known_word(level, offset);
    // Where metrics are limited, what all paths share is not counted: the penalties before the first unknown bit.
    const bool counts = met_unknown_ || !arithmetic_.limits_metrics();
    for (auto& path : lanes_) {
      if (!path.alive) continue;
      if (counts) path.metric += disagreement(path.llr[level], word, 0);
      path.sums = word;
      set_u(path, offset, word);
    }
    bring_down_metrics();
  }

  /// One unknown bit, the last one: it is added to every code bit of the node. With level 0: any information bit.
  void repetition_node(std::size_t level, std::size_t offset) {
    met_unknown_ = true;
    const Bits word = known_word(level, offset);
    std::vector<std::optional<Llr>> more(list_size_);
    std::vector<bool> hard(list_size_);
    for (std::size_t lane = 0; lane < list_size_; ++lane) {
      auto& path = lanes_[lane];
      if (!path.alive) continue;
      const Llr zero = disagreement(path.llr[level], word, 0);
      const Llr one = disagreement(path.llr[level], word, 1);
      hard[lane] = one < zero;
      tied_ = tied_ || one == zero;
      if (!arithmetic_.certain(one - zero)) more[lane] = Arithmetic<Llr>::magnitude(one - zero);
      path.metric += std::min(zero, one);
    }
    bring_down_metrics();
    std::vector<std::optional<Llr>> dear(list_size_);
    for (std::size_t lane = 0; lane < list_size_; ++lane) {
      if (const auto& price = more[lane]; price.has_value()) dear[lane] = lanes_[lane].metric + *price;
    }
    const auto decide = [&](Path<Llr>& path, bool bit) {
      path.sums = word;
      for (auto& s : path.sums) s ^= static_cast<std::uint8_t>(bit);
      set_u(path, offset, path.sums);
    };
    const auto before = hard;
    for (std::size_t lane = 0; lane < list_size_; ++lane) {
      if (lanes_[lane].alive) decide(lanes_[lane], hard[lane]);
    }
    fork(dear, [&](Path<Llr>& path, std::size_t source) { decide(path, !before[source]); });
    bring_down_metrics();
  }

  /// All bits unknown (rate-1), or all but the first (parity): a path's decisions are whether to flip its positions,
  /// least reliable first. In a parity node the least reliable position follows the parity instead.
  void flip_node(std::size_t level, std::size_t offset, bool parity) {
    met_unknown_ = true;
    const Bits word = known_word(level, offset);
    for (auto& path : lanes_) {
      if (path.alive) start_flips(path, level, word, parity);
    }
    const std::size_t first = parity ? 1 : 0;
    for (std::size_t rank = first; rank < word.size(); ++rank) {
      std::vector<std::optional<Llr>> dear(list_size_);
      for (std::size_t lane = 0; lane < list_size_; ++lane) {
        const auto& path = lanes_[lane];
        if (!path.alive) continue;
        const Llr price = Arithmetic<Llr>::magnitude(path.llr[level][path.order[rank]]);
        if (!arithmetic_.certain(price)) dear[lane] = path.metric + price + path.flip_first;
      }
      fork(dear, [&](Path<Llr>& path, std::size_t) {
        path.sums[path.order[rank]] ^= 1;
        if (!parity) return;
        path.sums[path.order[0]] ^= 1;
        path.flip_first = -path.flip_first;
      });
    }
    for (auto& path : lanes_) {
      if (path.alive) set_u(path, offset, path.sums);
    }
    bring_down_metrics();
  }
  void start_flips(Path<Llr>& path, std::size_t level, const Bits& word, bool parity) {
    const auto& a = path.llr[level];
    path.order.resize(a.size());
    std::iota(path.order.begin(), path.order.end(), std::size_t{0});
    const auto magnitude = [&](std::size_t i) { return Arithmetic<Llr>::magnitude(a[i]); };
    std::ranges::sort(path.order, {}, [&](std::size_t i) { return std::pair(magnitude(i), i); });
    for (std::size_t i = 1; i < a.size(); ++i)
      tied_ = tied_ || magnitude(path.order[i]) == magnitude(path.order[i - 1]);
    // Hard decisions relative to the known word: an LLR of 0 decides for the code bit that unknown zeros would give.
    path.sums = word;
    bool odd = false;
    for (std::size_t i = 0; i < a.size(); ++i) {
      const bool flip = word[i] != 0 ? a[i] > 0 : a[i] < 0;
      path.sums[i] ^= static_cast<std::uint8_t>(flip);
      odd = odd != flip;
      tied_ = tied_ || a[i] == 0;
    }
    const Llr least = magnitude(path.order[0]);
    path.flip_first = 0;
    if (!parity) return;
    path.flip_first = odd ? -least : least;
    if (odd) {
      path.metric += least;
      path.sums[path.order[0]] ^= 1;
    }
  }

  /// Every path as it is (its cheaper continuation) competes with the forks, whose metrics are given; survivors stay in
  /// their lanes, surviving forks take the free ones, both in increasing order of lane. turn(path, source) makes a copy
  /// of source's path its dearer continuation.
  template <class Turn>
  void fork(const std::vector<std::optional<Llr>>& dear, Turn turn) {
    struct Candidate {
      Llr metric;
      bool against;  // follows its LLR first, in a tie
      std::size_t lane;
    };
    std::vector<Candidate> candidates;
    for (std::size_t lane = 0; lane < list_size_; ++lane) {
      if (!lanes_[lane].alive) continue;
      candidates.push_back({lanes_[lane].metric, false, lane});
      if (const auto& metric = dear[lane]; metric.has_value() && !arithmetic_.out_of_range(*metric)) {
        candidates.push_back({*metric, true, lane});
      }
    }
    std::ranges::sort(candidates, {}, [](const Candidate& c) { return std::tuple(c.metric, c.against, c.lane); });
    if (candidates.size() > list_size_) {
      tied_ = tied_ || candidates[list_size_ - 1].metric == candidates[list_size_].metric;
      candidates.resize(list_size_);
    }
    std::vector<bool> stays(list_size_, false);
    std::vector<Candidate> forks;
    for (const auto& c : candidates) {
      if (c.against) {
        forks.push_back(c);
      } else {
        stays[c.lane] = true;
      }
    }
    std::ranges::sort(forks, {}, &Candidate::lane);
    const std::vector<std::size_t> free = free_lanes(stays, forks.size());
    const std::vector<Path<Llr>> before = lanes_;
    for (std::size_t lane = 0; lane < list_size_; ++lane) lanes_[lane].alive = stays[lane];
    for (std::size_t i = 0; i < forks.size(); ++i) {
      Path<Llr>& path = lanes_[free[i]];
      path = before[forks[i].lane];
      path.metric = forks[i].metric;
      turn(path, forks[i].lane);
    }
  }
  /// Lanes whose path was dropped, then as many as needed of those without a path, the highest first; in increasing
  /// order.
  [[nodiscard]] std::vector<std::size_t> free_lanes(const std::vector<bool>& stays, std::size_t count) const {
    std::vector<std::size_t> free;
    for (std::size_t lane = 0; lane < list_size_; ++lane) {
      if (lanes_[lane].alive && !stays[lane]) free.push_back(lane);
    }
    for (std::size_t lane = list_size_; lane-- > 0 && free.size() < count;) {
      if (!lanes_[lane].alive) free.push_back(lane);
    }
    std::ranges::sort(free);
    return free;
  }

  void bring_down_metrics() {
    Llr least = std::numeric_limits<Llr>::max();
    Llr most = 0;
    for (const auto& path : lanes_) {
      if (!path.alive) continue;
      least = std::min(least, path.metric);
      most = std::max(most, path.metric);
    }
    if (most < arithmetic_.metric_limit) return;
    for (auto& path : lanes_) path.metric = std::min(path.metric - least, arithmetic_.metric_limit - 1);
  }

  /// The node's u from its code bits: the transform is its own inverse.
  void set_u(Path<Llr>& path, std::size_t offset, const Bits& x) {
    const Bits u = transform(x);
    std::copy(u.begin(), u.end(), path.u.begin() + static_cast<std::ptrdiff_t>(offset));
  }
  /// The node's code bits if its unknown bits were 0.
  [[nodiscard]] Bits known_word(std::size_t level, std::size_t offset) const {
    Bits word(std::size_t{1} << level, 0);
    for (std::size_t i = 0; i < word.size(); ++i) word[i] = frozen_[offset + i] != 0 ? values_[offset + i] : 0;
    return transform(std::move(word));
  }
  /// Penalty of deciding for word + bit.
  static Llr disagreement(const std::vector<Llr>& llr, const Bits& word, std::uint8_t bit) {
    Llr sum = 0;
    for (std::size_t i = 0; i < llr.size(); ++i) {
      const bool one = (word[i] ^ bit) != 0;
      if (one ? llr[i] > 0 : llr[i] < 0) sum += Arithmetic<Llr>::magnitude(llr[i]);
    }
    return sum;
  }
  [[nodiscard]] std::size_t information(std::size_t offset, std::size_t size) const {
    return static_cast<std::size_t>(std::count(frozen_.begin() + static_cast<std::ptrdiff_t>(offset),
                                               frozen_.begin() + static_cast<std::ptrdiff_t>(offset + size), 0));
  }

  Bits frozen_;
  Bits values_;
  std::size_t list_size_;
  Schedule schedule_;
  Arithmetic<Llr> arithmetic_;
  std::size_t levels_ = 0;
  bool tied_ = false;
  bool met_unknown_ = false;
  std::vector<Path<Llr>> lanes_;
};

}  // namespace caligo::reference
