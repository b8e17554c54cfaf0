// SPDX-License-Identifier: Apache-2.0
#include <sodium.h>
#include <caligo/amplify.hpp>
#include <caligo/random.hpp>

namespace caligo {

std::size_t amplification_seed_bits(std::size_t input_bits, std::size_t output_bits, HashForm form) noexcept {
  if (form == HashForm::toeplitz) return input_bits + output_bits - 1;
  return input_bits == output_bits ? 0 : input_bits - 1;
}

Result<BitString> fresh_amplification_seed(std::size_t bits) {
  if (sodium_init() < 0) return Error{ErrorCode::io, "the operating system gives no random numbers"};
  BitString seed(bits);
  if (seed.empty()) return seed;
  randombytes_buf(seed.words().data(), seed.words().size_bytes());
  if (bits % 64 != 0) seed.words().back() &= (std::uint64_t{1} << (bits % 64)) - 1;
  return seed;
}

BitString simulated_amplification_seed(std::size_t bits, std::uint64_t seed, std::uint64_t stream) {
  BitString result(bits);
  CounterRandom(seed, stream).fill(result);
  return result;
}

}  // namespace caligo
