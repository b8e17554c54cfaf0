// SPDX-License-Identifier: Apache-2.0
#pragma once
/// What codes of finite length can do at best, by the normal approximation: Y. Polyanskiy, H. V. Poor, S. Verdú,
/// "Channel coding rate in the finite blocklength regime", IEEE Trans. Inf. Theory 56(5), 2010. Logarithms are to
/// base 2.

#include <caligo/channel.hpp>
#include <caligo/error.hpp>

namespace caligo {

/// Mean and variance of the information density of one channel use with equiprobable inputs.
struct ChannelInformation {
  double capacity = 0;    ///< C, bits per channel use
  double dispersion = 0;  ///< V, bits² per channel use
};

/// BSC and BEC in closed form, BPSK in Gaussian noise (BI-AWGN) by numeric integration, to about ten digits. Errors:
/// invalid_argument for a channel outside its domain, or one whose noise depends on a code rate: resolve_rate() first.
Result<ChannelInformation> channel_information(const Channel& channel);

/// The third term of the approximation: ½·log2 n on the BSC (theorem 52) and the BI-AWGN channel (Tan and Tomamichel
/// 2015), 0 on the BEC (theorem 53).
[[nodiscard]] double third_order_term(const Channel& channel, double n) noexcept;

/// The frame error rate that the best codes have, about: Q((n·C - k + third)/√(n·V)). n > 0: code bits sent. k > 0:
/// message bits, without CRC bits, which are a means of the code and not its purpose. 0 or 1 for a channel without
/// dispersion. Errors: as channel_information(); invalid_argument for n or k outside their domain.
Result<double> normal_approximation_fer(const Channel& channel, double n, double k);

/// Message bits that fit into n code bits at a frame error rate in (0, 1), about: n·C - √(n·V)·Q⁻¹(fer) + third. May be
/// negative, where nothing fits. Errors: as above.
Result<double> normal_approximation_bits(const Channel& channel, double n, double fer);

}  // namespace caligo
