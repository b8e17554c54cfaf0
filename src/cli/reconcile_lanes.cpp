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

ReconcileLanes::ReconcileLanes(std::vector<std::unique_ptr<Reconciler>> reconcilers, std::size_t depth)
    : lanes_(std::move(reconcilers)), depth_(depth), banks_(2) {
  for (Bank& bank : banks_) bank.resize(size());
}

ReconcileLanes::~ReconcileLanes() {
  threads_.clear();  // waits
  for (Bank& bank : banks_) {
    for (Slot& slot : bank) {
      for (BitString* bits : {&slot.x, &slot.y, &slot.key}) resize(*bits, 0);
    }
  }
}

BlockBuffers ReconcileLanes::block(std::size_t index, std::size_t bits, std::size_t code_bits,
                                   const VerificationKey& key) {
  Slot& slot = banks_[loading_][index];
  resize(slot.x, bits);
  resize(slot.y, bits);
  slot.code_bits = code_bits;
  slot.tag_key = key;
  return {.x = &slot.x, .y = &slot.y};
}

void ReconcileLanes::Slot::work(Reconciler& reconciler) {
  report = reconciler.reconcile(x, y, code_bits, tag_key);
  key_bits = report ? report->key_bits : 0;
  if (key.size() < key_bits) resize(key, x.size());
  copy_bits(reconciler.key(), 0, key, 0, key_bits);
}

void ReconcileLanes::start(std::size_t count) {
  if (!started_) rate_ = first().rate();  // a sample, if there was one
  started_ = true;
  Bank& bank = banks_[loading_];
  loading_ = 1 - loading_;
  for (auto& lane : lanes_) lane->assume(rate_);
  *next_ = 0;
  for (std::size_t lane = 0; lane < std::min(count, lanes_.size()); ++lane) {
    threads_.emplace_back([&bank, count, &next = *next_, &reconciler = *lanes_[lane]] {
      for (std::size_t index = next++; index < count; index = next++) bank[index].work(reconciler);
    });
  }
}

void ReconcileLanes::finish() { threads_.clear(); }

/// In the order of the blocks, whichever lane was done first.
void ReconcileLanes::share_rate(std::size_t count, bool learns) {
  if (!learns) return;
  for (std::size_t index = 0; index < count; ++index) {
    const Result<BlockReport>& block = report(index);
    if (!block) continue;
    rate_.observe(block->key_bits, block->corrected);
    if (!block->verified) rate_.block_failed();
  }
  first().assume(rate_);
}

void ReconcileLanes::sum_up(ReconcileReport& report) const {
  for (const auto& lane : lanes_) {
    report.leaked += lane->leaked();
    report.epsilon_verification += lane->epsilon();
    report.design_seconds = std::max(report.design_seconds, lane->design_seconds());
    report.decoder_bytes = std::max(report.decoder_bytes, lane->decoder_bytes());
  }
}

}  // namespace caligo::cli
