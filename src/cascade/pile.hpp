// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
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
    if (size_ == store_.size()) store_.resize(2 * size_ + 16);
    return store_[size_++];
  }
  void shrink(std::size_t size) noexcept { size_ = size; }
  void clear() noexcept { size_ = 0; }

 private:
  std::vector<T> store_;
  std::size_t size_ = 0;
};

}  // namespace caligo::cascade
