// SPDX-License-Identifier: Apache-2.0
#include "authenticate/frames.hpp"

#include <fmt/format.h>

namespace caligo::authenticate {

namespace {
/// Frames that may be lost in a row. Also keeps positions in the pool from overflowing.
constexpr std::uint64_t max_gap = std::uint64_t{1} << 32U;
}  // namespace

Result<void> check_length(std::size_t frame_bytes) {
  if (frame_bytes <= max_frame_bytes) return {};
  return Error{ErrorCode::invalid_argument,
               fmt::format("frame: expected at most {} bytes, got {}", max_frame_bytes, frame_bytes)};
}

Result<void> check_frame(std::size_t frame_bytes, const FrameTag& tag, std::uint64_t next, std::size_t tag_bytes) {
  if (frame_bytes > max_frame_bytes || tag.size != tag_bytes) {
    return Error{ErrorCode::not_authentic,
                 fmt::format("frame {}: expected a tag of {} bytes and at most {} bytes of data", tag.counter,
                             tag_bytes, max_frame_bytes)};
  }
  if (tag.counter < next || tag.counter - next > max_gap) {
    return Error{ErrorCode::not_authentic,
                 fmt::format("frame {}: the next one is {}; repeated, late or absurd", tag.counter, next)};
  }
  return {};
}

Error wrong_tag(std::uint64_t counter) {
  return {ErrorCode::not_authentic, fmt::format("frame {}: the tag is wrong", counter)};
}

}  // namespace caligo::authenticate
