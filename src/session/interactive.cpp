// SPDX-License-Identifier: Apache-2.0
#include "session/interactive.hpp"

#include <algorithm>
#include <array>

#include "session/wire.hpp"

namespace caligo::session {

namespace {

/// A tag goes with the six words of its key.
constexpr std::size_t tag_bytes = 56;
constexpr std::size_t at_shuffle = 40;
constexpr std::size_t smallest_block = 256;

}  // namespace

void write_parameters(const CascadeParameters& p, std::span<std::byte> out) noexcept {
  const std::array<unsigned, 10> fields = {p.log2_block, p.log2_first, p.log2_second, p.subsets,  p.retry_subsets,
                                           p.retries,    p.breadth,    p.unit_blocks, p.tag_bits, 0U};
  for (std::size_t i = 0; i < fields.size(); ++i) put(out, 4 * i, std::uint32_t{fields[i]});
  put(out, at_shuffle, p.shuffle);
}

std::optional<CascadeParameters> read_parameters(std::span<const std::byte> message) {
  if (message.size() < parameter_bytes) return std::nullopt;
  const auto field = [&](std::size_t i) { return get<std::uint32_t>(message, 4 * i); };
  if (field(9) != 0) return std::nullopt;
  CascadeParameters p;
  p.log2_block = field(0);
  p.log2_first = field(1);
  p.log2_second = field(2);
  p.subsets = field(3);
  p.retry_subsets = field(4);
  p.retries = field(5);
  p.breadth = field(6);
  p.unit_blocks = field(7);
  p.tag_bits = field(8);
  p.shuffle = get<std::uint64_t>(message, at_shuffle);
  if (!check_cascade(p)) return std::nullopt;
  return p;
}

std::size_t longest_question(std::size_t bits) noexcept {
  return parameter_bytes + bytes_for(bits) + tag_bytes * (bits / smallest_block + 1);
}

QuestionParts parts_of_question(std::size_t question, std::size_t answer) noexcept {
  // Parities take as much in both; t tags take 56·t bytes in one and t bits in the other.
  QuestionParts parts;
  const std::size_t more = question > answer ? question - answer : 0;
  while (tag_bytes * parts.tags - bytes_for(parts.tags) < more) ++parts.tags;
  parts.parity_bytes = question - std::min(question, tag_bytes * parts.tags);
  return parts;
}

void write_units(std::span<const CascadeUnit> units, std::span<std::byte> out) noexcept {
  for (std::size_t i = 0; i < units.size(); ++i) {
    if (units[i].verified) out[i / 8] |= static_cast<std::byte>(1U << (i % 8));
  }
}

bool same_units(std::span<const std::byte> message, std::span<const CascadeUnit> units) noexcept {
  if (message.size() != bytes_for(units.size())) return false;
  for (std::size_t i = 0; i < 8 * message.size(); ++i) {
    const bool theirs = (std::to_integer<unsigned>(message[i / 8]) >> (i % 8) & 1U) != 0;
    if (theirs != (i < units.size() && units[i].verified)) return false;
  }
  return true;
}

KeptUnits keep_verified(BitView source, std::span<const CascadeUnit> units, MutableBitView target) noexcept {
  KeptUnits kept;
  for (const CascadeUnit& unit : units) {
    if (!unit.verified) continue;
    copy_bits(source, unit.offset, target, kept.bits, unit.bits);
    kept.bits += unit.bits;
    kept.errors += unit.corrected;
  }
  return kept;
}

}  // namespace caligo::session
