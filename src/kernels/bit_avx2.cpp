// SPDX-License-Identifier: Apache-2.0
#include "kernels/bit_kernels.hpp"

#if defined(__AVX2__) && defined(__BMI2__) && defined(__PCLMUL__)
#include "kernels/count.hpp"
#include "kernels/fold_pclmul.hpp"
#include "kernels/polar_transform.hpp"
#include "kernels/remainder.hpp"
#include "kernels/select.hpp"
#include "kernels/select_bmi2.hpp"
#include "kernels/words_avx2.hpp"

namespace caligo::kernels {

namespace {
using Words = avx2::Words;
using Select = Bmi2Select<Words>;
constexpr BitKernels table{polar_transform<Words>, deposit<Select, false>,          deposit<Select, true>,
                           extract<Select>,        folded_remainder<Pclmul<Words>>, count<Words>,
                           distance<Words>};
}  // namespace

const BitKernels* avx2_bit_kernels() noexcept { return &table; }

}  // namespace caligo::kernels

#else  // another processor family

namespace caligo::kernels {
const BitKernels* avx2_bit_kernels() noexcept { return nullptr; }
}  // namespace caligo::kernels
#endif
