// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/additive_fft.hpp"
#include "kernels/novel_basis.hpp"
#include "kernels/toeplitz_kernels.hpp"
#include "kernels/tower_bytes.hpp"
#include "kernels/tower_embedding.hpp"

namespace caligo::kernels {

template <class Bytes>
constexpr ToeplitzKernels toeplitz_table(decltype(ToeplitzKernels::correlate) correlate,
                                         std::size_t products_per_point) {
  return {Bytes::lanes,
          products_per_point,
          convert_basis<Bytes, false, true, 1>,
          convert_basis<Bytes, true, true, 1>,
          convert_basis<Bytes, true, false, 2>,
          embed_words<Bytes>,
          extract_pairs<Bytes>,
          run_network<Bytes, Network::evaluate>,
          run_network<Bytes, Network::evaluate_dual>,
          run_network<Bytes, Network::interpolate_dual>,
          multiply_elements<Bytes>,
          correlate};
}

}  // namespace caligo::kernels
