// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Counts what the calling thread takes from the heap, so that `caligo bench` can show that decoding takes nothing.

#include <cstdint>
#include <optional>

namespace caligo::cli {

/// Calls of malloc, calloc, realloc, aligned_alloc, posix_memalign and memalign by this thread so far, operator new
/// included. Nothing where they cannot be counted: outside glibc, and under the sanitizers, which bring their own.
[[nodiscard]] std::optional<std::uint64_t> allocations_of_this_thread() noexcept;

}  // namespace caligo::cli
