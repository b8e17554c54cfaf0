// SPDX-License-Identifier: Apache-2.0
#include "decode/program.hpp"

namespace caligo::decode {

using kernels::OpType;

namespace {

/// Information positions before each word, so that any aligned node is counted in two look-ups.
class Counter {
 public:
  explicit Counter(BitView information) : information_(information), before_(information.words().size() + 1) {
    for (std::size_t i = 0; i < information.words().size(); ++i) {
      before_[i + 1] = before_[i] + static_cast<std::uint32_t>(__builtin_popcountll(information.words()[i]));
    }
  }
  [[nodiscard]] std::size_t count(std::size_t offset, std::size_t size) const {
    return before(offset + size) - before(offset);
  }
  [[nodiscard]] bool frozen(std::size_t i) const { return !information_[i]; }

 private:
  [[nodiscard]] std::size_t before(std::size_t i) const {
    const std::uint64_t below = i % 64 == 0 ? 0 : information_.words()[i / 64] << (64 - i % 64);
    return before_[i / 64] + static_cast<std::size_t>(__builtin_popcountll(below));
  }
  BitView information_;
  std::vector<std::uint32_t> before_;
};

class Compiler {
 public:
  /// One lane needs no second layout: SC runs on lanes from the start.
  Compiler(const CodeSpec& code, unsigned list_size)
      : counter_(code.information_mask()), root_(code.log2_length()), forked_(list_size == 1) {
    (forked_ ? program_.lane_level : program_.single_level)[root_] = true;
    node(root_, 0, !forked_);
  }
  Program take() { return std::move(program_); }

 private:
  void emit(OpType type, unsigned level, std::size_t offset) {
    program_.ops.push_back({type, static_cast<std::uint8_t>(level), static_cast<std::uint32_t>(offset)});
  }

  /// single: one copy of this node's LLRs exists, else one per lane.
  void node(unsigned level, std::size_t offset, bool single) {
    if (level != root_ && leaf(level, offset, single)) return;
    const std::size_t half = std::size_t{1} << (level - 1);
    const bool left_frozen = counter_.count(offset, half) == 0;
    if (left_frozen && !forked_) {
      // Before the first fork all paths share every penalty: none is needed.
      emit(OpType::single_g_zero, level, offset);
      child(program_.single_level, level - 1, offset + half, true);
      emit(OpType::combine_zero, level, offset);
    } else if (left_frozen && !single) {
      emit(OpType::rate0_left_g, level, offset);
      child(program_.lane_level, level - 1, offset + half, false);
      emit(OpType::combine_zero, level, offset);
    } else {
      emit(single ? OpType::single_f : OpType::f, level, offset);
      child(single ? program_.single_level : program_.lane_level, level - 1, offset, single);
      emit(single ? OpType::single_g : OpType::g, level, offset);
      child(program_.lane_level, level - 1, offset + half, false);
      emit(OpType::combine, level, offset);
    }
  }
  void child(bool* levels, unsigned level, std::size_t offset, bool single) {
    levels[level] = true;
    node(level, offset, single);
  }

  bool leaf(unsigned level, std::size_t offset, bool single) {
    const std::size_t size = std::size_t{1} << level;
    const std::size_t information = counter_.count(offset, size);
    OpType type{};
    if (information == 0) {
      type = OpType::rate0;
    } else if (information == size) {
      type = OpType::rate1;
    } else if (information == 1 && !counter_.frozen(offset + size - 1)) {
      type = OpType::repetition;
    } else if (information == size - 1 && counter_.frozen(offset)) {
      type = OpType::single_parity;
    } else {
      return false;
    }
    if (single) emit(OpType::replicate, level, offset);
    // Rate-1 and parity nodes may be split while decoding: they use every level below.
    for (unsigned below = 0; below <= level; ++below) program_.lane_level[below] = true;
    emit(type, level, offset);
    forked_ = forked_ || information > 0;
    return true;
  }

  Counter counter_;
  unsigned root_;
  bool forked_;
  Program program_;
};

}  // namespace

Program compile(const CodeSpec& code, unsigned list_size) { return Compiler(code, list_size).take(); }

}  // namespace caligo::decode
