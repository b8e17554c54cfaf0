// SPDX-License-Identifier: Apache-2.0
#include "decode/program.hpp"

#include <optional>

namespace caligo::decode {

using kernels::OpType;

namespace {

/// Bytes of one copy per lane from which a node's LLRs are not stored: far more than a core's own cache holds.
constexpr std::size_t virtual_width = std::size_t{1} << 22;

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
  Compiler(const CodeSpec& code, unsigned list_size, std::size_t llr_bytes, std::span<const Segment> segments)
      : counter_(code.information_mask()),
        root_(code.log2_length()),
        list_size_(list_size),
        llr_bytes_(llr_bytes),
        segments_(segments) {
    program_.single_level[root_] = true;
    inner_node(root_, 0, true);
  }
  /// A segment alone: offsets count from its begin.
  Compiler(BitView information, const Segment& segment, const SegmentOps& place, unsigned list_size)
      : counter_(information),
        root_(segment.level),
        list_size_(list_size),
        base_(segment.offset),
        forked_(place.forked) {
    inner_node(root_, 0, place.single);
  }
  Program take() { return std::move(program_); }

 private:
  void emit(OpType type, unsigned level, std::size_t offset) {
    if (type == OpType::f && fuse(level)) return;
    program_.ops.push_back({type, static_cast<std::uint8_t>(level), static_cast<std::uint32_t>(base_ + offset)});
  }
  /// An f that follows the operation which made its node's LLRs becomes part of it: the LLRs are still in registers.
  bool fuse(unsigned level) {
    if (program_.ops.size() == barrier_ || (std::size_t{list_size_} << (level - 1)) < kernels::padding) return false;
    kernels::Op& last = program_.ops.back();
    const auto with_f = fused(last.type);
    if (!with_f || last.level != level + 1) return false;
    last.type = *with_f;
    return true;
  }
  static std::optional<OpType> fused(OpType type) {
    switch (type) {
      case OpType::f:
        return OpType::f_f;
      case OpType::g:
        return OpType::g_f;
      case OpType::single_g:
        return OpType::single_g_f;
      case OpType::virtual_f:
        return OpType::virtual_f_f;
      case OpType::virtual_g:
        return OpType::virtual_g_f;
      default:
        return std::nullopt;
    }
  }

  [[nodiscard]] bool is_segment(unsigned level, std::size_t offset) const {
    const std::size_t next = program_.segments.size();
    return next < segments_.size() && segments_[next].level == level && segments_[next].offset == offset;
  }
  /// single: one copy of this node's LLRs exists, else one per lane.
  void node(unsigned level, std::size_t offset, bool single) {
    if (is_segment(level, offset)) return segment(level, offset, single);
    if (holds_segments(level, offset) || !leaf(level, offset, single)) inner_node(level, offset, single);
  }
  /// Segments cover all information positions.
  [[nodiscard]] bool holds_segments(unsigned level, std::size_t offset) const {
    return !segments_.empty() && !inside_ && counter_.count(offset, std::size_t{1} << level) != 0;
  }
  /// A segment can be run again, so no operation before it may do a part of its work.
  void segment(unsigned level, std::size_t offset, bool single) {
    SegmentOps ops{.begin = program_.ops.size(), .end = 0, .single = single, .forked = forked_};
    barrier_ = ops.begin;
    program_.segments.push_back(ops);
    for (unsigned below = 0; below <= level; ++below) {
      program_.lane_level[below] = true;
      if (single) program_.single_level[below] = true;
    }
    inside_ = true;
    inner_node(level, offset, single);  // no leaf: some leaves write over their LLRs
    inside_ = false;
    program_.segments.back().end = barrier_ = program_.ops.size();
  }
  void inner_node(unsigned level, std::size_t offset, bool single) {
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
      if (single && virtual_child(level - 1, offset + half)) {
        emit(OpType::combine, level, offset);
        return;
      }
      emit(single ? OpType::single_g : OpType::g, level, offset);
      child(program_.lane_level, level - 1, offset + half, false);
      emit(OpType::combine, level, offset);
    }
  }
  /// The right child of a single node, if it is so long that recomputing its LLRs costs less than moving one copy per
  /// lane through memory, and if it is read only twice: by its own f and g.
  bool virtual_child(unsigned level, std::size_t offset) {
    const std::size_t bytes = (list_size_ * llr_bytes_) << level;
    if (level < 2 || bytes < virtual_width || is_leaf(level, offset) || is_segment(level, offset)) return false;
    const std::size_t half = std::size_t{1} << (level - 1);
    if (counter_.count(offset, half) == 0) return false;
    emit(OpType::virtual_f, level, offset);
    child(program_.lane_level, level - 1, offset, false);
    emit(OpType::virtual_g, level, offset);
    child(program_.lane_level, level - 1, offset + half, false);
    emit(OpType::combine, level, offset);
    return true;
  }
  void child(bool* levels, unsigned level, std::size_t offset, bool single) {
    levels[level] = true;
    node(level, offset, single);
  }

  [[nodiscard]] std::optional<OpType> leaf_type(unsigned level, std::size_t offset) const {
    const std::size_t size = std::size_t{1} << level;
    const std::size_t information = counter_.count(offset, size);
    if (information == 0) return OpType::rate0;
    if (information == size) return OpType::rate1;
    if (information == 1 && !counter_.frozen(offset + size - 1)) return OpType::repetition;
    if (information == size - 1 && counter_.frozen(offset)) return OpType::single_parity;
    return std::nullopt;
  }
  [[nodiscard]] bool is_leaf(unsigned level, std::size_t offset) const { return leaf_type(level, offset).has_value(); }
  bool leaf(unsigned level, std::size_t offset, bool single) {
    const auto type = leaf_type(level, offset);
    if (!type) return false;
    if (single) emit(OpType::replicate, level, offset);
    program_.lane_level[level] = true;
    if (level > 0) program_.lane_level[level - 1] = true;  // scratch of rate-1 and parity nodes
    emit(*type, level, offset);
    forked_ = forked_ || *type != OpType::rate0;
    return true;
  }

  Counter counter_;
  unsigned root_;
  unsigned list_size_;
  std::size_t llr_bytes_ = 1;
  std::span<const Segment> segments_;
  std::size_t base_ = 0;
  std::size_t barrier_ = 0;  ///< no operation before it may be fused with one behind it
  bool inside_ = false;      ///< a segment
  bool forked_ = false;      ///< an information bit has been met
  Program program_;
};

}  // namespace

Program compile(const CodeSpec& code, unsigned list_size, std::size_t llr_bytes) {
  return Compiler(code, list_size, llr_bytes, {}).take();
}

Program compile(const CodeSpec& code, unsigned list_size, std::span<const Segment> segments) {
  return Compiler(code, list_size, 1, segments).take();
}

std::vector<kernels::Op> compile_segment(BitView information, const Segment& segment, const SegmentOps& place,
                                         unsigned list_size) {
  return Compiler(information, segment, place, list_size).take().ops;
}

}  // namespace caligo::decode
