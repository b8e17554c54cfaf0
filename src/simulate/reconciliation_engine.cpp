// SPDX-License-Identifier: Apache-2.0
// Reconciling random blocks, both roles in one process.
#include <caligo/blind.hpp>
#include <caligo/cascade.hpp>
#include <caligo/random.hpp>

#include "simulate/engine.hpp"
#include "simulate/frames.hpp"

namespace caligo::simulate {

namespace {

std::unique_ptr<Reconciler> make_reconciler(const ReconciliationSettings& s, std::uint64_t seed) {
  if (s.mode == ReconciliationMode::interactive) {
    return std::make_unique<InteractiveReconciler>(
        InteractiveSettings{.qber = s.qber, .tag_bits = s.tag_bits, .breadth = s.breadth, .simulated_keys = seed});
  }
  if (s.mode == ReconciliationMode::blind) {
    return std::make_unique<BlindReconciler>(BlindSettings{
        .list_size = s.list_size, .boldness = s.boldness, .tag_bits = s.tag_bits, .crc = s.crc, .qber = s.qber});
  }
  return std::make_unique<OneWayReconciler>(OneWaySettings{
      .list_size = s.list_size, .target_fer = s.target_fer, .tag_bits = s.tag_bits, .crc = s.crc, .qber = s.qber});
}

void tally(Statistics& counts, const BlockReport& report) noexcept {
  ++counts.frames;
  counts.frame_errors += report.verified && report.undetected == 0 ? 0 : 1;
  counts.undetected_errors += report.undetected > 0 ? 1 : 0;
  counts.bit_errors += report.undetected;
  counts.reconciliation += ReconciliationCounts{.bits = report.bits,
                                                .channel_errors = report.errors,
                                                .key_bits = report.key_bits,
                                                .rounds = report.rounds,
                                                .messages = report.messages,
                                                .leaked = report.leaked};
}

class ReconciliationEngine final : public Engine {
 public:
  explicit ReconciliationEngine(const ReconciliationSettings& settings)
      : settings_(settings), x_(settings.block_bits), y_(settings.block_bits) {}

  [[nodiscard]] std::size_t batch() const noexcept override { return 1; }

  Result<void> count(std::uint64_t seed, FrameRange frames, Statistics& counts) override {
    for (std::uint64_t frame = frames.first; frame < frames.first + frames.count; ++frame) {
      auto report = reconcile(seed, frame);
      if (!report) return std::move(report).error();
      tally(counts, *report);
    }
    return {};
  }

  Result<FrameRecord> replay(std::uint64_t seed, std::uint64_t frame) override {
    auto report = reconcile(seed, frame);
    if (!report) return std::move(report).error();
    FrameRecord out;
    out.message = x_;
    out.codeword = y_;
    out.decided_message = BitString(reconciler_->key());
    if (report->key_bits == 0) out.decided_message = {};
    out.accepted = report->verified;
    tally(out.counts, *report);
    return out;
  }

  [[nodiscard]] std::size_t memory_bytes() const noexcept override {
    return 2 * bytes_for(settings_.block_bits) + (reconciler_ != nullptr ? reconciler_->decoder_bytes() : 0);
  }

 private:
  Result<BlockReport> reconcile(std::uint64_t seed, std::uint64_t frame) {
    CounterRandom(seed, frame).fill(x_);
    CounterRandom(seed, frame, noise_block).fill_bernoulli(y_, settings_.qber);
    xor_into(y_, x_);
    // Interactive mode draws its own keys: from a generator that depends on the frame.
    const bool renew = settings_.mode == ReconciliationMode::interactive || reconciler_ == nullptr;
    if (renew) reconciler_ = make_reconciler(settings_, CounterRandom(seed, frame, noise_block / 2).next());
    return reconciler_->reconcile(x_, y_, settings_.block_bits, VerificationKey::simulated(seed, frame));
  }
  const ReconciliationSettings& settings_;
  BitString x_;
  BitString y_;
  std::unique_ptr<Reconciler> reconciler_;
};

}  // namespace

std::unique_ptr<Engine> make_reconciliation_engine(const ReconciliationSettings& settings) {
  return std::make_unique<ReconciliationEngine>(settings);
}

}  // namespace caligo::simulate
