// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Code construction: channel -> reliability order -> frozen set. One order serves every rate (nested codes).

#include <caligo/channel.hpp>
#include <caligo/code.hpp>
#include <caligo/error.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace caligo {

enum class ConstructionMethod {
  automatic,               ///< density evolution on the BSC, Gaussian approximation on AWGN, Bhattacharyya on the BEC
  density_evolution,       ///< exact for the int8 min-sum decoder; BSC with LLR = ±1 (AWGN quantised; BEC as 0, ±127)
  gaussian_approximation,  ///< Trifonov 2012 / Chung et al. 2001; AWGN only
  bhattacharyya,           ///< Arıkan 2009; exact on the BEC, a bound elsewhere
  polarization_weight,     ///< He et al. 2017, β = 2^(1/4); needs no channel
  nr5g,                    ///< 3GPP TS 38.212 table 5.3.1.2-1; N ≤ 1024, needs no channel
};

/// "automatic" (or "auto"), "density-evolution", "gaussian-approximation", "bhattacharyya", "polarization-weight",
/// "nr5g". Errors: invalid_argument, which lists the names.
Result<ConstructionMethod> parse_method(std::string_view name);
std::string to_string(ConstructionMethod method);

/// Positions by reliability for a mother length N = 2^n of which the last `shortened` code bits are known. Of two
/// equally reliable positions the higher index comes first.
struct ReliabilityOrder {
  unsigned n = 0;
  std::size_t shortened = 0;
  /// A permutation of 0 … N-1, most reliable first; the shortened tail is left out (N - shortened entries).
  std::vector<std::uint32_t> indices;
  /// P(bit i is decided wrongly by SC | all earlier right), natural order, N entries (0 in the shortened tail); an
  /// upper bound with Bhattacharyya outside the BEC; empty if the method has none.
  std::vector<float> error_probability;
  Provenance provenance;
};

/// Errors: invalid_argument (n outside 3 … 24, shortened not below N, channel outside the method's domain; Eb/N0 needs
/// resolve_rate() first), unsupported (nr5g with n > 10).
Result<ReliabilityOrder> construct_order(unsigned n, const Channel& channel, ConstructionMethod method,
                                         std::size_t shortened = 0);
/// The same through a cache on disk. Safely shared by concurrent processes; a corrupt or foreign file is recomputed.
/// Without a directory: $CALIGO_CACHE_DIR, $XDG_CACHE_HOME/caligo or ~/.cache/caligo; an unusable cache is no error.
/// Orders below n = 12 are not cached: computing them takes less time than reading them.
Result<ReliabilityOrder> construct_order_cached(unsigned n, const Channel& channel, ConstructionMethod method,
                                                std::size_t shortened = 0,
                                                const std::optional<std::filesystem::path>& directory = std::nullopt);
/// Text form: three header lines (N, channel kind awgn, bsc or bec, parameter), then N indices, most reliable first;
/// the format is in docs/formats/code.md. `source` names it in errors, which give the byte offset. Errors:
/// malformed_input.
Result<ReliabilityOrder> parse_order(std::string_view text, const std::string& source);

/// The code whose information set is the first message_bits (+ CRC width if embedded) indices of the order.
/// Errors: invalid_argument (says the largest possible message).
Result<CodeSpec> make_code(const ReliabilityOrder& order, std::size_t message_bits, const CrcSpec& crc,
                           CrcPlacement placement);

}  // namespace caligo
