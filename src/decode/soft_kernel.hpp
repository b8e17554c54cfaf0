// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Node operations of the soft decoder. LLRs of a node of S positions lie as float [S][L], lane = path; a fork permutes
/// lanes by a map instead of copying paths. Partial sums are one word per code bit, bit l of which is lane l's.

#include <array>
#include <cstddef>
#include <cstdint>

#include "decode/soft_fork.hpp"
#include "decode/soft_program.hpp"

namespace caligo::decode {

inline constexpr unsigned soft_levels = 25;

struct SoftWorkspace {
  unsigned levels = 0;                      ///< n
  const float* channel = nullptr;           ///< [N]: all paths agree on the root
  std::array<float*, soft_levels> llr{};    ///< [2^v][L] for the levels below n
  std::uint32_t* sums = nullptr;            ///< [N]
  std::array<SoftMap, soft_levels> result;  ///< of the last finished node of a level
  std::array<SoftMap, soft_levels> left;    ///< of the left child, kept while the right child runs
  SoftPaths paths;
};

/// Permutes the bits of words by a lane map, four lanes at a time.
class SumPermutation {
 public:
  explicit SumPermutation(const SoftMap& map) noexcept {
    std::array<std::uint32_t, soft_lanes> targets{};  // of each source lane
    for (unsigned lane = 0; lane < soft_lanes; ++lane) targets[map.source[lane]] |= 1U << lane;
    for (unsigned part = 0; part < parts; ++part) {
      for (unsigned v = 1; v < 16; ++v) {
        const auto lowest = static_cast<unsigned>(__builtin_ctz(v));
        table_[part][v] = table_[part][v & (v - 1)] | targets[4 * part + lowest];
      }
    }
  }
  [[nodiscard]] std::uint32_t operator()(std::uint32_t word) const noexcept {
    std::uint32_t out = 0;
    for (unsigned part = 0; part < parts; ++part) out |= table_[part][word >> (4 * part) & 15U];
    return out;
  }

 private:
  static constexpr unsigned parts = soft_lanes / 4;
  std::array<std::array<std::uint32_t, 16>, parts> table_{};
};

template <unsigned L, class Arithmetic>
class SoftKernel {
 public:
  static void run(SoftWorkspace& w, const SoftOp* begin, const SoftOp* end) noexcept {
    for (const SoftOp* op = begin; op != end; ++op) {
      switch (op->type) {
        case SoftOpType::f:
          f(w, op->level);
          break;
        case SoftOpType::g:
          g(w, op->level, op->offset);
          break;
        case SoftOpType::combine:
          combine(w, op->level, op->offset);
          break;
        case SoftOpType::rate0:
          rate0(w, op->level, op->offset);
          break;
        case SoftOpType::repetition:
          repetition(w, *op);
          break;
      }
    }
  }

 private:
  static void f(SoftWorkspace& w, unsigned level) noexcept {
    const std::size_t half = std::size_t{1} << (level - 1);
    float* __restrict out = w.llr[level - 1];
    if (level == w.levels) {
      for (std::size_t i = 0; i < half; ++i) {
        const float v = Arithmetic::f(w.channel[i], w.channel[i + half]);
        for (unsigned lane = 0; lane < L; ++lane) out[i * L + lane] = v;
      }
      return;
    }
    const float* a = w.llr[level];
    const float* b = a + half * L;
    for (std::size_t k = 0; k < half * L; ++k) out[k] = Arithmetic::f(a[k], b[k]);
  }

