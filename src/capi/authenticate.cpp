// SPDX-License-Identifier: Apache-2.0
#include <caligo/c/key.h>
#include <fmt/format.h>
#include <caligo/authenticate.hpp>

#include <algorithm>
#include <limits>
#include <variant>

#include "capi/boundary.hpp"

namespace capi = caligo::capi;
using caligo::Direction;
using caligo::Result;

struct caligo_key_pool {
  std::shared_ptr<caligo::KeyPool> pool;
};

struct caligo_authenticator {
  std::shared_ptr<caligo::KeyPool> pool;  ///< first, so that it outlives the next
  std::variant<caligo::WegmanCarter, caligo::HmacSha256> tags;
};

namespace caligo::capi {

namespace {

Result<Direction> direction_of(std::int32_t direction) {
  if (direction == CALIGO_ALICE_TO_BOB) return Direction::alice_to_bob;
  if (direction == CALIGO_BOB_TO_ALICE) return Direction::bob_to_alice;
  return invalid(fmt::format("direction is {}, expected CALIGO_ALICE_TO_BOB or CALIGO_BOB_TO_ALICE", direction));
}

template <class Tags>
Result<std::unique_ptr<caligo_authenticator>> make_tags(const caligo_key_pool& pool, Direction direction) {
  auto made = Tags::make(*pool.pool, direction);
  if (!made) return std::move(made).error();
  return std::unique_ptr<caligo_authenticator>(new caligo_authenticator{.pool = pool.pool, .tags = std::move(*made)});
}

Result<std::span<const std::uint8_t>> frame_of(const std::uint8_t* frame, std::size_t size) {
  if (size != 0) {
    if (auto there = need(frame, "frame"); !there) return there.error();
  }
  return std::span(frame, size);
}

}  // namespace

}  // namespace caligo::capi

caligo_error caligo_key_pool_create(const uint8_t* alice_to_bob, size_t alice_to_bob_bits, const uint8_t* bob_to_alice,
                                    size_t bob_to_alice_bits, double epsilon, caligo_key_pool** pool) {
  return capi::create(pool, "pool", [&]() -> Result<std::unique_ptr<caligo_key_pool>> {
    capi::SecretBits forth(alice_to_bob_bits);
    capi::SecretBits back(bob_to_alice_bits);
    if (auto loaded = capi::load_bits(alice_to_bob, *forth, "alice_to_bob"); !loaded) return loaded.error();
    if (auto loaded = capi::load_bits(bob_to_alice, *back, "bob_to_alice"); !loaded) return loaded.error();
    auto made = caligo::KeyPool::make(*forth, *back, epsilon);
    if (!made) return std::move(made).error();
    auto handle = std::make_unique<caligo_key_pool>();
    handle->pool = std::make_shared<caligo::KeyPool>(std::move(*made));
    return handle;
  });
}

caligo_error caligo_key_pool_replenish(caligo_key_pool* pool, int32_t direction, const uint8_t* key, size_t bits,
                                       double epsilon) {
  return capi::guarded([&]() -> Result<void> {
    if (auto there = capi::need(pool, "pool"); !there) return there;
    auto way = capi::direction_of(direction);
    if (!way) return std::move(way).error();
    capi::SecretBits fresh(bits);
    if (auto loaded = capi::load_bits(key, *fresh, "key"); !loaded) return loaded;
    return pool->pool->replenish(*way, *fresh, epsilon);
  });
}

caligo_error caligo_key_pool_take(caligo_key_pool* pool, int32_t direction, uint8_t* out, size_t bits) {
  return capi::guarded([&]() -> Result<void> {
    if (auto there = capi::need(pool, "pool"); !there) return there;
    if (bits != 0) {
      if (auto there = capi::need(out, "out"); !there) return there;
    }
    auto way = capi::direction_of(direction);
    if (!way) return std::move(way).error();
    // What is not there is not allocated for.
    if (bits > pool->pool->remaining(*way)) return pool->pool->take(*way, caligo::MutableBitView(nullptr, bits));
    capi::SecretBits taken(bits);
    if (auto done = pool->pool->take(*way, *taken); !done) return done;
    return capi::store_bits(*taken, out, "out");
  });
}

