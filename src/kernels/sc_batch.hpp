// SPDX-License-Identifier: Apache-2.0
#pragma once
/// 64 interleaved frames: byte f of a vector belongs to frame f, so that f and g run at full width at every node size
/// and nothing ever crosses from one frame to another.

#include "kernels/sc_words.hpp"

namespace caligo::kernels {

/// V: the 64-byte vector of an instruction set, S: what else it offers to lanes (sc_lanes_scalar.hpp).
template <class V, class S>
class ScBatch {
  using Bytes = typename V::Bytes;
  using Sum = typename S::Sum;

 public:
  ScBatch(const ScBatchWorkspace& w, const NodeKind* program) : w_(w), next_(program), information_(w.information) {}

  /// first_f: f of this node, a split one, has been done along with its parent's f or g.
  void node(unsigned level, std::size_t offset, bool first_f = false) {
    const std::size_t size = std::size_t{1} << level;
    switch (*next_++) {
      case NodeKind::split:
        if (first_f) {
          done_early_ = false;
        } else {
          child_llrs(level, [](const Bytes& a, const Bytes& b, std::size_t) { return V::f(a, b); });
        }
        node(level - 1, offset, done_early_);
        g(level, offset);
        node(level - 1, offset + size / 2, done_early_);
        combine(offset, size / 2);
        break;
      case NodeKind::split_rate0_left:
        child_llrs(level, [](const Bytes& a, const Bytes& b, std::size_t) { return V::g_zero(a, b); });
        node(level - 1, offset + size / 2, done_early_);
        for (std::size_t i = 0; i < size / 2; ++i) w_.sums[offset + i] = w_.sums[offset + size / 2 + i];
        break;
      case NodeKind::rate0:
        fill(level, offset, 0);
        break;
      case NodeKind::repetition:
        *information_ = repetition(level);
        fill(level, offset, *information_++);
        break;
      case NodeKind::rate1:
        rate1(level, offset);
        information(offset, size, 0);
        break;
      case NodeKind::parity:
        parity(level, offset);
        information(offset, size, 1);
        break;
    }
  }

 private:
  static constexpr std::size_t width = batch_frames;

  void g(unsigned level, std::size_t offset) {
    const std::uint64_t* left = w_.sums + offset;
    child_llrs(level, [left](const Bytes& a, const Bytes& b, std::size_t i) { return V::g(a, b, left[i]); });
  }
  /// LLRs of a child: function(LLR i of the parent's left half, of its right half, i). If the child is split itself,
  /// its own f is done in the same pass, which saves reading the LLRs back: long nodes are bound by memory.
  template <class Function>
  void child_llrs(unsigned level, Function function) {
    done_early_ = level >= 2 && *next_ == NodeKind::split;
    if (done_early_) {
      child_llrs_and_f(level, function);
    } else {
      child_llrs_only(level, function);
    }
  }
  // Pointers are copied to locals before the loops: bytes may alias anything, the workspace itself included.
  template <class Function>
  void child_llrs_only(unsigned level, Function function) {
    const std::size_t half = std::size_t{1} << (level - 1);
    const std::int8_t* a = w_.llr[level];
    std::int8_t* out = w_.llr[level - 1];
    for (std::size_t i = 0; i < half; ++i) {
      V::store(out + width * i, function(V::load(a + width * i), V::load(a + width * (half + i)), i));
    }
  }
  template <class Function>
  void child_llrs_and_f(unsigned level, Function function) {
    const std::size_t quarter = std::size_t{1} << (level - 2);
    const std::int8_t* a = w_.llr[level];
    const std::int8_t* b = a + width * 2 * quarter;
    std::int8_t* out = w_.llr[level - 1];
    std::int8_t* out_f = w_.llr[level - 2];
    for (std::size_t i = 0; i < quarter; ++i) {
      const std::size_t j = i + quarter;
      const Bytes x = function(V::load(a + width * i), V::load(b + width * i), i);
      const Bytes y = function(V::load(a + width * j), V::load(b + width * j), j);
      V::store(out + width * i, x);
      V::store(out + width * j, y);
      V::store(out_f + width * i, V::f(x, y));
    }
  }

