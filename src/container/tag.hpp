// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Authentication tags of 256 bits: keyed BLAKE2b (RFC 7693) or HMAC-SHA-256 (RFC 2104), both from libsodium.

#include <sodium.h>
#include <caligo/container.hpp>

namespace caligo::container {

using Tag = std::array<std::uint8_t, 32>;

/// One tag, from pieces of its message. Allocates nothing; the state is wiped.
class Mac {
 public:
  Mac(ContainerTag algorithm, const ContainerKey& key) noexcept;
  Mac(const Mac&) = delete;
  Mac& operator=(const Mac&) = delete;
  ~Mac();
  void update(const void* bytes, std::size_t count) noexcept;
  /// Once.
  [[nodiscard]] Tag finish() noexcept;

 private:
  ContainerTag algorithm_;
  union {
    crypto_generichash_blake2b_state blake2b_;
    crypto_auth_hmacsha256_state hmac_;
  };
};

/// In constant time.
[[nodiscard]] bool equal(const Tag& a, const Tag& b) noexcept;

}  // namespace caligo::container
