// SPDX-License-Identifier: Apache-2.0
#pragma once
/// ToeplitzKernels::correlate with PMULL of the cryptography extension, which not every AArch64 processor has: only
/// this function is compiled for it.

#include <arm_neon.h>

#include <cstddef>
#include <cstdint>

namespace caligo::kernels::neon {

__attribute__((target("+crypto"))) inline void correlate_pmull(const std::uint64_t* s, const std::uint64_t* x,
                                                               std::size_t words, std::size_t outputs,
                                                               std::uint64_t* pairs) {
  for (std::size_t q = 0; q < outputs; ++q) {
    uint8x16_t even = vdupq_n_u8(0);
    uint8x16_t odd = vdupq_n_u8(0);
    for (std::size_t j = 0; j < words; j += 2) {
      even = veorq_u8(even, vreinterpretq_u8_p128(vmull_p64(s[q + j], x[j])));
      odd = veorq_u8(odd, vreinterpretq_u8_p128(vmull_p64(s[q + j + 1], x[j + 1])));
    }
    vst1q_u64(pairs + 2 * q, vreinterpretq_u64_u8(veorq_u8(even, odd)));
  }
}

}  // namespace caligo::kernels::neon
