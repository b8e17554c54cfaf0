// SPDX-License-Identifier: Apache-2.0
/// Privacy amplification and the length of the key.

#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <caligo/amplify.hpp>
#include <caligo/key_length.hpp>

#include <string>

#include "arrays.hpp"
#include "bits.hpp"
#include "errors.hpp"
#include "session_bind.hpp"

namespace nb = nanobind;
using namespace nb::literals;

namespace caligo::python {

namespace {

HashForm parse_form(const std::string& name) {
  if (name == "modified-toeplitz") return HashForm::modified_toeplitz;
  if (name == "toeplitz") return HashForm::toeplitz;
  throw nb::value_error(("form: expected 'modified-toeplitz' or 'toeplitz', got '" + name + "'").c_str());
}

void check_lengths(std::size_t input_bits, std::size_t output_bits) {
  if (output_bits >= 1 && output_bits <= input_bits) return;
  throw nb::value_error(("output_bits: expected 1 to " + std::to_string(input_bits) + ", the bits of the input, got " +
                         std::to_string(output_bits))
                            .c_str());
}

std::size_t seed_bits(std::size_t input_bits, std::size_t output_bits, const std::string& form) {
  check_lengths(input_bits, output_bits);
  return amplification_seed_bits(input_bits, output_bits, parse_form(form));
}

nb::any amplify(nb::handle bits, std::size_t input_bits, std::size_t output_bits, nb::handle seed,
                const std::string& form, std::size_t max_bytes, bool bit_packed) {
  const BitString input = read_bits(bits, "bits", bit_packed, input_bits);
  check_lengths(input.size(), output_bits);
  const HashForm hash = parse_form(form);
  const std::size_t wanted = amplification_seed_bits(input.size(), output_bits, hash);
  const BitString hash_seed = wanted == 0 ? BitString() : read_bits(seed, "seed", bit_packed, bit_packed ? wanted : 0);
  if (hash_seed.size() != wanted) {
    throw nb::value_error(
        ("seed: expected " + std::to_string(wanted) + " bits, got " + std::to_string(hash_seed.size())).c_str());
  }
  BitString output(output_bits);
  Result<void> done;
  {
    const nb::gil_scoped_release unlocked;
    auto amplifier =
        Amplifier::make({.input_bits = input.size(), .output_bits = output_bits, .form = hash, .max_bytes = max_bytes});
    done = amplifier ? amplifier->amplify(input, hash_seed, output) : Result<void>(amplifier.error());
  }
  check(done);
  return as_any(write_bits(output, bit_packed));
}

nb::any fresh_seed(std::size_t bits, bool bit_packed) {
  return as_any(write_bits(take(fresh_amplification_seed(bits)), bit_packed));
}

nb::dict key_length(std::uint64_t key_bits, std::uint64_t sample_bits, double tolerated_qber,
                    std::optional<double> observed_qber, double leaked_bits, double epsilon_secrecy,
                    double epsilon_correctness, double epsilon_authentication, std::optional<double> tag_bits,
                    double preparation_quality, const std::string& formula_name) {
  const KeyLengthFormula* const formula = take(parse_key_length_formula(formula_name));
  const KeyLength length = take(formula->length({.key_bits = key_bits,
                                                 .sample_bits = sample_bits,
                                                 .tolerated_qber = tolerated_qber,
                                                 .observed_qber = observed_qber,
                                                 .leaked_bits = leaked_bits,
                                                 .preparation_quality = preparation_quality,
                                                 .epsilon_secrecy = epsilon_secrecy,
                                                 .epsilon_correctness = epsilon_correctness,
                                                 .epsilon_authentication = epsilon_authentication,
                                                 .tag_bits = tag_bits}));
  nb::dict parts;
  for (const EpsilonPart& part : length.epsilon) {
    parts[nb::str(part.name.data(), part.name.size())] = part.value;
  }
  nb::dict dict;
  dict["bits"] = length.bits;
  dict["phase_error_bound"] = length.phase_error_bound;
  dict["deviation"] = length.deviation;
  dict["asymptotic_bits"] = length.asymptotic_bits;
  dict["epsilon_total"] = length.epsilon_total;
  dict["epsilon"] = parts;
  dict["formula"] = std::string(formula->formula());
  dict["source"] = std::string(formula->source());
  return dict;
}

}  // namespace

void bind_amplify(nb::module_& module) {
  module.def("amplification_seed_bits", &seed_bits, "input_bits"_a, "output_bits"_a, "form"_a);
  module.def("fresh_amplification_seed", &fresh_seed, "bits"_a, "bit_packed"_a);
  module.def("amplify", &amplify, "bits"_a.none(), "input_bits"_a, "output_bits"_a, "seed"_a.none(), "form"_a,
             "max_bytes"_a, "bit_packed"_a);
  module.def("key_length", &key_length, "key_bits"_a, "sample_bits"_a, "tolerated_qber"_a, "observed_qber"_a.none(),
             "leaked_bits"_a, "epsilon_secrecy"_a, "epsilon_correctness"_a, "epsilon_authentication"_a,
             "tag_bits"_a.none(), "preparation_quality"_a, "formula"_a);
}

}  // namespace caligo::python
