// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Blocks of one stream side by side: a lane has a reconciler, and a thread while it works. Whoever is free takes the
/// next block. Keys do not depend on that; which code a block gets may, a little, if the QBER is learnt on the way: a
/// lane keeps a code that is close to the one wanted.

#include <caligo/reconcile.hpp>

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "cli/reconcile_files.hpp"
#include "cli/reconcile_report.hpp"

namespace caligo::cli {

/// Where blocks come from, and where a lane wants one.
struct BlockBuffers {
  BitString* x;
  BitString* y;
};
struct Inputs {
  KeptBits alice;
  KeptBits bob;
  Result<void> read(const BlockBuffers& block) {
    if (auto done = alice.read(*block.x); !done) return done;
    return bob.read(*block.y);
  }
};

class ReconcileLanes {
 public:
  /// depth: blocks for each lane in a batch. Blocks take different times; over several of them that evens out.
  ReconcileLanes(std::vector<std::unique_ptr<Reconciler>> reconcilers, std::size_t depth);
  ~ReconcileLanes();
  ReconcileLanes(ReconcileLanes&&) noexcept = default;
  ReconcileLanes& operator=(ReconcileLanes&&) = delete;

  /// Blocks of a batch at most.
  [[nodiscard]] std::size_t size() const noexcept { return depth_ * lanes_.size(); }
  [[nodiscard]] Reconciler& first() noexcept { return *lanes_.front(); }

  /// Buffers for a block of the next batch, of `bits` bits; the rest as for Reconciler::reconcile(). May be called
  /// while a batch is under way.
  BlockBuffers block(std::size_t index, std::size_t bits, std::size_t code_bits, const VerificationKey& key);
  /// Begins to reconcile the first `count` blocks that were loaded. finish() waits for them.
  void start(std::size_t count);
  void finish();
  /// Of the batch that was finished last.
  [[nodiscard]] const Result<BlockReport>& report(std::size_t index) const noexcept { return done().at(index).report; }
  [[nodiscard]] BitView key(std::size_t index) const noexcept { return done().at(index).key_view(); }
  /// Afterwards all lanes know what each of the first `count` blocks of that batch taught.
  void share_rate(std::size_t count, bool learns);
  /// Adds what the lanes have counted.
  void sum_up(ReconcileReport& report) const;

 private:
  struct Slot {
    BitString x;
    BitString y;
    BitString key;
    std::size_t key_bits = 0;
    VerificationKey tag_key;
    std::size_t code_bits = 0;
    Result<BlockReport> report = BlockReport{};
    void work(Reconciler& reconciler);
    [[nodiscard]] BitView key_view() const noexcept { return {key.words().data(), key_bits}; }
  };
  using Bank = std::vector<Slot>;
  [[nodiscard]] const Bank& done() const noexcept { return banks_[1 - loading_]; }

  std::vector<std::unique_ptr<Reconciler>> lanes_;
  std::size_t depth_;
  std::vector<Bank> banks_;  ///< one is loaded while the other is worked on
  std::size_t loading_ = 0;
  std::unique_ptr<std::atomic<std::size_t>> next_ = std::make_unique<std::atomic<std::size_t>>(0);
  std::vector<std::jthread> threads_;
  ErrorRate rate_;
  bool started_ = false;
};

}  // namespace caligo::cli
