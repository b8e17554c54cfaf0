// SPDX-License-Identifier: Apache-2.0
#pragma once
/// How many secret bits a finite block gives. Formulas are objects, so that others can be put in their place.

#include <caligo/error.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace caligo {

/// What a run of the protocol gave, and what is demanded of its key.
struct KeyLengthInput {
  std::uint64_t key_bits = 0;     ///< n: reconciled bits that privacy amplification starts from
  std::uint64_t sample_bits = 0;  ///< k: bits of the other basis that were disclosed and compared
  /// Q_tol: the protocol stops if the sample has more errors; fixed before the run, in [0, 0.5].
  double tolerated_qber = 0;
  /// Share of errors that the sample had. Above tolerated_qber there is no key.
  std::optional<double> observed_qber;
  /// Bits disclosed about the key, without the verification tag: Leakage::total() - Leakage::tag for all of them.
  double leaked_bits = 0;
  /// q: how well Alice's two bases are conjugate, log2 of 1 over the largest overlap of two elements; 1 for ideal BB84.
  double preparation_quality = 1;
  /// Wanted bound of the secrecy error, in (0, 1).
  double epsilon_secrecy = 1e-12;
  /// Bound of the probability that the two keys differ and nobody notices: verification_epsilon() of the blocks,
  /// summed.
  double epsilon_correctness = 1e-12;
  /// Bound of the probability that a forged frame was taken for an authentic one; part of the total.
  double epsilon_authentication = 0;
  /// Bits of the verification tags. Without them the formula's log2(2/ε_cor) counts, which holds for tags of
  /// ⌈log2(1/ε_cor)⌉ bits.
  std::optional<double> tag_bits;
};

/// A named share of the failure probability.
struct EpsilonPart {
  std::string_view name;
  double value = 0;
  std::string_view meaning;
};

struct KeyLength {
  std::uint64_t bits = 0;            ///< ℓ, at least 1
  double phase_error_bound = 0;      ///< what Q_tol was raised to
  double deviation = 0;              ///< μ
  double asymptotic_bits = 0;        ///< n·(q - h₂(Q_tol)) - leaked: what the same rates give without end
  double epsilon_total = 0;          ///< distance from an ideal key: the sum of secrecy, correctness, authentication
  std::vector<EpsilonPart> epsilon;  ///< all of them; those that are parts of another one say so
};

class KeyLengthFormula {
 public:
  KeyLengthFormula() = default;
  KeyLengthFormula(const KeyLengthFormula&) = delete;
  KeyLengthFormula& operator=(const KeyLengthFormula&) = delete;
  virtual ~KeyLengthFormula() = default;
  /// Short, for options and reports.
  [[nodiscard]] virtual std::string_view name() const noexcept = 0;
  /// One line of text.
  [[nodiscard]] virtual std::string_view formula() const noexcept = 0;
  /// Authors, title, number of the equation.
  [[nodiscard]] virtual std::string_view source() const noexcept = 0;
  /// Errors: invalid_argument (an input outside its domain), no_key (nothing is left, or observed_qber is above
  /// tolerated_qber; says what is missing).
  [[nodiscard]] virtual Result<KeyLength> length(const KeyLengthInput& input) const = 0;
};

/// The default: BB84 against general attacks, M. Tomamichel, C. C. W. Lim, N. Gisin and R. Renner, "Tight finite-key
/// analysis for quantum cryptography", Nature Communications 3 (2012) 634, arXiv:1103.4130, eq. (2):
///
///     ℓ = ⌊n·(q - h₂(Q_tol + μ)) - leak_EC - log2(2/(ε_sec²·ε_cor))⌋,
///     μ = √((n + k)/(n·k) · (k + 1)/k · ln(4/ε_sec)).
///
/// Of ε_sec one half is the leftover hash lemma's ½·√2^(ℓ - H), and the other is twice the smoothing, which covers
/// samples that err by more than μ (Serfling's bound): ε_smooth = exp(-μ²·n·k²/((n + k)(k + 1))) = ε_sec/4.
[[nodiscard]] const KeyLengthFormula& tomamichel_2012() noexcept;
/// n·(q - h₂(Q_tol)) - leaked (Shor and Preskill 2000): a limit to compare with, not a statement about any finite key.
[[nodiscard]] const KeyLengthFormula& asymptotic_key_length() noexcept;
/// "tomamichel-2012" or "asymptotic". Errors: invalid_argument (lists the names).
Result<const KeyLengthFormula*> parse_key_length_formula(std::string_view name);

}  // namespace caligo
