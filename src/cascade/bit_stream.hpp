// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Bits of a message one after the other: bit i is bit i%8 of byte i/8, as everywhere in the library.

#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

namespace caligo::cascade {

/// Appends to a message. finish() must be called before the bytes are used.
class BitWriter {
 public:
  explicit BitWriter(std::vector<std::uint8_t>& bytes) noexcept : bytes_(bytes) {}

  void put(bool bit) {
    word_ |= std::uint64_t{bit} << used_;
    if (++used_ == 64) flush(8);
  }
  /// The lowest `count` bits of a word, at most 64; its other bits are zero.
  void put(std::uint64_t bits, unsigned count) {
    word_ |= bits << used_;
    if (used_ + count < 64) {
      used_ += count;
      return;
    }
    const unsigned taken = 64 - used_;
    used_ = 64;
    flush(8);
    word_ = taken == 64 ? 0 : bits >> taken;
    used_ = count - taken;
  }
  [[nodiscard]] std::uint64_t bits() const noexcept { return written_ + used_; }
  /// Fills up the last byte with zeros.
  void finish() {
    if (used_ != 0) flush((used_ + 7) / 8);
  }

 private:
  void flush(std::size_t count) {
    const std::size_t at = bytes_.size();
    bytes_.resize(at + count);
    std::memcpy(bytes_.data() + at, &word_, count);  // little-endian
    written_ += used_;
    word_ = 0;
    used_ = 0;
  }
  std::vector<std::uint8_t>& bytes_;
  std::uint64_t word_ = 0;
  std::uint64_t written_ = 0;
  unsigned used_ = 0;
};

/// Reads as many bits as there are; whoever reads has compared the lengths before. Beyond the end it gives zeros.
class BitReader {
 public:
  explicit BitReader(std::span<const std::uint8_t> bytes) noexcept : bytes_(bytes) {}

  bool get() noexcept {
    if (left_ == 0) refill();
    const bool bit = (word_ & 1U) != 0;
    word_ >>= 1;
    --left_;
    return bit;
  }
  /// The next `count` bits, at most 64.
  std::uint64_t get(unsigned count) noexcept {
    std::uint64_t bits = word_;
    if (count > left_) {
      const unsigned taken = left_;
      refill();
      if (taken < 64) bits |= word_ << taken;
      const unsigned rest = count - taken;
      word_ = rest == 64 ? 0 : word_ >> rest;
      left_ -= rest;
    } else {
      word_ = count == 64 ? 0 : word_ >> count;
      left_ -= count;
    }
    return count == 64 ? bits : bits & ((std::uint64_t{1} << count) - 1);
  }

 private:
  void refill() noexcept {
    const std::size_t count = bytes_.size() < 8 ? bytes_.size() : 8;
    word_ = 0;
    if (count != 0) std::memcpy(&word_, bytes_.data(), count);
    bytes_ = bytes_.subspan(count);
    left_ = 64;
  }
  std::span<const std::uint8_t> bytes_;
  std::uint64_t word_ = 0;
  unsigned left_ = 0;
};

/// Are the bits after the first `bits` of the last byte zero?
inline bool pad_is_zero(std::span<const std::uint8_t> bytes, std::uint64_t bits) noexcept {
  return bits % 8 == 0 || (bytes[bits / 8] >> (bits % 8)) == 0;
}

}  // namespace caligo::cascade
