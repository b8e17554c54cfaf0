// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <sodium.h>
#include <caligo/authenticate.hpp>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "authenticate/frames.hpp"
#include "hash/polynomial.hpp"

namespace caligo {

Result<WegmanCarter> WegmanCarter::make(KeyPool& pool, Direction direction) {
  WegmanCarter result(pool, direction);
  if (auto taken = pool.take(direction, {result.key_.data(), hash_key_bits}); !taken) return taken.error();
  result.first_pad_ = pool.consumed(direction);
  return result;
}

WegmanCarter::~WegmanCarter() { sodium_memzero(key_.data(), sizeof key_); }

std::uint64_t WegmanCarter::pad_position(std::uint64_t counter) const noexcept {
  return first_pad_ + tag_bits * counter;
}

/// The frame, then two coefficients: counter and direction, length. The last one tells frames of different lengths
/// apart, whose leading coefficients may be zeros: two frames are always two different polynomials.
std::uint64_t WegmanCarter::hash(std::span<const std::uint8_t> frame, std::uint64_t counter) const noexcept {
  hash::PolynomialHash polynomial(hash::element(key_.data()));
  polynomial.add_bytes(frame.data(), frame.size());
  polynomial.add((hash::uint128{static_cast<unsigned>(direction_)} << 64) | counter);
  polynomial.add(frame.size());
  return hash::compress(polynomial.value(), hash::element(key_.data() + 2), hash::element(key_.data() + 4), tag_bits);
}

double WegmanCarter::epsilon(std::size_t frame_bytes) noexcept {
  // k coefficients: two polynomials agree in k - 1 points at most; compress() adds 1; three elements of the key are cut
  // from 127 bits, each of which is 2^-127 away from uniform in GF(p).
  const std::size_t coefficients = (frame_bytes + hash::coefficient_bytes - 1) / hash::coefficient_bytes + 2;
  return std::ldexp(static_cast<double>(coefficients + 3), -127) + std::ldexp(1.0, -static_cast<int>(tag_bits));
}

Result<FrameTag> WegmanCarter::seal(std::span<const std::uint8_t> frame) {
  if (auto checked = authenticate::check_length(frame.size()); !checked) return checked.error();
  // The pad of this counter and no other: somebody else who takes from the pool must not shift the pads.
  std::uint64_t pad = 0;
  const std::uint64_t position = pad_position(counter_);
  if (auto read = pool_->peek(direction_, position, {&pad, tag_bits}); !read) return read.error();
  if (auto taken = pool_->consume_to(direction_, position + tag_bits); !taken) return taken.error();
  FrameTag tag{.counter = counter_, .size = 8};
  const std::uint64_t value = hash(frame, counter_) ^ pad;
  std::memcpy(tag.bytes.data(), &value, sizeof value);
  sodium_memzero(&pad, sizeof pad);
  epsilon_ += epsilon(frame.size());
  ++counter_;
  return tag;
}

Result<void> WegmanCarter::open(std::span<const std::uint8_t> frame, const FrameTag& tag) {
  if (auto checked = authenticate::check_frame(frame.size(), tag, counter_, 8); !checked) return checked;
  const std::uint64_t position = pad_position(tag.counter);
  std::uint64_t expected = 0;
  if (auto read = pool_->peek(direction_, position, {&expected, tag_bits}); !read) return read;
  expected ^= hash(frame, tag.counter);
  epsilon_ += epsilon(frame.size());
  const bool equal = sodium_memcmp(&expected, tag.bytes.data(), sizeof expected) == 0;
  sodium_memzero(&expected, sizeof expected);
  if (!equal) return authenticate::wrong_tag(tag.counter);
  counter_ = tag.counter + 1;
  return pool_->consume_to(direction_, position + tag_bits);
}

}  // namespace caligo
