// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Scratch objects that any number of threads use, one each at a time.

#include <algorithm>
#include <cstddef>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace caligo::python {

/// Objects that wait for the next call. There are as many as threads called at once, and of those that are given back
/// no more are kept than the machine has processors.
template <class T>
class Pool {
 public:
  /// A loan, given back when it goes.
  class Lease {
   public:
    Lease(Pool* pool, std::unique_ptr<T> object) noexcept : pool_(pool), object_(std::move(object)) {}
    Lease(Lease&&) noexcept = default;
    Lease& operator=(Lease&&) = delete;
    ~Lease() {
      if (object_) pool_->give_back(std::move(object_));
    }
    T* operator->() const noexcept { return object_.get(); }
    T& operator*() const noexcept { return *object_; }

   private:
    Pool* pool_;
    std::unique_ptr<T> object_;
  };

  /// make() returns a std::unique_ptr<T>; it is called if no object waits.
  template <class Make>
  Lease take(const Make& make) {
    {
      const std::scoped_lock lock(mutex_);
      if (!idle_.empty()) {
        Lease lease(this, std::move(idle_.back()));
        idle_.pop_back();
        return lease;
      }
    }
    return Lease(this, make());
  }

 private:
  void give_back(std::unique_ptr<T> object) noexcept {
    static const std::size_t bound = std::max(1U, std::thread::hardware_concurrency());
    const std::scoped_lock lock(mutex_);
    if (idle_.size() >= bound) return;  // `object` goes
    if (idle_.capacity() < bound) idle_.reserve(bound);
    idle_.push_back(std::move(object));
  }

  std::mutex mutex_;
  std::vector<std::unique_ptr<T>> idle_;
};

}  // namespace caligo::python