  static void g(SoftWorkspace& w, unsigned level, std::size_t offset) noexcept {
    const std::size_t half = std::size_t{1} << (level - 1);
    const std::uint32_t* sums = w.sums + offset;
    const SoftMap& map = w.left[level] = w.result[level - 1];
    float* __restrict out = w.llr[level - 1];
    if (level == w.levels) {
      for (std::size_t i = 0; i < half; ++i) add_signed(w.channel[i], w.channel[i + half], sums[i], out + i * L);
      return;
    }
    const float* a = w.llr[level];
    const float* b = a + half * L;
    if (map.identity) {
      for (std::size_t i = 0; i < half; ++i) add_signed(a + i * L, b + i * L, sums[i], out + i * L);
      return;
    }
    for (std::size_t i = 0; i < half; ++i) {
      float here_a[L];
      float here_b[L];
      for (unsigned lane = 0; lane < L; ++lane) {
        here_a[lane] = a[i * L + map.source[lane]];
        here_b[lane] = b[i * L + map.source[lane]];
      }
      add_signed(here_a, here_b, sums[i], out + i * L);
    }
  }
  static float flip(float a, std::uint32_t word, unsigned lane) noexcept {
    return bits_float(float_bits(a) ^ ((word & (1U << lane)) != 0 ? sign_bit : 0U));
  }
  static void add_signed(const float* a, const float* b, std::uint32_t word, float* __restrict out) noexcept {
    for (unsigned lane = 0; lane < L; ++lane) out[lane] = b[lane] + flip(a[lane], word, lane);
  }
  static void add_signed(float a, float b, std::uint32_t word, float* __restrict out) noexcept {
    for (unsigned lane = 0; lane < L; ++lane) out[lane] = b + flip(a, word, lane);
  }

  static void combine(SoftWorkspace& w, unsigned level, std::size_t offset) noexcept {
    const std::size_t half = std::size_t{1} << (level - 1);
    const SoftMap& map = w.result[level - 1];
    std::uint32_t* left = w.sums + offset;
    if (map.identity) {
      for (std::size_t i = 0; i < half; ++i) left[i] ^= left[half + i];
    } else {
      const SumPermutation permuted(map);
      for (std::size_t i = 0; i < half; ++i) left[i] = permuted(left[i]) ^ left[half + i];
    }
    w.result[level] = w.left[level];
    w.result[level].append(map);
  }

  static void rate0(SoftWorkspace& w, unsigned level, std::size_t offset) noexcept {
    const std::size_t size = std::size_t{1} << level;
    double price[soft_lanes] = {};
    sum_prices(w.llr[level], size, price, nullptr);
    for (unsigned lane = 0; lane < L; ++lane) w.paths.metric[lane] += price[lane];
    for (std::size_t i = 0; i < size; ++i) w.sums[offset + i] = 0;
    w.result[level].reset();
  }

  /// All code bits equal the information bit: P(1)/P(0) is the product of the positions' ratios.
  static void repetition(SoftWorkspace& w, const SoftOp& op) noexcept {
    const std::size_t size = std::size_t{1} << op.level;
    double zero[soft_lanes] = {};
    double one[soft_lanes] = {};
    sum_prices(w.llr[op.level], size, zero, one);
    for (unsigned lane = 0; lane < L; ++lane) one[lane] += zero[lane];
    const std::uint32_t word = w.paths.fork(zero, one, op.frozen_to_come, w.result[op.level]);
    for (std::size_t i = 0; i < size; ++i) w.sums[op.offset + i] = word;
  }

  /// price[l] = what zeros cost lane l; llr_sum[l], if wanted, = the sum of its LLRs. Floats are summed in short
  /// blocks, and these in double: a long rate-0 node costs more than a float can hold to the needed precision.
  static void sum_prices(const float* llr, std::size_t size, double* price, double* llr_sum) noexcept {
    constexpr std::size_t block = 32;
    for (std::size_t first = 0; first < size; first += block) {
      float prices[L] = {};
      float sums[L] = {};
      const std::size_t last = first + block < size ? first + block : size;
      for (std::size_t i = first; i < last; ++i) {
        for (unsigned lane = 0; lane < L; ++lane) {
          prices[lane] += Arithmetic::price_of_zero(llr[i * L + lane]);
          sums[lane] += llr[i * L + lane];
        }
      }
      for (unsigned lane = 0; lane < L; ++lane) {
        price[lane] += prices[lane];
        if (llr_sum != nullptr) llr_sum[lane] += sums[lane];
      }
    }
  }
};

}  // namespace caligo::decode