  /// The u of a node from its code bits, without the `frozen` first ones. Frozen u of such nodes are zeros.
  void information(std::size_t offset, std::size_t size, std::size_t frozen) {
    std::uint64_t* u = information_ - frozen;
    const std::uint64_t before = *u;
    const std::uint64_t* sums = w_.sums + offset;
    for (std::size_t i = 0; i < size; ++i) u[i] = sums[i];
    transform_words<V, S>(u, size);
    if (frozen != 0) *u = before;
    information_ = u + size;
  }

  void combine(std::size_t offset, std::size_t half) {
    std::uint64_t* left = w_.sums + offset;
    for (std::size_t i = 0; i < half; ++i) left[i] ^= left[half + i];
  }
  void fill(unsigned level, std::size_t offset, std::uint64_t word) {
    std::uint64_t* sums = w_.sums + offset;
    for (std::size_t i = 0; i < std::size_t{1} << level; ++i) sums[i] = word;
  }

  /// Frames in which the sum of a node's LLRs is negative.
  std::uint64_t repetition(unsigned level) {
    const std::size_t size = std::size_t{1} << level;
    const std::int8_t* a = w_.llr[level];
    if (size <= Sum::most) {
      Sum sum;
      for (std::size_t i = 0; i < size; ++i) sum.add(V::load(a + width * i));
      return sum.negative();
    }
    std::int32_t totals[width] = {};
    for (std::size_t start = 0; start < size; start += Sum::most) {
      Sum sum;
      for (std::size_t i = 0; i < Sum::most; ++i) sum.add(V::load(a + width * (start + i)));
      sum.add_to(totals);
    }
    std::uint64_t negative = 0;
    for (unsigned l = 0; l < width; ++l) negative |= static_cast<std::uint64_t>(totals[l] < 0) << l;
    return negative;
  }

  void rate1(unsigned level, std::size_t offset) {
    std::uint64_t* sums = w_.sums + offset;
    each_position(level, [sums](std::size_t i, const Bytes& x) { sums[i] = V::negative(x); });
  }

  /// Wagner's rule: in frames of odd parity the first least reliable position is flipped.
  void parity(unsigned level, std::size_t offset) {
    Bytes least = V::fill(127);
    Bytes signs = V::fill(0);
    each_position(level, [&least, &signs](std::size_t, const Bytes& x) {
      least = V::min(least, V::magnitude(x));
      signs = V::bit_xor(signs, x);
    });
    std::uint64_t odd = V::negative(signs);
    std::uint64_t* sums = w_.sums + offset;
    each_position(level, [&least, &odd, sums](std::size_t i, const Bytes& x) {
      const std::uint64_t hit = V::equal(V::magnitude(x), least) & odd;
      odd &= ~hit;
      sums[i] = V::negative(x) ^ hit;
    });
  }
  /// function(i, LLRs of position i).
  template <class Function>
  void each_position(unsigned level, Function function) {
    const std::int8_t* a = w_.llr[level];
    for (std::size_t i = 0; i < std::size_t{1} << level; ++i) function(i, V::load(a + width * i));
  }

  const ScBatchWorkspace& w_;
  const NodeKind* next_;
  std::uint64_t* information_;  ///< where the next information bit goes
  bool done_early_ = false;     ///< the f of the child that comes next
};

template <class V, class S>
void run_sc_batch(const ScBatchWorkspace& w, const NodeKind* program, unsigned n) {
  ScBatch<V, S>(w, program).node(n, 0);
}

template <class V, class S>
void interleave(const std::int8_t* rows, std::size_t stride, std::size_t frames, std::size_t columns,
                const std::uint64_t* flip, std::int8_t* out) {
  alignas(64) std::int8_t tile[batch_frames * 64];
  if (frames < batch_frames || columns < 64) {  // the whole tile would reach beyond the rows
    for (std::size_t i = 0; i < sizeof tile; ++i) tile[i] = 0;
    for (std::size_t f = 0; f < frames; ++f) {
      for (std::size_t c = 0; c < columns; ++c) tile[64 * f + c] = rows[stride * f + c];
    }
    rows = tile;
    stride = 64;
  }
  S::columns(rows, stride, [&](std::size_t c, const typename V::Bytes& bytes) {
    if (c >= columns) return;
    const auto llr = V::max(bytes, V::fill(-127));
    V::store(out + 64 * c, flip == nullptr ? llr : V::negate(llr, flip[c]));
  });
}

}  // namespace caligo::kernels
