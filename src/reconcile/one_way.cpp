// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <caligo/channel.hpp>
#include <caligo/reconcile.hpp>

#include <algorithm>
#include <utility>

#include "reconcile/code_grid.hpp"

namespace caligo {

namespace {

/// A code in use that discloses up to 0.2 % more than the one wanted serves as well, and saves compiling the other.
bool close_enough(const CodeSpec& used, const CodeSpec& wanted) noexcept {
  return used.sent_bits() == wanted.sent_bits() && used.crc() == wanted.crc() &&
         used.frozen_bits() >= wanted.frozen_bits() &&
         used.frozen_bits() - wanted.frozen_bits() <= wanted.frozen_bits() / 512;
}

}  // namespace

struct OneWayReconciler::Peers {
  Discloser alice;
  Corrector bob;
  Disclosure disclosure;
};

OneWayReconciler::OneWayReconciler(OneWaySettings settings, std::optional<std::filesystem::path> cache)
    : Reconciler(settings.qber, settings.tag_bits), settings_(std::move(settings)), selector_(std::move(cache)) {}
OneWayReconciler::~OneWayReconciler() = default;
OneWayReconciler::OneWayReconciler(OneWayReconciler&&) noexcept = default;
OneWayReconciler& OneWayReconciler::operator=(OneWayReconciler&&) noexcept = default;

/// Compiles the code only if it differs from the last one.
Result<void> OneWayReconciler::prepare(std::size_t code_bits) {
  const double design = given_qber().value_or(rate().design(code_bits, settings_.target_fer));
  const auto code = selector_.select({.bits = code_bits,
                                      .qber = design,
                                      .list_size = settings_.list_size,
                                      .target_fer = settings_.target_fer,
                                      .crc = settings_.crc});
  if (!code) return code.error();
  // Without the margin for what is not yet known about the QBER, which passes.
  const double margin = design > 0 ? binary_entropy(design) / std::max(binary_entropy(expected_qber()), 1e-9) : 1;
  const auto disclosed = static_cast<double>(code->frozen_bits() + code->crc().width + settings_.tag_bits);
  if (auto left = check_disclosure(disclosed / margin, code_bits); !left) return left;
  if (peers_ != nullptr && close_enough(peers_->alice.code(), *code)) return {};
  auto plan = DecodePlan::make(*code, settings_.list_size);
  if (!plan) return plan.error();
  std::shared_ptr<const DecodePlan> first;
  if (settings_.list_size >= reconcile::shortest_long_list) {
    auto shorter = DecodePlan::make(*code, settings_.list_size / 4);
    if (!shorter) return shorter.error();
    first = std::move(*shorter);
  }
  auto alice = Discloser::make(*code, settings_.tag_bits);
  if (!alice) return alice.error();
  peers_.reset();  // the old decoder's memory before the new one's
  auto bob = Corrector::make(std::move(*plan), settings_.tag_bits, std::move(first));
  if (!bob) return bob.error();
  peers_ = std::make_unique<Peers>(Peers{std::move(*alice), std::move(*bob), {}});
  return {};
}

Result<BlockReport> OneWayReconciler::exchange(BitView x, BitView y, const VerificationKey& key) {
  if (auto disclosed = peers_->alice.disclose(x, key, peers_->disclosure); !disclosed) return disclosed.error();
  const auto correction = peers_->bob.correct(peers_->disclosure, y);
  if (!correction) return correction.error();
  return whole_block(x, y, peers_->alice.leakage(), correction->verified, correction->candidates);
}

BitView OneWayReconciler::key() const noexcept { return peers_ == nullptr ? BitView{} : peers_->bob.corrected(); }

std::size_t OneWayReconciler::decoder_bytes() const noexcept {
  return peers_ == nullptr ? 0 : peers_->bob.memory_bytes();
}

}  // namespace caligo
