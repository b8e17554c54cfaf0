// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <sodium.h>
#include <caligo/cascade.hpp>

#include <utility>

namespace caligo {

struct InteractiveReconciler::Peers {
  CascadeAlice alice;
  CascadeBob bob;
  std::size_t max_bits;
  CascadeMessage question;
  CascadeMessage answer;
};

InteractiveReconciler::InteractiveReconciler(InteractiveSettings settings)
    : Reconciler(settings.qber, settings.tag_bits), settings_(settings) {}
InteractiveReconciler::~InteractiveReconciler() {
  if (!key_.empty()) sodium_memzero(key_.words().data(), key_.words().size_bytes());
}
InteractiveReconciler::InteractiveReconciler(InteractiveReconciler&&) noexcept = default;
InteractiveReconciler& InteractiveReconciler::operator=(InteractiveReconciler&&) noexcept = default;

Result<void> InteractiveReconciler::prepare(std::size_t code_bits) {
  if (code_bits > max_cascade_bits) {
    return Error{ErrorCode::size_mismatch,
                 fmt::format("group: expected at most {} bits, got {}", max_cascade_bits, code_bits)};
  }
  CascadeParameters wanted;
  if (settings_.parameters) {
    wanted = *settings_.parameters;
  } else {
    wanted = choose_cascade(expected_qber(), code_bits);
    wanted.tag_bits = settings_.tag_bits;
    wanted.breadth = settings_.breadth;
  }
  if (peers_ != nullptr && wanted == parameters_ && code_bits <= peers_->max_bits) return {};
  peers_.reset();  // the old memory before the new
  auto alice = CascadeAlice::make(wanted, code_bits);
  if (!alice) return alice.error();
  auto bob = CascadeBob::make(wanted, code_bits);
  if (!bob) return bob.error();
  peers_ = std::make_unique<Peers>(Peers{std::move(*alice), std::move(*bob), code_bits, {}, {}});
  parameters_ = wanted;
  return {};
}

/// Copies what was verified to the key; x and y are words from the unit's begin on.
void InteractiveReconciler::add_unit(BitView x, BitView y, const CascadeUnit& unit, BlockReport& report) {
  ++report.units;
  keys_ += unit.tags;
  details_.retried_units += unit.tags > 1 ? 1 : 0;
  report.epsilon += unit.tags * verification_epsilon(unit.bits, parameters_.tag_bits);
  if (!unit.verified) {
    ++report.failed_units;
    return;
  }
  const auto part = [&](BitView bits) { return BitView(bits.words().data() + unit.offset / 64, unit.bits); };
  report.undetected += hamming_distance(part(x), part(corrected()));
  report.corrected += hamming_distance(part(y), part(corrected()));
  copy_bits(corrected(), unit.offset, key_, key_bits_, unit.bits);
  key_bits_ += unit.bits;
}

Result<BlockReport> InteractiveReconciler::exchange(BitView x, BitView y, const VerificationKey& /*key*/) {
  Peers& peers = *peers_;
  BlockReport report;
  if (auto begun = peers.bob.begin(y); !begun) return begun.error();
  if (auto begun = peers.alice.begin(x, {settings_.simulated_keys, keys_}, peers.question); !begun)
    return begun.error();
  unsigned questions = 0;
  for (; !peers.alice.finished(); ++questions) {
    if (auto answered = peers.bob.receive(peers.question, peers.answer); !answered) return answered.error();
    if (auto asked = peers.alice.receive(peers.answer, peers.question); !asked) return asked.error();
  }
  report.rounds = questions > 0 ? questions - 1 : 0;  // after the first message
  details_ = {};
  details_.traffic = peers.alice.traffic();
  traffic_ += details_.traffic;
  report.leaked.questions = details_.traffic.parities;
  report.leaked.tag = details_.traffic.tags;
  report.messages = details_.traffic.messages;
  report.bob_bits = details_.traffic.mismatches + details_.traffic.verdicts;
  report.units = 0;
  key_bits_ = 0;
  if (key_.size() < x.size()) key_ = BitString(x.size());
  for (const CascadeUnit& unit : units()) add_unit(x, y, unit, report);
  report.key_bits = key_bits_;
  report.verified = report.failed_units == 0;
  return report;
}

BitView InteractiveReconciler::key() const noexcept { return {key_.words().data(), key_bits_}; }

std::size_t InteractiveReconciler::decoder_bytes() const noexcept {
  return peers_ == nullptr ? 0 : peers_->bob.memory_bytes();
}

BitView InteractiveReconciler::corrected() const noexcept {
  return peers_ == nullptr ? BitView{} : peers_->bob.corrected();
}
std::span<const CascadeUnit> InteractiveReconciler::units() const noexcept {
  return peers_ == nullptr ? std::span<const CascadeUnit>{} : peers_->bob.units();
}

}  // namespace caligo
