// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The envelope of all frames: docs/formats/session.md.

#include <caligo/session.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace caligo::session {

enum class FrameType : std::uint8_t {
  hello = 1,      ///< Alice: settings
  accept = 2,     ///< Bob
  refuse = 3,     ///< Bob: which setting differs
  disclose = 4,   ///< Alice: a part of a message
  answer = 5,     ///< Bob: a part of a message
  receipt_a = 6,  ///< Alice: which parts of an answer she has
  receipt_b = 7,  ///< Bob: which parts of a message he has
};

inline constexpr std::uint8_t format_version = 1;
inline constexpr std::size_t header_bytes = 36;
inline constexpr std::size_t trailer_bytes = 4;
inline constexpr std::size_t envelope_bytes = header_bytes + trailer_bytes;

struct Frame {
  FrameType type{};
  std::uint32_t exchange = 0;  ///< the block, in the order of the layout
  std::uint32_t message = 0;   ///< number of the message within the exchange, counted for each side
  std::uint32_t total = 0;     ///< bytes of the whole message
  std::uint32_t offset = 0;    ///< where the payload belongs in it
  std::span<const std::byte> payload =
      {};  // NOLINT(readability-redundant-member-init): may be left out without a warning
};

/// A frame, or why it is none.
struct ParsedFrame {
  std::optional<Refusal> refusal;
  std::string found;  ///< for the error, if refused
  Frame frame;
};

/// Checks everything that can be checked without knowing the state of the session. The payload points into `bytes`.
/// With another version only `frame.type` is filled in.
[[nodiscard]] ParsedFrame parse_frame(std::span<const std::byte> bytes, std::uint64_t session_id,
                                      std::size_t max_frame);
/// Writes a frame; out has room for envelope_bytes + payload. Returns its length.
std::size_t write_frame(const Frame& frame, std::uint64_t session_id, std::span<std::byte> out) noexcept;

[[nodiscard]] const char* to_string(Refusal refusal) noexcept;
/// "frame refused (length): expected …".
[[nodiscard]] Error refusal_error(Refusal refusal, const std::string& found);

}  // namespace caligo::session
