// SPDX-License-Identifier: Apache-2.0
#include "decode/engine.hpp"
#include "decode/sc_engine.hpp"

namespace caligo::decode {

std::unique_ptr<FrameEngine> make_engine(const DecodePlan& plan, Isa isa, const Arena* lender) {
  if (plan.list_size() == 1) return std::make_unique<ScEngine>(plan.code(), isa, lender);
  return std::make_unique<Engine>(plan, isa, lender);
}

}  // namespace caligo::decode
