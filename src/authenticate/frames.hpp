// SPDX-License-Identifier: Apache-2.0
#pragma once
/// What all tags have in common.

#include <caligo/authenticate.hpp>

#include <cstddef>
#include <cstdint>

namespace caligo::authenticate {

/// Errors: invalid_argument.
Result<void> check_length(std::size_t frame_bytes);
/// Before a tag is computed: its size, the frame's, and that the counter is not below `next` nor absurdly far above.
/// Errors: not_authentic.
Result<void> check_frame(std::size_t frame_bytes, const FrameTag& tag, std::uint64_t next, std::size_t tag_bytes);
[[nodiscard]] Error wrong_tag(std::uint64_t counter);

}  // namespace caligo::authenticate
