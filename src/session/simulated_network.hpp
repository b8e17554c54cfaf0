// SPDX-License-Identifier: Apache-2.0
#pragma once
/// For tests: two sessions and a network between them that loses, repeats, delays, reorders and damages frames. Time is
/// a number of steps; everything depends on the seed alone.

#include <caligo/random.hpp>
#include <caligo/session.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

namespace caligo::session {

/// Probabilities per frame, and steps.
struct Faults {
  double lost = 0;
  double repeated = 0;
  double damaged = 0;            ///< one to eight bits flipped, anywhere
  double truncated = 0;          ///< the end is missing
  std::uint64_t delay = 1;       ///< a frame takes 1 … this many steps, so later ones may overtake it
  std::uint64_t patience = 20;   ///< steps without a frame after which a side says on_timeout()
  std::uint64_t limit = 400000;  ///< steps after which Alice abandons what is open
  double idle = 0;               ///< a side does nothing in a step
};

class SimulatedNetwork {
 public:
  SimulatedNetwork(const Faults& faults, std::uint64_t seed) : faults_(faults), random_(seed, 77) {}

  /// Until both are finished, or there is no hope. `frame_room` is the longest frame.
  void run(AliceSession& alice, BobSession& bob, std::size_t frame_room) {
    buffer_.resize(frame_room);
    for (std::uint64_t step = 0; step < 3 * faults_.limit; ++step) {
      now_ = step;
      if (step == faults_.limit || step == 2 * faults_.limit) alice.abandon();
      deliver(alice, bob);
      if (!chance(faults_.idle)) turn(alice, to_bob, heard_alice_);
      if (!chance(faults_.idle)) turn(bob, to_alice, heard_bob_);
      const bool over = alice.status() == SessionStatus::finished || alice.status() == SessionStatus::failed;
      if (over && bob.status() != SessionStatus::running && on_the_way_.empty()) return;
      if (alice.status() == SessionStatus::failed && on_the_way_.empty()) return;
    }
  }
  [[nodiscard]] std::uint64_t steps() const noexcept { return now_; }
  [[nodiscard]] std::uint64_t accepted_damaged() const noexcept { return accepted_damaged_; }

 private:
  static constexpr bool to_alice = false;
  static constexpr bool to_bob = true;
  struct Travelling {
    bool to = false;
    bool damaged = false;
    std::vector<std::byte> frame;
  };
  bool chance(double probability) { return probability > 0 && random_.uniform() < probability; }

  void deliver(AliceSession& alice, BobSession& bob) {
    while (!on_the_way_.empty() && on_the_way_.begin()->first <= now_) {
      const Travelling travelling = std::move(on_the_way_.begin()->second);
      on_the_way_.erase(on_the_way_.begin());
      const Result<void> result =
          travelling.to == to_bob ? bob.receive(travelling.frame) : alice.receive(travelling.frame);
      (travelling.to == to_bob ? heard_bob_ : heard_alice_) = now_;
      if (result && travelling.damaged) ++accepted_damaged_;
    }
  }

  static bool do_work(AliceSession& alice) { return alice.work().has_value(); }
  static bool do_work(BobSession& bob) { return bob.work(); }

  template <class Side>
  void turn(Side& side, bool to, std::uint64_t& heard) {
    if (now_ > heard + faults_.patience) {
      heard = now_;
      side.on_timeout();
    }
    do_work(side);
    for (std::uint64_t i = random_.below(6); i > 0; --i) {
      const std::size_t size = side.next_frame(buffer_);
      if (size == 0) return;
      const int copies = (chance(faults_.lost) ? 0 : 1) + (chance(faults_.repeated) ? 1 : 0);
      for (int copy = 0; copy < copies; ++copy) send(to, size);
    }
  }

  void send(bool to, std::size_t size) {
    Travelling travelling{
        .to = to, .damaged = false, .frame = {buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(size)}};
    if (chance(faults_.truncated)) {
      travelling.frame.resize(random_.below(size));
      travelling.damaged = true;
    } else if (chance(faults_.damaged)) {
      for (std::uint64_t flips = 1 + random_.below(8); flips > 0; --flips) {
        const std::uint64_t bit = random_.below(8 * size);
        travelling.frame[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
      }
      travelling.damaged = !std::equal(travelling.frame.begin(), travelling.frame.end(), buffer_.begin());
    }
    on_the_way_.emplace(now_ + 1 + random_.below(faults_.delay), std::move(travelling));
  }

  Faults faults_;
  CounterRandom random_;
  std::vector<std::byte> buffer_;
  std::multimap<std::uint64_t, Travelling> on_the_way_;
  std::uint64_t now_ = 0;
  std::uint64_t heard_alice_ = 0;
  std::uint64_t heard_bob_ = 0;
  std::uint64_t accepted_damaged_ = 0;
};

}  // namespace caligo::session
