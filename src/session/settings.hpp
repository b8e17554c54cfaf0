// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Checks of the settings, and the payload of the frame by which Alice proposes them.

#include <caligo/error.hpp>
#include <caligo/session.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace caligo::session {

inline constexpr std::size_t hello_bytes = 72;
using Hello = std::array<std::byte, hello_bytes>;

/// Errors: invalid_argument, which says what was expected; no_key.
Result<void> check_settings(const SessionSettings& settings, std::uint64_t bits);

/// sample_seed: where sample_positions() come from.
[[nodiscard]] Hello write_hello(const SessionSettings& settings, std::uint64_t bits,
                                std::uint64_t sample_seed) noexcept;
[[nodiscard]] std::uint64_t sample_seed_of(std::span<const std::byte> hello) noexcept;

/// What the first difference is about; 0 in a frame stands for the version of the format.
struct Difference {
  std::uint32_t field = 0;
  std::string text;  ///< "list size: the peer has 8, this side 32"
};
/// hello: hello_bytes from outside. The sample seed is not compared.
[[nodiscard]] std::optional<Difference> compare_hello(std::span<const std::byte> hello, const SessionSettings& settings,
                                                      std::uint64_t bits);
/// The name of a field of Difference, or "an unknown setting".
[[nodiscard]] const char* setting_name(std::uint32_t field) noexcept;

}  // namespace caligo::session
