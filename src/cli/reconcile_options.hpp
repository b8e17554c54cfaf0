// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The options of `caligo reconcile`: what they are, what they mean together, and the presets behind them.

#include <caligo/reconcile.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace CLI {
class App;
}

namespace caligo::cli {

struct ReconcileOptions {
  std::string alice;
  std::string bob;
  std::string key;
  std::string report;  ///< HTML page
  std::string preset = "balanced";
  std::string mode = "one-way";
  std::string qber_from = "auto";
  std::optional<double> qber;
  std::optional<unsigned> list_size;
  std::optional<unsigned> block_log2;
  std::optional<std::string> crc;
  std::optional<std::uint64_t> seed;
  std::optional<std::uint64_t> bits;
  std::optional<double> boldness;
  std::optional<unsigned> breadth;
  double target_fer = 1e-2;
  unsigned tag_bits = 64;
  unsigned threads = 1;
  std::size_t sample_bits = 4096;
  bool json = false;
};

/// A list size (0: no decoder), the log2 of the largest block or group, and what else a mode has to be told.
struct BlockChoice {
  unsigned list_size;
  unsigned block_log2;
  double boldness = 1;
  unsigned breadth = 0;  ///< CascadeParameters::breadth
};

/// Preset, mode, list and block length: the same in every command that reconciles. options.mode is the default.
void add_mode_options(CLI::App& sub, ReconcileOptions& options);
/// Describes all options to the parser, which writes to `options`.
void add_reconcile_options(CLI::App& sub, ReconcileOptions& options);
/// What the parser cannot judge alone. Errors: invalid_argument.
Result<void> check_options(const ReconcileOptions& options);
/// The preset for an input of `bits` bits, unless options say otherwise. Errors: invalid_argument.
Result<BlockChoice> choose_blocks(const ReconcileOptions& options, std::uint64_t bits);
/// The CRC that is named, or the mode's. Errors: invalid_argument (an unknown name).
Result<CrcSpec> choose_crc(const ReconcileOptions& options, const BlockChoice& chosen);
/// Both roles in the mode that is asked for. qber: as in Reconciler.
std::unique_ptr<Reconciler> make_reconciler(const ReconcileOptions& options, const BlockChoice& chosen,
                                            const CrcSpec& crc, std::optional<double> qber);

}  // namespace caligo::cli
