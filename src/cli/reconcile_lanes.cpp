// SPDX-License-Identifier: Apache-2.0
#include "cli/reconcile_lanes.hpp"

#include <sodium.h>

#include <algorithm>
#include <thread>
#include <utility>

namespace caligo::cli {

namespace {

void resize(BitString& bits, std::size_t size) {
  if (bits.size() == size) return;
  if (!bits.empty()) sodium_memzero(bits.words().data(), bits.words().size_bytes());
  bits = BitString(size);
}

}  // namespace

ReconcileLanes::ReconcileLanes(std::vector<std::unique_ptr<Reconciler>> reconcilers) {
  lanes_.resize(reconcilers.size());
  for (std::size_t lane = 0; lane < size(); ++lane) lanes_[lane].reconciler = std::move(reconcilers[lane]);
}

ReconcileLanes::~ReconcileLanes() {
  for (Lane& lane : lanes_) {
    resize(lane.x, 0);
    resize(lane.y, 0);
  }
}

BlockBuffers ReconcileLanes::block(std::size_t lane, std::size_t bits, std::size_t code_bits,
                                   const VerificationKey& key) {
  Lane& chosen = lanes_[lane];
  resize(chosen.x, bits);
  resize(chosen.y, bits);
  chosen.code_bits = code_bits;
  chosen.key = key;
  return {.x = &chosen.x, .y = &chosen.y};
}

void ReconcileLanes::work(std::size_t count) {
  if (!started_) rate_ = first().rate();  // a sample, if there was one
  started_ = true;
  for (std::size_t lane = 0; lane < count; ++lane) lanes_[lane].reconciler->assume(rate_);
  std::vector<std::jthread> threads;
  for (std::size_t lane = 1; lane < count; ++lane) threads.emplace_back([&, lane] { lanes_[lane].work(); });
  if (count > 0) lanes_[0].work();
}

/// In the order of the blocks, whichever lane was done first.
void ReconcileLanes::share_rate(std::size_t count, bool learns) {
  if (!learns) return;
  for (std::size_t lane = 0; lane < count; ++lane) {
    const Result<BlockReport>& block = lanes_[lane].report;
    if (!block) continue;
    rate_.observe(block->key_bits, block->corrected);
    if (!block->verified) rate_.block_failed();
  }
  first().assume(rate_);
}

void ReconcileLanes::sum_up(ReconcileReport& report) const {
  for (const Lane& lane : lanes_) {
    report.leaked += lane.reconciler->leaked();
    report.epsilon_verification += lane.reconciler->epsilon();
    report.design_seconds = std::max(report.design_seconds, lane.reconciler->design_seconds());
    report.decoder_bytes = std::max(report.decoder_bytes, lane.reconciler->decoder_bytes());
  }
}

}  // namespace caligo::cli
