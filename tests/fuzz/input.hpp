// SPDX-License-Identifier: Apache-2.0
#pragma once
/// What a fuzz target reads: decisions, one after the other, from the bytes of its input. When these run out, decisions
/// come from a generator that the first four bytes seed: so a short input describes a large frame, and changing one
/// byte changes one decision.

#include <caligo/random.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace caligo::fuzz {

using Bytes = std::span<const std::uint8_t>;

/// A fault in the code under test. Thrown out of the target; its caller knows which input it was.
struct Finding {
  std::string what;
};

inline void require(bool holds, const char* what) {
  if (!holds) throw Finding{what};
}

class Input {
 public:
  explicit Input(Bytes bytes) : bytes_(bytes), random_(0, 0) {
    std::uint32_t seed = 0;
    for (int i = 0; i < 4; ++i) seed = seed << 8 | (bytes_.empty() ? 0U : take());
    random_ = CounterRandom(seed, 0);
  }

  std::uint8_t byte() { return bytes_.empty() ? static_cast<std::uint8_t>(random_.next()) : take(); }
  std::uint32_t word() {
    std::uint32_t value = 0;
    for (int i = 0; i < 4; ++i) value = value << 8 | byte();
    return value;
  }
  /// In [0, bound); not quite uniform.
  std::size_t below(std::size_t bound) { return (bound <= 256 ? byte() : word()) % bound; }
  /// True in one of `cases` cases.
  bool one_in(std::size_t cases) { return below(cases) == 0; }

  /// For what no single byte should decide.
  CounterRandom& random() { return random_; }

 private:
  std::uint8_t take() {
    const std::uint8_t first = bytes_.front();
    bytes_ = bytes_.subspan(1);
    return first;
  }
  Bytes bytes_;
  CounterRandom random_;
};

/// Text that came in as bytes.
inline std::string_view as_text(Bytes bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

}  // namespace caligo::fuzz
