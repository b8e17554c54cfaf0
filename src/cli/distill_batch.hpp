// SPDX-License-Identifier: Apache-2.0
#pragma once
/// One batch of `caligo distill`: from sifted bits to secret key.

#include <caligo/key_length.hpp>
#include <caligo/session.hpp>

#include <span>
#include <vector>

#include "cli/distill_link.hpp"
#include "cli/distill_options.hpp"
#include "cli/reconcile_files.hpp"

namespace caligo::cli {

/// Wall-clock seconds by stage.
struct DistillStages {
  double read = 0;
  double sample = 0;
  double reconcile = 0;  ///< both sides, verification included
  double authenticate = 0;
  double amplify = 0;  ///< both sides
};

struct DistillBatch {
  std::uint64_t bits = 0;
  std::uint64_t errors = 0;
  std::uint64_t sample_bits = 0;
  std::uint64_t sample_errors = 0;
  double tolerated_qber = 0;
  std::uint64_t blocks = 0;
  std::uint64_t failed_blocks = 0;
  std::uint64_t undetected = 0;
  std::uint64_t rounds = 0;
  std::uint64_t reconciled_bits = 0;
  Leakage leaked;
  KeyLength length;
  bool keys_equal = false;
};

/// What all batches share.
class Distiller {
 public:
  /// Errors: invalid_argument, io.
  static Result<Distiller> make(const DistillOptions& options, const BlockChoice& chosen);
  Distiller(Distiller&&) noexcept = default;
  ~Distiller();

  /// The bits from `first` on of two files. Errors: no_key, io, interrupted.
  Result<DistillBatch> distill(const BitFile& alice, const BitFile& bob, std::uint64_t first, std::uint64_t bits);
  /// Alice's secret key of the last batch, which is Bob's as well.
  [[nodiscard]] BitView key() const noexcept { return key_; }
  [[nodiscard]] const DistillStages& stages() const noexcept { return stages_; }
  [[nodiscard]] const AuthenticatedLink& link() const noexcept { return link_; }
  [[nodiscard]] const KeyLengthFormula& formula() const noexcept { return *formula_; }

 private:
  Distiller(const DistillOptions& options, const BlockChoice& chosen, CrcSpec crc, AuthenticatedLink link,
            const KeyLengthFormula& formula);
  struct Pair;
  Result<void> reconcile(Pair& pair, DistillBatch& batch);
  Result<void> find_length(DistillBatch& batch, double epsilon_correctness, double epsilon_authentication) const;
  Result<void> amplify(const Pair& pair, DistillBatch& batch);
  [[nodiscard]] SessionSettings settings(const DistillBatch& batch) const;

  DistillOptions options_;
  BlockChoice chosen_;
  CrcSpec crc_;
  AuthenticatedLink link_;
  const KeyLengthFormula* formula_;
  std::shared_ptr<CodeBook> codes_;
  std::uint64_t number_ = 0;  ///< of the batch
  DistillStages stages_;
  BitString key_;
};

}  // namespace caligo::cli
