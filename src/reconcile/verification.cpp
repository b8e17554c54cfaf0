// SPDX-License-Identifier: Apache-2.0
#include <sodium.h>
#include <caligo/random.hpp>
#include <caligo/reconcile.hpp>

#include <cmath>

#include "hash/polynomial.hpp"

namespace caligo {

namespace {

using hash::prime;
using hash::uint128;

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
  hash::PolynomialHash polynomial(hash::element(key.words.data()));
  polynomial.add_bytes(reinterpret_cast<const unsigned char*>(block.words().data()), bytes_for(block.size()));
  return hash::compress(polynomial.value(), hash::element(key.words.data() + 2), hash::element(key.words.data() + 4),
                        tag_bits);
}

double verification_epsilon(std::size_t bits, unsigned tag_bits) noexcept {
  const std::size_t coefficients = (bits + 8 * hash::coefficient_bytes - 1) / (8 * hash::coefficient_bytes);
  return std::ldexp(static_cast<double>(coefficients), -127) + std::ldexp(1.0, -static_cast<int>(tag_bits));
}

}  // namespace caligo
