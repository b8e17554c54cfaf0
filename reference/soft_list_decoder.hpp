// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Soft-output list decoding (SO-SCL), written to be read: the oracle of SoftDecoder.
///
/// Source: Yuan, Duffy, Médard, "Soft-output successive cancellation list decoding", arXiv:2412.03623. The decoder
/// keeps account of the probability of what it throws away: a pruned node that lies above c leaves of which the
/// fraction 2^-F satisfies the F frozen bits still to come adds P(node)·2^-F to the unvisited part of the codebook.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

#include "reference/list_decoder.hpp"

namespace caligo::reference {

struct SoftOptions {
  bool exact_boxplus = true;  ///< 2·atanh(tanh(a/2)·tanh(b/2)) instead of sign·sign·min
  bool exact_metric = true;   ///< -ln P(bit | earlier bits) instead of the max-log penalty
};

/// ln(e^a + e^b).
inline double log_add(double a, double b) {
  const double high = std::max(a, b);
  return std::isinf(high) ? high : high + std::log1p(std::exp(-std::fabs(a - b)));
}

inline double soft_f(double a, double b, const SoftOptions& options) {
  const double least = std::min(std::fabs(a), std::fabs(b));
  const double min_sum = (a < 0) != (b < 0) ? -least : least;
  if (!options.exact_boxplus) return min_sum;
  return min_sum + std::log1p(std::exp(-std::fabs(a + b))) - std::log1p(std::exp(-std::fabs(a - b)));
}

/// -ln P(bit) for a bit whose LLR is `llr`, up to a constant if it is not exact.
inline double soft_price(double llr, bool bit, const SoftOptions& options) {
  const double against = std::max(0.0, bit ? llr : -llr);
  return options.exact_metric ? against + std::log1p(std::exp(-std::fabs(llr))) : against;
}

/// The LLR of u[index] given the code bits' LLRs and u[0 … index), by the recursive definition.
inline double decision_llr(const std::vector<double>& llr, std::span<const std::uint8_t> u, std::size_t index,
                           const SoftOptions& options) {
  if (llr.size() == 1) return llr[0];
  const std::size_t half = llr.size() / 2;
  std::vector<double> child(half);
  if (index < half) {
    for (std::size_t i = 0; i < half; ++i) child[i] = soft_f(llr[i], llr[i + half], options);
    return decision_llr(child, u, index, options);
  }
  const Bits left = transform(Bits(u.begin(), u.begin() + static_cast<std::ptrdiff_t>(half)));
  for (std::size_t i = 0; i < half; ++i) child[i] = llr[i + half] + (left[i] != 0 ? -llr[i] : llr[i]);
  return decision_llr(child, u.subspan(half), index - half, options);
}

struct SoftPath {
  double metric = 0;  ///< -ln P(u so far | LLRs); with max-log penalties up to a constant
  Bits u;             ///< all N entries, decided from the left
};

struct SoftList {
  std::vector<SoftPath> paths;  ///< by lane
  double log_unvisited = -std::numeric_limits<double>::infinity();
  double closest = std::numeric_limits<double>::infinity();  ///< least gap between a kept and a discarded metric
};

/// frozen, values: N entries each. sent: code bits that are not shortened; the known tail fixes its own u, so these
/// frozen bits carry no information and do not count in F. llr: N entries, the tail large and positive.
inline SoftList soft_list_decode(const Bits& frozen, const Bits& values, std::size_t sent, std::size_t list_size,
                                 const std::vector<double>& llr, const SoftOptions& options = {}) {
  struct Candidate {
    double metric;
    bool against;
    std::size_t parent;
    std::uint8_t bit;
  };
  SoftList list;
  list.paths.push_back({0.0, Bits(llr.size(), 0)});
  for (std::size_t i = 0; i < llr.size(); ++i) {
    std::vector<Candidate> candidates;
    for (std::size_t p = 0; p < list.paths.size(); ++p) {
      const auto& path = list.paths[p];
      const double lambda = decision_llr(llr, path.u, i, options);
      const auto candidate = [&](std::uint8_t bit) {
        candidates.push_back({path.metric + soft_price(lambda, bit != 0, options), (bit != 0) != (lambda < 0), p, bit});
      };
      if (frozen[i] != 0) {
        candidate(values[i]);
      } else {
        candidate(0);
        candidate(1);
      }
    }
    if (candidates.size() > list_size && frozen[i] == 0) {
      std::ranges::sort(candidates, {}, [](const Candidate& c) { return std::tuple(c.metric, c.against, c.parent); });
      list.closest = std::min(list.closest, candidates[list_size].metric - candidates[list_size - 1].metric);
      const auto to_come = std::count(frozen.begin() + static_cast<std::ptrdiff_t>(i),
                                      frozen.begin() + static_cast<std::ptrdiff_t>(sent), 1);
      for (std::size_t c = list_size; c < candidates.size(); ++c) {
        list.log_unvisited =
            log_add(list.log_unvisited, -candidates[c].metric - static_cast<double>(to_come) * std::log(2.0));
      }
      candidates.resize(list_size);
    }
    std::vector<SoftPath> next;
    for (const auto& c : candidates) {
      next.push_back({c.metric, list.paths[c.parent].u});
      next.back().u[i] = c.bit;
    }
    list.paths = std::move(next);
  }
  return list;
}

/// ln P(0)/P(1) per code bit: the paths that count (those of right checksum) with their probabilities, and the
/// unvisited part of the codebook, of which a checksum of `checksum_bits` leaves the fraction 2^-checksum_bits, with
/// the bit's own LLR. counts: one entry per path.
inline std::vector<double> soft_posterior(const SoftList& list, const std::vector<bool>& counts, unsigned checksum_bits,
                                          const std::vector<double>& llr) {
  const double unvisited = list.log_unvisited - checksum_bits * std::log(2.0);
  std::vector<double> zero(llr.size());
  std::vector<double> one(llr.size());
  for (std::size_t i = 0; i < llr.size(); ++i) {
    zero[i] = unvisited - soft_price(llr[i], false, {});
    one[i] = unvisited - soft_price(llr[i], true, {});
  }
  for (std::size_t p = 0; p < list.paths.size(); ++p) {
    if (!counts[p]) continue;
    const Bits x = transform(list.paths[p].u);
    for (std::size_t i = 0; i < llr.size(); ++i) {
      double& sum = x[i] != 0 ? one[i] : zero[i];
      sum = log_add(sum, -list.paths[p].metric);
    }
  }
  std::vector<double> posterior(llr.size());
  for (std::size_t i = 0; i < llr.size(); ++i) posterior[i] = zero[i] - one[i];
  return posterior;
}

}  // namespace caligo::reference
