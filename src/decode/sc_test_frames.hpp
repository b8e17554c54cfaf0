// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Codes and frames for the tests of successive cancellation, adaptive decoding and batches.

#include <gtest/gtest.h>
#include <caligo/adaptive.hpp>
#include <caligo/encode.hpp>
#include <caligo/isa.hpp>
#include <caligo/random.hpp>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

namespace caligo::test {

inline std::uint64_t seed() {
  const char* text = std::getenv("CALIGO_TEST_SEED");
  return text != nullptr ? std::strtoull(text, nullptr, 0) : 20261121;
}

/// Restores automatic choice of the fastest unit.
struct IsaScope {
  explicit IsaScope(Isa isa) { EXPECT_TRUE(force_isa(isa).has_value()); }
  ~IsaScope() { EXPECT_TRUE(force_isa(supported_isas().back()).has_value()); }
  IsaScope(const IsaScope&) = delete;
  IsaScope& operator=(const IsaScope&) = delete;
};

/// Nodes of all kinds and sizes, the long ones included that random masks hardly ever have.
inline void fill_nodes(CounterRandom& random, BitString& frozen, std::size_t offset, std::size_t size) {
  const std::uint64_t kind = random.below(size > 8 ? 8 : 5);
  if (kind >= 5 || (size == frozen.size() && kind < 4)) {
    fill_nodes(random, frozen, offset, size / 2);
    fill_nodes(random, frozen, offset + size / 2, size / 2);
    return;
  }
  for (std::size_t i = 0; i < size; ++i) {
    const bool is_frozen = kind == 0   ? true
                           : kind == 1 ? i + 1 < size
                           : kind == 2 ? i == 0
                           : kind == 3 ? false
                                       : random.below(2) != 0;
    frozen.set(offset + i, is_frozen);
  }
}

/// A polarised frozen set, or one of random nodes, or one without any shape.
inline BitString random_frozen_set(CounterRandom& random, std::size_t length, std::size_t shortened) {
  BitString frozen(length);
  const std::uint64_t shape = random.below(4);
  if (shape >= 2) {
    fill_nodes(random, frozen, 0, length / 2);
    fill_nodes(random, frozen, length / 2, length / 2);
  } else {
    const double shift = 2.0 * random.uniform() - 1.0;
    for (std::size_t i = 0; i < length; ++i) {
      const double weight = static_cast<double>(__builtin_popcountll(i)) -
                            static_cast<double>(__builtin_popcountll(length - 1)) / 2 + 0.6 * random.gaussian();
      frozen.set(i, shape == 0 ? weight < shift : random.uniform() < 0.5 + 0.4 * shift);
    }
  }
  for (std::size_t i = length - shortened; i < length; ++i) frozen.set(i, true);
  return frozen;
}

/// A CRC of two to four bits fails often, and holds by chance often, too: both ways through the stages are taken.
inline CodeSpec random_code(CounterRandom& random, unsigned n, CrcPlacement placement) {
  const std::size_t length = std::size_t{1} << n;
  const std::size_t shortened = random.below(3) == 0 ? random.below(length / 2) : 0;
  const CrcSpec crc = placement == CrcPlacement::none ? CrcSpec{}
                      : random.below(2) == 0          ? parse_crc("4:0x3").value()
                                                      : parse_crc(n >= 7 ? "crc24a" : "2:0x3").value();
  BitString frozen = random_frozen_set(random, length, shortened);
  // Room for the CRC and one bit of message.
  for (std::size_t i = length - shortened; popcount(frozen) + crc.width + 1 > length && i-- > 0;) frozen.set(i, false);
  return CodeSpec::make(frozen, crc, placement, shortened).value();
}

struct Frame {
  BitString frozen_values;
  std::vector<std::int8_t> llr;
  std::uint32_t checksum = 0;  ///< of the message that was sent

  [[nodiscard]] DecodeInput input(const CodeSpec& code) const {
    DecodeInput in{llr, frozen_values};
    if (code.crc_placement() == CrcPlacement::external) in.checksum = checksum;
    return in;
  }
};

/// A noisy codeword of a random coset. kind 0: LLR ±1 (ties everywhere); 1: small integers; 2: full range; 3: saturated
/// with a few zeros; 4: large values without zeros.
inline Frame random_frame(CounterRandom& random, const CodeSpec& code, unsigned kind) {
  Frame frame;
  frame.frozen_values = BitString(code.frozen_bits());
  random.fill(frame.frozen_values);
  BitString message(code.message_bits());
  random.fill(message);
  BitString x(code.sent_bits());
  Encoder encoder(code);
  EXPECT_TRUE(encoder.encode(message, frame.frozen_values, x).has_value());
  frame.checksum = Crc(code.crc()).compute(message);
  const double noise = 0.15 * random.uniform();
  for (std::size_t i = 0; i < code.sent_bits(); ++i) {
    int llr = random.uniform() < noise ? -1 : 1;
    if (kind == 1) llr *= static_cast<int>(random.below(5));
    if (kind == 2) llr *= static_cast<int>(random.below(129));
    if (kind == 3) llr *= random.below(40) == 0 ? 0 : 128;
    if (kind == 4) llr *= 20 + static_cast<int>(random.below(80));
    if (x[i]) llr = -llr;
    frame.llr.push_back(static_cast<std::int8_t>(std::clamp(llr, -128, 127)));
  }
  return frame;
}
inline constexpr unsigned frame_kinds = 5;

}  // namespace caligo::test
