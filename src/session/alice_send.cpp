// SPDX-License-Identifier: Apache-2.0
// What Alice says.
#include <sodium.h>
#include <caligo/channel.hpp>

#include <algorithm>
#include <cstring>
#include <utility>

#include "session/alice.hpp"
#include "session/interactive.hpp"
#include "session/wire.hpp"

namespace caligo::session {

namespace {

/// A code in use that discloses a little more serves as well as the one wanted, and saves building the other; in blind
/// mode, which asks for what is missing, also one that discloses a little less.
bool close_enough(SessionMode mode, std::size_t used, std::size_t wanted) noexcept {
  if (mode == SessionMode::blind) return std::max(used, wanted) - std::min(used, wanted) <= used / 256;
  return used >= wanted && used - wanted <= wanted / 512;
}

}  // namespace

// ---- Work
// -------------------------------------------------------------------------------------------------------------

OutMessage& AliceMachine::open(std::uint32_t exchange, std::size_t bytes, const Disclosed& disclosed) {
  Slot& slot = slots_[slot_of(exchange)];
  slot.message = slot.holds(exchange) ? slot.message + 1 : 0;
  slot.stage = Stage::waiting;
  slot.exchange = exchange;
  slot.in.reset();
  slot.out.start(bytes, part_bytes(), disclosed);
  records_[exchange].parts = static_cast<std::uint32_t>(slot.out.parts());
  next_ = std::max(next_, exchange + 1);
  ++statistics_.messages_sent;
  return slot.out;
}

bool AliceMachine::may_start() const noexcept {
  if (next_ >= closing() || next_ >= base_ + settings_.window) return false;
  if (slots_[slot_of(next_)].stage != Stage::idle) return false;
  if (!learns()) return true;
  if (has_sample() && next_ > 0 && !records_[0].decided) return false;
  // While the QBER is hardly known, one block teaches it for the next.
  constexpr std::uint64_t enough = 16;
  const std::size_t code_bits = layout_.place(block_of(next_)).code_bits;
  return in_flight_ == 0 || enough * rate_.observed() >= code_bits;
}

Result<bool> AliceMachine::work() {
  if (status_ != SessionStatus::running) return false;
  if (has_sample() && next_ == 0) {
    const Disclosed disclosed{
        .head = {}, .body_offset = 0, .body_bits = settings_.sample_bits, .purpose = &Leakage::sample};
    OutMessage& out = open(0, bytes_for(sample_.size()), disclosed);
    if (!out.bytes().empty()) std::memcpy(out.bytes().data(), sample_.words().data(), out.bytes().size());
    return true;
  }
  const auto asked = std::ranges::find(slots_, Stage::answered, &Slot::stage);
  if (asked == slots_.end() && !may_start()) return false;
  if (auto done = asked != slots_.end() ? reply(*asked) : start_block(); !done) {
    Error error = done.error();
    error_ = error;
    abandon();
    return error;
  }
  return true;
}

/// As the reconcilers of one process do it.
Result<CodeRequest> AliceMachine::request(std::size_t code_bits) const {
  const double expected = settings_.qber.value_or(rate_.estimate());
  if (auto left = check_key_left(expected, 0); !left) return left.error();
  const bool blind = settings_.mode == SessionMode::blind;  // needs no margin
  const double learnt = blind ? expected : rate_.design(code_bits, settings_.target_fer);
  return CodeRequest{.bits = code_bits,
                     .qber = settings_.qber.value_or(learnt),
                     .list_size = settings_.list_size,
                     .target_fer = settings_.target_fer,
                     .crc = settings_.crc,
                     .boldness = settings_.boldness};
}

/// Bob builds settings_.max_codes codes of one length and no more. When these are used up, one of them must do: the
/// cheapest that discloses enough, else the one that discloses most.
CodeName AliceMachine::within_bound(const CodeName& wanted) {
  const std::size_t need = wanted.frozen;
  const CodeName* best = nullptr;
  std::size_t same_length = 0;
  for (const CodeName& used : used_) {
    if (used.sent != wanted.sent) continue;
    ++same_length;
    if (close_enough(settings_.mode, used.frozen, need)) return used;
    const std::size_t known = best == nullptr ? 0 : best->frozen;
    const bool better = used.frozen >= need ? known < need || used.frozen < known : known < used.frozen;
    if (better) best = &used;
  }
  if (same_length >= settings_.max_codes) return *best;
  used_.push_back(wanted);
  return wanted;
}

Result<std::shared_ptr<const Code>> AliceMachine::choose(std::size_t code_bits) {
  const auto wanted = request(code_bits);
  if (!wanted) return wanted.error();
  auto code = book_->codes().choose(*wanted, settings_.mode);
  if (!code) return code.error();
  const double expected = settings_.qber.value_or(rate_.estimate());
  // Without the margin for what is not yet known about the QBER, which passes.
  const double margin = wanted->qber > 0 ? binary_entropy(wanted->qber) / std::max(binary_entropy(expected), 1e-9) : 1;
  const auto disclosed = static_cast<double>((*code)->name.frozen + settings_.crc.width + settings_.tag_bits);
  if (auto left = check_key_left(expected, disclosed / static_cast<double>(code_bits) / margin); !left)
    return left.error();
  const CodeName name = within_bound((*code)->name);
  if (name != (*code)->name) return book_->codes().rebuild(name, settings_.crc, settings_.mode);
  return code;
}

Result<void> AliceMachine::start_block() {
  if (settings_.mode == SessionMode::interactive) return disclose_interactive();
  const std::size_t block = block_of(next_);
  const auto code = choose(layout_.place(block).code_bits);
  if (!code) return code.error();
  const auto key = settings_.simulation_seed ? VerificationKey::simulated(*settings_.simulation_seed, block)
                                             : VerificationKey::fresh();
  if (!key) return key.error();
  const auto done = settings_.mode == SessionMode::blind ? disclose_blind(*code, *key) : disclose_one_way(**code, *key);
  if (done) ++in_flight_;
  return done;
}

Result<void> AliceMachine::disclose_one_way(const Code& code, const VerificationKey& key) {
  if (!discloser_ || disclosing_ != code.name) {
    auto made = Discloser::make(code.spec, settings_.tag_bits);
    if (!made) return made.error();
    discloser_.emplace(std::move(*made));
    disclosing_ = code.name;
  }
  if (auto done = discloser_->disclose(store_->block(block_of(next_)), key, disclosure_); !done) return done;
  Leakage head = discloser_->leakage();
  const std::uint64_t frozen = std::exchange(head.frozen, 0);
  const std::size_t bytes = disclosure_head_bytes + bytes_for(frozen);
  OutMessage& out = open(next_, bytes, {head, disclosure_head_bytes, frozen, &Leakage::frozen});
  write_disclosure(code.name, disclosure_, out.bytes());
  return {};
}

Result<void> AliceMachine::disclose_blind(const std::shared_ptr<const Code>& code, const VerificationKey& key) {
  std::optional<BlindDiscloser>& discloser = slots_[slot_of(next_)].blind;
  if (!discloser || &discloser->code() != code->blind.get()) {
    auto made = BlindDiscloser::make(code->blind, settings_.tag_bits);
    if (!made) return made.error();
    discloser.emplace(std::move(*made));
  }
  if (auto done = discloser->start(store_->block(block_of(next_)), key, blind_disclosure_); !done) return done;
  Leakage head = discloser->leakage();  // the checksums, which come last, count with the first part
  const std::uint64_t frozen = std::exchange(head.frozen, 0);
  const std::size_t bytes = disclosure_head_bytes + bytes_for(frozen) + 4 * blind_disclosure_.checksums.size();
  OutMessage& out = open(next_, bytes, {head, disclosure_head_bytes, frozen, &Leakage::frozen});
  write_disclosure(code->name, blind_disclosure_, out.bytes());
  return {};
}

/// Goes on after an answer that wants more.
Result<void> AliceMachine::reply(Slot& slot) {
  ++records_[slot.exchange].block.rounds;
  return settings_.mode == SessionMode::blind ? reply_blind(slot) : reply_interactive(slot);
}

Result<void> AliceMachine::reply_blind(Slot& slot) {
  const Answer question = *read_answer(slot.in.bytes());
  BitString values;
  if (auto done = slot.blind->answer({question.errors, question.count}, values); !done) return done;
  if (values.empty()) return Error{ErrorCode::malformed_input, "session: Bob asks for more than there is"};
  const Disclosed disclosed{.head = {}, .body_offset = 0, .body_bits = values.size(), .purpose = &Leakage::questions};
  OutMessage& out = open(slot.exchange, bytes_for(values.size()), disclosed);
  if (!out.bytes().empty()) std::memcpy(out.bytes().data(), values.words().data(), out.bytes().size());
  return {};
}

Result<void> AliceMachine::disclose_interactive() {
  const std::size_t block = block_of(next_);
  const double expected = settings_.qber.value_or(rate_.estimate());
  if (auto left = check_key_left(expected, 0); !left) return left;
  CascadeParameters wanted = choose_cascade(expected, layout_.place(block).bits);
  wanted.tag_bits = settings_.tag_bits;
  wanted.breadth = settings_.breadth;
  Slot& slot = slots_[slot_of(next_)];
  if (!slot.cascade || slot.parameters != wanted) {
    slot.cascade.reset();  // the old memory before the new
    auto made = CascadeAlice::make(wanted, layout_.longest());
    if (!made) return made.error();
    slot.cascade.emplace(std::move(*made));
    slot.parameters = wanted;
  }
  const CascadeKeys keys{settings_.simulation_seed, std::uint64_t{block} << 32U};
  if (auto begun = slot.cascade->begin(store_->block(block), keys, question_); !begun) return begun;
  auto asked = ask(slot, next_, parameter_bytes);
  if (!asked) return asked;
  write_parameters(wanted, slot.out.bytes());
  ++in_flight_;
  return {};
}

/// Sends question_, behind room for head_bytes.
Result<void> AliceMachine::ask(Slot& slot, std::uint32_t exchange, std::size_t head_bytes) {
  const QuestionParts parts = parts_of_question(question_.size(), slot.cascade->expected_bytes());
  Disclosed disclosed{.head = {}, .body_offset = head_bytes, .body_bits = 0, .purpose = &Leakage::questions};
  disclosed.head.tag = parts.tags * settings_.tag_bits;  // they come last, and count with the first part
  disclosed.body_bits = 8 * parts.parity_bytes;
  slot.parity_bits = disclosed.body_bits;
  const std::size_t bytes = head_bytes + question_.size();
  if (parts_of(bytes, part_bytes()) > 8 * part_bytes()) {
    return Error{ErrorCode::unsupported, "session: a question is too long for frames of this size"};
  }
  OutMessage& out = open(exchange, bytes, disclosed);
  if (!question_.empty()) std::memcpy(out.bytes().data() + head_bytes, question_.data(), question_.size());
  return {};
}

Result<void> AliceMachine::reply_interactive(Slot& slot) {
  const auto answer = slot.in.bytes().subspan(answer_head_bytes);
  const std::uint64_t before = slot.cascade->traffic().parities;
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(answer.data());
  if (auto done = slot.cascade->receive({bytes, answer.size()}, question_); !done) return done;
  // The question was counted in whole bytes. Now it is known how many bits these were.
  const std::uint64_t padding = slot.parity_bits - (slot.cascade->traffic().parities - before);
  records_[slot.exchange].block.leaked.questions -= padding;
  leaked_.questions -= padding;
  if (!slot.cascade->finished()) return ask(slot, slot.exchange, 0);
  const auto units = slot.cascade->units();
  OutMessage& out = open(slot.exchange, bytes_for(units.size()), {});
  write_units(units, out.bytes());
  return {};
}

/// Bob has the same units.
void AliceMachine::keep_verified_units(std::uint32_t exchange) {
  const MutableBitView bits = store_->block(block_of(exchange));
  BitString all(bits);
  const KeptUnits kept = keep_verified(all, slots_[slot_of(exchange)].cascade->units(), bits);
  sodium_memzero(all.words().data(), all.words().size_bytes());
  records_[exchange].block.key_bits = kept.bits;
  records_[exchange].block.errors = static_cast<std::uint32_t>(kept.errors);
}

void AliceMachine::start_closing(bool abandoned) {
  OutMessage& out = open(closing(), closing_head_bytes + bytes_for(blocks()), {});
  put(out.bytes(), 0, static_cast<std::uint8_t>(abandoned ? 1 : 0));
  for (std::size_t i = 0; i < blocks(); ++i) {
    if (block(i).outcome != BlockOutcome::verified) continue;
    out.bytes()[closing_head_bytes + i / 8] |= static_cast<std::byte>(1U << (i % 8));
  }
}

// ---- Frames
// -----------------------------------------------------------------------------------------------------------

std::size_t AliceMachine::send_part(Slot& slot, std::span<std::byte> out) {
  const OutMessage::Part part = slot.out.take();
  if (part.repeated) {
    ++statistics_.frames_repeated;
    statistics_.disclosed_repeated += part.disclosed.total();
  } else {
    disclose(records_[slot.exchange], part.disclosed);
  }
  return send({.type = FrameType::disclose,
               .exchange = slot.exchange,
               .message = slot.message,
               .total = part.total,
               .offset = part.offset,
               .payload = part.payload},
              out);
}

/// Says which parts of an answer are here; without any it asks for the answer.
std::size_t AliceMachine::send_receipt(std::uint32_t exchange, std::span<std::byte> out) {
  const Slot& slot = slots_[slot_of(exchange)];
  const bool holds = slot.holds(exchange);
  receipt_.clear();
  if (holds && slot.in.started()) write_receipt(slot.in.parts(), receipt_);
  return send({.type = FrameType::receipt_a,
               .exchange = exchange,
               .message = holds ? slot.message : 0,
               .total = static_cast<std::uint32_t>(receipt_.size()),
               .payload = receipt_},
              out);
}

std::size_t AliceMachine::next_frame(std::span<std::byte> out) {
  if (out.size() < settings_.max_frame) return 0;
  if (status_ == SessionStatus::negotiating) {
    if (!std::exchange(hello_due_, false)) return 0;
    return send({.type = FrameType::hello, .total = hello_bytes, .payload = hello_}, out);
  }
  if (status_ != SessionStatus::running) return 0;
  if (owed_.count() > 0) {
    const std::size_t exchange = owed_.next(owed_cursor_);
    owed_cursor_ = exchange + 1;
    owed_.remove(exchange);
    return send_receipt(static_cast<std::uint32_t>(exchange), out);
  }
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    Slot& slot = slots_[slot_cursor_];
    slot_cursor_ = (slot_cursor_ + 1) % slots_.size();
    if (slot.stage != Stage::idle && slot.out.due()) return send_part(slot, out);
  }
  return 0;
}

}  // namespace caligo::session
