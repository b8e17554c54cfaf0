// SPDX-License-Identifier: Apache-2.0
// Two sessions in one process and a channel between them that loses, repeats and damages frames. Each side would run in
// a process of its own; only the channel would differ.
#include <caligo/caligo.hpp>

#include <deque>
#include <iostream>
#include <vector>

namespace {

constexpr std::size_t bits = 1 << 20;
constexpr double crossover = 0.025;
constexpr std::uint64_t seed = 1;

/// One direction. Loses every eighth frame or so, and damages and repeats others.
class Channel {
 public:
  explicit Channel(std::uint64_t stream) : random_(seed, stream) {}

  void send(std::span<const std::byte> frame) {
    ++sent;
    if (random_.below(8) == 0) return;
    frames_.emplace_back(frame.begin(), frame.end());
    if (random_.below(16) == 0) frames_.push_back(frames_.back());
    if (random_.below(16) == 0) frames_.back()[random_.below(frame.size())] ^= std::byte{0x10};
  }
  bool receive(std::vector<std::byte>& frame) {
    if (frames_.empty()) return false;
    frame = std::move(frames_.front());
    frames_.pop_front();
    return true;
  }

  int sent = 0;

 private:
  caligo::CounterRandom random_;
  std::deque<std::vector<std::byte>> frames_;
};

/// One turn of either side: what came in, then what goes out. False: nothing happened.
template <class Session, class Work>
bool turn(Session& session, Channel& in, Channel& out, std::vector<std::byte>& buffer, Work work) {
  bool busy = false;
  std::vector<std::byte> frame;
  while (in.receive(frame)) {
    busy = true;
    (void)session.receive(frame);  // a damaged frame is refused; it is as good as lost
  }
  while (work()) busy = true;
  while (const std::size_t size = session.next_frame(buffer)) {
    busy = true;
    out.send(std::span(buffer).first(size));
  }
  return busy;
}

void report(const char* name, const caligo::SessionStatistics& statistics) {
  std::cout << name << ": " << statistics.frames_sent << " frames sent, " << statistics.frames_repeated
            << " of them again; " << statistics.frames_accepted << " accepted, " << statistics.duplicates
            << " of them duplicates; " << statistics.refused_total() << " refused\n";
}

int run() {
  caligo::BitString x(bits);
  caligo::BitString y(bits);
  caligo::CounterRandom random(seed, 0);
  random.fill(x);
  random.fill_bernoulli(y, crossover);
  caligo::xor_into(y, x);

  caligo::SessionSettings settings;  // the same on both sides
  settings.session_id = 42;
  settings.mode = caligo::SessionMode::blind;
  settings.max_log2_block = 16;
  settings.crc = caligo::parse_crc("crc16-ccitt").value();
  settings.sample_bits = 4096;
  settings.max_frame = 1400;
  const auto codes = std::make_shared<caligo::CodeBook>();
  auto alice = caligo::AliceSession::make(settings, x, codes).value();
  auto bob = caligo::BobSession::make(settings, y, codes).value();

  Channel to_bob(1);
  Channel to_alice(2);
  std::vector<std::byte> buffer(settings.max_frame);
  while (!alice.finished()) {
    const bool alice_busy = turn(alice, to_alice, to_bob, buffer, [&] { return alice.work().value(); });
    const bool bob_busy = turn(bob, to_bob, to_alice, buffer, [&] { return bob.work(); });
    if (alice_busy || bob_busy) continue;
    alice.on_timeout();  // a real caller waits before it says so
    bob.on_timeout();
  }

  for (std::size_t i = 0; i < alice.blocks(); ++i) {
    const caligo::SessionBlock block = alice.block(i);
    const double limit = static_cast<double>(block.bits) * caligo::binary_entropy(crossover);
    std::cout << "block " << i << ": " << block.bits << " bits, " << block.errors << " errors, " << block.rounds
              << " questions, " << block.leaked.total()
              << " bits disclosed, f = " << static_cast<double>(block.leaked.total()) / limit
              << (block.outcome == caligo::BlockOutcome::verified ? "" : ", failed") << '\n';
  }
  report("Alice", alice.statistics());
  report("Bob", bob.statistics());
  const std::uint64_t leaked = alice.leaked().total() + bob.leaked().total();
  std::cout << "key: " << alice.key().size() << " bits, " << leaked << " bits of it to be taken away; "
            << alice.statistics().disclosed_repeated << " disclosed bits were sent more than once\n";
  return bob.finished() && alice.key() == bob.key() ? 0 : 1;
}

}  // namespace

int main() {
  try {
    return run();
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
