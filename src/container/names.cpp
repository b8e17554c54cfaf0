// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <caligo/container.hpp>

namespace caligo {

std::string_view to_string(ContainerKind kind) noexcept {
  switch (kind) {
    case ContainerKind::sifted:
      return "sifted";
    case ContainerKind::session:
      return "session";
    case ContainerKind::key:
      return "key";
  }
  return {};
}

std::string_view to_string(ContainerRole role) noexcept {
  switch (role) {
    case ContainerRole::unspecified:
      return "unspecified";
    case ContainerRole::alice:
      return "alice";
    case ContainerRole::bob:
      return "bob";
  }
  return {};
}

std::string_view to_string(ContainerTag tag) noexcept {
  switch (tag) {
    case ContainerTag::none:
      return "none";
    case ContainerTag::blake2b:
      return "blake2b";
    case ContainerTag::hmac_sha256:
      return "hmac-sha256";
  }
  return {};
}

std::string_view to_string(Basis basis) noexcept {
  switch (basis) {
    case Basis::unspecified:
      return "unspecified";
    case Basis::z:
      return "z";
    case Basis::x:
      return "x";
  }
  return {};
}

std::string Id128::hex() const {
  std::string text;
  for (const std::uint8_t byte : bytes) text += fmt::format("{:02x}", byte);
  return text;
}

Result<Id128> Id128::parse(std::string_view hex) {
  const auto digit = [](char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
  };
  Id128 id;
  bool valid = hex.size() == 2 * id.bytes.size();
  for (std::size_t i = 0; valid && i < hex.size(); ++i) {
    const int value = digit(hex[i]);
    valid = value >= 0;
    id.bytes[i / 2] = static_cast<std::uint8_t>(id.bytes[i / 2] << 4U | (value & 15));
  }
  if (valid) return id;
  return Error{ErrorCode::malformed_input, "identifier: expected 32 hexadecimal digits"};
}

}  // namespace caligo
