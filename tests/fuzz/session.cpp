// SPDX-License-Identifier: Apache-2.0
// Sessions against a hostile network and a hostile peer.
#include "tests/fuzz/session.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>

#include "tests/fuzz/targets.hpp"

namespace caligo::fuzz {
namespace {

constexpr std::size_t header = 36;
constexpr std::size_t most_in_a_pipe = 64;
/// More frames in a row than any state of these small sessions has to send.
constexpr int endless = 4000;

std::shared_ptr<CodeBook> shared_book() {
  static const auto book = std::make_shared<CodeBook>();
  return book;
}
/// Bob has to build the codes that Alice names, which takes time.
std::shared_ptr<CodeBook> book_of_bob() {
  static const auto book = std::make_shared<CodeBook>();
  return book;
}

SessionSettings read_settings(Input& input) {
  constexpr std::array<unsigned, 3> lists = {1, 2, 4};
  SessionSettings settings;
  settings.session_id = 5;
  settings.max_log2_block = 8 + (input.one_in(8) ? 1U : 0U);
  settings.list_size = lists[input.below(lists.size())];
  settings.tag_bits = 32;
  settings.crc = settings.list_size == 1 ? CrcSpec{} : parse_crc("crc6").value();
  if (settings.list_size > 1 && input.one_in(2)) {
    settings.mode = SessionMode::blind;
    settings.crc = parse_crc("8:0x07").value();
    settings.max_rounds = 1 + static_cast<unsigned>(input.below(40));
  }
  if (input.one_in(3)) settings.mode = SessionMode::interactive;
  settings.window = 1 + static_cast<unsigned>(input.below(3));
  settings.max_frame = 256;
  settings.max_codes = 1 + static_cast<unsigned>(input.below(3));
  settings.simulation_seed = 9;
  if (!input.one_in(4)) {  // a QBER that is learnt makes other codes every time
    settings.qber = 0.01;
    if (settings.mode == SessionMode::one_way && input.one_in(2)) settings.verdicts = VerdictTiming::at_end;
  } else {
    settings.sample_bits = 100;
  }
  return settings;
}

/// What a caller sees of a session, refused frames left out.
struct Snapshot {
  SessionStatus status{};
  std::vector<BlockOutcome> outcomes;
  Leakage leaked;
  std::uint64_t accepted = 0;
  std::uint64_t sent = 0;
  friend bool operator==(const Snapshot&, const Snapshot&) = default;
};

template <class Side>
Snapshot snapshot(const Side& side) {
  Snapshot result{side.status(), {}, side.leaked(), side.statistics().frames_accepted, side.statistics().frames_sent};
  for (std::size_t i = 0; i < side.blocks(); ++i) result.outcomes.push_back(side.block(i).outcome);
  return result;
}

void put_checksum(FrameBytes& frame) {
  const std::size_t body = frame.size() - 4;
  const std::uint32_t checksum = plain_crc32c(std::span(frame).first(body));
  std::memcpy(frame.data() + body, &checksum, 4);
}

void put32(FrameBytes& frame, std::size_t offset, std::uint32_t value) {
  if (offset + 4 <= frame.size()) std::memcpy(frame.data() + offset, &value, 4);
}

/// Numbers that are near an edge more often than not.
std::uint32_t read_number(Input& input) {
  switch (input.below(6)) {
    case 0:
      return input.word();
    case 1:
      return ~std::uint32_t{0} - static_cast<std::uint32_t>(input.below(4));
    case 2:
      return 216 * static_cast<std::uint32_t>(input.below(4));
    default:
      return static_cast<std::uint32_t>(input.below(16));
  }
}

}  // namespace

std::uint32_t plain_crc32c(std::span<const std::byte> bytes) {
  static const std::array<std::uint32_t, 256> remainders = [] {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t byte = 0; byte < 256; ++byte) {
      table[byte] = byte;
      for (int bit = 0; bit < 8; ++bit) table[byte] = (table[byte] >> 1U) ^ (0x82f63b78U & (0U - (table[byte] & 1U)));
    }
    return table;
  }();
  std::uint32_t crc = ~std::uint32_t{0};
  for (const std::byte byte : bytes)
    crc = (crc >> 8U) ^ remainders[(crc ^ std::to_integer<std::uint32_t>(byte)) & 255U];
  return ~crc;
}

