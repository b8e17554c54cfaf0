// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <caligo/adaptive.hpp>

#include <algorithm>

#include "decode/adaptive_stages.hpp"
#include "decode/input_check.hpp"

namespace caligo {

namespace {

/// Long enough to catch most frames that SC loses, at a quarter of the full list's time.
constexpr unsigned short_list = 8;

}  // namespace

Result<std::shared_ptr<const AdaptivePlan>> AdaptivePlan::make(const CodeSpec& code, unsigned list_size) {
  if (list_size > 1 && code.crc_placement() == CrcPlacement::none) {
    return Error{
        ErrorCode::invalid_argument,
        fmt::format("adaptive decoding with a list of {} needs a code with a CRC: without one no stage can tell "
                    "that it failed",
                    list_size)};
  }
  std::vector<std::shared_ptr<const DecodePlan>> stages;
  for (const unsigned size : {1U, short_list, list_size}) {
    if (size > list_size || (!stages.empty() && size <= stages.back()->list_size())) continue;
    auto stage = DecodePlan::make(code, size);
    if (!stage) return std::move(stage).error();
    stages.push_back(std::move(*stage));
  }
  return std::shared_ptr<const AdaptivePlan>(new AdaptivePlan(std::move(stages)));
}

namespace decode {

AdaptiveStages::AdaptiveStages(const AdaptivePlan& plan, Isa isa, std::size_t first) {
  const auto plans = plan.stages().subspan(std::min(first, plan.stages().size()));
  stages_.resize(plans.size());
  const Arena* lender = nullptr;
  for (std::size_t i = plans.size(); i-- > 0;) {  // the last is the largest
    stages_[i] = {plans[i].get(), make_engine(*plans[i], isa, lender)};
    if (lender == nullptr) lender = &stages_[i].engine->arena();
  }
  if (!stages_.empty()) last_ = stages_.front().engine.get();
}

Result<DecodeVerdict> AdaptiveStages::decode(const DecodeInput& input) noexcept {
  for (std::size_t i = 0;; ++i) {
    last_ = stages_[i].engine.get();
    auto verdict = stages_[i].engine->decode(*stages_[i].plan, input);
    if (!verdict || verdict->accepted || i + 1 == stages_.size()) return verdict;
  }
}

std::size_t AdaptiveStages::memory_bytes() const noexcept {
  std::size_t bytes = sizeof *this + stages_.capacity() * sizeof(Stage);
  for (const Stage& stage : stages_) bytes += stage.engine->memory_bytes();
  return bytes;
}

}  // namespace decode

AdaptiveDecoder::AdaptiveDecoder(std::shared_ptr<const AdaptivePlan> plan)
    : plan_(std::move(plan)), stages_(std::make_unique<decode::AdaptiveStages>(*plan_, decode::isa_for_decoding())) {}

AdaptiveDecoder::~AdaptiveDecoder() = default;
AdaptiveDecoder::AdaptiveDecoder(AdaptiveDecoder&&) noexcept = default;
AdaptiveDecoder& AdaptiveDecoder::operator=(AdaptiveDecoder&&) noexcept = default;

Result<DecodeVerdict> AdaptiveDecoder::decode(const DecodeInput& input) noexcept {
  if (auto checked = decode::check_input(plan_->code(), input); !checked) return std::move(checked).error();
  return stages_->decode(input);
}

BitView AdaptiveDecoder::message() const noexcept { return stages_->last().message(); }
BitView AdaptiveDecoder::codeword() const noexcept { return stages_->last().codeword(); }
BitView AdaptiveDecoder::u() const noexcept { return stages_->last().u(); }
std::size_t AdaptiveDecoder::memory_bytes() const noexcept { return sizeof *this + stages_->memory_bytes(); }

}  // namespace caligo
