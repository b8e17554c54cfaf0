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
  auto report = exchange(x, y, key);
  if (!report) return report;
  report->bits = x.size();
  report->errors = hamming_distance(x, y);
  if (report->key_bits > 0) epsilon_ += report->epsilon;
  if (!qber_) {
    rate_.observe(report->key_bits, report->corrected);
    if (!report->verified) rate_.block_failed();
  }
  leaked_ += report->leaked;
  return report;
}

BlockReport Reconciler::whole_block(BitView x, BitView y, const Leakage& leaked, bool verified,
                                    unsigned candidates) const noexcept {
  BlockReport report;
  report.leaked = leaked;
  report.messages = 2;
  report.bob_bits = 1;  // the verdict
  report.verified = verified;
  report.failed_units = verified ? 0 : 1;
  report.epsilon = candidates * verification_epsilon(x.size(), tag_bits_);
  if (!verified) return report;
  report.key_bits = x.size();
  report.undetected = hamming_distance(x, this->key());
  report.corrected = hamming_distance(y, this->key());
  if (!qber_) report.leaked.feedback = feedback_bits;
  return report;
}

BlockLengths Reconciler::next_blocks(std::uint64_t remaining, unsigned max_log2) const noexcept {
  constexpr std::uint64_t ramp = 16;
  const std::uint64_t first = std::max(std::bit_floor(ramp * rate_.observed()), smallest_first_block);
  const bool known = qber_.has_value() || first >= std::uint64_t{1} << max_log2;
  if (known || remaining <= first) return split_blocks(remaining, max_log2);
  return {.count = 1, .length = static_cast<std::size_t>(first)};
}

}  // namespace caligo
