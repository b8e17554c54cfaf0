// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <caligo/reconcile.hpp>

#include <algorithm>
#include <bit>
#include <chrono>

namespace caligo {

namespace {

using Clock = std::chrono::steady_clock;

/// However few positions were observed.
constexpr std::uint64_t smallest_first_block = 1 << 12;

}  // namespace

void Reconciler::observe_sample(std::uint64_t bits, std::uint64_t errors) noexcept {
  rate_.observe(bits, errors);
  leaked_.sample += bits;
}

Result<void> Reconciler::check_disclosure(double disclosed, std::size_t code_bits) const {
  return check_key_left(expected_qber(), disclosed / static_cast<double>(code_bits));
}

Result<BlockReport> Reconciler::reconcile(BitView x, BitView y, std::size_t code_bits, const VerificationKey& key) {
  if (x.size() != y.size() || x.empty() || x.size() > code_bits) {
    return Error{ErrorCode::size_mismatch,
                 fmt::format("blocks: expected two of equal length, 1 to {} bits, got {} and {}", code_bits, x.size(),
                             y.size())};
  }
  if (auto left = check_key_left(expected_qber(), 0); !left) return left.error();
  const auto start = Clock::now();
  const Result<void> prepared = prepare(code_bits);
  design_seconds_ += std::chrono::duration<double>(Clock::now() - start).count();
  if (!prepared) return prepared.error();
  const auto outcome = exchange(x, y, key);
  if (!outcome) return outcome.error();

  BlockReport report;
  report.bits = x.size();
  report.errors = hamming_distance(x, y);
  report.leaked = outcome->leaked;
  report.verified = outcome->verified;
  report.rounds = outcome->rounds;
  report.epsilon = outcome->candidates * verification_epsilon(x.size(), tag_bits_);
  if (report.verified) {
    report.undetected = hamming_distance(x, corrected());
    epsilon_ += report.epsilon;
  }
  if (!qber_) learn(*outcome, report);
  leaked_ += report.leaked;
  return report;
}

void Reconciler::learn(const Outcome& outcome, BlockReport& report) noexcept {
  if (!outcome.verified) {
    rate_.block_failed();
    return;
  }
  rate_.observe(report.bits, outcome.corrected);
  report.leaked.feedback = feedback_bits;
}

BlockLengths Reconciler::next_blocks(std::uint64_t remaining, unsigned max_log2) const noexcept {
  constexpr std::uint64_t ramp = 16;
  const std::uint64_t first = std::max(std::bit_floor(ramp * rate_.observed()), smallest_first_block);
  const bool known = qber_.has_value() || first >= std::uint64_t{1} << max_log2;
  if (known || remaining <= first) return split_blocks(remaining, max_log2);
  return {.count = 1, .length = static_cast<std::size_t>(first)};
}

}  // namespace caligo
