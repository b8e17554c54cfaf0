// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <utility>
#include <vector>

namespace caligo::cascade {

/// A vector that keeps its memory and hands out places to be filled field by field: a whole struct that is copied right
/// after its fields were written waits for these stores.
template <class T>
class Pile {
 public:
  explicit Pile(std::size_t capacity) : store_(capacity) {}
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  [[nodiscard]] T& operator[](std::size_t i) noexcept { return store_[i]; }
  [[nodiscard]] const T& operator[](std::size_t i) const noexcept { return store_[i]; }
  [[nodiscard]] const T* begin() const noexcept { return store_.data(); }
  [[nodiscard]] const T* end() const noexcept { return store_.data() + size_; }
  /// A new last element; its fields have any values.
  T& add() {
    if (size_ == store_.size()) grow();
    return store_.data()[size_++];
  }
  void swap(Pile& other) noexcept {
    store_.swap(other.store_);
    std::swap(size_, other.size_);
  }
  void shrink(std::size_t size) noexcept { size_ = size; }
  void clear() noexcept { size_ = 0; }
  [[nodiscard]] std::size_t memory_bytes() const noexcept { return store_.capacity() * sizeof(T); }

 private:
  [[gnu::noinline]] void grow() { store_.resize(2 * size_ + 16); }
  std::vector<T> store_;
  std::size_t size_ = 0;
};

}  // namespace caligo::cascade
