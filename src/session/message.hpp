// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Messages in parts. A message of more bytes than a frame carries is cut into parts of one size, the last one shorter;
/// every part is sent until the other side has said that it has it.

#include <caligo/reconcile.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "session/frame.hpp"

namespace caligo::session {

/// One bit per part.
class PartSet {
 public:
  void reset(std::size_t parts);
  [[nodiscard]] bool has(std::size_t part) const noexcept { return (words_[part / 64] >> (part % 64) & 1U) != 0; }
  void add(std::size_t part) noexcept;
  void remove(std::size_t part) noexcept;
  [[nodiscard]] std::size_t parts() const noexcept { return parts_; }
  [[nodiscard]] std::size_t count() const noexcept { return count_; }
  [[nodiscard]] bool full() const noexcept { return count_ == parts_; }
  /// The first member from `from` on, or after the last one the first of all; only if count() > 0.
  [[nodiscard]] std::size_t next(std::size_t from) const noexcept;

 private:
  std::vector<std::uint64_t> words_;
  std::size_t parts_ = 0;
  std::size_t count_ = 0;
};

[[nodiscard]] constexpr std::size_t parts_of(std::size_t bytes, std::size_t part_bytes) noexcept {
  return (bytes + part_bytes - 1) / part_bytes;
}

/// A receipt's payload: one bit per part, packed; pad bits are zero.
void write_receipt(const PartSet& parts, std::vector<std::byte>& out);
/// Whether `payload` can be a receipt for `parts` parts. Empty stands for none at all.
[[nodiscard]] bool valid_receipt(std::span<const std::byte> payload, std::size_t parts) noexcept;

/// What a message discloses: its first bytes hold `head`, and from body_offset on body_bits bits of one purpose follow.
struct Disclosed {
  Leakage head;
  std::size_t body_offset = 0;
  std::uint64_t body_bits = 0;
  std::uint64_t Leakage::* purpose = &Leakage::frozen;
};

class OutMessage {
 public:
  /// Makes room for a message; the caller fills bytes(). All parts are due. Allocates on growth only.
  void start(std::size_t bytes, std::size_t part_bytes, const Disclosed& disclosed);
  [[nodiscard]] std::span<std::byte> bytes() noexcept { return bytes_; }
  [[nodiscard]] std::size_t parts() const noexcept { return acknowledged_.parts(); }
  [[nodiscard]] bool due() const noexcept { return due_.count() > 0; }
  [[nodiscard]] bool delivered() const noexcept { return acknowledged_.full(); }

  struct Part {
    std::uint32_t total = 0;
    std::uint32_t offset = 0;
    std::span<const std::byte> payload;
    bool repeated = false;
    Leakage disclosed;
  };
  /// The next part to send; only if due().
  Part take();
  /// The caller has checked the receipt. What it leaves out and was sent is due again.
  void acknowledge(std::span<const std::byte> receipt) noexcept;
  void acknowledge_all() noexcept;
  /// Everything that was not acknowledged is due again.
  void repeat() noexcept;

 private:
  std::vector<std::byte> bytes_;
  std::size_t part_bytes_ = 1;
  std::size_t cursor_ = 0;
  Disclosed disclosed_;
  PartSet due_;
  PartSet sent_;
  PartSet acknowledged_;
};

class InMessage {
 public:
  /// Whether a frame can be a part of any message of at most `limit` bytes.
  [[nodiscard]] static bool possible(const Frame& frame, std::size_t part_bytes, std::size_t limit) noexcept;

  void reserve(std::size_t bytes) { bytes_.reserve(bytes); }
  void reset() noexcept { bytes_.clear(), parts_.reset(0); }
  [[nodiscard]] bool started() const noexcept { return parts_.parts() > 0; }
  [[nodiscard]] bool complete() const noexcept { return started() && parts_.full(); }
  /// Whether a possible() frame belongs to the message that has begun.
  [[nodiscard]] bool fits(const Frame& frame) const noexcept { return !started() || frame.total == bytes_.size(); }
  /// Takes the part of a frame that is possible() and fits(). False: had it already.
  bool add(const Frame& frame, std::size_t part_bytes);
  [[nodiscard]] std::span<const std::byte> bytes() const noexcept { return bytes_; }
  [[nodiscard]] const PartSet& parts() const noexcept { return parts_; }

 private:
  std::vector<std::byte> bytes_;
  PartSet parts_;
};

}  // namespace caligo::session
