// SPDX-License-Identifier: Apache-2.0
#include "decode/engine.hpp"
#include "decode/sc_engine.hpp"

namespace caligo::decode {

std::unique_ptr<FrameEngine> make_engine(const DecodePlan& plan, Isa isa, const Arena* lender, Arena spare) {
  if (plan.list_size() == 1) return std::make_unique<ScEngine>(plan.code(), isa, lender, std::move(spare));
  const auto lists = [&]<class Llr>(Llr) -> std::unique_ptr<FrameEngine> {
    return std::make_unique<ListEngine<Llr>>(plan.code(), plan.program(), plan.list_size(), isa, lender,
                                             std::move(spare));
  };
  return plan.options().width == LlrWidth::bits8 ? lists(std::int8_t{}) : lists(std::int16_t{});
}

}  // namespace caligo::decode
