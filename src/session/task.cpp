// SPDX-License-Identifier: Apache-2.0
#include "session/task.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#include "reconcile/code_grid.hpp"
#include "session/interactive.hpp"
#include "session/wire.hpp"

namespace caligo::session {

namespace {

// Offsets in a disclosure.
constexpr std::size_t at_cell = 0;
constexpr std::size_t at_reserved = 2;
constexpr std::size_t at_sent = 4;
constexpr std::size_t at_frozen = 8;
constexpr std::size_t at_checksum = 12;
constexpr std::size_t at_id = 16;
constexpr std::size_t at_key = 24;
constexpr std::size_t at_tag = 72;
constexpr std::size_t checksum_bytes = 4;

template <class AnyDisclosure>
void write_head(const CodeName& name, const AnyDisclosure& disclosure, std::span<std::byte> out) noexcept {
  put(out, at_cell, name.cell);
  put(out, at_reserved, std::uint16_t{0});
  put(out, at_sent, name.sent);
  put(out, at_frozen, name.frozen);
  put(out, at_id, name.id);
  std::memcpy(out.data() + at_key, disclosure.key.words.data(), sizeof disclosure.key.words);
  put(out, at_tag, disclosure.tag);
  // At very low error rates nothing is frozen: no words, and no address to copy from.
  const auto values = std::as_bytes(disclosure.frozen_values.words()).first(bytes_for(name.frozen));
  std::copy(values.begin(), values.end(), out.begin() + disclosure_head_bytes);
}

/// False if a pad bit of the frozen values is set.
template <class AnyDisclosure>
bool read_head(std::span<const std::byte> message, std::size_t frozen, AnyDisclosure& disclosure) {
  std::memcpy(disclosure.key.words.data(), message.data() + at_key, sizeof disclosure.key.words);
  disclosure.tag = get<std::uint64_t>(message, at_tag);
  const auto values = message.subspan(disclosure_head_bytes, bytes_for(frozen));
  if (!is_packed(values, frozen)) return false;
  disclosure.frozen_values = read_bits(values, frozen);
  return true;
}

}  // namespace

bool is_packed(std::span<const std::byte> bytes, std::size_t bits) noexcept {
  if (bytes.size() != bytes_for(bits)) return false;
  return bits % 8 == 0 || std::to_integer<unsigned>(bytes.back()) >> (bits % 8) == 0;
}

BitString read_bits(std::span<const std::byte> bytes, std::size_t bits) {
  BitString result(bits);
  if (bits > 0) std::memcpy(result.words().data(), bytes.data(), bytes.size());
  return result;
}

std::size_t longest_message(const SessionSettings& settings, std::size_t code_bits) noexcept {
  if (settings.mode == SessionMode::interactive) return longest_question(code_bits);
  const std::size_t sent = reconcile::code_length(code_bits);
  const bool blind = settings.mode == SessionMode::blind;
  const std::size_t segments = blind ? std::bit_ceil(sent) >> SegmentedPlan::min_level : 0;
  return disclosure_head_bytes + bytes_for(sent) + checksum_bytes * segments;
}

std::size_t longest_message(const SessionSettings& settings, const Layout& layout) noexcept {
  const std::size_t disclosure = longest_message(settings, std::max<std::size_t>(layout.longest(), 8));
  const std::size_t closing = closing_head_bytes + bytes_for(layout.blocks());
  return std::max({disclosure, closing, bytes_for(settings.sample_bits)});
}

void write_disclosure(const CodeName& name, const Disclosure& disclosure, std::span<std::byte> out) noexcept {
  write_head(name, disclosure, out);
  put(out, at_checksum, disclosure.checksum);
}

void write_disclosure(const CodeName& name, const BlindDisclosure& disclosure, std::span<std::byte> out) noexcept {
  write_head(name, disclosure, out);
  put(out, at_checksum, std::uint32_t{0});
  std::size_t at = disclosure_head_bytes + bytes_for(name.frozen);
  for (const std::uint32_t checksum : disclosure.checksums) {
    put(out, at, checksum);
    at += checksum_bytes;
  }
}

std::optional<CodeName> read_code_name(std::span<const std::byte> message, std::size_t code_bits,
                                       SessionMode mode) noexcept {
  if (message.size() < disclosure_head_bytes || get<std::uint16_t>(message, at_reserved) != 0) return std::nullopt;
  const CodeName name{.cell = get<std::int16_t>(message, at_cell),
                      .sent = get<std::uint32_t>(message, at_sent),
                      .frozen = get<std::uint32_t>(message, at_frozen),
                      .id = get<std::uint64_t>(message, at_id)};
  if (!possible_name(name, code_bits)) return std::nullopt;
  const std::size_t least = disclosure_head_bytes + bytes_for(name.frozen);
  const bool right = mode == SessionMode::blind
                         ? message.size() > least && (message.size() - least) % checksum_bytes == 0
                         : message.size() == least;
  if (!right) return std::nullopt;
  return name;
}

void write_answer(const Answer& answer, std::span<std::byte> out) noexcept {
  put(out, 0, static_cast<std::uint32_t>(answer.kind));
  put(out, 4, answer.errors);
  put(out, 8, answer.count);
}

std::optional<Answer> read_answer(std::span<const std::byte> payload) noexcept {
  if (payload.size() < answer_head_bytes) return std::nullopt;
  const auto number = get<std::uint32_t>(payload, 0);
  if (number < 1 || number > static_cast<std::uint32_t>(AnswerKind::more)) return std::nullopt;
  const auto kind = static_cast<AnswerKind>(number);
  const Answer answer{kind, get<std::uint32_t>(payload, 4), get<std::uint32_t>(payload, 8)};
  const bool is_final = kind != AnswerKind::more;
  if (is_final && (payload.size() != answer_head_bytes || answer.count != 0)) return std::nullopt;
  return answer;
}

void Task::run() {
  done = true;
  answer = {AnswerKind::failed, 0, 0};
  rest.clear();
  if (mode == SessionMode::interactive) return run_interactive();
  const auto code = book->codes().rebuild(name, crc, mode);
  if (!code) return;
  if (mode == SessionMode::blind) {
    run_blind(*code);
  } else {
    run_one_way(*code);
  }
}

void Task::run_one_way(const std::shared_ptr<const Code>& code) {
  Disclosure disclosure;
  if (!read_head(in.bytes(), name.frozen, disclosure)) return;
  disclosure.checksum = get<std::uint32_t>(in.bytes(), at_checksum);
  auto corrector = book->codes().borrow(code, list_size, tag_bits);
  if (!corrector) return;
  const MutableBitView bits = store->block(block);
  const auto corrected = (*corrector)->correct(disclosure, bits);
  if (corrected && corrected->verified) {
    answer = {AnswerKind::verified, static_cast<std::uint32_t>(corrected->corrected), 0};
    key_bits = bits.size();
    epsilon = corrected->candidates * verification_epsilon(key_bits, tag_bits);
    std::ranges::copy((*corrector)->corrected().words(), bits.words().begin());
  }
  book->codes().give_back(code, list_size, tag_bits, std::move(*corrector));
}

bool Task::read_blind(const std::shared_ptr<const Code>& code) {
  if (message > 0) {
    if (!open || open->state() != BlindBlock::State::asking || !is_packed(in.bytes(), open->request().count)) {
      return false;
    }
    return open->answer(read_bits(in.bytes(), open->request().count)).has_value();
  }
  BlindDisclosure disclosure;
  if (!read_head(in.bytes(), name.frozen, disclosure)) return false;
  for (std::size_t at = disclosure_head_bytes + bytes_for(name.frozen); at < in.bytes().size(); at += checksum_bytes) {
    disclosure.checksums.push_back(get<std::uint32_t>(in.bytes(), at));
  }
  auto made = BlindBlock::make(code->blind, std::move(disclosure), store->block(block), tag_bits);
  if (!made) return false;
  open.emplace(std::move(*made));
  return true;
}

void Task::run_blind(const std::shared_ptr<const Code>& code) {
  if (!read_blind(code)) return drop();
  auto corrector = book->codes().borrow_blind(code, list_size, this);
  if (!corrector) return drop();
  const bool worked = (*corrector)->work(*open).has_value();
  if (worked && open->state() == BlindBlock::State::asking) {
    answer = {AnswerKind::more, open->request().segment, open->request().count};
    return book->codes().give_back_blind(code, list_size, this, std::move(*corrector));
  }
  if (worked && open->state() == BlindBlock::State::verified) {
    answer = {AnswerKind::verified, static_cast<std::uint32_t>(open->corrected_errors()), 0};
    key_bits = open->corrected().size();
    epsilon = verification_epsilon(key_bits, tag_bits);
    std::ranges::copy(open->corrected().words(), store->block(block).words().begin());
  }
  book->codes().give_back_blind(code, list_size, nullptr, std::move(*corrector));
  drop();
}

void Task::run_interactive() {
  std::span<const std::byte> question = in.bytes();
  const BitView bits = store->block(block);
  if (message == 0) {
    const auto wanted = read_parameters(question);
    if (!wanted || wanted->tag_bits != tag_bits) return;
    if (!cascade || *wanted != parameters) {
      cascade.reset();  // the old memory before the new
      auto made = CascadeBob::make(*wanted, most_bits);
      if (!made) return;
      cascade.emplace(std::move(*made));
      parameters = *wanted;
    }
    if (!cascade->begin(bits)) return;
    question = question.subspan(parameter_bytes);
  }
  if (!cascade) return;
  if (message > 0 && cascade->finished()) return finish_interactive();
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(question.data());
  if (!cascade->receive({bytes, question.size()}, cascade_answer)) return;
  answer = {AnswerKind::more, 0, 0};
  const auto out = std::as_bytes(std::span(cascade_answer));
  rest.assign(out.begin(), out.end());
  expected = cascade->finished() ? bytes_for(cascade->units().size()) : cascade->expected_bytes();
}

void Task::finish_interactive() {
  const auto units = cascade->units();
  if (!same_units(in.bytes(), units)) return;
  const KeptUnits kept = keep_verified(cascade->corrected(), units, store->block(block));
  if (kept.bits == 0) return;
  answer = {AnswerKind::verified, static_cast<std::uint32_t>(kept.errors), 0};
  key_bits = kept.bits;
  for (const CascadeUnit& unit : units) epsilon += unit.tags * verification_epsilon(unit.bits, tag_bits);
}

}  // namespace caligo::session
