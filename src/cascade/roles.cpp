// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <sodium.h>
#include <caligo/cascade.hpp>

#include <cstring>
#include <utility>

#include "cascade/bit_stream.hpp"
#include "cascade/block_search.hpp"
#include "cascade/group.hpp"

namespace caligo {

namespace {

using cascade::BitReader;
using cascade::BitWriter;
using cascade::Block;
using cascade::Group;

/// A tag on the wire: the six words of its key, then the tag, little-endian.
constexpr std::size_t key_bytes = sizeof(VerificationKey::words);
constexpr std::size_t tag_bytes = key_bytes + sizeof(std::uint64_t);

enum class Phase : std::uint8_t { idle, running, finished, lost };

std::size_t question_bytes(const Group& group) noexcept {
  return bytes_for(group.due_parities()) + group.due_tags().size() * tag_bytes;
}
std::size_t answer_bytes(const Group& group) noexcept {
  return bytes_for(group.due_parities()) + bytes_for(group.due_tags().size());
}

Result<void> check_begin(const Group& group, BitView bits) {
  if (!bits.empty() && bits.size() <= group.max_bits()) return {};
  return Error{ErrorCode::size_mismatch,
               fmt::format("group: expected 1 to {} bits, got {}", group.max_bits(), bits.size())};
}

Result<void> check_phase(Phase phase) {
  if (phase == Phase::running) return {};
  const char* const why = phase == Phase::idle       ? "no group was begun"
                          : phase == Phase::finished ? "the group is finished"
                                                     : "an earlier message was refused";
  return Error{ErrorCode::invalid_argument, fmt::format("Cascade: expected no message, because {}", why)};
}

Result<void> check_length(const char* what, std::size_t expected, std::size_t found) {
  if (expected == found) return {};
  return Error{ErrorCode::size_mismatch, fmt::format("Cascade {}: expected {} bytes, got {}", what, expected, found)};
}

Error pad_error(const char* what) {
  return {ErrorCode::malformed_input, fmt::format("Cascade {}: expected zeros after the last bit of a byte", what)};
}

Error contradiction(const Group& group) {
  return {ErrorCode::malformed_input,
          fmt::format("Cascade: the parities of block {} contradict each other", group.broken_block())};
}

/// With a zero as the point or as the multiplier, the tag of most strings is the same: no honest key has one
/// (probability 2^-126), but a message of zeros would.
bool degenerate(const std::uint8_t* key) noexcept {
  constexpr std::uint64_t top = ~std::uint64_t{0} >> 1;
  for (std::size_t element = 0; element < 2; ++element) {
    std::uint64_t words[2];
    std::memcpy(words, key + element * sizeof words, sizeof words);
    words[1] &= top;
    if ((words[0] == 0 && words[1] == 0) || (words[0] == ~std::uint64_t{0} && words[1] == top)) return true;
  }
  return false;
}

/// A role's group, message after message.
struct Exchange {
  Exchange(const CascadeParameters& parameters, std::size_t max_bits, bool corrects)
      : group(parameters, max_bits, corrects) {}
  void begin(BitView bits) {
    group.load(bits);
    traffic = {};
    phase = Phase::running;
  }
  /// The bits of one question and of its answer.
  void count_round() {
    const std::uint64_t tags = group.due_tags().size();
    traffic.parities += group.due_parities();
    traffic.mismatches += group.due_parities();
    traffic.tags += tags * group.parameters().tag_bits;
    traffic.verdicts += tags;
  }
  Error lose(Error error) {
    phase = Phase::lost;
    return error;
  }
  Group group;
  CascadeTraffic traffic;
  Phase phase = Phase::idle;
};

Result<void> check_make(const CascadeParameters& parameters, std::size_t max_bits) {
  if (auto checked = check_cascade(parameters); !checked) return checked;
  if (max_bits >= 1 && max_bits <= max_cascade_bits) return {};
  return Error{ErrorCode::invalid_argument,
               fmt::format("Cascade: expected groups of 1 to {} bits, got {}", max_cascade_bits, max_bits)};
}

/// Alice's side of a round: Bob's answers come in, her questions go out.
class AliceLink {
 public:
  AliceLink(std::span<const std::uint8_t> answers, CascadeMessage& questions) : in_(answers), out_(questions) {}
  template <class Own>
  bool answer(Own) noexcept {
    return in_.get();
  }
  std::uint64_t take(unsigned count) noexcept { return in_.get(count); }
  template <class Own>
  static std::uint64_t answer(std::uint64_t taken, Own) noexcept {
    return taken;
  }
  void reply(std::uint64_t, unsigned) noexcept {}
  void ask(bool parity) { out_.put(parity); }
  void ask(std::uint64_t parities, unsigned count) { out_.put(parities, count); }
  void finish() { out_.finish(); }

