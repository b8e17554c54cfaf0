// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Cascade within a session: its messages as they are, Alice's first one behind its parameters. When Cascade has ended
/// Alice says which units were verified, and Bob whether he has the same.

#include <caligo/bits.hpp>
#include <caligo/cascade.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace caligo::session {

inline constexpr std::size_t parameter_bytes = 48;
void write_parameters(const CascadeParameters& parameters, std::span<std::byte> out) noexcept;
/// Empty if Cascade refuses them.
[[nodiscard]] std::optional<CascadeParameters> read_parameters(std::span<const std::byte> message);

/// The longest first message about a group, and the longest later one that honest sides send.
[[nodiscard]] std::size_t longest_question(std::size_t bits) noexcept;

/// How many tags, and how many bytes of parities, a question has that is answered in `answer` bytes.
struct QuestionParts {
  std::size_t tags = 0;
  std::size_t parity_bytes = 0;
};
[[nodiscard]] QuestionParts parts_of_question(std::size_t question, std::size_t answer) noexcept;

/// One packed bit per unit: verified.
void write_units(std::span<const CascadeUnit> units, std::span<std::byte> out) noexcept;
/// Whether `message` says the same about all units.
[[nodiscard]] bool same_units(std::span<const std::byte> message, std::span<const CascadeUnit> units) noexcept;

struct KeptUnits {
  std::size_t bits = 0;
  std::uint64_t errors = 0;
};
/// Copies the verified units of `source` to the beginning of `target`, one after the other.
KeptUnits keep_verified(BitView source, std::span<const CascadeUnit> units, MutableBitView target) noexcept;

}  // namespace caligo::session
