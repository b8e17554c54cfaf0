// SPDX-License-Identifier: Apache-2.0
#include "session/bob.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>
#include <utility>

namespace caligo::session {

namespace {

void wipe(BitString& bits) noexcept {
  if (!bits.empty()) sodium_memzero(bits.words().data(), bits.words().size_bytes());
  bits = {};
}

[[nodiscard]] bool bit_of(std::span<const std::byte> bytes, std::size_t i) noexcept {
  return (std::to_integer<unsigned>(bytes[i / 8]) >> (i % 8) & 1U) != 0;
}

}  // namespace

BobMachine::BobMachine(const SessionSettings& settings, BitView y, std::shared_ptr<CodeBook> book)
    : Peer(settings, y.size(), std::move(book)), slots_(settings.window + std::size_t{1}) {
  if (has_sample()) {
    input_ = BitString(y);
  } else {
    store_ = std::make_shared<BlockStore>(layout_, y, std::span<const std::uint64_t>{});
  }
}

BobMachine::~BobMachine() { wipe(input_); }

// ---- What comes in
// ----------------------------------------------------------------------------------------------------

Result<void> BobMachine::receive(std::span<const std::byte> bytes) {
  const ParsedFrame parsed = parse_frame(bytes, settings_.session_id, settings_.max_frame);
  if (parsed.refusal) {
    const bool other_version = *parsed.refusal == Refusal::version && parsed.frame.type == FrameType::hello;
    if (other_version && status_ == SessionStatus::negotiating) refuse_due_ = 0;
    return refuse(*parsed.refusal, parsed.found);
  }
  const Frame& frame = parsed.frame;
  if (frame.type == FrameType::hello) return on_hello(bytes, frame);
  if (frame.type != FrameType::disclose && frame.type != FrameType::receipt_a) {
    return refuse(Refusal::type, "only Bob sends frames of this type");
  }
  if (status_ == SessionStatus::negotiating) return refuse(Refusal::state, "the settings are not agreed yet");
  if (frame.exchange >= records_.size()) {
    return refuse(Refusal::exchange, fmt::format("expected 0 to {}, got {}", closing(), frame.exchange));
  }
  return frame.type == FrameType::disclose ? on_disclose(bytes, frame) : on_receipt(bytes, frame);
}

Result<void> BobMachine::on_hello(std::span<const std::byte> bytes, const Frame& frame) {
  if (frame.payload.size() != hello_bytes) return refuse(Refusal::message, "settings of another size");
  if (hello_) {
    if (!std::ranges::equal(*hello_, frame.payload)) return refuse(Refusal::state, "other settings were agreed before");
    accept_due_ = true;
    return accept(bytes.size(), false);
  }
  if (const auto difference = compare_hello(frame.payload, settings_, bits_)) {
    refuse_due_ = difference->field;
    return refuse(Refusal::settings, difference->text);
  }
  agree(frame.payload);
  return accept(bytes.size(), true);
}

void BobMachine::agree(std::span<const std::byte> hello) {
  hello_.emplace();
  std::ranges::copy(hello, hello_->begin());
  status_ = SessionStatus::running;
  accept_due_ = true;
  refuse_due_.reset();
  if (!has_sample()) return;
  const auto positions = sample_positions(sample_seed_of(hello), bits_, settings_.sample_bits);
  sample_ = BitString(positions.size());
  for (std::size_t i = 0; i < positions.size(); ++i) sample_.set(i, input_[positions[i]]);
  store_ = std::make_shared<BlockStore>(layout_, input_, positions);
  wipe(input_);
}

std::size_t BobMachine::longest(std::uint32_t exchange) const noexcept {
  if (is_sample(exchange)) return bytes_for(settings_.sample_bits);
  if (is_closing(exchange)) return closing_head_bytes + bytes_for(blocks());
  return longest_message(settings_, layout_.place(block_of(exchange)).code_bits);
}

Result<BobMachine::Slot*> BobMachine::find_slot(std::uint32_t exchange) {
  Slot& slot = slots_[slot_of(exchange)];
  if (is_closing(exchange)) return &slot;
  if (has_sample() && exchange > 0 && !records_[0].decided) return refuse(Refusal::state, "before the sample");
  if (exchange >= base_ + settings_.window) {
    const bool soon = exchange < base_ + 2 * settings_.window;
    return refuse(soon ? Refusal::busy : Refusal::exchange, fmt::format("exchange {} is beyond the window", exchange));
  }
  return &slot;
}

bool BobMachine::fits(const Frame& frame, const Slot& slot) const noexcept {
  const bool later = settings_.mode == SessionMode::interactive && frame.message > 0;  // its length is known
  const std::size_t limit = later ? slot.task->expected : longest(frame.exchange);
  if (!InMessage::possible(frame, part_bytes(), limit)) return false;
  if ((later || is_sample(frame.exchange) || is_closing(frame.exchange)) && frame.total != limit) return false;
  const bool begun = slot.holds(frame.exchange) && slot.stage == Stage::receiving;
  return !begun || slot.task->in.fits(frame);
}

/// The first part of a message that is next in its exchange.
void BobMachine::begin(Slot& slot, const Frame& frame) {
  if (slot.task == nullptr) slot.task = std::make_shared<Task>();
  slot.task->in.reset();
  slot.reply.acknowledge_all();  // Alice has what she answers to
  slot.stage = Stage::receiving;
  slot.exchange = frame.exchange;
  slot.message = frame.message;
}

Result<void> BobMachine::on_disclose(std::span<const std::byte> bytes, const Frame& frame) {
  const std::uint32_t exchange = frame.exchange;
  if (closed_ && !is_closing(exchange)) return accept(bytes.size(), false);
  if (records_[exchange].decided) {
    owed_.add(exchange);
    return accept(bytes.size(), false);
  }
  const auto found = find_slot(exchange);
  if (!found) return found.error();
  Slot& slot = **found;
  const bool holds = slot.holds(exchange);
  const std::uint32_t expected = !holds ? 0 : slot.message + (slot.stage == Stage::asking ? 1 : 0);
  if (frame.message > expected) {
    return refuse(Refusal::message, fmt::format("expected message {}, got {}", expected, frame.message));
  }
  if (holds && slot.stage == Stage::asking && frame.message == slot.message) {  // the answer was lost
    slot.reply.repeat();
    return accept(bytes.size(), false);
  }
  if (frame.message < expected) return accept(bytes.size(), false);
  if (holds && (slot.stage == Stage::ready || slot.stage == Stage::working)) {
    owed_.add(exchange);
    return accept(bytes.size(), false);
  }
  if (!fits(frame, slot)) {
    return refuse(Refusal::message, fmt::format("a part of {} bytes at {} of {} does not fit", frame.payload.size(),
                                                frame.offset, frame.total));
  }
  if (!holds || slot.stage == Stage::asking) begin(slot, frame);
  const bool news = slot.task->in.add(frame, part_bytes());
  if (!news) owed_.add(exchange);
  if (slot.task->in.complete()) on_complete(slot);
  return accept(bytes.size(), news);
}

Result<void> BobMachine::on_receipt(std::span<const std::byte> bytes, const Frame& frame) {
  const std::uint32_t exchange = frame.exchange;
  if (closed_ && !is_closing(exchange)) return accept(bytes.size(), false);
  Slot& slot = slots_[slot_of(exchange)];
  if (!records_[exchange].decided && slot.holds(exchange) && slot.stage == Stage::asking) {
    if (frame.message > slot.message) return refuse(Refusal::message, "a receipt for an answer that was not sent");
    if (frame.message < slot.message) return accept(bytes.size(), false);
    if (!valid_receipt(frame.payload, slot.reply.parts())) return refuse(Refusal::message, "expected one bit per part");
    slot.reply.acknowledge(frame.payload);
    return accept(bytes.size(), true);
  }
  const bool ahead = exchange >= base_ + settings_.window && !is_closing(exchange);
  if (ahead && !records_[exchange].decided) return refuse(Refusal::exchange, "asks about what cannot have begun");
  // Alice asks what has become of it.
  if (frame.payload.empty()) owed_.add(exchange);
  return accept(bytes.size(), false);
}

// ---- Messages
// ---------------------------------------------------------------------------------------------------------

void BobMachine::on_complete(Slot& slot) {
  const std::uint32_t exchange = slot.exchange;
  Record& record = records_[exchange];
  record.message = slot.message;
  record.parts = static_cast<std::uint32_t>(slot.task->in.parts().parts());
  record.delivered = true;
  owed_.add(exchange);
  if (is_sample(exchange)) {
    compare_sample(slot.task->in.bytes());
    slot.stage = Stage::idle;
  } else if (is_closing(exchange)) {
    close(slot.task->in.bytes());
    slot.stage = Stage::idle;
  } else if (prepare(slot)) {
    slot.stage = Stage::ready;
    ++ready_;
  } else {
    slot.stage = Stage::idle;
    decide(exchange, BlockOutcome::failed);
  }
}

void BobMachine::compare_sample(std::span<const std::byte> message) {
  sample_errors_ = 0;
  for (std::size_t i = 0; i < sample_.size(); ++i) sample_errors_ += bit_of(message, i) != sample_[i] ? 1U : 0U;
  records_[0].decided = true;
  base_ = 1;
}

/// Whether the message is a disclosure for a code that Alice may still ask for.
bool BobMachine::prepare(Slot& slot) {
  Task& task = *slot.task;
  task.message = slot.message;
  task.done = false;
  if (slot.message > 0) return true;
  const std::size_t block = block_of(slot.exchange);
  task.book = book_;
  task.store = store_;
  task.mode = settings_.mode;
  task.list_size = settings_.list_size;
  task.tag_bits = settings_.tag_bits;
  task.crc = settings_.crc;
  task.exchange = slot.exchange;
  task.block = block;
  task.most_bits = layout_.longest();
  task.key_bits = 0;
  task.epsilon = 0;
  if (settings_.mode == SessionMode::interactive) return true;
  const auto name = read_code_name(task.in.bytes(), layout_.place(block).code_bits, settings_.mode);
  if (!name) return false;
  if (std::ranges::find(used_, *name) == used_.end()) {
    const auto same_length = std::ranges::count(used_, name->sent, &CodeName::sent);
    if (static_cast<std::size_t>(same_length) >= settings_.max_codes) return false;
    used_.push_back(*name);
  }
  task.name = *name;
  return true;
}

void BobMachine::decide(std::uint32_t exchange, BlockOutcome outcome) {
  Record& record = records_[exchange];
  record.decided = true;
  record.block.outcome = outcome;
  ++decided_;
  owed_.add(exchange);
  while (base_ < closing() && records_[base_].decided) ++base_;
  if (settings_.verdicts != VerdictTiming::at_end || decided_ < blocks()) return;
  for (std::uint32_t i = first_block(); i < closing(); ++i) owed_.add(i);
}

/// What Alice takes for verified is key if Bob agrees; what she does not is none.
void BobMachine::close(std::span<const std::byte> message) {
  closed_ = true;
  for (Slot& slot : slots_) {
    if (slot.stage == Stage::working || &slot == &slots_.back()) continue;
    if (slot.task != nullptr) slot.task->drop();
    slot.stage = Stage::idle;
  }
  ready_ = 0;
  records_[closing()].decided = true;
  owed_.reset(records_.size());
  owed_.add(closing());
  agreed_ = true;
  for (std::size_t i = 0; agreed_ && i < blocks(); ++i) {
    agreed_ = !bit_of(message, 8 * closing_head_bytes + i) || block(i).outcome == BlockOutcome::verified;
  }
  if (!agreed_) {
    return fail({ErrorCode::malformed_input, "session: the two sides do not agree on which blocks were verified"});
  }
  for (std::size_t i = 0; i < blocks(); ++i) {
    BlockOutcome& outcome = records_[first_block() + i].block.outcome;
    const bool kept = bit_of(message, 8 * closing_head_bytes + i) || outcome == BlockOutcome::failed;
    if (kept) continue;
    outcome = BlockOutcome::lost;
    records_[first_block() + i].block.key_bits = 0;
  }
  status_ = SessionStatus::finished;
}

}  // namespace caligo::session
