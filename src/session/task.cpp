// SPDX-License-Identifier: Apache-2.0
#include "session/task.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

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

/// Empty if a pad bit is set.
std::optional<Disclosure> read_disclosure(std::span<const std::byte> message, std::size_t frozen) {
  Disclosure disclosure;
  disclosure.checksum = get<std::uint32_t>(message, at_checksum);
  std::memcpy(disclosure.key.words.data(), message.data() + at_key, sizeof disclosure.key.words);
  disclosure.tag = get<std::uint64_t>(message, at_tag);
  const auto values = message.subspan(disclosure_head_bytes);
  if (frozen % 8 != 0 && std::to_integer<unsigned>(values.back()) >> (frozen % 8) != 0) return std::nullopt;
  disclosure.frozen_values = BitString(frozen);
  std::memcpy(disclosure.frozen_values.words().data(), values.data(), values.size());
  return disclosure;
}

}  // namespace

std::size_t longest_message(const SessionSettings& settings, const Layout& layout) noexcept {
  const std::size_t disclosure =
      disclosure_head_bytes + bytes_for(code_length(std::max<std::size_t>(layout.longest(), 8)));
  const std::size_t closing = closing_head_bytes + bytes_for(layout.blocks());
  return std::max({disclosure, closing, bytes_for(settings.sample_bits)});
}

void write_disclosure(const CodeName& name, const Disclosure& disclosure, std::span<std::byte> out) noexcept {
  put(out, at_cell, name.cell);
  put(out, at_reserved, std::uint16_t{0});
  put(out, at_sent, name.sent);
  put(out, at_frozen, name.frozen);
  put(out, at_checksum, disclosure.checksum);
  put(out, at_id, name.id);
  std::memcpy(out.data() + at_key, disclosure.key.words.data(), sizeof disclosure.key.words);
  put(out, at_tag, disclosure.tag);
  const auto values = out.subspan(disclosure_head_bytes);
  std::memcpy(values.data(), disclosure.frozen_values.words().data(), values.size());
}

std::optional<CodeName> read_code_name(std::span<const std::byte> message, std::size_t code_bits) noexcept {
  if (message.size() < disclosure_head_bytes || get<std::uint16_t>(message, at_reserved) != 0) return std::nullopt;
  const CodeName name{.cell = get<std::int16_t>(message, at_cell),
                      .sent = get<std::uint32_t>(message, at_sent),
                      .frozen = get<std::uint32_t>(message, at_frozen),
                      .id = get<std::uint64_t>(message, at_id)};
  if (!possible_name(name, code_bits)) return std::nullopt;
  if (message.size() != disclosure_head_bytes + bytes_for(name.frozen)) return std::nullopt;
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
  run_one_way();
}

void Task::run_one_way() {
  const auto disclosure = read_disclosure(in.bytes(), name.frozen);
  if (!disclosure) return;
  Codes& codes = book->codes();
  const auto code = codes.rebuild(name, crc);
  if (!code) return;
  auto corrector = codes.borrow(*code, list_size, tag_bits);
  if (!corrector) return;
  const MutableBitView block_bits = store->block(block);
  const auto corrected = (*corrector)->correct(*disclosure, block_bits);
  if (corrected && corrected->verified) {
    answer = {AnswerKind::verified, static_cast<std::uint32_t>(corrected->corrected), 0};
    candidates = corrected->candidates;
    std::ranges::copy((*corrector)->corrected().words(), block_bits.words().begin());
  }
  codes.give_back(*code, list_size, tag_bits, std::move(*corrector));
}

}  // namespace caligo::session
