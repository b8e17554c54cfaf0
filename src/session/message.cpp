// SPDX-License-Identifier: Apache-2.0
#include "session/message.hpp"

#include <algorithm>
#include <bit>

namespace caligo::session {

void PartSet::reset(std::size_t parts) {
  words_.assign(words_for(parts), 0);
  parts_ = parts;
  count_ = 0;
}

void PartSet::add(std::size_t part) noexcept {
  if (has(part)) return;
  words_[part / 64] |= std::uint64_t{1} << (part % 64);
  ++count_;
}

void PartSet::remove(std::size_t part) noexcept {
  if (!has(part)) return;
  words_[part / 64] &= ~(std::uint64_t{1} << (part % 64));
  --count_;
}

std::size_t PartSet::next(std::size_t from) const noexcept {
  std::size_t word = from < parts_ ? from / 64 : 0;
  std::uint64_t ahead = from < parts_ ? words_[word] & (~std::uint64_t{0} << (from % 64)) : words_[word];
  while (ahead == 0) {  // ends: count_ > 0
    word = word + 1 < words_.size() ? word + 1 : 0;
    ahead = words_[word];
  }
  return 64 * word + static_cast<std::size_t>(std::countr_zero(ahead));
}

void write_receipt(const PartSet& parts, std::vector<std::byte>& out) {
  out.assign(bytes_for(parts.parts()), std::byte{0});
  for (std::size_t i = 0; i < parts.parts(); ++i) {
    if (parts.has(i)) out[i / 8] |= static_cast<std::byte>(1U << (i % 8));
  }
}

bool valid_receipt(std::span<const std::byte> payload, std::size_t parts) noexcept {
  if (payload.empty()) return true;
  if (payload.size() != bytes_for(parts)) return false;
  return parts % 8 == 0 || std::to_integer<unsigned>(payload.back()) >> (parts % 8) == 0;
}

void OutMessage::start(std::size_t bytes, std::size_t part_bytes, const Disclosed& disclosed) {
  bytes_.assign(bytes, std::byte{0});
  part_bytes_ = part_bytes;
  cursor_ = 0;
  disclosed_ = disclosed;
  const std::size_t parts = parts_of(bytes, part_bytes);
  due_.reset(parts);
  sent_.reset(parts);
  acknowledged_.reset(parts);
  repeat();
}

OutMessage::Part OutMessage::take() {
  const std::size_t part = due_.next(cursor_);
  cursor_ = part + 1;
  due_.remove(part);
  const std::size_t offset = part * part_bytes_;
  const std::size_t size = std::min(part_bytes_, bytes_.size() - offset);
  Part result{.total = static_cast<std::uint32_t>(bytes_.size()),
              .offset = static_cast<std::uint32_t>(offset),
              .payload = std::span(bytes_).subspan(offset, size),
              .repeated = sent_.has(part),
              .disclosed = part == 0 ? disclosed_.head : Leakage{}};
  const auto bit_before = [&](std::size_t byte) {
    const std::size_t body = byte > disclosed_.body_offset ? byte - disclosed_.body_offset : 0;
    return std::min<std::uint64_t>(8 * body, disclosed_.body_bits);
  };
  result.disclosed.*disclosed_.purpose += bit_before(offset + size) - bit_before(offset);
  sent_.add(part);
  return result;
}

void OutMessage::acknowledge(std::span<const std::byte> receipt) noexcept {
  for (std::size_t i = 0; i < parts(); ++i) {
    const bool there = !receipt.empty() && (std::to_integer<unsigned>(receipt[i / 8]) >> (i % 8) & 1U) != 0;
    if (there) {
      acknowledged_.add(i);
      due_.remove(i);
    } else if (!acknowledged_.has(i) && sent_.has(i)) {
      due_.add(i);
    }
  }
}

void OutMessage::acknowledge_all() noexcept {
  for (std::size_t i = 0; i < parts(); ++i) {
    acknowledged_.add(i);
    due_.remove(i);
  }
}

void OutMessage::repeat() noexcept {
  for (std::size_t i = 0; i < parts(); ++i) {
    if (!acknowledged_.has(i)) due_.add(i);
  }
}

bool InMessage::possible(const Frame& frame, std::size_t part_bytes, std::size_t limit) noexcept {
  return frame.total >= 1 && frame.total <= limit && frame.offset < frame.total && frame.offset % part_bytes == 0 &&
         frame.payload.size() == std::min<std::size_t>(part_bytes, frame.total - frame.offset);
}

bool InMessage::add(const Frame& frame, std::size_t part_bytes) {
  if (!started()) {
    bytes_.assign(frame.total, std::byte{0});
    parts_.reset(parts_of(frame.total, part_bytes));
  }
  const std::size_t part = frame.offset / part_bytes;
  if (parts_.has(part)) return false;
  std::ranges::copy(frame.payload, bytes_.begin() + frame.offset);
  parts_.add(part);
  return true;
}

}  // namespace caligo::session
