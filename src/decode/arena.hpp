// SPDX-License-Identifier: Apache-2.0
#pragma once
/// One zeroed block of memory for all buffers of a decoder, on huge pages where the system grants them. It is wiped
/// before it goes back: in reconciliation it holds key bits.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

namespace caligo::decode {

class Arena {
 public:
  /// Reserves space for a buffer at construction time; returns its offset. Call before allocate().
  std::size_t reserve(std::size_t bytes) {
    const std::size_t offset = size_;
    size_ += (bytes + alignment - 1) / alignment * alignment;
    return offset;
  }
  /// A lender whose block is as large lends it, and has to stay alive; both users then overwrite each other's buffers.
  /// Throws std::bad_alloc.
  void allocate(const Arena* lender = nullptr);
  /// The block without its buffers: they are reserved anew, and allocate() keeps the block if it is large enough.
  [[nodiscard]] Arena recycled() && noexcept {
    Arena arena = std::move(*this);
    arena.size_ = 0;
    return arena;
  }
  template <class T>
  [[nodiscard]] T* at(std::size_t offset) const noexcept {
    return reinterpret_cast<T*>(base_ + offset);
  }
  /// Bytes allocated, borrowed ones excluded.
  [[nodiscard]] std::size_t size() const noexcept { return memory_ != nullptr ? memory_.get_deleter().size : 0; }

 private:
  static constexpr std::size_t alignment = 64;
  struct WipeAndFree {
    std::size_t size;
    void operator()(std::byte* p) const noexcept;
  };
  std::size_t size_ = 0;
  std::byte* base_ = nullptr;
  std::unique_ptr<std::byte[], WipeAndFree> memory_;
};

}  // namespace caligo::decode
