// SPDX-License-Identifier: Apache-2.0
#pragma once
/// One table of successive-cancellation kernels per instruction set. Included by the units sc_<isa>.cpp.

#include "kernels/sc_batch.hpp"
#include "kernels/sc_frame.hpp"
#include "kernels/sc_words.hpp"

namespace caligo::kernels {

template <class V, class R, class S>
inline constexpr ScKernels sc_table = {
    {&run_sc_frame<V, R>},
    {&run_sc_batch<V, S>, &interleave<V, S>, &S::transpose_bits, &transform_words<V, S>, &reduce_words<V>},
};

}  // namespace caligo::kernels
