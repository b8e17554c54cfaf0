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

/// Which granularity decides: every bit by itself, or rate-0 and repetition nodes by sums of their LLRs. The two differ
/// only if an LLR inside such a node saturates.
enum class Schedule { bits, nodes };

template <class Llr>
struct Arithmetic {
  Llr limit = std::numeric_limits<Llr>::max();  ///< LLRs are clipped to ±limit

  static Llr magnitude(Llr a) { return a < 0 ? -a : a; }
  static bool hard(Llr a) { return a < 0; }  // the tie rule: an LLR of 0 decides for 0
  static Llr f(Llr a, Llr b) {
    const Llr least = std::min(magnitude(a), magnitude(b));
    return hard(a) != hard(b) ? -least : least;
  }
  /// A saturated LLR may stand for any larger one: its bit follows it and does not fork.
  [[nodiscard]] bool certain(Llr a) const { return magnitude(a) >= limit; }
  [[nodiscard]] Llr g(Llr a, Llr b, bool left_sum) const {
    return std::clamp(left_sum ? b - a : b + a, -limit, limit);
  }
};

/// One list entry: everything that belongs to a path is copied with it.
template <class Llr>
struct Path {
  bool alive = false;
  Llr metric = 0;                      ///< sum of |LLR| of the decisions against the LLR
  std::vector<std::vector<Llr>> llr;   ///< llr[v]: of the current node of level v
  std::vector<Bits> left;              ///< left[v]: partial sums of the left child of the current node of level v
  Bits sums;                           ///< partial sums of the node finished last
  Bits u;
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
    lanes_.assign(list_size_, Path<Llr>{});
    Path<Llr>& first = lanes_.front();
    first.alive = true;
    first.llr.resize(levels_ + 1);
    first.left.resize(levels_ + 1);
    first.llr[levels_] = channel;
    first.u.assign(frozen_.size(), 0);
    node(levels_, 0);
    std::vector<Path<Llr>> list;
    for (const auto& path : lanes_) {
      if (path.alive) list.push_back(path);
    }
    std::stable_sort(list.begin(), list.end(), [](const auto& a, const auto& b) { return a.metric < b.metric; });
    return list;
  }

 private:
  void node(std::size_t level, std::size_t offset) {
    const std::size_t size = std::size_t{1} << level;
    if (schedule_ == Schedule::nodes && level != levels_) {
      if (information(offset, size) == 0) return frozen_node(level, offset);
      if (information(offset, size) == 1 && frozen_[offset + size - 1] == 0) return repetition_node(level, offset);
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
    for (auto& path : lanes_) {
      if (!path.alive) continue;
      path.metric += disagreement(path.llr[level], word, 0);
      path.sums = word;
      set_u(path, level, offset, 0);
    }
  }

  /// One unknown bit, the last one: it is added to every code bit of the node. With level 0: any information bit.
  void repetition_node(std::size_t level, std::size_t offset) {
    const Bits word = known_word(level, offset);
    struct Candidate {
      Llr metric;
      bool against;  // follows its LLR first, in a tie
      std::size_t lane;
      bool bit;
    };
    std::vector<Candidate> candidates;
    for (std::size_t lane = 0; lane < list_size_; ++lane) {
      const auto& path = lanes_[lane];
      if (!path.alive) continue;
      const Llr zero = disagreement(path.llr[level], word, 0);
      const Llr one = disagreement(path.llr[level], word, 1);
      const bool hard = one < zero;
      candidates.push_back({path.metric + std::min(zero, one), false, lane, hard});
      if (arithmetic_.certain(one - zero)) continue;
      candidates.push_back({path.metric + std::max(zero, one), true, lane, !hard});
    }
    std::sort(candidates.begin(), candidates.end(), [](const Candidate& a, const Candidate& b) {
      if (a.metric != b.metric) return a.metric < b.metric;
      return a.against != b.against ? b.against : a.lane < b.lane;
    });
    candidates.resize(std::min(candidates.size(), list_size_));

    // Continuations stay in their lanes; forks take the free ones, both in increasing order of lane. Lanes without a path
    // count as infinitely bad: the highest of them are given away first, as after any other tie.
    std::vector<bool> stays(list_size_, false);
    std::vector<Candidate> forks;
    for (const auto& c : candidates) {
      if (c.against) {
        forks.push_back(c);
      } else {
        stays[c.lane] = true;
      }
    }
    std::sort(forks.begin(), forks.end(), [](const Candidate& a, const Candidate& b) { return a.lane < b.lane; });
    std::vector<std::size_t> dropped;
    std::vector<std::size_t> vacant;
    for (std::size_t lane = 0; lane < list_size_; ++lane) {
      if (lanes_[lane].alive && !stays[lane]) dropped.push_back(lane);
      if (!lanes_[lane].alive) vacant.push_back(lane);
    }
    const std::size_t missing = forks.size() > dropped.size() ? forks.size() - dropped.size() : 0;
    dropped.insert(dropped.end(), vacant.end() - static_cast<std::ptrdiff_t>(missing), vacant.end());
    std::sort(dropped.begin(), dropped.end());

    const std::vector<Path<Llr>> before = lanes_;
    for (const std::size_t lane : dropped) lanes_[lane].alive = false;
    for (const auto& c : candidates) {
      if (!c.against) decide(lanes_[c.lane], level, offset, word, c.metric, c.bit);
    }
    for (std::size_t i = 0; i < forks.size(); ++i) {
      Path<Llr>& path = lanes_[dropped[i]];
      path = before[forks[i].lane];
      decide(path, level, offset, word, forks[i].metric, forks[i].bit);
    }
  }

  void decide(Path<Llr>& path, std::size_t level, std::size_t offset, const Bits& word, Llr metric, bool bit) {
    path.metric = metric;
    path.sums = word;
    for (auto& s : path.sums) s ^= static_cast<std::uint8_t>(bit);
    set_u(path, level, offset, bit);
  }
  void set_u(Path<Llr>& path, std::size_t level, std::size_t offset, bool last) {
    const std::size_t size = std::size_t{1} << level;
    for (std::size_t i = offset; i < offset + size; ++i) path.u[i] = frozen_[i] != 0 ? values_[i] : std::uint8_t{0};
    if (frozen_[offset + size - 1] == 0) path.u[offset + size - 1] = static_cast<std::uint8_t>(last);
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
  std::vector<Path<Llr>> lanes_;
};

}  // namespace caligo::reference
