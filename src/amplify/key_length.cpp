// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <caligo/channel.hpp>
#include <caligo/key_length.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace caligo {

namespace {

Error out_of_domain(std::string_view what, std::string_view expected, double found) {
  return {ErrorCode::invalid_argument, fmt::format("key length: {}: expected {}, got {}", what, expected, found)};
}

bool is_probability(double value) noexcept { return value > 0 && value < 1; }

/// Written so that NaN is refused.
Result<void> check(const KeyLengthInput& input) {
  if (input.key_bits == 0) return out_of_domain("key bits", "at least 1", 0);
  if (!(input.tolerated_qber >= 0 && input.tolerated_qber <= 0.5)) {
    return out_of_domain("tolerated QBER", "0 to 0.5", input.tolerated_qber);
  }
  if (input.observed_qber && !(*input.observed_qber >= 0 && *input.observed_qber <= 1)) {
    return out_of_domain("observed QBER", "0 to 1", *input.observed_qber);
  }
  if (!(input.leaked_bits >= 0 && std::isfinite(input.leaked_bits))) {
    return out_of_domain("leaked bits", "at least 0", input.leaked_bits);
  }
  if (!(input.preparation_quality >= 0 && input.preparation_quality <= 1)) {
    return out_of_domain("preparation quality", "0 to 1", input.preparation_quality);
  }
  if (!(is_probability(input.epsilon_secrecy))) {
    return out_of_domain("epsilon of secrecy", "between 0 and 1", input.epsilon_secrecy);
  }
  if (!(is_probability(input.epsilon_correctness))) {
    return out_of_domain("epsilon of correctness", "between 0 and 1", input.epsilon_correctness);
  }
  if (!(input.epsilon_authentication >= 0 && input.epsilon_authentication < 1)) {
    return out_of_domain("epsilon of authentication", "0 to 1", input.epsilon_authentication);
  }
  if (input.tag_bits && !(*input.tag_bits >= 0 && std::isfinite(*input.tag_bits))) {
    return out_of_domain("tag bits", "at least 0", *input.tag_bits);
  }
  return {};
}

Result<void> check_sample(const KeyLengthInput& input) {
  if (!input.observed_qber || *input.observed_qber <= input.tolerated_qber) return {};
  return Error{ErrorCode::no_key, fmt::format("no key: the sample has a QBER of {:.4f}, tolerated were {:.4f}",
                                              *input.observed_qber, input.tolerated_qber)};
}

Error nothing_left(const KeyLengthInput& input, double length, double phase_error) {
  return {ErrorCode::no_key,
          fmt::format("no key: {} bits with a phase error bound of {:.4f} and {:.0f} leaked bits leave {:.1f}; longer "
                      "blocks, larger samples or a lower QBER are needed",
                      input.key_bits, phase_error, input.leaked_bits, std::floor(length))};
}

double asymptotic(const KeyLengthInput& input) noexcept {
  return static_cast<double>(input.key_bits) * (input.preparation_quality - binary_entropy(input.tolerated_qber)) -
         input.leaked_bits;
}

class Tomamichel2012 final : public KeyLengthFormula {
 public:
  [[nodiscard]] std::string_view name() const noexcept override { return "tomamichel-2012"; }
  [[nodiscard]] std::string_view formula() const noexcept override {
    return "l = floor(n (q - h2(Q_tol + mu)) - leak_EC - log2(2 / (eps_sec^2 eps_cor))), "
           "mu = sqrt((n + k)/(n k) (k + 1)/k ln(4/eps_sec))";
  }
  [[nodiscard]] std::string_view source() const noexcept override {
    return "Tomamichel, Lim, Gisin, Renner, Tight finite-key analysis for quantum cryptography, Nat. Commun. 3, 634 "
           "(2012), arXiv:1103.4130, eq. (2)";
  }
  [[nodiscard]] Result<KeyLength> length(const KeyLengthInput& input) const override {
    if (auto checked = check(input); !checked) return checked.error();
    if (input.sample_bits == 0) return out_of_domain("sample bits", "at least 1", 0);
    if (auto sampled = check_sample(input); !sampled) return sampled.error();
    const auto n = static_cast<double>(input.key_bits);
    const auto k = static_cast<double>(input.sample_bits);
    const double secrecy = input.epsilon_secrecy;
    KeyLength result;
    result.deviation = std::sqrt((n + k) / (n * k) * ((k + 1) / k) * std::log(4 / secrecy));
    result.phase_error_bound = input.tolerated_qber + result.deviation;
    result.asymptotic_bits = asymptotic(input);
    // h₂ falls again beyond ½, where the bound says nothing.
    const double entropy = binary_entropy(std::min(result.phase_error_bound, 0.5));
    const double tag = input.tag_bits ? *input.tag_bits : std::log2(2 / input.epsilon_correctness);
    const double length = n * (input.preparation_quality - entropy) - input.leaked_bits - tag + 2 * std::log2(secrecy);
    if (!(length >= 1)) return nothing_left(input, length, result.phase_error_bound);
    result.bits = static_cast<std::uint64_t>(std::floor(length));
    result.epsilon_total = secrecy + input.epsilon_correctness + input.epsilon_authentication;
    result.epsilon = {
        {"secrecy", secrecy, "distance of Alice's key from uniform and independent of the eavesdropper"},
        {"smoothing", secrecy / 4, "part of secrecy, twice: includes parameter estimation"},
        {"parameter_estimation", secrecy * secrecy / 16,
         "part of smoothing, its square: the key has more phase errors than the bound"},
        {"privacy_amplification", secrecy / 2, "part of secrecy: leftover hash lemma"},
        {"correctness", input.epsilon_correctness, "the keys differ although they were verified"},
        {"authentication", input.epsilon_authentication, "a forged frame was accepted"},
    };
    return result;
  }
};

class Asymptotic final : public KeyLengthFormula {
 public:
  [[nodiscard]] std::string_view name() const noexcept override { return "asymptotic"; }
  [[nodiscard]] std::string_view formula() const noexcept override {
    return "l = floor(n (q - h2(Q_tol)) - leak_EC): the limit of infinite blocks, no bound for finite ones";
  }
  [[nodiscard]] std::string_view source() const noexcept override {
    return "Shor, Preskill, Simple proof of security of the BB84 quantum key distribution protocol, Phys. Rev. Lett. "
           "85, "
           "441 (2000)";
  }
  [[nodiscard]] Result<KeyLength> length(const KeyLengthInput& input) const override {
    if (auto checked = check(input); !checked) return checked.error();
    if (auto sampled = check_sample(input); !sampled) return sampled.error();
    KeyLength result;
    result.asymptotic_bits = asymptotic(input);
    result.phase_error_bound = input.tolerated_qber;
    if (!(result.asymptotic_bits >= 1)) return nothing_left(input, result.asymptotic_bits, input.tolerated_qber);
    result.bits = static_cast<std::uint64_t>(std::floor(result.asymptotic_bits));
    result.epsilon_total = 1;  // says nothing about secrecy
    result.epsilon = {{"secrecy", 1, "not bounded by this formula"},
                      {"correctness", input.epsilon_correctness, "the keys differ although they were verified"},
                      {"authentication", input.epsilon_authentication, "a forged frame was accepted"}};
    return result;
  }
};

}  // namespace

const KeyLengthFormula& tomamichel_2012() noexcept {
  static const Tomamichel2012 formula;
  return formula;
}

const KeyLengthFormula& asymptotic_key_length() noexcept {
  static const Asymptotic formula;
  return formula;
}

Result<const KeyLengthFormula*> parse_key_length_formula(std::string_view name) {
  for (const KeyLengthFormula* formula : {&tomamichel_2012(), &asymptotic_key_length()}) {
    if (name == formula->name()) return formula;
  }
  return Error{ErrorCode::invalid_argument, "unknown key length formula (expected tomamichel-2012 or asymptotic)"};
}

}  // namespace caligo
