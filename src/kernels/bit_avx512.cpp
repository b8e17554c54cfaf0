// SPDX-License-Identifier: Apache-2.0
#include "kernels/bit_kernels.hpp"

#if defined(__AVX512BW__) && defined(__GFNI__) && defined(__VPCLMULQDQ__)
// GCC 12's own intrinsic headers start from "undefined" registers and warn about them once inlined (GCC bug 105593).
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#pragma GCC diagnostic ignored "-Wuninitialized"
#include "kernels/count.hpp"
#include "kernels/fold_vpclmul.hpp"
#include "kernels/polar_transform.hpp"
#include "kernels/remainder.hpp"
#include "kernels/select.hpp"
#include "kernels/select_bmi2.hpp"
#include "kernels/words_avx512.hpp"

namespace caligo::kernels {

namespace {
using Words = avx512::Words;
using Select = Bmi2Select<Words>;
constexpr BitKernels table{polar_transform<Words>,
                           deposit<Select, false>,
                           deposit<Select, true>,
                           extract<Select>,
                           folded_remainder<avx512::Vpclmul>,
                           count<Words>,
                           distance<Words>};
}  // namespace

const BitKernels* avx512_bit_kernels() noexcept { return &table; }

}  // namespace caligo::kernels

#else  // another processor family

namespace caligo::kernels {
const BitKernels* avx512_bit_kernels() noexcept { return nullptr; }
}  // namespace caligo::kernels
#endif
