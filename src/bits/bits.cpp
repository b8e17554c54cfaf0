// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <caligo/bits.hpp>

#include <bit>
#include <cstring>

namespace caligo {

static_assert(std::endian::native == std::endian::little, "packed bit strings assume a little-endian machine");

namespace {

constexpr std::uint64_t low_bits(std::size_t count) noexcept {
  return count >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << count) - 1;
}

/// Up to 64 bits from any position; reads only words that hold wanted bits.
std::uint64_t load_bits(std::span<const std::uint64_t> words, std::size_t offset, std::size_t count) noexcept {
  const std::size_t word = offset / 64;
  const std::size_t shift = offset % 64;
  std::uint64_t value = words[word] >> shift;
  if (shift != 0 && shift + count > 64) value |= words[word + 1] << (64 - shift);
  return value & low_bits(count);
}

void store_bits(std::span<std::uint64_t> words, std::size_t offset, std::size_t count, std::uint64_t value) noexcept {
  const std::size_t word = offset / 64;
  const std::size_t shift = offset % 64;
  const std::uint64_t mask = low_bits(count);
  words[word] = (words[word] & ~(mask << shift)) | (value << shift);
  if (shift + count > 64) {
    words[word + 1] = (words[word + 1] & ~(mask >> (64 - shift))) | (value >> (64 - shift));
  }
}

/// Parallel suffix compress / expand of one word, after Hacker's Delight 7-4 and 7-5: six masked shifts each.
struct Compressor {
  explicit Compressor(std::uint64_t mask) noexcept : mask_(mask) {
    std::uint64_t m = mask;
    std::uint64_t zeros_below = ~mask << 1;
    for (unsigned step = 0; step < 6; ++step) {
      std::uint64_t parity = zeros_below;
      for (unsigned shift = 1; shift < 64; shift *= 2) parity ^= parity << shift;
      move_[step] = parity & m;
      m = (m ^ move_[step]) | (move_[step] >> (1U << step));
      zeros_below &= ~parity;
    }
  }
  [[nodiscard]] std::uint64_t extract(std::uint64_t x) const noexcept {
    x &= mask_;
    for (unsigned step = 0; step < 6; ++step) {
      const std::uint64_t moved = x & move_[step];
      x = (x ^ moved) | (moved >> (1U << step));
    }
    return x;
  }
  [[nodiscard]] std::uint64_t deposit(std::uint64_t x) const noexcept {
    for (unsigned step = 6; step-- > 0;) {
      const std::uint64_t shifted = x << (1U << step);
      x = (x & ~move_[step]) | (shifted & move_[step]);
    }
    return x & mask_;
  }

 private:
  std::uint64_t mask_;
  std::uint64_t move_[6]{};
};

}  // namespace

Result<BitString> BitString::from_bytes(std::span<const std::uint8_t> bytes, std::size_t bits) {
  if (bytes.size() != bytes_for(bits)) {
    return Error{ErrorCode::size_mismatch,
                 fmt::format("{} bits take {} bytes, got {}", bits, bytes_for(bits), bytes.size())};
  }
  if (bits % 8 != 0 && (bytes.back() >> (bits % 8)) != 0) {
    return Error{ErrorCode::malformed_input, fmt::format("pad bits after bit {} are not zero", bits)};
  }
  BitString result(bits);
  if (!bytes.empty()) std::memcpy(result.words_.data(), bytes.data(), bytes.size());
  return result;
}

std::vector<std::uint8_t> BitString::to_bytes() const {
  std::vector<std::uint8_t> bytes(bytes_for(bits_));
  if (!bytes.empty()) std::memcpy(bytes.data(), words_.data(), bytes.size());
  return bytes;
}

bool equal(BitView a, BitView b) noexcept { return a.size() == b.size() && hamming_distance(a, b) == 0; }

std::size_t popcount(BitView a) noexcept {
  std::size_t count = 0;
  for (const std::uint64_t word : a.words()) count += static_cast<std::size_t>(std::popcount(word));
  return count;
}

std::size_t hamming_distance(BitView a, BitView b) noexcept {
  assert(a.size() == b.size());
  std::size_t count = 0;
  for (std::size_t i = 0; i < a.words().size(); ++i) {
    count += static_cast<std::size_t>(std::popcount(a.words()[i] ^ b.words()[i]));
  }
  return count;
}

void xor_into(MutableBitView dst, BitView src) noexcept {
  assert(dst.size() == src.size());
  for (std::size_t i = 0; i < src.words().size(); ++i) dst.words()[i] ^= src.words()[i];
}

void copy_bits(BitView src, std::size_t src_offset, MutableBitView dst, std::size_t dst_offset,
               std::size_t count) noexcept {
  assert(src_offset + count <= src.size() && dst_offset + count <= dst.size());
  if (src_offset % 64 == 0 && dst_offset % 64 == 0 && count >= 64) {
    const std::size_t words = count / 64;
    std::memcpy(&dst.words()[dst_offset / 64], &src.words()[src_offset / 64], words * 8);
    src_offset += words * 64;
    dst_offset += words * 64;
    count -= words * 64;
  }
  while (count > 0) {
    const std::size_t step = count < 64 ? count : 64;
    store_bits(dst.words(), dst_offset, step, load_bits(src.words(), src_offset, step));
    src_offset += step;
    dst_offset += step;
    count -= step;
  }
}

void deposit_bits(BitView src, BitView mask, MutableBitView dst) noexcept {
  assert(dst.size() == mask.size());
  std::size_t position = 0;
  for (std::size_t i = 0; i < mask.words().size(); ++i) {
    const std::uint64_t m = mask.words()[i];
    const auto count = static_cast<std::size_t>(std::popcount(m));
    if (count == 0) {
      dst.words()[i] = 0;
      continue;
    }
    const std::uint64_t bits = load_bits(src.words(), position, count);
    dst.words()[i] = count == 64 ? bits : Compressor(m).deposit(bits);
    position += count;
  }
  assert(position == src.size());
}

void extract_bits(BitView src, BitView mask, MutableBitView dst) noexcept {
  assert(src.size() == mask.size());
  std::size_t position = 0;
  for (std::size_t i = 0; i < mask.words().size(); ++i) {
    const std::uint64_t m = mask.words()[i];
    const auto count = static_cast<std::size_t>(std::popcount(m));
    if (count == 0) continue;
    const std::uint64_t bits = count == 64 ? src.words()[i] : Compressor(m).extract(src.words()[i]);
    store_bits(dst.words(), position, count, bits);
    position += count;
  }
  assert(position == dst.size());
}

}  // namespace caligo