SessionPair::SessionPair(Input& input, const Attack& attack)
    : input_(input), attack_(attack), settings_(read_settings(input)), buffer_(settings_.max_frame) {
  constexpr std::array<std::size_t, 4> lengths = {401, 700, 1000, 1300};
  const std::size_t bits = lengths[input.below(lengths.size())];
  x_ = BitString(bits);
  y_ = BitString(bits);
  input.random().fill(x_);
  input.random().fill_bernoulli(y_, input.one_in(4) ? 0.05 : 0.01);
  xor_into(y_, x_);
  alice_.emplace(AliceSession::make(settings_, x_, shared_book()).value());
  bob_.emplace(BobSession::make(settings_, y_, input.one_in(64) ? book_of_bob() : shared_book()).value());
}

template <class Side>
void SessionPair::receive(Side& side, const FrameBytes& frame) {
  const Snapshot before = snapshot(side);
  const std::uint64_t refused = side.statistics().refused_total();
  const Result<void> result = side.receive(frame);
  if (result) {
    require(side.statistics().frames_accepted == before.accepted + 1, "an accepted frame was not counted");
    return;
  }
  require(!result.error().message.empty(), "refused without a reason");
  require(side.statistics().refused_total() == refused + 1, "a refused frame was not counted");
  require(snapshot(side) == before, "a refused frame changed the session");
}

void SessionPair::deliver(bool to_bob, const FrameBytes& frame) {
  if (to_bob) {
    receive(*bob_, frame);
  } else {
    receive(*alice_, frame);
  }
}

template <class Side>
void SessionPair::drain(Side& side, std::deque<FrameBytes>& pipe) {
  for (int i = 0;; ++i) {
    require(i < endless, "a session has no end of frames to send");
    const std::size_t size = side.next_frame(buffer_);
    if (size == 0) return;
    require(size <= buffer_.size() && size >= header + 4, "a frame of impossible length");
    FrameBytes frame(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(size));
    FrameBytes again = frame;
    put_checksum(again);
    require(frame == again, "a frame with a wrong checksum");
    if (pipe.size() >= most_in_a_pipe) pipe.pop_front();  // lost
    pipe.push_back(std::move(frame));
  }
}

/// A frame of the session with some fields changed.
FrameBytes SessionPair::forged(const FrameBytes& pattern) {
  constexpr std::array<std::size_t, 5> fields = {16, 20, 24, 28, 32};  // exchange, message, total, offset, payload
  FrameBytes frame = pattern;
  for (std::size_t changes = 1 + input_.below(3); changes > 0; --changes) {
    switch (input_.below(5)) {
      case 0:
        put32(frame, fields[input_.below(fields.size())], read_number(input_));
        break;
      case 1:
        frame[5] = static_cast<std::byte>(input_.below(9));
        break;  // type
      case 2:
        frame[header + input_.below(frame.size() - header)] = static_cast<std::byte>(input_.byte());
        break;
      case 3:
        put32(frame, header + 4 * input_.below(24), read_number(input_));
        break;
      default:
        frame.resize(header + 4 + input_.below(216));
        put32(frame, 32, static_cast<std::uint32_t>(frame.size() - header - 4));
    }
  }
  put_checksum(frame);
  return frame;
}

/// A frame from nothing: all fields from the input.
FrameBytes SessionPair::invented() {
  const std::size_t payload = input_.one_in(3) ? 12 : input_.below(217);
  FrameBytes frame(header + payload + 4);
  for (std::size_t i = header; i < header + payload; ++i) frame[i] = static_cast<std::byte>(input_.random().next());
  std::memcpy(frame.data(), "CLGS\1", 5);
  frame[5] = static_cast<std::byte>(1 + input_.below(7));
  frame[8] = std::byte{5};
  put32(frame, 16, static_cast<std::uint32_t>(input_.below(8)));
  put32(frame, 20, input_.one_in(2) ? 0 : static_cast<std::uint32_t>(input_.below(4)));
  put32(frame, 24, input_.one_in(2) ? static_cast<std::uint32_t>(payload) : read_number(input_));
  put32(frame, 28, input_.one_in(2) ? 0 : read_number(input_));
  put32(frame, 32, static_cast<std::uint32_t>(payload));
  if (payload >= 12 && input_.one_in(2)) {
    put32(frame, header, static_cast<std::uint32_t>(input_.below(8)));
    put32(frame, header + 4, read_number(input_));
    put32(frame, header + 8, read_number(input_));
  }
  put_checksum(frame);
  return frame;
}

