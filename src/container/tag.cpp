// SPDX-License-Identifier: Apache-2.0
#include "container/tag.hpp"

#include <algorithm>

namespace caligo {
namespace container {

Mac::Mac(ContainerTag algorithm, const ContainerKey& key) noexcept : algorithm_(algorithm), blake2b_{} {
  // Picks the fastest implementation once; a failure leaves the portable one, which gives the same tags.
  [[maybe_unused]] const int initialised = sodium_init();
  if (algorithm_ == ContainerTag::hmac_sha256) {
    crypto_auth_hmacsha256_init(&hmac_, key.bytes().data(), ContainerKey::size);
  } else {
    crypto_generichash_blake2b_init(&blake2b_, key.bytes().data(), ContainerKey::size, sizeof(Tag));
  }
}

Mac::~Mac() {
  if (algorithm_ == ContainerTag::hmac_sha256) {
    sodium_memzero(&hmac_, sizeof hmac_);
  } else {
    sodium_memzero(&blake2b_, sizeof blake2b_);
  }
}

void Mac::update(const void* bytes, std::size_t count) noexcept {
  const auto* data = static_cast<const unsigned char*>(bytes);
  if (algorithm_ == ContainerTag::hmac_sha256) {
    crypto_auth_hmacsha256_update(&hmac_, data, count);
  } else {
    crypto_generichash_blake2b_update(&blake2b_, data, count);
  }
}

Tag Mac::finish() noexcept {
  Tag tag{};
  if (algorithm_ == ContainerTag::hmac_sha256) {
    crypto_auth_hmacsha256_final(&hmac_, tag.data());
  } else {
    crypto_generichash_blake2b_final(&blake2b_, tag.data(), tag.size());
  }
  return tag;
}

bool equal(const Tag& a, const Tag& b) noexcept { return sodium_memcmp(a.data(), b.data(), a.size()) == 0; }

}  // namespace container

ContainerKey::ContainerKey(std::span<const std::uint8_t, size> bytes) noexcept {
  std::ranges::copy(bytes, bytes_.begin());
}

ContainerKey::~ContainerKey() { sodium_memzero(bytes_.data(), bytes_.size()); }

ContainerKey ContainerKey::random() {
  [[maybe_unused]] const int initialised = sodium_init();
  ContainerKey key;
  randombytes_buf(key.bytes_.data(), key.bytes_.size());
  return key;
}

Id128 Id128::random() {
  [[maybe_unused]] const int initialised = sodium_init();
  Id128 id;
  randombytes_buf(id.bytes.data(), id.bytes.size());
  return id;
}

}  // namespace caligo