 private:
  BitReader in_;
  BitWriter out_;
};

/// Bob's side: her parities come in; whether his differ goes out.
class BobLink {
 public:
  BobLink(std::span<const std::uint8_t> questions, CascadeMessage& answers) : in_(questions), out_(answers) {}
  template <class Own>
  bool answer(Own own) {
    const bool differs = own() != in_.get();
    out_.put(differs);
    return differs;
  }
  std::uint64_t take(unsigned count) noexcept { return in_.get(count); }
  template <class Own>
  static std::uint64_t answer(std::uint64_t taken, Own own) noexcept {
    return taken ^ std::uint64_t{own()};
  }
  void reply(std::uint64_t answers, unsigned count) { out_.put(answers, count); }
  void ask(bool) noexcept {}
  void ask(std::uint64_t, unsigned) noexcept {}
  void finish() { out_.finish(); }

 private:
  BitReader in_;
  BitWriter out_;
};

}  // namespace

CascadeTraffic& CascadeTraffic::operator+=(const CascadeTraffic& other) noexcept {
  parities += other.parities;
  tags += other.tags;
  mismatches += other.mismatches;
  verdicts += other.verdicts;
  messages += other.messages;
  return *this;
}

// ---- Alice

struct CascadeAlice::State : Exchange {
  using Exchange::Exchange;

