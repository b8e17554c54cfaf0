// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <caligo/channel.hpp>
#include <caligo/reconcile.hpp>

#include <algorithm>
#include <bit>
#include <chrono>
#include <utility>

namespace caligo {

namespace {

/// However few positions were observed.
constexpr std::uint64_t smallest_first_block = 1 << 12;

/// From this list size on a quarter of the paths is tried first: about nine in ten blocks need no more, at the rates
/// that codes for the whole list are chosen for.
constexpr unsigned shortest_long_list = 16;

using Clock = std::chrono::steady_clock;

/// A code in use that discloses up to 0.2 % more than the one wanted serves as well, and saves compiling the other.
bool close_enough(const CodeSpec& used, const CodeSpec& wanted) noexcept {
  return used.sent_bits() == wanted.sent_bits() && used.crc() == wanted.crc() &&
         used.frozen_bits() >= wanted.frozen_bits() &&
         used.frozen_bits() - wanted.frozen_bits() <= wanted.frozen_bits() / 512;
}

double seconds_since(Clock::time_point start) noexcept {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

}  // namespace

struct OneWayReconciler::Peers {
  Discloser alice;
  Corrector bob;
  Disclosure disclosure;
};

OneWayReconciler::OneWayReconciler(OneWaySettings settings, std::optional<std::filesystem::path> cache)
    : settings_(std::move(settings)), selector_(std::move(cache)) {}
OneWayReconciler::~OneWayReconciler() = default;
OneWayReconciler::OneWayReconciler(OneWayReconciler&&) noexcept = default;
OneWayReconciler& OneWayReconciler::operator=(OneWayReconciler&&) noexcept = default;

void OneWayReconciler::observe_sample(std::uint64_t bits, std::uint64_t errors) noexcept {
  rate_.observe(bits, errors);
  leaked_.sample += bits;
}

/// Chooses the code for the next block; compiles it only if it differs from the last one.
Result<void> OneWayReconciler::prepare(std::size_t code_bits) {
  const double expected = settings_.qber.value_or(rate_.estimate());
  const double design = settings_.qber.value_or(rate_.design(code_bits, settings_.target_fer));
  if (auto left = check_key_left(expected, 0); !left) return left;
  const auto code = selector_.select({.bits = code_bits,
                                      .qber = design,
                                      .list_size = settings_.list_size,
                                      .target_fer = settings_.target_fer,
                                      .crc = settings_.crc});
  if (!code) return code.error();
  // Without the margin for what is not yet known about the QBER, which passes.
  const double margin = design > 0 ? binary_entropy(design) / std::max(binary_entropy(expected), 1e-9) : 1;
  const auto disclosed = static_cast<double>(code->frozen_bits() + code->crc().width + settings_.tag_bits);
  if (auto left = check_key_left(expected, disclosed / static_cast<double>(code_bits) / margin); !left) return left;
  if (peers_ != nullptr && close_enough(peers_->alice.code(), *code)) return {};
  auto plan = DecodePlan::make(*code, settings_.list_size);
  if (!plan) return plan.error();
  std::shared_ptr<const DecodePlan> first;
  if (settings_.list_size >= shortest_long_list) {
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

Result<BlockReport> OneWayReconciler::reconcile(BitView x, BitView y, std::size_t code_bits,
                                                const VerificationKey& key) {
  if (x.size() != y.size() || x.empty() || x.size() > code_bits) {
    return Error{ErrorCode::size_mismatch,
                 fmt::format("blocks: expected two of equal length, 1 to {} bits, got {} and {}", code_bits, x.size(),
                             y.size())};
  }
  const auto start = Clock::now();
  const Result<void> prepared = prepare(code_bits);
  design_seconds_ += seconds_since(start);
  if (!prepared) return prepared.error();

  if (auto disclosed = peers_->alice.disclose(x, key, peers_->disclosure); !disclosed) return disclosed.error();
  const auto correction = peers_->bob.correct(peers_->disclosure, y);
  if (!correction) return correction.error();

  BlockReport report;
  report.bits = x.size();
  report.errors = hamming_distance(x, y);
  report.leaked = peers_->alice.leakage();
  report.verified = correction->verified;
  report.epsilon = correction->candidates * verification_epsilon(x.size(), settings_.tag_bits);
  if (report.verified) {
    report.undetected = hamming_distance(x, corrected());
    epsilon_ += report.epsilon;
  }
  if (!settings_.qber) learn(*correction, report);
  leaked_ += report.leaked;
  return report;
}

void OneWayReconciler::learn(const Correction& correction, BlockReport& report) noexcept {
  if (!correction.verified) {
    rate_.block_failed();
    return;
  }
  rate_.observe(report.bits, correction.corrected);
  report.leaked.feedback = feedback_bits;
}

BlockLengths OneWayReconciler::next_blocks(std::uint64_t remaining, unsigned max_log2) const noexcept {
  constexpr std::uint64_t ramp = 16;
  const std::uint64_t first = std::max(std::bit_floor(ramp * rate_.observed()), smallest_first_block);
  const bool known = settings_.qber.has_value() || first >= std::uint64_t{1} << max_log2;
  if (known || remaining <= first) return split_blocks(remaining, max_log2);
  return {.count = 1, .length = static_cast<std::size_t>(first)};
}

BitView OneWayReconciler::corrected() const noexcept { return peers_ == nullptr ? BitView{} : peers_->bob.corrected(); }

}  // namespace caligo
