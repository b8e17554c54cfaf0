// SPDX-License-Identifier: Apache-2.0
#include "code/digest.hpp"

#include <fmt/format.h>
#include <sodium.h>

namespace caligo::code {

std::array<std::uint8_t, 16> digest128(std::string_view bytes) {
  // Picks the fastest implementation once; a failure leaves the portable one, which gives the same digest.
  [[maybe_unused]] const int initialised = sodium_init();
  std::array<std::uint8_t, 16> digest{};
  crypto_generichash_blake2b(digest.data(), digest.size(), reinterpret_cast<const unsigned char*>(bytes.data()),
                             bytes.size(), nullptr, 0);
  return digest;
}

std::string digest128_hex(std::string_view bytes) {
  std::string hex;
  for (const std::uint8_t byte : digest128(bytes)) hex += fmt::format("{:02x}", byte);
  return hex;
}

}  // namespace caligo::code
