// SPDX-License-Identifier: Apache-2.0
#include <sodium.h>
#include <caligo/authenticate.hpp>

#include <cstring>

#include "authenticate/frames.hpp"

namespace caligo {

Result<HmacSha256> HmacSha256::make(KeyPool& pool, Direction direction) {
  HmacSha256 result(direction);
  std::uint64_t words[key_bits / 64];
  if (auto taken = pool.take(direction, {words, key_bits}); !taken) return taken.error();
  std::memcpy(result.key_.data(), words, sizeof words);
  sodium_memzero(words, sizeof words);
  return result;
}

HmacSha256::~HmacSha256() { sodium_memzero(key_.data(), sizeof key_); }

/// Counter and length, eight bytes each, and direction, one byte, before the frame.
std::array<std::uint8_t, 32> HmacSha256::mac(std::span<const std::uint8_t> frame,
                                             std::uint64_t counter) const noexcept {
  std::uint8_t header[17];
  const std::uint64_t size = frame.size();
  std::memcpy(header, &counter, 8);
  std::memcpy(header + 8, &size, 8);
  header[16] = static_cast<std::uint8_t>(direction_);
  static_assert(crypto_auth_hmacsha256_BYTES == 32);
  std::array<std::uint8_t, 32> result{};
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, key_.data(), key_.size());
  crypto_auth_hmacsha256_update(&state, header, sizeof header);
  crypto_auth_hmacsha256_update(&state, frame.data(), frame.size());
  crypto_auth_hmacsha256_final(&state, result.data());
  sodium_memzero(&state, sizeof state);
  return result;
}

Result<FrameTag> HmacSha256::seal(std::span<const std::uint8_t> frame) {
  if (auto checked = authenticate::check_length(frame.size()); !checked) return checked.error();
  FrameTag tag{.counter = counter_, .bytes = mac(frame, counter_), .size = 32};
  ++counter_;
  return tag;
}

Result<void> HmacSha256::open(std::span<const std::uint8_t> frame, const FrameTag& tag) {
  if (auto checked = authenticate::check_frame(frame.size(), tag, counter_, 32); !checked) return checked;
  const std::array<std::uint8_t, 32> expected = mac(frame, tag.counter);
  if (sodium_memcmp(expected.data(), tag.bytes.data(), expected.size()) != 0) {
    return authenticate::wrong_tag(tag.counter);
  }
  counter_ = tag.counter + 1;
  return {};
}

}  // namespace caligo
