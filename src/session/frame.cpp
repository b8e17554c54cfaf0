// SPDX-License-Identifier: Apache-2.0
#include "session/frame.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "session/crc32c.hpp"
#include "session/wire.hpp"

namespace caligo::session {

namespace {

/// "CLGS" in this order of bytes.
constexpr std::uint32_t magic = 0x53474c43;
constexpr std::uint8_t last_type = 7;

// Offsets.
constexpr std::size_t at_version = 4;
constexpr std::size_t at_type = 5;
constexpr std::size_t at_reserved = 6;
constexpr std::size_t at_session = 8;
constexpr std::size_t at_exchange = 16;
constexpr std::size_t at_message = 20;
constexpr std::size_t at_total = 24;
constexpr std::size_t at_offset = 28;
constexpr std::size_t at_payload = 32;
/// Magic, version, type and session keep their places in all versions.
constexpr std::size_t stable_bytes = 16;

/// Only messages and answers come in parts, and settings belong to no exchange.
bool is_whole(const Frame& frame) noexcept {
  if (frame.type == FrameType::disclose || frame.type == FrameType::answer) return true;
  const bool receipt = frame.type == FrameType::receipt_a || frame.type == FrameType::receipt_b;
  return frame.offset == 0 && frame.total == frame.payload.size() &&
         (receipt || (frame.exchange == 0 && frame.message == 0));
}

ParsedFrame refused(Refusal reason, std::string found) {
  return {.refusal = reason, .found = std::move(found), .frame = {}};
}

}  // namespace

ParsedFrame parse_frame(std::span<const std::byte> bytes, std::uint64_t session_id, std::size_t max_frame) {
  if (bytes.size() < envelope_bytes || bytes.size() > max_frame) {
    return refused(Refusal::length,
                   fmt::format("expected {} to {} bytes, got {}", envelope_bytes, max_frame, bytes.size()));
  }
  if (get<std::uint32_t>(bytes, 0) != magic) return refused(Refusal::magic, "the first four bytes are not 'CLGS'");
  const std::size_t body = bytes.size() - trailer_bytes;
  if (crc32c(bytes.first(body)) != get<std::uint32_t>(bytes, body)) {
    return refused(Refusal::checksum, "the CRC-32C does not hold");
  }
  const auto theirs = get<std::uint64_t>(bytes, at_session);
  if (theirs != session_id) {
    return refused(Refusal::session, fmt::format("expected session {:016x}, got {:016x}", session_id, theirs));
  }
  const auto type = get<std::uint8_t>(bytes, at_type);
  const auto version = get<std::uint8_t>(bytes, at_version);
  if (version != format_version) {
    ParsedFrame result = refused(Refusal::version, fmt::format("expected version {}, got {}", format_version, version));
    result.frame.type = static_cast<FrameType>(type);
    return result;
  }
  if (type == 0 || type > last_type)
    return refused(Refusal::type, fmt::format("expected 1 to {}, got {}", last_type, type));
  const auto payload = get<std::uint32_t>(bytes, at_payload);
  if (payload != body - header_bytes) {
    return refused(Refusal::length,
                   fmt::format("the header says {} bytes of payload, there are {}", payload, body - header_bytes));
  }
  if (get<std::uint16_t>(bytes, at_reserved) != 0) return refused(Refusal::message, "reserved bytes are not zero");
  ParsedFrame result;
  result.frame = {.type = static_cast<FrameType>(type),
                  .exchange = get<std::uint32_t>(bytes, at_exchange),
                  .message = get<std::uint32_t>(bytes, at_message),
                  .total = get<std::uint32_t>(bytes, at_total),
                  .offset = get<std::uint32_t>(bytes, at_offset),
                  .payload = bytes.subspan(header_bytes, payload)};
  if (!is_whole(result.frame)) return refused(Refusal::message, "a field is not zero, or the total is not the payload");
  return result;
}

std::size_t write_frame(const Frame& frame, std::uint64_t session_id, std::span<std::byte> out) noexcept {
  put(out, 0, magic);
  put(out, at_version, format_version);
  put(out, at_type, static_cast<std::uint8_t>(frame.type));
  put(out, at_reserved, std::uint16_t{0});
  put(out, at_session, session_id);
  put(out, at_exchange, frame.exchange);
  put(out, at_message, frame.message);
  put(out, at_total, frame.total);
  put(out, at_offset, frame.offset);
  put(out, at_payload, static_cast<std::uint32_t>(frame.payload.size()));
  std::ranges::copy(frame.payload, out.begin() + header_bytes);
  const std::size_t body = header_bytes + frame.payload.size();
  put(out, body, crc32c(out.first(body)));
  return body + trailer_bytes;
}

const char* to_string(Refusal refusal) noexcept {
  static constexpr std::array<const char*, refusal_count> names = {
      "length", "magic", "version", "checksum", "session", "type", "state", "settings", "exchange", "message", "busy"};
  return names[static_cast<std::size_t>(refusal)];
}

Error refusal_error(Refusal refusal, const std::string& found) {
  const ErrorCode code = refusal == Refusal::settings || refusal == Refusal::state ? ErrorCode::invalid_argument
                                                                                   : ErrorCode::malformed_input;
  return {code, fmt::format("frame refused ({}): {}", to_string(refusal), found)};
}

}  // namespace caligo::session

namespace caligo {

std::uint64_t SessionStatistics::refused_total() const noexcept {
  std::uint64_t sum = 0;
  for (const std::uint64_t count : refused) sum += count;
  return sum;
}

std::optional<std::uint64_t> peek_session(std::span<const std::byte> frame) noexcept {
  if (frame.size() < session::stable_bytes || session::get<std::uint32_t>(frame, 0) != session::magic)
    return std::nullopt;
  return session::get<std::uint64_t>(frame, session::at_session);
}

}  // namespace caligo
