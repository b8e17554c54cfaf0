// SPDX-License-Identifier: Apache-2.0
#include "kernels/bit_kernels.hpp"
#include "kernels/count.hpp"
#include "kernels/polar_transform.hpp"
#include "kernels/remainder.hpp"
#include "kernels/select.hpp"
#include "kernels/select_scalar.hpp"
#include "kernels/words_scalar.hpp"

namespace caligo::kernels {

namespace {
using Select = scalar::Select;
using Words = scalar::Words;
constexpr BitKernels table{polar_transform<Words>,  deposit<Select, false>, deposit<Select, true>, extract<Select>,
                           sliced_remainder<Words>, count<Words>,           distance<Words>};
}  // namespace

const BitKernels* scalar_bit_kernels() noexcept { return &table; }

}  // namespace caligo::kernels
