// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <sodium.h>
#include <caligo/authenticate.hpp>

#include <algorithm>
#include <vector>

namespace caligo {

std::string_view to_string(Direction direction) noexcept {
  return direction == Direction::alice_to_bob ? "alice-to-bob" : "bob-to-alice";
}

namespace {

/// The bits of one direction that are still there, behind a number of words that were consumed and dropped.
struct Lane {
  std::vector<std::uint64_t> words;
  std::uint64_t first = 0;     ///< position of bit 0 of `words`, a multiple of 64
  std::uint64_t consumed = 0;  ///< position of the next bit
  std::uint64_t end = 0;       ///< position behind the last bit

  Lane() = default;
  Lane(const Lane&) = delete;
  Lane& operator=(const Lane&) = delete;
  ~Lane() { sodium_memzero(words.data(), 8 * words.size()); }

  /// Drops consumed words and makes room. What moves is wiped where it was.
  void append(BitView key) {
    const std::uint64_t dropped = (consumed - first) / 64;
    const std::uint64_t kept = end - first - 64 * dropped;
    std::vector<std::uint64_t> moved(words_for(kept + key.size()));
    const BitView old{words.data(), end - first};
    copy_bits(old, 64 * dropped, {moved.data(), 64 * moved.size()}, 0, kept);
    copy_bits(key, 0, {moved.data(), 64 * moved.size()}, kept, key.size());
    words.swap(moved);
    sodium_memzero(moved.data(), 8 * moved.size());
    first += 64 * dropped;
    end += key.size();
  }
  void read(std::uint64_t position, MutableBitView out) const noexcept {
    std::ranges::fill(out.words(), 0);
    copy_bits({words.data(), end - first}, position - first, out, 0, out.size());
  }
  void wipe_to(std::uint64_t position) noexcept {
    for (; consumed < position && consumed % 64 != 0; ++consumed) wipe_bit();
    const std::uint64_t whole = (position - consumed) / 64;
    sodium_memzero(words.data() + (consumed - first) / 64, 8 * whole);
    for (consumed += 64 * whole; consumed < position; ++consumed) wipe_bit();
  }
  void wipe_bit() noexcept { words[(consumed - first) / 64] &= ~(std::uint64_t{1} << ((consumed - first) % 64)); }
};

}  // namespace

struct KeyPool::State {
  Lane lanes[2];
  double epsilon = 0;
  [[nodiscard]] Lane& of(Direction direction) noexcept { return lanes[static_cast<std::size_t>(direction)]; }
};

KeyPool::KeyPool(std::unique_ptr<State> state) noexcept : state_(std::move(state)) {}
KeyPool::KeyPool(KeyPool&&) noexcept = default;
KeyPool& KeyPool::operator=(KeyPool&&) noexcept = default;
KeyPool::~KeyPool() = default;

Result<KeyPool> KeyPool::make(BitView alice_to_bob, BitView bob_to_alice, double epsilon) {
  KeyPool pool(std::make_unique<State>());
  if (auto added = pool.replenish(Direction::alice_to_bob, alice_to_bob, epsilon); !added) return added.error();
  if (auto added = pool.replenish(Direction::bob_to_alice, bob_to_alice, 0); !added) return added.error();
  return pool;
}

Result<void> KeyPool::replenish(Direction direction, BitView key, double epsilon) {
  if (!(epsilon >= 0 && epsilon < 1)) {
    return Error{ErrorCode::invalid_argument, fmt::format("key pool: epsilon: expected 0 to 1, got {}", epsilon)};
  }
  state_->of(direction).append(key);
  state_->epsilon += epsilon;
  return {};
}

Result<void> KeyPool::take(Direction direction, MutableBitView out) {
  const std::uint64_t position = consumed(direction);
  if (auto read = peek(direction, position, out); !read) return read;
  return consume_to(direction, position + out.size());
}

Result<void> KeyPool::peek(Direction direction, std::uint64_t position, MutableBitView out) const {
  const Lane& lane = state_->of(direction);
  if (position < lane.consumed) {
    return Error{ErrorCode::invalid_argument, fmt::format("key pool, {}: bits from {} on were consumed up to {}",
                                                          to_string(direction), position, lane.consumed)};
  }
  if (position > lane.end || lane.end - position < out.size()) {
    return Error{ErrorCode::key_exhausted,
                 fmt::format("key pool, {}: {} bits wanted from {} on, {} are left; replenish it", to_string(direction),
                             out.size(), position, lane.end - lane.consumed)};
  }
  lane.read(position, out);
  return {};
}

Result<void> KeyPool::consume_to(Direction direction, std::uint64_t position) {
  Lane& lane = state_->of(direction);
  if (position < lane.consumed) {
    return Error{ErrorCode::invalid_argument, fmt::format("key pool, {}: position {} was consumed, up to {}",
                                                          to_string(direction), position, lane.consumed)};
  }
  if (position > lane.end) {
    return Error{ErrorCode::key_exhausted,
                 fmt::format("key pool, {}: there are {} bits, not {}", to_string(direction), lane.end, position)};
  }
  lane.wipe_to(position);
  return {};
}

std::uint64_t KeyPool::consumed(Direction direction) const noexcept { return state_->of(direction).consumed; }
std::uint64_t KeyPool::remaining(Direction direction) const noexcept {
  const Lane& lane = state_->of(direction);
  return lane.end - lane.consumed;
}
double KeyPool::epsilon() const noexcept { return state_->epsilon; }

}  // namespace caligo
