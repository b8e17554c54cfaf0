// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Soft cancellation (SCAN), one soft decision per bit instead of a list: the yardstick that SO-SCL is measured by.
/// Source: Fayyaz and Barry, "Low-complexity soft-output decoding of polar codes", IEEE JSAC 32(5), 2014.

#include "reference/soft_list_decoder.hpp"

namespace caligo::reference {

class SoftCancellation {
 public:
  /// frozen: N entries, 1 = frozen to zero.
  explicit SoftCancellation(Bits frozen) : frozen_(std::move(frozen)) {
    while ((std::size_t{1} << levels_) < frozen_.size()) ++levels_;
  }

  /// What the code says about each code bit besides the bit's own LLR.
  std::vector<double> extrinsic(const std::vector<double>& llr, unsigned iterations) {
    // Of the right children, from the iteration before; nothing is known at first.
    right_.assign(levels_ + 1, std::vector<double>(frozen_.size(), 0.0));
    std::vector<double> out;
    for (unsigned i = 0; i < iterations; ++i) out = node(levels_, 0, llr);
    return out;
  }

 private:
  static double f(double a, double b) { return soft_f(a, b, {}); }

  std::vector<double> node(std::size_t level, std::size_t offset, const std::vector<double>& llr) {
    if (level == 0) return {frozen_[offset] != 0 ? 500.0 : 0.0};
    const std::size_t half = llr.size() / 2;
    double* from_right = right_[level].data() + offset;
    std::vector<double> in(half);
    for (std::size_t i = 0; i < half; ++i) in[i] = f(llr[i], llr[i + half] + from_right[i]);
    const auto left = node(level - 1, offset, in);
    for (std::size_t i = 0; i < half; ++i) in[i] = llr[i + half] + f(llr[i], left[i]);
    const auto right = node(level - 1, offset + half, in);
    std::copy(right.begin(), right.end(), from_right);
    std::vector<double> out(llr.size());
    for (std::size_t i = 0; i < half; ++i) {
      out[i] = f(left[i], right[i] + llr[i + half]);
      out[i + half] = right[i] + f(left[i], llr[i]);
    }
    return out;
  }

  Bits frozen_;
  std::size_t levels_ = 0;
  std::vector<std::vector<double>> right_;  ///< [level][position]
};

}  // namespace caligo::reference
