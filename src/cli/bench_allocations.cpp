// SPDX-License-Identifier: Apache-2.0
// The tool's own malloc: counts, then calls glibc's. It is part of the tool only, never of the library. One increment
// of a thread's own counter costs less than a nanosecond, and hot loops do not allocate.
#include "cli/bench_allocations.hpp"

#include <cerrno>
#include <cstdlib>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || !defined(__GLIBC__)

namespace caligo::cli {

std::optional<std::uint64_t> allocations_of_this_thread() noexcept { return std::nullopt; }

}  // namespace caligo::cli

#else

namespace caligo::cli {

namespace {

constinit thread_local std::uint64_t allocations = 0;

}  // namespace

std::optional<std::uint64_t> allocations_of_this_thread() noexcept { return allocations; }

}  // namespace caligo::cli

// glibc's entry points under the names that it keeps for those who replace malloc; operator new ends up in them, too.
// NOLINTBEGIN(readability-inconsistent-declaration-parameter-name)
extern "C" {
void* __libc_malloc(std::size_t size);                           // NOLINT(bugprone-reserved-identifier)
void* __libc_calloc(std::size_t count, std::size_t size);        // NOLINT(bugprone-reserved-identifier)
void* __libc_realloc(void* block, std::size_t size);             // NOLINT(bugprone-reserved-identifier)
void* __libc_memalign(std::size_t alignment, std::size_t size);  // NOLINT(bugprone-reserved-identifier)

void* malloc(std::size_t size) noexcept {
  ++caligo::cli::allocations;
  return __libc_malloc(size);
}
void* calloc(std::size_t count, std::size_t size) noexcept {
  ++caligo::cli::allocations;
  return __libc_calloc(count, size);
}
void* realloc(void* block, std::size_t size) noexcept {
  ++caligo::cli::allocations;
  return __libc_realloc(block, size);
}
void* memalign(std::size_t alignment, std::size_t size) noexcept {
  ++caligo::cli::allocations;
  return __libc_memalign(alignment, size);
}
void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept { return memalign(alignment, size); }
int posix_memalign(void** block, std::size_t alignment, std::size_t size) noexcept {
  if (alignment % sizeof(void*) != 0 || alignment == 0 || (alignment & (alignment - 1)) != 0) return EINVAL;
  void* made = memalign(alignment, size);
  if (made == nullptr) return ENOMEM;
  *block = made;
  return 0;
}
}
// NOLINTEND(readability-inconsistent-declaration-parameter-name)

#endif
