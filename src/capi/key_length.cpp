// SPDX-License-Identifier: Apache-2.0
#include <caligo/c/key.h>
#include <caligo/key_length.hpp>

#include "capi/boundary.hpp"

namespace capi = caligo::capi;
using caligo::Result;

namespace caligo::capi {

namespace {

KeyLengthInput from_c(const caligo_key_length_input& given) noexcept {
  KeyLengthInput input;
  input.key_bits = given.key_bits;
  input.sample_bits = given.sample_bits;
  input.tolerated_qber = given.tolerated_qber;
  if (given.has_observed_qber != 0) input.observed_qber = given.observed_qber;
  input.leaked_bits = given.leaked_bits;
  if (given.preparation_quality != 0) input.preparation_quality = given.preparation_quality;
  if (given.epsilon_secrecy != 0) input.epsilon_secrecy = given.epsilon_secrecy;
  if (given.epsilon_correctness != 0) input.epsilon_correctness = given.epsilon_correctness;
  input.epsilon_authentication = given.epsilon_authentication;
  if (given.has_tag_bits != 0) input.tag_bits = given.tag_bits;
  return input;
}

caligo_key_length_result to_c(const KeyLength& length) noexcept {
  caligo_key_length_result result{};
  result.bits = length.bits;
  result.phase_error_bound = length.phase_error_bound;
  result.deviation = length.deviation;
  result.asymptotic_bits = length.asymptotic_bits;
  result.epsilon_total = length.epsilon_total;
  for (const EpsilonPart& part : length.epsilon) {
    if (result.part_count == CALIGO_EPSILON_PARTS) break;
    // The library's own formulas name their parts by literals, which end in NUL.
    result.parts[result.part_count++] = {.name = part.name.data(), .meaning = part.meaning.data(), .value = part.value};
  }
  return result;
}

}  // namespace

}  // namespace caligo::capi

caligo_error caligo_key_length(const char* formula, const caligo_key_length_input* input,
                               caligo_key_length_result* result) {
  return capi::guarded([&]() -> Result<void> {
    if (auto there = capi::need(input, "input"); !there) return there;
    auto read = capi::read_struct(input, "input");
    if (!read) return std::move(read).error();
    auto wanted = caligo::parse_key_length_formula(capi::text_or(formula, "tomamichel-2012"));
    if (!wanted) return std::move(wanted).error();
    auto length = (*wanted)->length(capi::from_c(*read));
    if (!length) return std::move(length).error();
    return capi::write_struct(capi::to_c(*length), result, "result");
  });
}
