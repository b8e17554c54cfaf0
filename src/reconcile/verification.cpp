// SPDX-License-Identifier: Apache-2.0
#include <sodium.h>
#include <caligo/random.hpp>
#include <caligo/reconcile.hpp>

#include <algorithm>
#include <cmath>
#include <cstring>

namespace caligo {

namespace {

__extension__ using uint128 = unsigned __int128;

/// p = 2^127 - 1, a Mersenne prime: reduction is an addition. Values below may be p itself, which stands for 0.
constexpr uint128 prime = (uint128{1} << 127) - 1;
constexpr std::size_t coefficient_bytes = 15;

/// x < 2^128 to a value ≤ p with the same residue, except 2^128 - 1 (never reached: sums here stay ≤ 2p).
constexpr uint128 fold(uint128 x) noexcept { return (x & prime) + (x >> 127); }
constexpr uint128 canonical(uint128 x) noexcept { return x == prime ? 0 : x; }

/// a·b mod p for a, b ≤ p, schoolbook on 64-bit halves; 2^127 ≡ 1.
constexpr uint128 multiply(uint128 a, uint128 b) noexcept {
  const auto a0 = static_cast<std::uint64_t>(a);
  const auto a1 = static_cast<std::uint64_t>(a >> 64);
  const auto b0 = static_cast<std::uint64_t>(b);
  const auto b1 = static_cast<std::uint64_t>(b >> 64);
  const uint128 low = uint128{a0} * b0;
  const uint128 middle = uint128{a0} * b1 + uint128{a1} * b0;  // both < 2^127
  const uint128 carry = (low >> 64) + static_cast<std::uint64_t>(middle);
  const uint128 bottom = (carry << 64) | static_cast<std::uint64_t>(low);
  const uint128 top = uint128{a1} * b1 + (middle >> 64) + (carry >> 64);
  return fold((bottom & prime) + ((top << 1) | (bottom >> 127)));
}

/// An element of the key; words from a foreign key are cut to 127 bits.
uint128 element(const VerificationKey& key, std::size_t index) noexcept {
  return canonical(((uint128{key.words[2 * index + 1]} << 64) | key.words[2 * index]) & prime);
}

/// Uniform in [0, p): 127 random bits, drawn again in the case p (probability 2^-127).
template <class Draw>
VerificationKey draw_key(Draw draw) {
  VerificationKey key;
  for (std::size_t i = 0; i < 3; ++i) {
    uint128 value = prime;
    while (value == prime) {
      key.words[2 * i] = draw();
      key.words[2 * i + 1] = draw() >> 1;
      value = (uint128{key.words[2 * i + 1]} << 64) | key.words[2 * i];
    }
  }
  return key;
}

uint128 load_coefficient(const unsigned char* bytes, std::size_t count) noexcept {
  unsigned char buffer[16] = {};
  std::memcpy(buffer, bytes, count);
  std::uint64_t halves[2];
  std::memcpy(halves, buffer, sizeof halves);
  return (uint128{halves[1]} << 64) | halves[0];
}

}  // namespace

Result<VerificationKey> VerificationKey::fresh() {
  if (sodium_init() < 0) return Error{ErrorCode::io, "the operating system gives no random numbers"};
  return draw_key([] {
    std::uint64_t word = 0;
    randombytes_buf(&word, sizeof word);
    return word;
  });
}

VerificationKey VerificationKey::simulated(std::uint64_t seed, std::uint64_t block) noexcept {
  CounterRandom random(seed, block);
  return draw_key([&] { return random.next(); });
}

std::uint64_t verification_tag(BitView block, const VerificationKey& key, unsigned tag_bits) noexcept {
  const uint128 point = element(key, 0);
  const auto* bytes = reinterpret_cast<const unsigned char*>(block.words().data());
  const std::size_t size = bytes_for(block.size());
  uint128 value = 0;
  for (std::size_t i = 0; i < size; i += coefficient_bytes) {  // Horner's rule
    const uint128 coefficient = load_coefficient(bytes + i, std::min(coefficient_bytes, size - i));
    value = fold(multiply(value, point) + coefficient);
  }
  const uint128 mixed = canonical(fold(multiply(element(key, 1), canonical(value)) + element(key, 2)));
  const auto low = static_cast<std::uint64_t>(mixed);
  return tag_bits >= 64 ? low : low & ((std::uint64_t{1} << tag_bits) - 1);
}

double verification_epsilon(std::size_t bits, unsigned tag_bits) noexcept {
  const std::size_t coefficients = (bits + 8 * coefficient_bytes - 1) / (8 * coefficient_bytes);
  return std::ldexp(static_cast<double>(coefficients), -127) + std::ldexp(1.0, -static_cast<int>(tag_bits));
}

}  // namespace caligo
