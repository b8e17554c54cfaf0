// SPDX-License-Identifier: Apache-2.0
// What Bob does and says.
#include <algorithm>
#include <array>
#include <utility>

#include "session/bob.hpp"
#include "session/wire.hpp"

namespace caligo::session {

// ---- Work
// -------------------------------------------------------------------------------------------------------------

std::shared_ptr<Task> BobMachine::take_task() {
  if (ready_ == 0 || closed_) return nullptr;
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    Slot& slot = slots_[ready_cursor_];
    ready_cursor_ = (ready_cursor_ + 1) % slots_.size();
    if (slot.stage != Stage::ready) continue;
    slot.stage = Stage::working;
    --ready_;
    return slot.task;
  }
  return nullptr;
}

void BobMachine::complete(const std::shared_ptr<Task>& task) {
  const auto slot = std::ranges::find(slots_, task, &Slot::task);
  if (slot == slots_.end() || slot->stage != Stage::working) return;  // of another session
  if (!task->done) {                                                  // given back as it was
    slot->stage = Stage::ready;
    ++ready_;
    return;
  }
  slot->stage = Stage::idle;
  if (closed_) return task->drop();
  // An answer must fit into parts that a receipt can tell.
  const bool short_enough = parts_of(answer_head_bytes + task->rest.size(), part_bytes()) <= 8 * part_bytes();
  if (task->answer.kind == AnswerKind::more && slot->message < settings_.max_rounds && short_enough) return ask(*slot);
  task->drop();
  const bool verified = task->answer.kind == AnswerKind::verified;
  if (verified) {
    Record& record = records_[task->exchange];
    record.block.errors = task->answer.errors;
    record.block.key_bits = task->key_bits;
    epsilon_ += task->epsilon;
  }
  decide(task->exchange, verified ? BlockOutcome::verified : BlockOutcome::failed);
}

void BobMachine::ask(Slot& slot) {
  const Task& task = *slot.task;
  slot.stage = Stage::asking;
  slot.reply.start(answer_head_bytes + task.rest.size(), part_bytes(), {});
  write_answer(task.answer, slot.reply.bytes());
  std::ranges::copy(task.rest, slot.reply.bytes().begin() + answer_head_bytes);
  if (owed_.has(slot.exchange)) owed_.remove(slot.exchange);  // the answer says more than a receipt
  ++records_[slot.exchange].block.rounds;
  ++statistics_.messages_sent;
}

void BobMachine::on_timeout() {
  for (const Slot& slot : slots_) {
    if (slot.stage == Stage::receiving) owed_.add(slot.exchange);
  }
  for (Slot& slot : slots_) {
    if (slot.stage == Stage::asking) slot.reply.repeat();
  }
}

// ---- Frames
// -----------------------------------------------------------------------------------------------------------

bool BobMachine::may_tell(std::uint32_t exchange) const noexcept {
  if (!records_[exchange].decided) return false;
  return settings_.verdicts == VerdictTiming::each_block || closed_ || decided_ == blocks();
}

std::size_t BobMachine::send_reply(Slot& slot, std::span<std::byte> out) {
  const OutMessage::Part part = slot.reply.take();
  if (part.repeated) ++statistics_.frames_repeated;
  return send({.type = FrameType::answer,
               .exchange = slot.exchange,
               .message = slot.message,
               .total = part.total,
               .offset = part.offset,
               .payload = part.payload},
              out);
}

std::size_t BobMachine::send_answer(std::uint32_t exchange, std::span<std::byte> out) {
  Record& record = records_[exchange];
  Answer answer;
  if (is_closing(exchange)) {
    answer.kind = agreed_ ? AnswerKind::agreed : AnswerKind::disagreed;
  } else if (is_sample(exchange)) {
    answer = {AnswerKind::sample, sample_errors_, 0};
  } else {
    const bool verified = record.block.outcome == BlockOutcome::verified;
    answer.kind = verified ? AnswerKind::verified : AnswerKind::failed;
    const bool tells = verified && reports_errors();
    if (tells) answer.errors = record.block.errors;
    Leakage leaked;
    if (tells) leaked.feedback = OneWayReconciler::feedback_bits;
    if (record.told) {
      ++statistics_.frames_repeated;
      statistics_.disclosed_repeated += leaked.total();
    } else {
      disclose(record, leaked);
    }
  }
  if (!std::exchange(record.told, true)) ++statistics_.messages_sent;
  std::array<std::byte, answer_head_bytes> payload{};
  write_answer(answer, payload);
  return send({.type = FrameType::answer,
               .exchange = exchange,
               .message = record.message,
               .total = answer_head_bytes,
               .payload = payload},
              out);
}

std::size_t BobMachine::send_receipt(std::uint32_t exchange, std::span<std::byte> out) {
  const Slot& slot = slots_[slot_of(exchange)];
  const Record& record = records_[exchange];
  const bool holds = slot.holds(exchange);
  const bool partly = holds && slot.stage == Stage::receiving;
  receipt_.clear();
  if (partly) {
    write_receipt(slot.task->in.parts(), receipt_);
  } else if (record.delivered) {
    receipt_.assign(bytes_for(record.parts), std::byte{0xff});
    if (record.parts % 8 != 0) receipt_.back() = static_cast<std::byte>((1U << (record.parts % 8)) - 1);
  }
  return send({.type = FrameType::receipt_b,
               .exchange = exchange,
               .message = partly ? slot.message : record.message,
               .total = static_cast<std::uint32_t>(receipt_.size()),
               .payload = receipt_},
              out);
}

std::size_t BobMachine::next_frame(std::span<std::byte> out) {
  if (out.size() < settings_.max_frame) return 0;
  if (refuse_due_) {
    std::array<std::byte, 4> payload{};
    put(payload, 0, *std::exchange(refuse_due_, std::nullopt));
    return send({.type = FrameType::refuse, .total = 4, .payload = payload}, out);
  }
  if (std::exchange(accept_due_, false)) return send({.type = FrameType::accept, .payload = {}}, out);
  if (owed_.count() > 0) {
    const std::size_t next = owed_.next(owed_cursor_);
    owed_cursor_ = next + 1;
    owed_.remove(next);
    const auto exchange = static_cast<std::uint32_t>(next);
    return may_tell(exchange) ? send_answer(exchange, out) : send_receipt(exchange, out);
  }
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    Slot& slot = slots_[reply_cursor_];
    reply_cursor_ = (reply_cursor_ + 1) % slots_.size();
    if (slot.stage == Stage::asking && slot.reply.due()) return send_reply(slot, out);
  }
  return 0;
}

}  // namespace caligo::session