  Result<void> append_tags(CascadeMessage& message) {
    for (const std::uint32_t unit : group.due_tags()) {
      VerificationKey key;
      if (keys.simulated) {
        key = VerificationKey::simulated(*keys.simulated, keys.next++);
      } else {
        auto fresh = VerificationKey::fresh();
        if (!fresh) return fresh.error();
        key = *fresh;
      }
      const std::uint64_t tag = verification_tag(group.unit_bits(unit), key, group.parameters().tag_bits);
      const std::size_t at = message.size();
      message.resize(at + tag_bytes);
      std::memcpy(message.data() + at, key.words.data(), key_bytes);
      std::memcpy(message.data() + at + key_bytes, &tag, sizeof tag);
    }
    return {};
  }
  CascadeKeys keys;
};

CascadeAlice::CascadeAlice(std::unique_ptr<State> state) noexcept : state_(std::move(state)) {}
CascadeAlice::CascadeAlice(CascadeAlice&&) noexcept = default;
CascadeAlice& CascadeAlice::operator=(CascadeAlice&&) noexcept = default;
CascadeAlice::~CascadeAlice() = default;

Result<CascadeAlice> CascadeAlice::make(const CascadeParameters& parameters, std::size_t max_bits) {
  if (auto checked = check_make(parameters, max_bits); !checked) return checked.error();
  return CascadeAlice(std::make_unique<State>(parameters, max_bits, false));
}

Result<void> CascadeAlice::begin(BitView x, CascadeKeys keys, CascadeMessage& question) {
  if (auto checked = check_begin(state_->group, x); !checked) return checked;
  state_->begin(x);
  state_->keys = keys;
  question.clear();
  AliceLink link({}, question);
  state_->group.for_each_block([&](const Block& block) { block.ask(link); });
  link.finish();
  state_->traffic.messages = 1;
  return {};
}

Result<void> CascadeAlice::receive(std::span<const std::uint8_t> answer, CascadeMessage& question) {
  State& state = *state_;
  Group& group = state.group;
  question.clear();
  if (auto checked = check_phase(state.phase); !checked) return checked;
  const std::size_t split = bytes_for(group.due_parities());
  if (auto checked = check_length("answer", answer_bytes(group), answer.size()); !checked) {
    return state.lose(checked.error());
  }
  if (!cascade::pad_is_zero(answer, group.due_parities()) ||
      !cascade::pad_is_zero(answer.subspan(split), group.due_tags().size())) {
    return state.lose(pad_error("answer"));
  }
  state.count_round();
  ++state.traffic.messages;
  AliceLink link(answer.first(split), question);
  BitReader verdicts(answer.subspan(split));
  const bool consistent =
      group.step([&](Block& block) { block.settle(link); }, [&](std::uint32_t) { return verdicts.get(); },
                 [&](const Block& block) { block.ask(link); });
  if (!consistent) {
    question.clear();
    return state.lose(contradiction(group));
  }
  link.finish();
  if (auto appended = state.append_tags(question); !appended) {
    question.clear();
    return state.lose(appended.error());
  }
  if (group.finished()) {
    state.phase = Phase::finished;
  } else {
    ++state.traffic.messages;
  }
  return {};
}

bool CascadeAlice::finished() const noexcept { return state_->phase == Phase::finished; }
std::size_t CascadeAlice::expected_bytes() const noexcept {
  return state_->phase == Phase::running ? answer_bytes(state_->group) : 0;
}
const CascadeTraffic& CascadeAlice::traffic() const noexcept { return state_->traffic; }
std::span<const CascadeUnit> CascadeAlice::units() const noexcept { return state_->group.units(); }

// ---- Bob

struct CascadeBob::State : Exchange {
  State(const CascadeParameters& parameters, std::size_t max_bits) : Exchange(parameters, max_bits, true) {}
  ~State() {
    if (!corrected.empty()) sodium_memzero(corrected.words().data(), corrected.words().size_bytes());
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  /// Puts a unit where corrected() shows it, and compares its tag.
  bool verify(std::uint32_t unit, const std::uint8_t* bytes) {
    const BitView mine = group.unit_bits(unit);
    std::memcpy(corrected.words().data() + group.units()[unit].offset / 64, mine.words().data(),
                mine.words().size_bytes());
    VerificationKey key;
    std::memcpy(key.words.data(), bytes, key_bytes);
    const std::uint64_t tag = verification_tag(mine, key, group.parameters().tag_bits);
    return sodium_memcmp(&tag, bytes + key_bytes, sizeof tag) == 0;
  }
  BitString corrected;
};

CascadeBob::CascadeBob(std::unique_ptr<State> state) noexcept : state_(std::move(state)) {}
CascadeBob::CascadeBob(CascadeBob&&) noexcept = default;
CascadeBob& CascadeBob::operator=(CascadeBob&&) noexcept = default;
CascadeBob::~CascadeBob() = default;

Result<CascadeBob> CascadeBob::make(const CascadeParameters& parameters, std::size_t max_bits) {
  if (auto checked = check_make(parameters, max_bits); !checked) return checked.error();
  return CascadeBob(std::make_unique<State>(parameters, max_bits));
}

Result<void> CascadeBob::begin(BitView y) {
  if (auto checked = check_begin(state_->group, y); !checked) return checked;
  state_->begin(y);
  if (state_->corrected.size() != y.size()) state_->corrected = BitString(y.size());
  return {};
}

Result<void> CascadeBob::receive(std::span<const std::uint8_t> question, CascadeMessage& answer) {
  State& state = *state_;
  Group& group = state.group;
  answer.clear();
  if (auto checked = check_phase(state.phase); !checked) return checked;
  if (auto checked = check_length("question", question_bytes(group), question.size()); !checked) {
    return state.lose(checked.error());
  }
  const std::size_t split = bytes_for(group.due_parities());
  if (!cascade::pad_is_zero(question, group.due_parities())) return state.lose(pad_error("question"));
  for (std::size_t at = split; at < question.size(); at += tag_bytes) {
    if (!degenerate(question.data() + at)) continue;
    return state.lose({ErrorCode::malformed_input, "Cascade question: the key of a tag is zero"});
  }
  state.count_round();
  state.traffic.messages += 2;
  BobLink link(question.first(split), answer);
  const std::uint8_t* tag = question.data() + split;
  std::vector<bool> verdicts;
  const bool consistent = group.step([&](Block& block) { block.settle(link); },
                                     [&](std::uint32_t unit) {
                                       verdicts.push_back(state.verify(unit, tag));
                                       tag += tag_bytes;
                                       return verdicts.back();
                                     },
                                     [](const Block&) {});
  if (!consistent) {
    answer.clear();
    return state.lose(contradiction(group));
  }
  link.finish();
  BitWriter verdict_writer(answer);
  for (const bool verdict : verdicts) verdict_writer.put(verdict);
  verdict_writer.finish();
  if (group.finished()) state.phase = Phase::finished;
  return {};
}

bool CascadeBob::finished() const noexcept { return state_->phase == Phase::finished; }
std::size_t CascadeBob::expected_bytes() const noexcept {
  return state_->phase == Phase::running ? question_bytes(state_->group) : 0;
}
const CascadeTraffic& CascadeBob::traffic() const noexcept { return state_->traffic; }
std::span<const CascadeUnit> CascadeBob::units() const noexcept { return state_->group.units(); }
BitView CascadeBob::corrected() const noexcept { return state_->corrected; }
std::size_t CascadeBob::memory_bytes() const noexcept {
  return state_->group.memory_bytes() + state_->corrected.words().size_bytes();
}

}  // namespace caligo