void SessionPair::forge(bool to_bob) {
  const auto& pipe = to_bob ? to_bob_ : to_alice_;
  if (input_.one_in(3) || pipe.empty()) return deliver(to_bob, invented());
  deliver(to_bob, forged(pipe[input_.below(pipe.size())]));
}

void SessionPair::step() {
  const std::size_t choice = input_.below(16);
  const bool to_bob = input_.one_in(2);
  auto& pipe = to_bob ? to_bob_ : to_alice_;
  if (choice < 5) {  // next in order
    if (pipe.empty()) return;
    const FrameBytes frame = pipe.front();
    pipe.pop_front();
    return deliver(to_bob, frame);
  }
  switch (choice) {
    case 5:
    case 6:
      if (!pipe.empty()) deliver(to_bob, pipe[input_.below(pipe.size())]);  // out of order, and once more later
      return;
    case 7:
      if (!pipe.empty()) pipe.pop_front();  // lost
      return;
    case 8: {  // damaged, at least one bit
      if (pipe.empty()) return;
      FrameBytes frame = pipe.front();
      const std::size_t at = input_.below(frame.size());
      frame[at] ^= static_cast<std::byte>(1U << input_.below(8));
      if (input_.one_in(3)) frame.resize(input_.below(frame.size()));
      return deliver(to_bob, frame);
    }
    case 9:
      if (to_bob) {
        bob_->on_timeout();
      } else {
        alice_->on_timeout();
      }
      return;
    case 10:
      if (auto job = bob_->take_job()) jobs_.push_back(std::move(*job));
      return;
    case 11:
      if (jobs_.empty()) return;
      if (!input_.one_in(8)) jobs_.back().run();  // now and then given back as it was
      bob_->complete(std::move(jobs_.back()));
      jobs_.pop_back();
      return;
    case 12:
      if (input_.one_in(16)) alice_->abandon();
      return;
    case 13:
      if (to_bob ? attack_.bob : attack_.alice) forge(to_bob);
      return;
    default:
      (void)alice_->work();
      bob_->work();
      drain(*alice_, to_bob_);
      drain(*bob_, to_alice_);
  }
}

/// The network becomes perfect; then the sessions must come to an end.
void SessionPair::finish() {
  for (DecodeJob& job : jobs_) {
    job.run();
    bob_->complete(std::move(job));
  }
  jobs_.clear();
  for (int round = 0; round < 200; ++round) {
    if (round == 100 || round == 150) alice_->abandon();
    for (auto worked = alice_->work(); worked && *worked;) worked = alice_->work();
    while (bob_->work()) {
    }
    drain(*alice_, to_bob_);
    drain(*bob_, to_alice_);
    if (to_bob_.empty() && to_alice_.empty()) {
      if (alice_->status() == SessionStatus::finished || alice_->status() == SessionStatus::failed) return;
      alice_->on_timeout();
    }
    for (; !to_bob_.empty(); to_bob_.pop_front()) deliver(true, to_bob_.front());
    for (; !to_alice_.empty(); to_alice_.pop_front()) deliver(false, to_alice_.front());
  }
  require(false, "the sessions do not come to an end");
}

void SessionPair::check_agreement() {
  const BitString a = alice_->key();
  const BitString b = bob_->key();
  require(alice_->finished() || a.empty(), "a key of an unfinished session");
  require(bob_->finished() || b.empty(), "a key of an unfinished session");
  if (attack_.alice || attack_.bob) return;
  if (!alice_->finished()) return;
  require(bob_->finished(), "Alice has finished without Bob");
  require(a == b, "the keys differ");
  for (std::size_t i = 0; i < alice_->blocks(); ++i) {
    const bool key = alice_->block(i).outcome == BlockOutcome::verified;
    require(key == (bob_->block(i).outcome == BlockOutcome::verified), "the two sides keep different blocks");
    require(alice_->block(i).outcome != BlockOutcome::open, "an open block in a finished session");
  }
}

void SessionPair::run() {
  for (std::size_t steps = input_.below(120); steps > 0; --steps) step();
  finish();
  check_agreement();
}

namespace {

void run(Bytes bytes, const Attack& attack) {
  Input input(bytes);
  SessionPair(input, attack).run();
}

}  // namespace

void session(Bytes input) { run(input, {}); }
void session_alice(Bytes input) { run(input, {.alice = true, .bob = false}); }
void session_bob(Bytes input) { run(input, {.alice = false, .bob = true}); }

}  // namespace caligo::fuzz
