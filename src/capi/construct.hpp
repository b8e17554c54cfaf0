// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Construction as the C interface asks for it.

#include <caligo/c/codec.h>
#include <caligo/construct.hpp>

namespace caligo::capi {

/// Errors: as caligo_order_construct().
Result<ReliabilityOrder> design_order(const caligo_order_options& options);

}  // namespace caligo::capi
