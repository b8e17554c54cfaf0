// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <caligo/cascade.hpp>

#include <algorithm>
#include <bit>
#include <utility>

namespace caligo {

namespace {

/// However few positions were observed.
constexpr std::uint64_t smallest_first_group = 1 << 14;

}  // namespace

struct InteractiveReconciler::Peers {
  CascadeAlice alice;
  CascadeBob bob;
  std::size_t max_bits;
  CascadeMessage question;
  CascadeMessage answer;
};

InteractiveReconciler::InteractiveReconciler(InteractiveSettings settings) : settings_(std::move(settings)) {}
InteractiveReconciler::~InteractiveReconciler() = default;
InteractiveReconciler::InteractiveReconciler(InteractiveReconciler&&) noexcept = default;
InteractiveReconciler& InteractiveReconciler::operator=(InteractiveReconciler&&) noexcept = default;

void InteractiveReconciler::observe_sample(std::uint64_t bits, std::uint64_t errors) noexcept {
  rate_.observe(bits, errors);
}

std::size_t InteractiveReconciler::next_group(std::uint64_t remaining, std::size_t largest) const noexcept {
  constexpr std::uint64_t ramp = 16;
  std::uint64_t bits = std::clamp<std::uint64_t>(largest, 1, max_cascade_bits);
  const bool known = settings_.qber.has_value() || settings_.parameters.has_value();
  if (!known) bits = std::min(bits, std::max(std::bit_floor(ramp * rate_.observed()), smallest_first_group));
  return static_cast<std::size_t>(std::min(bits, remaining));
}

Result<void> InteractiveReconciler::prepare(std::size_t bits) {
  CascadeParameters wanted;
  if (settings_.parameters) {
    wanted = *settings_.parameters;
  } else {
    wanted = choose_cascade(settings_.qber.value_or(rate_.estimate()), bits);
    wanted.tag_bits = settings_.tag_bits;
    wanted.breadth = settings_.breadth;
  }
  if (peers_ != nullptr && wanted == parameters_ && bits <= peers_->max_bits) return {};
  peers_.reset();  // the old memory before the new
  auto alice = CascadeAlice::make(wanted, bits);
  if (!alice) return alice.error();
  auto bob = CascadeBob::make(wanted, bits);
  if (!bob) return bob.error();
  peers_ = std::make_unique<Peers>(Peers{std::move(*alice), std::move(*bob), bits, {}, {}});
  parameters_ = wanted;
  return {};
}

Result<GroupReport> InteractiveReconciler::reconcile(BitView x, BitView y) {
  if (x.size() != y.size() || x.empty() || x.size() > max_cascade_bits) {
    return Error{ErrorCode::size_mismatch,
                 fmt::format("groups: expected two of equal length, 1 to {} bits, got {} and {}", max_cascade_bits,
                             x.size(), y.size())};
  }
  if (auto prepared = prepare(x.size()); !prepared) return prepared.error();
  Peers& peers = *peers_;
  GroupReport report;
  if (auto begun = peers.bob.begin(y); !begun) return begun.error();
  if (auto begun = peers.alice.begin(x, {settings_.simulated_keys, keys_}, peers.question); !begun)
    return begun.error();
  while (!peers.alice.finished()) {
    ++report.rounds;
    if (auto answered = peers.bob.receive(peers.question, peers.answer); !answered) return answered.error();
    if (auto asked = peers.alice.receive(peers.answer, peers.question); !asked) return asked.error();
  }
  report.bits = x.size();
  report.errors = hamming_distance(x, y);
  report.traffic = peers.alice.traffic();
  std::uint64_t found = 0;
  std::uint64_t verified_bits = 0;
  for (const CascadeUnit& unit : units()) {
    ++report.units;
    keys_ += unit.tags;
    report.retried_units += unit.tags > 1 ? 1 : 0;
    report.epsilon += unit.tags * verification_epsilon(unit.bits, parameters_.tag_bits);
    if (!unit.verified) {
      ++report.failed_units;
      report.discarded += unit.bits;
      continue;
    }
    const std::size_t word = unit.offset / 64;
    report.undetected +=
        hamming_distance({x.words().data() + word, unit.bits}, {corrected().words().data() + word, unit.bits});
    found += unit.corrected;
    verified_bits += unit.bits;
  }
  if (verified_bits != 0) rate_.observe(verified_bits, found);
  traffic_ += report.traffic;
  return report;
}

BitView InteractiveReconciler::corrected() const noexcept {
  return peers_ == nullptr ? BitView{} : peers_->bob.corrected();
}
std::span<const CascadeUnit> InteractiveReconciler::units() const noexcept {
  return peers_ == nullptr ? std::span<const CascadeUnit>{} : peers_->bob.units();
}

}  // namespace caligo
