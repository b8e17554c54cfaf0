// SPDX-License-Identifier: Apache-2.0
#include "cli/distill_link.hpp"

#include <sodium.h>
#include <caligo/random.hpp>

#include <chrono>
#include <utility>

#include "cli/context.hpp"

namespace caligo::cli {

namespace {

/// Per direction: pads for 250,000 frames. A batch takes some thousand.
constexpr std::size_t pool_bits = std::size_t{1} << 24;

Result<BitString> shared_bits(Direction direction, std::optional<std::uint64_t> seed) {
  BitString bits(pool_bits);
  if (seed) {
    CounterRandom(*seed, ~std::uint64_t{0} - static_cast<std::uint64_t>(direction)).fill(bits);
  } else {
    if (sodium_init() < 0) return Error{ErrorCode::io, "the operating system gives no random numbers"};
    randombytes_buf(bits.words().data(), bits.words().size_bytes());
  }
  return bits;
}

Result<Authenticator> make_authenticator(const std::string& method, KeyPool& pool, Direction direction) {
  if (method == "hmac-sha-256") {
    auto hmac = HmacSha256::make(pool, direction);
    if (!hmac) return hmac.error();
    return Authenticator(std::move(*hmac));
  }
  auto tags = WegmanCarter::make(pool, direction);
  if (!tags) return tags.error();
  return Authenticator(std::move(*tags));
}

std::span<const std::uint8_t> octets(std::span<const std::byte> bytes) noexcept {
  return {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()};
}

}  // namespace

Result<AuthenticatedLink::Path> AuthenticatedLink::make_path(const std::string& method, Direction direction,
                                                             std::optional<std::uint64_t> seed) {
  auto bits = shared_bits(direction, seed);
  if (!bits) return bits.error();
  Path path;
  for (auto* pool : {&path.senders_pool, &path.receivers_pool}) {
    const bool forward = direction == Direction::alice_to_bob;
    auto made = KeyPool::make(forward ? BitView(*bits) : BitView(), forward ? BitView() : BitView(*bits));
    if (!made) return made.error();
    *pool = std::make_unique<KeyPool>(std::move(*made));
  }
  sodium_memzero(bits->words().data(), bits->words().size_bytes());
  auto sender = make_authenticator(method, *path.senders_pool, direction);
  if (!sender) return sender.error();
  auto receiver = make_authenticator(method, *path.receivers_pool, direction);
  if (!receiver) return receiver.error();
  path.sender = std::move(*sender);
  path.receiver = std::move(*receiver);
  return path;
}

Result<AuthenticatedLink> AuthenticatedLink::make(const std::string& method, std::optional<std::uint64_t> seed) {
  AuthenticatedLink link;
  auto to_bob = make_path(method, Direction::alice_to_bob, seed);
  if (!to_bob) return to_bob.error();
  auto to_alice = make_path(method, Direction::bob_to_alice, seed);
  if (!to_alice) return to_alice.error();
  link.to_bob_ = std::move(*to_bob);
  link.to_alice_ = std::move(*to_alice);
  return link;
}

Result<void> AuthenticatedLink::pass(Path& path, std::span<const std::uint8_t> frame) {
  const auto start = std::chrono::steady_clock::now();
  const auto tag = std::visit([&](auto& sender) { return sender.seal(frame); }, *path.sender);
  if (!tag) return tag.error();
  auto opened = std::visit([&](auto& receiver) { return receiver.open(frame, *tag); }, *path.receiver);
  seconds_ += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  ++frames_;
  bytes_ += frame.size();
  return opened;
}

Result<void> AuthenticatedLink::carry(std::span<const std::uint8_t> message) { return pass(to_bob_, message); }

Result<void> AuthenticatedLink::run(AliceSession& alice, BobSession& bob, std::size_t max_frame) {
  std::vector<std::byte> buffer(max_frame);
  const auto move = [&](auto& from, auto& to, Path& path) -> Result<bool> {
    bool moved = false;
    while (const std::size_t size = from.next_frame(buffer)) {
      moved = true;
      const std::span<const std::byte> frame = std::span(buffer).first(size);
      if (auto passed = pass(path, octets(frame)); !passed) return passed.error();
      // A session refuses what comes too early, too late or twice; it asks again for what it needs.
      (void)to.receive(frame);
    }
    return moved;
  };
  while (!(alice.finished() && bob.finished())) {
    if (auto going = check_interrupt(); !going) return going;
    if (alice.status() == SessionStatus::failed) return *alice.error();
    if (bob.status() == SessionStatus::failed) return *bob.error();
    const auto worked = alice.work();
    if (!worked) return worked.error();
    const bool decoded = bob.work();
    const auto sent = move(alice, bob, to_bob_);
    if (!sent) return sent.error();
    const auto answered = move(bob, alice, to_alice_);
    if (!answered) return answered.error();
    if (*worked || decoded || *sent || *answered) continue;
    alice.on_timeout();
    bob.on_timeout();
  }
  return {};
}

std::uint64_t AuthenticatedLink::consumed_bits() const noexcept {
  return to_bob_.senders_pool->consumed(Direction::alice_to_bob) +
         to_alice_.senders_pool->consumed(Direction::bob_to_alice);
}

double AuthenticatedLink::epsilon() const noexcept {
  double sum = 0;
  for (const Path* path : {&to_bob_, &to_alice_}) {
    if (const auto* tags = std::get_if<WegmanCarter>(&*path->receiver)) sum += tags->epsilon();
  }
  return sum;
}

}  // namespace caligo::cli
