// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Conditions on information sets: when two transforms and a mask encode systematically.

#include <caligo/bits.hpp>

namespace caligo::encode {

/// True if the set is domination contiguous: i and j in it, and the binary digits of k between those of j and i (j ⊆ k
/// ⊆ i as sets of digits), put k in it (Sarkis et al. 2016, definition of domination contiguity). O(N log N / 64).
[[nodiscard]] bool domination_contiguous(BitView set);

/// True if a position of `others` has all binary digits of a member of `set`; then x in the set depends on u there.
[[nodiscard]] bool any_above(BitView set, BitView others);

}  // namespace caligo::encode
