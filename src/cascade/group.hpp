// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The blocks of a group, unit after unit, and whose turn it is to say what. The same on both sides.

#include <caligo/cascade.hpp>

#include <cstdint>
#include <vector>

#include "cascade/block.hpp"
#include "decode/arena.hpp"

namespace caligo::cascade {

class Group {
 public:
  /// corrects: true for Bob. parameters were checked.
  Group(const CascadeParameters& parameters, std::size_t max_bits, bool corrects);
  Group(const Group&) = delete;
  Group& operator=(const Group&) = delete;
  ~Group();

  /// Starts again. 1 to max_bits bits.
  void load(BitView bits);
  [[nodiscard]] std::size_t max_bits() const noexcept { return max_bits_; }
  [[nodiscard]] const CascadeParameters& parameters() const noexcept { return parameters_; }

  /// What the next message of Alice holds, and Bob's answer to it: so many parities, and the tags of these units.
  [[nodiscard]] std::uint64_t due_parities() const noexcept { return due_parities_; }
  [[nodiscard]] std::span<const std::uint32_t> due_tags() const noexcept { return due_tags_; }
  [[nodiscard]] bool finished() const noexcept { return due_parities_ == 0 && due_tags_.empty(); }
  [[nodiscard]] std::span<const CascadeUnit> units() const noexcept { return units_; }
  /// The bits of a unit as they are now. Valid until the next call.
  [[nodiscard]] BitView unit_bits(std::uint32_t unit);

  /// For every question that is due, in order.
  template <class Ask>
  void for_each_block(Ask ask) {
    for (Block& block : std::span(blocks_).first(used_blocks_)) ask(block);
  }
  /// One round. settle(block) for every block with questions; verdict(unit) → does its tag match? for every unit with a
  /// tag, and if not, ask(block) for its blocks. False if answers contradict each other: broken_block() says where.
  template <class Settle, class Verdict, class Ask>
  bool step(Settle settle, Verdict verdict, Ask ask);
  [[nodiscard]] std::size_t broken_block() const noexcept { return broken_block_; }
  [[nodiscard]] std::size_t memory_bytes() const noexcept;

 private:
  enum class State : std::uint8_t { searching, tagged, done };
  struct Progress {
    State state = State::searching;
    std::uint32_t first = 0;  ///< block
    std::uint32_t count = 0;  ///< blocks
    std::uint32_t live = 0;   ///< blocks that have questions: live_[first] … live_[first + live - 1]
    unsigned retries = 0;
  };
  void reopen(Progress& progress);
  template <class Settle>
  bool step_unit(std::uint32_t unit, Settle& settle);

  CascadeParameters parameters_;
  std::size_t max_bits_;
  Layout layout_;
  decode::Arena arena_;  ///< wipes itself
  Cell* cells_ = nullptr;
  std::vector<Block> blocks_;
  std::size_t used_blocks_ = 0;
  std::vector<CascadeUnit> units_;
  std::vector<Progress> progress_;
  std::vector<std::uint32_t> live_;
  std::vector<std::uint64_t> scratch_;  ///< a unit
  std::uint64_t due_parities_ = 0;
  std::vector<std::uint32_t> due_tags_;
  std::size_t broken_block_ = 0;
};

template <class Settle>
bool Group::step_unit(std::uint32_t unit, Settle& settle) {
  Progress& progress = progress_[unit];
  std::uint32_t* const live = live_.data() + progress.first;
  std::uint32_t kept = 0;
  for (std::uint32_t i = 0; i < progress.live; ++i) {
    // Blocks lie far apart and each is short work: their memory is fetched while those before are at work.
    if (i + 6 < progress.live) blocks_[live[i + 6]].prefetch();
    if (i + 4 < progress.live) blocks_[live[i + 4]].prefetch_searches();
    if (i + 2 < progress.live) blocks_[live[i + 2]].prefetch_cells();
    Block& block = blocks_[live[i]];
    units_[unit].parities += block.due();
    settle(block);
    if (block.broken()) {
      broken_block_ = live[i];
      return false;
    }
    if (block.idle()) continue;
    due_parities_ += block.due();
    live[kept++] = live[i];
  }
  progress.live = kept;
  if (kept == 0) {
    progress.state = State::tagged;
    due_tags_.push_back(unit);
  }
  return true;
}

template <class Settle, class Verdict, class Ask>
bool Group::step(Settle settle, Verdict verdict, Ask ask) {
  due_parities_ = 0;
  due_tags_.clear();
  for (std::uint32_t unit = 0; unit < units_.size(); ++unit) {
    Progress& progress = progress_[unit];
    if (progress.state == State::searching) {
      if (!step_unit(unit, settle)) return false;
    } else if (progress.state == State::tagged) {
      ++units_[unit].tags;
      units_[unit].verified = verdict(unit);
      progress.state = State::done;
      if (units_[unit].verified || progress.retries == parameters_.retries) continue;
      reopen(progress);
      for (std::uint32_t i = 0; i < progress.live; ++i) {
        Block& block = blocks_[progress.first + i];
        ask(block);
        due_parities_ += block.due();
      }
    }
  }
  return true;
}

}  // namespace caligo::cascade
