// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Folding 512 bits at a time (VPCLMULQDQ).

#include <immintrin.h>

#include <cstddef>
#include <cstdint>

#include "kernels/fold_pclmul.hpp"

namespace caligo::kernels::avx512 {

struct Vpclmul {
  static constexpr std::size_t words = 8;
  using Narrow = Pclmul<Vpclmul>;
  using Type = __m512i;

  static Type load(const std::uint64_t* p) { return _mm512_loadu_si512(p); }
  static Type add_to_first(Type v, std::uint32_t word) {
    return _mm512_xor_si512(v, _mm512_zextsi128_si512(_mm_cvtsi32_si128(static_cast<int>(word))));
  }
  template <std::size_t distance>
  static Type multiplier(const CrcDivisor& divisor) {
    return _mm512_broadcast_i32x4(Narrow::multiplier<distance>(divisor));
  }
  static Type fold(Type acc, Type multiplier, Type next) {
    const Type first = _mm512_clmulepi64_epi128(acc, multiplier, 0x00);
    const Type second = _mm512_clmulepi64_epi128(acc, multiplier, 0x11);
    return _mm512_ternarylogic_epi64(first, second, next, 0x96);
  }
  /// The four blocks of a vector stand 128 bits apart.
  static Narrow::Type narrow(const CrcDivisor& divisor, Type v) {
    const Narrow::Type near = Narrow::multiplier<128>(divisor);
    Narrow::Type acc = _mm512_castsi512_si128(v);
    acc = Narrow::fold(acc, near, _mm512_extracti32x4_epi32(v, 1));
    acc = Narrow::fold(acc, near, _mm512_extracti32x4_epi32(v, 2));
    return Narrow::fold(acc, near, _mm512_extracti32x4_epi32(v, 3));
  }
};

}  // namespace caligo::kernels::avx512
