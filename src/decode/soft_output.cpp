// SPDX-License-Identifier: Apache-2.0
// From the list to extrinsic LLRs: arXiv:2412.03623, section on bitwise soft output.
#include <algorithm>
#include <array>
#include <cmath>

#include "decode/soft_engine.hpp"

namespace caligo::decode {

namespace {

/// Sums the weights of the lanes that are set in a word, four lanes at a time.
class WeightTable {
 public:
  explicit WeightTable(const std::array<double, soft_lanes>& weight) noexcept {
    for (unsigned part = 0; part < parts; ++part) {
      for (unsigned v = 1; v < 16; ++v) {
        const auto lowest = static_cast<unsigned>(__builtin_ctz(v));
        table_[part][v] = table_[part][v & (v - 1)] + weight[4 * part + lowest];
      }
    }
  }
  [[nodiscard]] double operator()(std::uint32_t lanes) const noexcept {
    double sum = 0;
    for (unsigned part = 0; part < parts; ++part) sum += table_[part][lanes >> (4 * part) & 15U];
    return sum;
  }

 private:
  static constexpr unsigned parts = soft_lanes / 4;
  std::array<std::array<double, 16>, parts> table_{};
};

}  // namespace

void SoftEngine::write_extrinsic(std::span<float> extrinsic) const noexcept {
  const WeightTable weights(weight_);
  for (std::size_t i = 0; i < extrinsic.size(); ++i) {
    // Among the pruned codewords the bit is taken to be as its own LLR says.
    const double llr = channel_[i];
    const double unlikely = 1 / (1 + std::exp(std::fabs(llr)));
    const double likely = 1 - unlikely;
    const std::uint32_t ones = workspace_.sums[i];
    const double zero = weights(~ones) + unvisited_weight_ * (llr < 0 ? unlikely : likely);
    const double one = weights(ones) + unvisited_weight_ * (llr < 0 ? likely : unlikely);
    const double posterior = std::log(zero / one);  // ±inf where the whole codebook agrees; never 0/0
    const double value = std::clamp(posterior - llr, -double{soft_llr_limit}, double{soft_llr_limit});
    extrinsic[i] = static_cast<float>(coset_[i] ? -value : value);
  }
}

}  // namespace caligo::decode
