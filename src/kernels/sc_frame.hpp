// SPDX-License-Identifier: Apache-2.0
#pragma once
/// One frame's nodes of more than 64 positions: LLRs in memory, partial sums as packed bits.

#include "kernels/sc_registers.hpp"

namespace caligo::kernels {

/// V: the 64-byte vector of an instruction set, R: its row.
template <class V, class R>
class ScFrame {
  using Bytes = typename V::Bytes;

 public:
  ScFrame(const ScWorkspace& w, const NodeKind* program) : w_(w), short_(program) {}

  void run(unsigned n) { child(n, 0); }

 private:
  /// first_f: f of this node, a split one, has been done along with its parent's f or g.
  void child(unsigned level, std::size_t offset, bool first_f = false) {
    if (level > register_level) return node(level, offset, first_f);
    w_.sums[offset / 64] = short_.decode(w_.llr[level], level);
  }
  void node(unsigned level, std::size_t offset, bool first_f) {
    const std::size_t half = std::size_t{1} << (level - 1);
    switch (short_.take()) {
      case NodeKind::split:
        if (first_f) {
          done_early_ = false;
        } else {
          child_llrs(level, [](const Bytes& a, const Bytes& b, std::size_t) { return V::f(a, b); });
        }
        child(level - 1, offset, done_early_);
        g(level, offset);
        child(level - 1, offset + half, done_early_);
        combine(level, offset);
        break;
      case NodeKind::split_rate0_left:
        child_llrs(level, [](const Bytes& a, const Bytes& b, std::size_t) { return V::g_zero(a, b); });
        child(level - 1, offset + half, done_early_);
        copy_right(level, offset);
        break;
      case NodeKind::rate0:
        fill(level, offset, 0);
        break;
      case NodeKind::repetition:
        fill(level, offset, R::total(w_.llr[level], 2 * half) < 0 ? ~std::uint64_t{0} : 0);
        break;
      case NodeKind::rate1:
        rate1(level, offset);
        break;
      case NodeKind::parity:
        parity(level, offset);
        break;
    }
  }

  void g(unsigned level, std::size_t offset) {
    const std::uint64_t* left = w_.sums + offset / 64;
    child_llrs(level, [left](const Bytes& a, const Bytes& b, std::size_t i) { return V::g(a, b, left[i / 64]); });
  }
  /// LLRs of a child: function(LLRs i … i + 63 of the parent's left half, of its right half, i). If the child is split
  /// itself, its own f is done in the same pass, which saves reading the LLRs back: long nodes are bound by memory.
  template <class Function>
  void child_llrs(unsigned level, Function function) {
    done_early_ = level >= register_level + 2 && short_.peek() == NodeKind::split;
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
    for (std::size_t i = 0; i < half; i += 64) V::store(out + i, function(V::load(a + i), V::load(a + half + i), i));
  }
  template <class Function>
  void child_llrs_and_f(unsigned level, Function function) {
    const std::size_t quarter = std::size_t{1} << (level - 2);
    const std::int8_t* a = w_.llr[level];
    const std::int8_t* b = a + 2 * quarter;
    std::int8_t* out = w_.llr[level - 1];
    std::int8_t* out_f = w_.llr[level - 2];
    for (std::size_t i = 0; i < quarter; i += 64) {
      const std::size_t j = i + quarter;
      const Bytes x = function(V::load(a + i), V::load(b + i), i);
      const Bytes y = function(V::load(a + j), V::load(b + j), j);
      V::store(out + i, x);
      V::store(out + j, y);
      V::store(out_f + i, V::f(x, y));
    }
  }

  void combine(unsigned level, std::size_t offset) {
    std::uint64_t* left = w_.sums + offset / 64;
    const std::size_t words = (std::size_t{1} << (level - 1)) / 64;
    for (std::size_t i = 0; i < words; ++i) left[i] ^= left[i + words];
  }
  void copy_right(unsigned level, std::size_t offset) {
    std::uint64_t* left = w_.sums + offset / 64;
    const std::size_t words = (std::size_t{1} << (level - 1)) / 64;
    for (std::size_t i = 0; i < words; ++i) left[i] = left[i + words];
  }
  void fill(unsigned level, std::size_t offset, std::uint64_t word) {
    std::uint64_t* sums = w_.sums + offset / 64;
    for (std::size_t i = 0; i < (std::size_t{1} << level) / 64; ++i) sums[i] = word;
  }

  /// Signs into the partial sums.
  void rate1(unsigned level, std::size_t offset) {
    const std::int8_t* a = w_.llr[level];
    std::uint64_t* sums = w_.sums + offset / 64;
    for (std::size_t i = 0; i < (std::size_t{1} << level); i += 64) sums[i / 64] = V::negative(V::load(a + i));
  }

  /// Wagner's rule: of odd parity, the first least reliable position is flipped.
  void parity(unsigned level, std::size_t offset) {
    const std::int8_t* a = w_.llr[level];
    std::uint64_t* sums = w_.sums + offset / 64;
    Bytes low = V::fill(127);
    std::uint64_t parity = 0;
    for (std::size_t i = 0; i < (std::size_t{1} << level); i += 64) {
      const Bytes x = V::load(a + i);
      const std::uint64_t signs = V::negative(x);
      sums[i / 64] = signs;
      parity ^= signs;
      low = V::min(low, V::magnitude(x));
    }
    if (__builtin_parityll(parity) == 0) return;
    const Bytes least = V::template fold_min<1>(low);
    for (;; a += 64, ++sums) {
      const std::uint64_t hit = V::equal(V::magnitude(V::load(a)), least);
      if (hit == 0) continue;
      *sums ^= hit & -hit;
      return;
    }
  }

  const ScWorkspace& w_;
  ScRegisters<R> short_;
  bool done_early_ = false;  ///< the f of the child that comes next
};

template <class V, class R>
void run_sc_frame(const ScWorkspace& w, const NodeKind* program, unsigned n) {
  ScFrame<V, R>(w, program).run(n);
}

}  // namespace caligo::kernels
