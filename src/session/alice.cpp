// SPDX-License-Identifier: Apache-2.0
#include "session/alice.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>
#include <utility>

#include "session/wire.hpp"

namespace caligo::session {

AliceMachine::AliceMachine(const SessionSettings& settings, BitView x, std::shared_ptr<CodeBook> book,
                           std::uint64_t sample_seed)
    : Peer(settings, x.size(), std::move(book)),
      hello_(write_hello(settings, x.size(), sample_seed)),
      sample_(settings.sample_bits),
      slots_(settings.window + std::size_t{1}) {
  const auto positions = sample_positions(sample_seed, x.size(), settings.sample_bits);
  for (std::size_t i = 0; i < positions.size(); ++i) sample_.set(i, x[positions[i]]);
  store_ = std::make_shared<BlockStore>(layout_, x, positions);
}

// ---- What comes in
// ----------------------------------------------------------------------------------------------------

Result<void> AliceMachine::receive(std::span<const std::byte> bytes) {
  const ParsedFrame parsed = parse_frame(bytes, settings_.session_id, settings_.max_frame);
  if (parsed.refusal) return refuse(*parsed.refusal, parsed.found);
  const Frame& frame = parsed.frame;
  if (status_ == SessionStatus::failed) return refuse(Refusal::state, "the session has failed");
  switch (frame.type) {
    case FrameType::accept:
      return on_accept(bytes, frame);
    case FrameType::refuse:
      return on_refuse(bytes, frame);
    case FrameType::receipt_b:
      return on_receipt(bytes, frame);
    case FrameType::answer:
      return on_answer(bytes, frame);
    default:
      return refuse(Refusal::type, "only Alice sends frames of this type");
  }
}

Result<void> AliceMachine::on_accept(std::span<const std::byte> bytes, const Frame& frame) {
  if (!frame.payload.empty()) return refuse(Refusal::message, "expected no payload");
  const bool news = status_ == SessionStatus::negotiating;
  if (news) {
    status_ = SessionStatus::running;
    hello_due_ = false;
  }
  return accept(bytes.size(), news);
}

Result<void> AliceMachine::on_refuse(std::span<const std::byte> bytes, const Frame& frame) {
  if (frame.payload.size() != 4) return refuse(Refusal::message, "expected the number of a setting");
  if (status_ != SessionStatus::negotiating) return refuse(Refusal::state, "the settings are agreed already");
  fail({ErrorCode::invalid_argument,
        fmt::format("session: the peer has another {}", setting_name(get<std::uint32_t>(frame.payload, 0)))});
  return accept(bytes.size(), true);
}

Result<void> AliceMachine::on_receipt(std::span<const std::byte> bytes, const Frame& frame) {
  if (frame.exchange >= next_) return refuse(Refusal::exchange, "a receipt for what was not sent");
  Slot& slot = slots_[slot_of(frame.exchange)];
  if (!slot.holds(frame.exchange) || frame.message < slot.message) return accept(bytes.size(), false);
  if (frame.message > slot.message) return refuse(Refusal::message, "a receipt for a message that was not sent");
  if (!valid_receipt(frame.payload, slot.out.parts())) return refuse(Refusal::message, "expected one bit per part");
  const bool before = slot.out.delivered();
  slot.out.acknowledge(frame.payload);
  if (!before && slot.out.delivered()) {
    records_[frame.exchange].delivered = true;
    // Nothing more is said until the end, so the slot is free.
    if (settings_.verdicts == VerdictTiming::at_end && !is_closing(frame.exchange)) slot.stage = Stage::idle;
    advance();
  }
  return accept(bytes.size(), true);
}

bool AliceMachine::plausible(std::uint32_t exchange, const Answer& answer) const noexcept {
  if (is_sample(exchange)) return answer.kind == AnswerKind::sample && answer.errors <= settings_.sample_bits;
  if (is_closing(exchange)) {
    return (answer.kind == AnswerKind::agreed || answer.kind == AnswerKind::disagreed) && answer.errors == 0;
  }
  if (answer.kind == AnswerKind::failed) return answer.errors == 0;
  if (answer.kind == AnswerKind::more) return plausible_question(slots_[slot_of(exchange)], answer);
  if (answer.kind != AnswerKind::verified) return false;
  if (settings_.mode == SessionMode::interactive) {
    const Slot& slot = slots_[slot_of(exchange)];
    if (!slot.holds(exchange) || !slot.cascade || !slot.cascade->finished()) return false;
  }
  return answer.errors <= (reports_errors() ? records_[exchange].block.bits : 0);
}

bool AliceMachine::plausible_question(const Slot& slot, const Answer& answer) const noexcept {
  if (slot.message >= settings_.max_rounds) return false;
  if (settings_.mode == SessionMode::interactive) {
    return slot.cascade && !slot.cascade->finished() && answer.errors == 0 && answer.count == 0;
  }
  if (settings_.mode != SessionMode::blind || !slot.blind) return false;
  const auto segments = slot.blind->code().segments();
  return answer.errors < segments.size() && answer.count >= 1 && answer.count <= segments[answer.errors].length();
}

/// Answers have 12 bytes, in interactive mode also as many more as Cascade expects.
bool AliceMachine::fits(const Frame& frame, const Slot& slot) const noexcept {
  const bool cascade = settings_.mode == SessionMode::interactive && slot.cascade && !is_sample(slot.exchange);
  const std::size_t more = cascade ? slot.cascade->expected_bytes() : 0;
  if (frame.total != answer_head_bytes && frame.total != answer_head_bytes + more) return false;
  return InMessage::possible(frame, part_bytes(), answer_head_bytes + more) && slot.in.fits(frame);
}

Result<void> AliceMachine::on_answer(std::span<const std::byte> bytes, const Frame& frame) {
  const std::uint32_t exchange = frame.exchange;
  if (exchange >= next_) return refuse(Refusal::exchange, "an answer to what was not sent");
  if (records_[exchange].decided) return accept(bytes.size(), false);
  Slot& slot = slots_[slot_of(exchange)];
  if (!slot.holds(exchange)) return on_late_answer(bytes, frame);
  if (frame.message > slot.message) return refuse(Refusal::message, "an answer to a message that was not sent");
  if (frame.message < slot.message) return accept(bytes.size(), false);
  if (slot.stage == Stage::answered) {
    owed_.add(exchange);
    return accept(bytes.size(), false);
  }
  if (!fits(frame, slot)) {
    return refuse(Refusal::message, "a part of an answer that does not fit");
  }
  if (frame.offset == 0) {  // answers that cannot be are refused before anything is kept
    const auto answer = read_answer(frame.payload);
    const bool carries = answer && answer->kind == AnswerKind::more && settings_.mode == SessionMode::interactive;
    if (!answer || carries != (frame.total != answer_head_bytes) || !plausible(exchange, *answer))
      return refuse(Refusal::message, "not an answer to this exchange");
  }
  const bool news = slot.in.add(frame, part_bytes());
  if (!news) owed_.add(exchange);
  if (slot.in.complete()) {
    const Answer answer = *read_answer(slot.in.bytes());
    slot.out.acknowledge_all();
    if (answer.kind == AnswerKind::more) {
      slot.stage = Stage::answered;
    } else {
      decide(exchange, answer);
    }
  }
  return accept(bytes.size(), news);
}

/// Verdicts at the end come when the slot has long served others.
Result<void> AliceMachine::on_late_answer(std::span<const std::byte> bytes, const Frame& frame) {
  const auto answer = read_answer(frame.payload);
  const bool whole = frame.offset == 0 && frame.total == frame.payload.size();
  if (!answer || !whole || frame.message != 0 || answer->kind == AnswerKind::more ||
      !plausible(frame.exchange, *answer)) {
    return refuse(Refusal::message, "not an answer to this exchange");
  }
  decide(frame.exchange, *answer);
  return accept(bytes.size(), true);
}

void AliceMachine::decide(std::uint32_t exchange, const Answer& answer) {
  Record& record = records_[exchange];
  record.decided = true;
  record.delivered = true;
  Slot& slot = slots_[slot_of(exchange)];
  if (slot.holds(exchange)) slot.stage = Stage::idle;
  if (owed_.has(exchange)) owed_.remove(exchange);
  if (is_closing(exchange)) {
    if (answer.kind == AnswerKind::agreed) {
      status_ = SessionStatus::finished;
    } else {
      fail({ErrorCode::malformed_input, "session: the two sides do not agree on which blocks were verified"});
    }
    return;
  }
  if (is_sample(exchange)) {
    rate_.observe(settings_.sample_bits, answer.errors);
  } else {
    --in_flight_;
    ++decided_;
    const bool verified = answer.kind == AnswerKind::verified;
    if (record.block.outcome == BlockOutcome::open) {
      record.block.outcome = verified ? BlockOutcome::verified : BlockOutcome::failed;
      record.block.errors = answer.errors;
      record.block.key_bits = verified ? record.block.bits : 0;
    }
    if (verified && settings_.mode == SessionMode::interactive) keep_verified_units(exchange);
    if (verified) {
      rate_.observe(record.block.key_bits, record.block.errors);
    } else {
      rate_.block_failed();
    }
  }
  advance();
  if (decided_ == blocks() && next_ == closing()) start_closing(false);
}

void AliceMachine::advance() {
  const auto settled = [this](std::uint32_t exchange) {
    const Record& record = records_[exchange];
    return record.decided || (record.delivered && settings_.verdicts == VerdictTiming::at_end);
  };
  while (base_ < next_ && settled(base_)) ++base_;
}

// ---- What the caller says
// ---------------------------------------------------------------------------------------------

void AliceMachine::on_timeout() {
  if (status_ == SessionStatus::negotiating) hello_due_ = true;
  if (status_ != SessionStatus::running) return;
  for (Slot& slot : slots_) {
    if (slot.stage != Stage::waiting) continue;
    if (slot.out.delivered()) {
      owed_.add(slot.exchange);
    } else {
      slot.out.repeat();
    }
  }
  if (settings_.verdicts != VerdictTiming::at_end || base_ < closing()) return;
  // Everything is delivered and nothing in a slot: ask for a window's worth of verdicts.
  std::size_t asked = 0;
  for (std::uint32_t exchange = first_block(); exchange < closing() && asked < settings_.window; ++exchange) {
    if (records_[exchange].decided) continue;
    owed_.add(exchange);
    ++asked;
  }
}

void AliceMachine::abandon() {
  if (status_ == SessionStatus::finished || status_ == SessionStatus::failed) return;
  if (status_ == SessionStatus::negotiating) {
    return fail({ErrorCode::interrupted, "session: abandoned before the other side agreed"});
  }
  if (next_ > closing())
    return fail({ErrorCode::interrupted, "session: abandoned before the other side knew the result"});
  for (std::uint32_t exchange = first_block(); exchange < closing(); ++exchange) {
    Record& record = records_[exchange];
    record.decided = true;
    if (record.block.outcome == BlockOutcome::open) record.block.outcome = BlockOutcome::lost;
  }
  for (Slot& slot : slots_) slot.stage = Stage::idle;
  owed_.reset(records_.size());
  start_closing(true);
}

}  // namespace caligo::session
