// SPDX-License-Identifier: Apache-2.0
#include <caligo/encode.hpp>

#include <bit>

#include "kernels/dispatch.hpp"

namespace caligo {

void polar_transform(MutableBitView x) noexcept {
  assert(x.empty() || std::has_single_bit(x.size()));
  // Short words: the pad bits are zero, so the wider transform leaves them and the value alone.
  if (!x.empty()) kernels::bit_kernels().polar_transform(x.words().data(), x.words().size());
}

}  // namespace caligo
