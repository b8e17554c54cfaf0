// SPDX-License-Identifier: Apache-2.0
#include "decode/arena.hpp"

#include <sodium.h>

#include <cstdlib>
#include <cstring>
#include <new>

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace caligo::decode {

void Arena::WipeAndFree::operator()(std::byte* p) const noexcept {
  sodium_memzero(p, size);
  std::free(p);  // NOLINT(cppcoreguidelines-no-malloc): the partner of aligned_alloc
}

void Arena::allocate(const Arena* lender) {
  if (lender != nullptr && lender->size_ >= size_) {
    base_ = lender->base_;
    return;
  }
  if (memory_ != nullptr && memory_.get_deleter().size >= size_) {
    base_ = memory_.get();
    return;
  }
  // From 1 MiB on, 2 MiB alignment lets the kernel back the block with huge pages: a memory-bound N = 2^20 pass runs
  // 1.7 to 2 times faster than on 4 KiB pages.
  constexpr std::size_t huge = std::size_t{2} << 20;
  const std::size_t align = size_ >= huge / 2 ? huge : alignment;
  size_ = (size_ + align - 1) / align * align;
  memory_ = {static_cast<std::byte*>(std::aligned_alloc(align, size_)),
             WipeAndFree{size_}};  // NOLINT(cppcoreguidelines-no-malloc)
  if (memory_ == nullptr) throw std::bad_alloc();
#if defined(__linux__)
  if (align == huge) (void)madvise(memory_.get(), size_, MADV_HUGEPAGE);  // advice: refusal only costs speed
#endif
  std::memset(memory_.get(), 0, size_);
  base_ = memory_.get();
}

}  // namespace caligo::decode
