// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Counts every allocation of a test program. It replaces malloc, so one source file of a program may include it.

#include <atomic>
#include <cstdlib>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || !defined(__GLIBC__)
#define CALIGO_COUNTS_ALLOCATIONS 0
#else
#define CALIGO_COUNTS_ALLOCATIONS 1

namespace caligo {
inline std::atomic<std::size_t> allocations{0};
}  // namespace caligo

// glibc's own entry points; operator new ends up here as well.
// NOLINTBEGIN(readability-inconsistent-declaration-parameter-name)
extern "C" {
void* __libc_malloc(std::size_t size);                       // NOLINT(bugprone-reserved-identifier)
void* __libc_calloc(std::size_t count, std::size_t size);    // NOLINT(bugprone-reserved-identifier)
void* __libc_realloc(void* p, std::size_t size);             // NOLINT(bugprone-reserved-identifier)
void* __libc_memalign(std::size_t align, std::size_t size);  // NOLINT(bugprone-reserved-identifier)
void* malloc(std::size_t size) noexcept {
  ++caligo::allocations;
  return __libc_malloc(size);
}
void* calloc(std::size_t count, std::size_t size) noexcept {
  ++caligo::allocations;
  return __libc_calloc(count, size);
}
void* realloc(void* p, std::size_t size) noexcept {
  ++caligo::allocations;
  return __libc_realloc(p, size);
}
void* aligned_alloc(std::size_t align, std::size_t size) noexcept {
  ++caligo::allocations;
  return __libc_memalign(align, size);
}
}
// NOLINTEND(readability-inconsistent-declaration-parameter-name)
#endif
