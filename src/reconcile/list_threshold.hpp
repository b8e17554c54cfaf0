// SPDX-License-Identifier: Apache-2.0
#pragma once
/// How many successive-cancellation errors a list survives.

#include <cstddef>

namespace caligo::reconcile {

/// The largest sum of SC bit error probabilities over the information set at which a block of `bits` bits decoded with
/// `list_size` paths has a frame error rate ≤ target. Fitted to simulations (list_threshold_table.inc).
[[nodiscard]] double list_threshold(std::size_t bits, double qber, unsigned list_size, double target_fer) noexcept;

}  // namespace caligo::reconcile
