// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Packed bit strings. Bit i lives in word i/64 at position i%64, hence in byte i/8 at position i%8 (little-endian
/// within bytes, and the library supports little-endian machines only). Pad bits of the last word are always zero.

#include <caligo/error.hpp>

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace caligo {

[[nodiscard]] constexpr std::size_t words_for(std::size_t bits) noexcept { return bits / 64 + (bits % 64 != 0); }
[[nodiscard]] constexpr std::size_t bytes_for(std::size_t bits) noexcept { return bits / 8 + (bits % 8 != 0); }

/// A read-only view of a packed bit string.
class BitView {
 public:
  constexpr BitView() noexcept = default;
  constexpr BitView(const std::uint64_t* words, std::size_t bits) noexcept : words_(words), bits_(bits) {}

  [[nodiscard]] constexpr std::size_t size() const noexcept { return bits_; }
  [[nodiscard]] constexpr bool empty() const noexcept { return bits_ == 0; }
  [[nodiscard]] constexpr std::span<const std::uint64_t> words() const noexcept { return {words_, words_for(bits_)}; }
  [[nodiscard]] constexpr bool operator[](std::size_t i) const noexcept {
    assert(i < bits_);
    return ((words_[i / 64] >> (i % 64)) & 1U) != 0;
  }

 private:
  const std::uint64_t* words_ = nullptr;
  std::size_t bits_ = 0;
};

/// A writable view of a packed bit string. Whoever writes words keeps the pad bits zero.
class MutableBitView {
 public:
  constexpr MutableBitView() noexcept = default;
  constexpr MutableBitView(std::uint64_t* words, std::size_t bits) noexcept : words_(words), bits_(bits) {}
  constexpr operator BitView() const noexcept { return {words_, bits_}; }  // NOLINT(google-explicit-constructor)

  [[nodiscard]] constexpr std::size_t size() const noexcept { return bits_; }
  [[nodiscard]] constexpr bool empty() const noexcept { return bits_ == 0; }
  [[nodiscard]] constexpr std::span<std::uint64_t> words() const noexcept { return {words_, words_for(bits_)}; }
  [[nodiscard]] constexpr bool operator[](std::size_t i) const noexcept { return BitView(*this)[i]; }
  constexpr void set(std::size_t i, bool bit) const noexcept {
    assert(i < bits_);
    const std::uint64_t mask = std::uint64_t{1} << (i % 64);
    words_[i / 64] = bit ? (words_[i / 64] | mask) : (words_[i / 64] & ~mask);
  }

 private:
  std::uint64_t* words_ = nullptr;
  std::size_t bits_ = 0;
};

/// An owning packed bit string.
class BitString {
 public:
  BitString() = default;
  /// `bits` zeros.
  explicit BitString(std::size_t bits) : words_(words_for(bits)), bits_(bits) {}
  /// A copy of a view.
  explicit BitString(BitView view) : words_(view.words().begin(), view.words().end()), bits_(view.size()) {}

  /// From packed bytes, shape (bytes_for(bits),). Errors: size_mismatch, malformed_input if a pad bit is set.
  static Result<BitString> from_bytes(std::span<const std::uint8_t> bytes, std::size_t bits);
  /// Packed bytes, shape (bytes_for(size()),).
  [[nodiscard]] std::vector<std::uint8_t> to_bytes() const;

  [[nodiscard]] std::size_t size() const noexcept { return bits_; }
  [[nodiscard]] bool empty() const noexcept { return bits_ == 0; }
  [[nodiscard]] std::span<std::uint64_t> words() noexcept { return words_; }
  [[nodiscard]] std::span<const std::uint64_t> words() const noexcept { return words_; }
  [[nodiscard]] bool operator[](std::size_t i) const noexcept { return BitView(*this)[i]; }
  void set(std::size_t i, bool bit) noexcept { MutableBitView(*this).set(i, bit); }
  void clear() noexcept { words_.assign(words_.size(), 0); }

  operator BitView() const noexcept { return {words_.data(), bits_}; }   // NOLINT(google-explicit-constructor)
  operator MutableBitView() noexcept { return {words_.data(), bits_}; }  // NOLINT(google-explicit-constructor)
  friend bool operator==(const BitString&, const BitString&) = default;

 private:
  std::vector<std::uint64_t> words_;
  std::size_t bits_ = 0;
};

[[nodiscard]] bool equal(BitView a, BitView b) noexcept;
/// Number of ones.
[[nodiscard]] std::size_t popcount(BitView a) noexcept;
/// Number of positions in which two views of the same size differ.
[[nodiscard]] std::size_t hamming_distance(BitView a, BitView b) noexcept;
/// dst ^= src, same size.
void xor_into(MutableBitView dst, BitView src) noexcept;
/// dst[dst_offset + i] = src[src_offset + i] for i < count; the ranges lie inside the views and do not overlap.
void copy_bits(BitView src, std::size_t src_offset, MutableBitView dst, std::size_t dst_offset,
               std::size_t count) noexcept;
/// dst[j-th set position of mask] = src[j]; other positions become 0. src.size() == popcount(mask), dst.size() ==
/// mask.size(). Here and below, dst does not overlap the others.
void deposit_bits(BitView src, BitView mask, MutableBitView dst) noexcept;
/// The same, but dst keeps its bits where the mask is 0; it must be 0 where the mask is 1.
void deposit_bits_into(BitView src, BitView mask, MutableBitView dst) noexcept;
/// dst[j] = src[j-th set position of mask]. src.size() == mask.size(), dst.size() == popcount(mask).
void extract_bits(BitView src, BitView mask, MutableBitView dst) noexcept;

}  // namespace caligo
