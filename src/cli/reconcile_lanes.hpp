// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Blocks of one stream side by side: a lane has a reconciler and a block, and a thread while it works. What is decided
/// depends on the number of lanes, but not on how fast they are.

#include <caligo/reconcile.hpp>

#include <memory>
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
  explicit ReconcileLanes(std::vector<std::unique_ptr<Reconciler>> reconcilers);
  ~ReconcileLanes();
  ReconcileLanes(ReconcileLanes&&) noexcept = default;
  ReconcileLanes& operator=(ReconcileLanes&&) = delete;

  [[nodiscard]] std::size_t size() const noexcept { return lanes_.size(); }
  [[nodiscard]] Reconciler& first() noexcept { return *lanes_.front().reconciler; }

  /// Buffers for a lane's next block, of `bits` bits; the rest as for Reconciler::reconcile().
  BlockBuffers block(std::size_t lane, std::size_t bits, std::size_t code_bits, const VerificationKey& key);
  /// Reconciles the blocks of the first `count` lanes.
  void work(std::size_t count);
  [[nodiscard]] const Result<BlockReport>& report(std::size_t lane) const noexcept { return lanes_[lane].report; }
  [[nodiscard]] BitView key(std::size_t lane) const noexcept { return lanes_[lane].reconciler->key(); }
  /// Afterwards all lanes know what each of the first `count` has learnt.
  void share_rate(std::size_t count, bool learns);
  /// Adds what the lanes have counted.
  void sum_up(ReconcileReport& report) const;

 private:
  struct Lane {
    std::unique_ptr<Reconciler> reconciler;
    BitString x;
    BitString y;
    VerificationKey key;
    std::size_t code_bits = 0;
    Result<BlockReport> report = BlockReport{};
    void work() { report = reconciler->reconcile(x, y, code_bits, key); }
  };
  std::vector<Lane> lanes_;
  ErrorRate rate_;
  bool started_ = false;
};

}  // namespace caligo::cli
