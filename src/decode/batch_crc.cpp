// SPDX-License-Identifier: Apache-2.0
#include "decode/batch_crc.hpp"

namespace caligo::decode {

BatchCrc::BatchCrc(const CodeSpec& code)
    : placement_(code.crc_placement()), information_(code.information_bits()), width_(code.crc().width) {
  for (unsigned power = 0; power < width_; ++power) {
    if (((code.crc().polynomial >> power) & 1U) == 0) continue;
    distance_.at(taps_) = static_cast<std::uint16_t>(width_ - power);
    eightfold_.at(taps_) = static_cast<std::uint16_t>(8 * (width_ - power));
    ++taps_;
  }
}

std::uint64_t BatchCrc::append(const kernels::ScBatchKernel& kernel, std::uint64_t* words,
                               std::span<const std::uint32_t> checksums) const noexcept {
  std::uint64_t rows[kernels::batch_frames] = {};
  std::uint64_t wrong = 0;
  for (std::size_t f = 0; f < checksums.size(); ++f) {
    rows[f] = checksums[f];
    wrong |= static_cast<std::uint64_t>((rows[f] >> width_) != 0) << f;
  }
  kernel.transpose_bits(rows, rows);
  for (unsigned i = 0; i < width_; ++i) words[i] = rows[width_ - 1 - i];  // bit 0 of a checksum is its highest power
  return wrong;
}

/// Over GF(2), P(x)^8 = P(x^8) has as few terms as P, eight times as far apart: reducing by it first lets eight
/// positions be done at once, and what is left of 8·width positions P itself reduces. The remainder of message and
/// checksum together is zero if and only if the CRC holds.
std::uint64_t BatchCrc::failures(const kernels::ScBatchKernel& kernel, std::uint64_t* words,
                                 std::span<const std::uint32_t> checksums) const noexcept {
  if (placement_ == CrcPlacement::none) return 0;
  std::uint64_t failed = 0;
  std::size_t count = information_;
  if (placement_ == CrcPlacement::external) {
    failed = append(kernel, words + count, checksums);
    count += width_;
  }
  const std::size_t kept = std::size_t{8} * width_;
  std::size_t start = 0;
  if (count > kept) {
    start = count - kept;
    kernel.reduce(words, start, eightfold_.data(), taps_);
    for (std::size_t t = 0; t < taps_; ++t) {  // multiples that reach into the part that is kept
      const std::size_t reach = eightfold_.at(t);
      for (std::size_t i = start; i < start + reach; ++i) words[i] ^= *(words + i - reach);  // may lie before words[0]
    }
  }
  for (std::size_t i = start; i + width_ < count; ++i) {
    for (std::size_t t = 0; t < taps_; ++t) words[i + distance_.at(t)] ^= words[i];
  }
  for (std::size_t i = count - width_; i < count; ++i) failed |= words[i];
  return failed;
}

}  // namespace caligo::decode
