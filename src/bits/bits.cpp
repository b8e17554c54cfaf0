// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <caligo/bits.hpp>

#include <bit>
#include <cstring>

#include "kernels/dispatch.hpp"

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

std::size_t popcount(BitView a) noexcept { return kernels::bit_kernels().count(a.words().data(), a.words().size()); }

std::size_t hamming_distance(BitView a, BitView b) noexcept {
  assert(a.size() == b.size());
  return kernels::bit_kernels().distance(a.words().data(), b.words().data(), a.words().size());
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
  assert(dst.size() == mask.size() && src.size() == popcount(mask));
  kernels::bit_kernels().deposit(src.words().data(), src.size(), mask.words().data(), dst.words().data(),
                                 mask.words().size());
}

void deposit_bits_into(BitView src, BitView mask, MutableBitView dst) noexcept {
  assert(dst.size() == mask.size() && src.size() == popcount(mask));
  kernels::bit_kernels().deposit_into(src.words().data(), src.size(), mask.words().data(), dst.words().data(),
                                      mask.words().size());
}

void extract_bits(BitView src, BitView mask, MutableBitView dst) noexcept {
  assert(src.size() == mask.size() && dst.size() == popcount(mask));
  kernels::bit_kernels().extract(src.words().data(), mask.words().data(), mask.words().size(), dst.words().data(),
                                 dst.size());
}

}  // namespace caligo
