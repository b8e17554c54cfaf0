// SPDX-License-Identifier: Apache-2.0
// Both roles of Cascade under messages that were cut, stretched, changed or made up: an error or a wrong correction
// that the tag finds, never more than the group can take.
#include <caligo/cascade.hpp>

#include <algorithm>

#include "tests/fuzz/targets.hpp"

namespace caligo::fuzz {
namespace {

CascadeParameters read_parameters(Input& input) {
  CascadeParameters p;
  p.log2_block = 8 + static_cast<unsigned>(input.below(3));
  p.log2_first = 1 + static_cast<unsigned>(input.below(p.log2_block - 1));
  p.log2_second = p.log2_first + static_cast<unsigned>(input.below(p.log2_block - p.log2_first));
  p.subsets = static_cast<unsigned>(input.below(10));
  p.retry_subsets = 1 + static_cast<unsigned>(input.below(6));
  p.retries = static_cast<unsigned>(input.below(4));
  p.breadth = static_cast<unsigned>(input.below(3));
  p.unit_blocks = 1 + static_cast<unsigned>(input.below(3));
  p.shuffle = input.byte();
  return p;
}

/// True if the message is no longer what was sent.
bool damage(Input& input, CascadeMessage& message) {
  switch (input.below(8)) {
    case 0:
      message.resize(input.below(message.size() + 1));
      return true;
    case 1:
      message.push_back(input.byte());
      return true;
    case 2:
      for (auto& byte : message) byte = input.byte();
      return true;
    case 3:
      std::ranges::fill(message, input.one_in(2) ? std::uint8_t{0xff} : std::uint8_t{0});
      return true;
    case 4:
    case 5:
      if (!message.empty()) message[input.below(message.size())] ^= static_cast<std::uint8_t>(1U << input.below(8));
      return true;
    default:
      return false;
  }
}

/// What a role does with a message: true if it took it. A refusal is for good.
template <class Role>
bool deliver(Role& role, const CascadeMessage& in, CascadeMessage& out) {
  const std::size_t expected = role.expected_bytes();
  const auto taken = role.receive(in, out);
  if (taken) {
    require(in.size() == expected, "a message of another length was taken");
    return true;
  }
  const ErrorCode code = taken.error().code;
  require(code == ErrorCode::size_mismatch || code == ErrorCode::malformed_input, "an odd kind of error");
  require((code == ErrorCode::size_mismatch) == (in.size() != expected), "the length is not what was refused");
  require(out.empty(), "an answer to a refused message");
  require(!role.finished() && role.expected_bytes() == 0, "a refused message was not the last");
  require(!role.receive(in, out), "a message was taken after one was refused");
  return false;
}

void check_units(const CascadeAlice& alice, const CascadeBob& bob, BitView x, bool damaged) {
  require(alice.units().size() == bob.units().size(), "the roles differ in their units");
  for (std::size_t i = 0; i < bob.units().size(); ++i) {
    const CascadeUnit& unit = bob.units()[i];
    if (!damaged) require(unit.verified == alice.units()[i].verified, "the roles differ in a verdict");
    if (!damaged) require(unit.corrected == alice.units()[i].corrected, "the roles differ in the errors found");
    if (!unit.verified) continue;
    const BitView key(bob.corrected().words().data() + unit.offset / 64, unit.bits);
    require(equal(key, {x.words().data() + unit.offset / 64, unit.bits}), "a wrong unit was verified");
  }
}

/// Each question halves an interval of one of the passes or opens one, so their number is bounded.
std::uint64_t most_questions(const CascadeParameters& p, std::size_t bits) {
  const std::uint64_t passes = 2 + 2 * (p.subsets + p.retries * p.retry_subsets);
  const std::uint64_t length = std::uint64_t{1} << p.log2_block;
  return passes * ((bits + length - 1) / length) * length;
}

}  // namespace

void cascade(Bytes bytes) {
  Input input(bytes);
  const CascadeParameters p = read_parameters(input);
  const std::size_t bits = 1 + input.below(std::size_t{3} << p.log2_block);
  BitString x(bits);
  BitString y(bits);
  input.random().fill(x);
  input.random().fill_bernoulli(y, static_cast<double>(input.byte()) / 1024);
  xor_into(y, x);
  auto alice = CascadeAlice::make(p, bits);
  auto bob = CascadeBob::make(p, bits);
  require(alice.has_value() && bob.has_value(), "valid parameters were refused");
  CascadeMessage question;
  CascadeMessage answer;
  require(bob->begin(y).has_value() && alice->begin(x, {.simulated = 5}, question).has_value(), "begin was refused");
  const bool honest = input.one_in(4);
  const std::uint64_t rounds_between = std::uint64_t{1} << input.below(8);
  bool damaged = false;
  while (!alice->finished()) {
    require(!bob->finished(), "Bob is finished before Alice");
    const bool now = !honest && input.random().below(rounds_between) == 0;
    if (now && damage(input, question)) damaged = true;
    if (!deliver(*bob, question, answer)) break;
    if (now && damage(input, answer)) damaged = true;
    if (!deliver(*alice, answer, question)) break;
    if (damaged && (alice->finished() || bob->finished())) break;
  }
  require(bob->traffic().parities <= most_questions(p, bits), "more questions than there are intervals");
  require(alice->traffic().parities <= most_questions(p, bits), "more questions than there are intervals");
  if (!damaged) require(alice->finished() && bob->finished(), "an honest run did not finish");
  if (!damaged) require(alice->traffic() == bob->traffic(), "the roles counted differently");
  check_units(*alice, *bob, x, damaged);
}

}  // namespace caligo::fuzz
