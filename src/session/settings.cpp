// SPDX-License-Identifier: Apache-2.0
#include "session/settings.hpp"

#include <fmt/format.h>
#include <caligo/decode.hpp>
#include <caligo/segmented.hpp>

#include <bit>
#include <utility>

#include "session/frame.hpp"
#include "session/layout.hpp"
#include "session/message.hpp"
#include "session/task.hpp"
#include "session/wire.hpp"

namespace caligo::session {

namespace {

/// Stands for a QBER that is learnt.
constexpr double no_qber = -1;
constexpr std::size_t at_sample_seed = 48;
/// Each side keeps a few dozen bytes for every block.
constexpr std::size_t most_blocks = std::size_t{1} << 22;
constexpr std::size_t least_bits = 64;
constexpr std::size_t longest_list_log2 = 20;

struct Field {
  const char* name;
  enum Kind : std::uint8_t { u8, u16, u32, u64, f64 } kind;
  std::size_t offset;
};
constexpr std::array<Field, 16> fields = {{{"version of the format", Field::u8, 0},
                                           {"mode", Field::u8, 0},
                                           {"timing of verdicts", Field::u8, 1},
                                           {"log2 of the longest block", Field::u8, 2},
                                           {"list size", Field::u8, 3},
                                           {"tag bits", Field::u8, 4},
                                           {"CRC width", Field::u8, 5},
                                           {"window", Field::u16, 6},
                                           {"CRC polynomial", Field::u32, 8},
                                           {"sample bits", Field::u32, 12},
                                           {"longest frame", Field::u32, 16},
                                           {"number of codes", Field::u32, 20},
                                           {"bits", Field::u64, 24},
                                           {"target frame error rate", Field::f64, 32},
                                           {"number of rounds", Field::u32, 56},
                                           {"boldness", Field::f64, 64}}};
constexpr Field qber_field = {"QBER (-1: learnt)", Field::f64, 40};

const Field* field_at(std::uint32_t number) noexcept {
  if (number < fields.size()) return &fields[number];
  return number == fields.size() ? &qber_field : nullptr;
}

std::string value_of(std::span<const std::byte> hello, const Field& field) {
  switch (field.kind) {
    case Field::u8:
      return fmt::format("{}", get<std::uint8_t>(hello, field.offset));
    case Field::u16:
      return fmt::format("{}", get<std::uint16_t>(hello, field.offset));
    case Field::u32:
      return fmt::format("{}", get<std::uint32_t>(hello, field.offset));
    case Field::u64:
      return fmt::format("{}", get<std::uint64_t>(hello, field.offset));
    default:
      return fmt::format("{}", get<double>(hello, field.offset));
  }
}

constexpr std::size_t size_of(Field::Kind kind) noexcept {
  constexpr std::array<std::size_t, 5> sizes = {1, 2, 4, 8, 8};
  return sizes[kind];
}

Error invalid(std::string text) { return {ErrorCode::invalid_argument, "session: " + std::move(text)}; }

Result<void> check_code_settings(const SessionSettings& s) {
  if (s.max_log2_block < 6 || s.max_log2_block > CodeSpec::max_log2_length) {
    return invalid(fmt::format("expected blocks of at most 2^6 to 2^24 bits, got 2^{}", s.max_log2_block));
  }
  if (!std::has_single_bit(s.list_size) || s.list_size > 32 ||
      (s.list_size > 8 && s.max_log2_block > longest_list_log2)) {
    return invalid(fmt::format("expected a list of 1, 2, 4 or 8, up to 2^20 bits also 16 or 32, got {} with 2^{} bits",
                               s.list_size, s.max_log2_block));
  }
  if (!(s.target_fer >= 1e-4 && s.target_fer <= 0.5)) {
    return invalid(fmt::format("expected a target frame error rate of 0.0001 to 0.5, got {}", s.target_fer));
  }
  if (s.tag_bits < 32 || s.tag_bits > 64) {
    return invalid(fmt::format("expected a tag of 32 to 64 bits, got {}", s.tag_bits));
  }
  if (s.crc.width > 32) return invalid(fmt::format("expected a CRC of at most 32 bits, got {}", s.crc.width));
  return {};
}

Result<void> check_rate_settings(const SessionSettings& s, std::uint64_t bits) {
  if (s.qber && !(*s.qber >= 0 && *s.qber <= 0.5)) {
    return invalid(fmt::format("expected a QBER of 0 to 0.5, got {}", *s.qber));
  }
  if (s.qber) {
    if (auto left = check_key_left(*s.qber, 0); !left) return left;
    if (s.sample_bits != 0) return invalid("a sample is for a QBER that is not given");
  } else if (s.sample_bits == 0 || s.sample_bits > bits / 4 || s.sample_bits > std::uint32_t{1} << 24) {
    return invalid(
        fmt::format("without a QBER expected a sample of 1 bit to a quarter of {}, got {}", bits, s.sample_bits));
  }
  if (s.verdicts == VerdictTiming::at_end && !s.qber) return invalid("verdicts at the end need a given QBER");
  return {};
}

Result<void> check_blind_settings(const SessionSettings& s, std::uint64_t bits) {
  if (s.mode != SessionMode::blind) return {};
  if (s.list_size < 2) return invalid("blind mode needs a list of 2 or more");
  if (s.crc.width < 8) return invalid(fmt::format("blind mode needs a CRC of 8 bits or more, got {}", s.crc.width));
  if (!(s.boldness >= 0.01 && s.boldness <= 100)) {
    return invalid(fmt::format("expected a boldness of 0.01 to 100, got {}", s.boldness));
  }
  const std::size_t shortest = Layout(s, bits).shortest_code();
  constexpr std::size_t least = (std::size_t{1} << SegmentedPlan::min_level) + 1;
  if (shortest < least) {
    return invalid(fmt::format("blind mode needs blocks of {} bits or more, got {}", least, shortest));
  }
  return {};
}

/// Receipts have one bit per part and must fit into a frame.
Result<void> check_transport_settings(const SessionSettings& s, std::uint64_t bits) {
  if (s.window < 1 || s.window > 1024) return invalid(fmt::format("expected a window of 1 to 1024, got {}", s.window));
  if (s.max_codes < 1 || s.max_codes > 4096) {
    return invalid(fmt::format("expected 1 to 4096 codes, got {}", s.max_codes));
  }
  if (s.max_frame < 256 || s.max_frame > std::size_t{1} << 20) {
    return invalid(fmt::format("expected frames of at most 256 to 2^20 bytes, got {}", s.max_frame));
  }
  const Layout layout(s, bits);
  if (layout.blocks() > most_blocks) {
    return invalid(fmt::format("expected at most {} blocks, got {}", most_blocks, layout.blocks()));
  }
  const std::size_t part = s.max_frame - envelope_bytes;
  const std::size_t most = longest_message(s, layout);
  if (bytes_for(parts_of(most, part)) > part) {
    return invalid(fmt::format("messages of up to {} bytes need frames longer than {}", most, s.max_frame));
  }
  return {};
}

}  // namespace

Result<void> check_settings(const SessionSettings& settings, std::uint64_t bits) {
  if (settings.mode < SessionMode::one_way || settings.mode > SessionMode::interactive) return invalid("unknown mode");
  if (settings.mode != SessionMode::one_way && settings.verdicts != VerdictTiming::each_block) {
    return invalid("only one-way mode can tell verdicts at the end");
  }
  if (settings.max_rounds < 1 || settings.max_rounds > 65535) {
    return invalid(fmt::format("expected 1 to 65535 rounds, got {}", settings.max_rounds));
  }
  if (settings.verdicts != VerdictTiming::each_block && settings.verdicts != VerdictTiming::at_end) {
    return invalid("unknown timing of verdicts");
  }
  if (bits < least_bits) return invalid(fmt::format("expected at least {} bits, got {}", least_bits, bits));
  if (auto checked = check_code_settings(settings); !checked) return checked;
  if (auto checked = check_rate_settings(settings, bits); !checked) return checked;
  if (auto checked = check_blind_settings(settings, bits); !checked) return checked;
  return check_transport_settings(settings, bits);
}

Hello write_hello(const SessionSettings& s, std::uint64_t bits, std::uint64_t sample_seed) noexcept {
  Hello hello{};
  put(hello, 0, static_cast<std::uint8_t>(s.mode));
  put(hello, 1, static_cast<std::uint8_t>(s.verdicts));
  put(hello, 2, static_cast<std::uint8_t>(s.max_log2_block));
  put(hello, 3, static_cast<std::uint8_t>(s.list_size));
  put(hello, 4, static_cast<std::uint8_t>(s.tag_bits));
  put(hello, 5, static_cast<std::uint8_t>(s.crc.width));
  put(hello, 6, static_cast<std::uint16_t>(s.window));
  put(hello, 8, s.crc.width > 0 ? s.crc.polynomial : 0U);
  put(hello, 12, s.sample_bits);
  put(hello, 16, static_cast<std::uint32_t>(s.max_frame));
  put(hello, 20, static_cast<std::uint32_t>(s.max_codes));
  put(hello, 24, bits);
  put(hello, 32, s.target_fer);
  put(hello, 40, s.qber.value_or(no_qber));
  put(hello, at_sample_seed, sample_seed);
  put(hello, 56, s.max_rounds);
  put(hello, 64, s.boldness);
  return hello;
}

std::uint64_t sample_seed_of(std::span<const std::byte> hello) noexcept {
  return get<std::uint64_t>(hello, at_sample_seed);
}

std::optional<Difference> compare_hello(std::span<const std::byte> hello, const SessionSettings& settings,
                                        std::uint64_t bits) {
  const Hello mine = write_hello(settings, bits, 0);
  for (std::uint32_t number = 1; number <= fields.size(); ++number) {
    const Field& field = *field_at(number);
    if (std::memcmp(hello.data() + field.offset, mine.data() + field.offset, size_of(field.kind)) == 0) continue;
    return Difference{number, fmt::format("{}: the peer has {}, this side {}", field.name, value_of(hello, field),
                                          value_of(mine, field))};
  }
  return std::nullopt;
}

const char* setting_name(std::uint32_t number) noexcept {
  const Field* field = field_at(number);
  return field != nullptr ? field->name : "an unknown setting";
}

}  // namespace caligo::session