caligo_error caligo_key_pool_get_info(const caligo_key_pool* pool, caligo_key_pool_info* info) {
  return capi::guarded([&]() -> Result<void> {
    if (auto there = capi::need(pool, "pool"); !there) return there;
    caligo_key_pool_info value{};
    for (const Direction way : {Direction::alice_to_bob, Direction::bob_to_alice}) {
      const std::size_t index = way == Direction::alice_to_bob ? CALIGO_ALICE_TO_BOB : CALIGO_BOB_TO_ALICE;
      value.consumed[index] = pool->pool->consumed(way);
      value.remaining[index] = pool->pool->remaining(way);
    }
    value.epsilon = pool->pool->epsilon();
    return capi::write_struct(value, info, "info");
  });
}

void caligo_key_pool_destroy(caligo_key_pool* pool) { delete pool; }

caligo_error caligo_authenticator_create(caligo_key_pool* pool, int32_t direction, int32_t algorithm,
                                         caligo_authenticator** authenticator) {
  return capi::create(authenticator, "authenticator", [&]() -> Result<std::unique_ptr<caligo_authenticator>> {
    if (auto there = capi::need(pool, "pool"); !there) return there.error();
    auto way = capi::direction_of(direction);
    if (!way) return std::move(way).error();
    if (algorithm == CALIGO_WEGMAN_CARTER) return capi::make_tags<caligo::WegmanCarter>(*pool, *way);
    if (algorithm == CALIGO_HMAC_SHA256) return capi::make_tags<caligo::HmacSha256>(*pool, *way);
    return capi::invalid(
        fmt::format("algorithm is {}, expected CALIGO_WEGMAN_CARTER or CALIGO_HMAC_SHA256", algorithm));
  });
}

caligo_error caligo_authenticator_seal(caligo_authenticator* authenticator, const uint8_t* frame, size_t size,
                                       caligo_frame_tag* tag) {
  return capi::guarded([&]() -> Result<void> {
    if (auto there = capi::need(authenticator, "authenticator"); !there) return there;
    if (auto there = capi::need(tag, "tag"); !there) return there;
    auto bytes = capi::frame_of(frame, size);
    if (!bytes) return std::move(bytes).error();
    auto sealed = std::visit([&](auto& tags) { return tags.seal(*bytes); }, authenticator->tags);
    if (!sealed) return std::move(sealed).error();
    *tag = {.counter = sealed->counter, .bytes = {}, .size = sealed->size, .reserved = 0};
    std::copy(sealed->bytes.begin(), sealed->bytes.end(), std::begin(tag->bytes));
    return {};
  });
}

caligo_error caligo_authenticator_open(caligo_authenticator* authenticator, const uint8_t* frame, size_t size,
                                       const caligo_frame_tag* tag) {
  return capi::guarded([&]() -> Result<void> {
    if (auto there = capi::need(authenticator, "authenticator"); !there) return there;
    if (auto there = capi::need(tag, "tag"); !there) return there;
    auto bytes = capi::frame_of(frame, size);
    if (!bytes) return std::move(bytes).error();
    caligo::FrameTag sealed;
    sealed.counter = tag->counter;
    std::copy(std::begin(tag->bytes), std::end(tag->bytes), sealed.bytes.begin());
    sealed.size =
        static_cast<std::uint8_t>(std::min<std::uint32_t>(tag->size, std::numeric_limits<std::uint8_t>::max()));
    return std::visit([&](auto& tags) { return tags.open(*bytes, sealed); }, authenticator->tags);
  });
}

double caligo_authenticator_epsilon(const caligo_authenticator* authenticator) {
  const auto* tags = authenticator == nullptr ? nullptr : std::get_if<caligo::WegmanCarter>(&authenticator->tags);
  return tags == nullptr ? std::numeric_limits<double>::quiet_NaN() : tags->epsilon();
}

uint64_t caligo_authenticator_counter(const caligo_authenticator* authenticator) {
  if (authenticator == nullptr) return 0;
  return std::visit([](const auto& tags) { return tags.counter(); }, authenticator->tags);
}

void caligo_authenticator_destroy(caligo_authenticator* authenticator) { delete authenticator; }
