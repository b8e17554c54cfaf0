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

  void child(unsigned level, std::size_t offset) {
    if (level > register_level) return node(level, offset);
    w_.sums[offset / 64] = short_.decode(w_.llr[level], level);
  }

 private:
  void node(unsigned level, std::size_t offset) {
    const std::size_t half = std::size_t{1} << (level - 1);
    switch (short_.take()) {
      case NodeKind::split:
        f(level);
        child(level - 1, offset);
        g(level, offset);
        child(level - 1, offset + half);
        combine(level, offset);
        break;
      case NodeKind::split_rate0_left:
        sum(level);
        child(level - 1, offset + half);
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

  // Pointers are copied to locals before the loops: bytes may alias anything, the workspace itself included.
  void f(unsigned level) {
    std::int8_t* out = w_.llr[level - 1];
    each_vector(level - 1, [out](std::size_t i, const Bytes& a, const Bytes& b) { V::store(out + i, V::f(a, b)); });
  }
  void g(unsigned level, std::size_t offset) {
    std::int8_t* out = w_.llr[level - 1];
    const std::uint64_t* left = w_.sums + offset / 64;
    each_vector(level - 1, [out, left](std::size_t i, const Bytes& a, const Bytes& b) {
      V::store(out + i, V::g(a, b, left[i / 64]));
    });
  }
  /// g behind a frozen left child.
  void sum(unsigned level) {
    std::int8_t* out = w_.llr[level - 1];
    each_vector(level - 1, [out](std::size_t i, const Bytes& a, const Bytes& b) { V::store(out + i, V::g_zero(a, b)); });
  }
  /// function(i, LLRs i … i + 63 of the parent's left half, the same of its right half).
  template <class Function>
  void each_vector(unsigned child_level, Function function) {
    const std::size_t half = std::size_t{1} << child_level;
    const std::int8_t* a = w_.llr[child_level + 1];
    for (std::size_t i = 0; i < half; i += 64) function(i, V::load(a + i), V::load(a + half + i));
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
};

template <class V, class R>
void run_sc_frame(const ScWorkspace& w, const NodeKind* program, unsigned n) {
  ScFrame<V, R>(w, program).child(n, 0);
}

/// The bits of x where mask has ones, packed.
template <class V>
std::uint64_t compress_bits(std::uint64_t x, std::uint64_t mask) {
#if defined(__AVX512VBMI__)  // BMI2 alone would not do: pext takes hundreds of cycles on the first processors with it
  return _pext_u64(x, mask);
#else
  if (mask == ~std::uint64_t{0}) return x;
  // Parallel suffix, after Hacker's Delight 7-4.
  x &= mask;
  std::uint64_t zeros_below = ~mask << 1;
  for (unsigned step = 0; step < 6; ++step) {
    std::uint64_t parity = zeros_below;
    for (unsigned shift = 1; shift < 64; shift *= 2) parity ^= parity << shift;
    const std::uint64_t moves = parity & mask;
    mask = (mask ^ moves) | (moves >> (1U << step));
    const std::uint64_t moved = x & moves;
    x = (x ^ moved) | (moved >> (1U << step));
    zeros_below &= ~parity;
  }
  return x;
#endif
}

template <class V>
void extract(const std::uint64_t* src, const std::uint64_t* mask, std::size_t words, std::uint64_t* out) {
  std::uint64_t pending = 0;  // bits not yet written, fewer than 64
  unsigned count = 0;
  for (std::size_t i = 0; i < words; ++i) {
    const auto added = static_cast<unsigned>(__builtin_popcountll(mask[i]));
    if (added == 0) continue;
    const std::uint64_t bits = compress_bits<V>(src[i], mask[i]);
    pending |= bits << count;
    if (count + added >= 64) {
      *out++ = pending;
      pending = count == 0 ? 0 : bits >> (64 - count);
      count -= 64;  // and + added: fewer than 64 again
    }
    count += added;
  }
  if (count > 0) *out = pending;
}

}  // namespace caligo::kernels
