// SPDX-License-Identifier: Apache-2.0
// Counts every allocation of this test program while blocks are hashed: there must be none.
#include "tests/allocation_counter.hpp"

#include <gtest/gtest.h>
#include <caligo/amplify.hpp>
#include <caligo/isa.hpp>
#include <caligo/random.hpp>

namespace caligo {
namespace {

TEST(Allocation, NoneWhileHashing) {
#if CALIGO_COUNTS_ALLOCATIONS
  CounterRandom random(7, 0);
  for (const Isa isa : supported_isas()) {
    ASSERT_TRUE(force_isa(isa));
    for (const std::size_t max_bytes : {std::size_t{64} << 10, std::size_t{1} << 30}) {
      for (const std::size_t bits : {500UL, 100000UL}) {
        const std::size_t before_making = allocations;
        auto amplifier = Amplifier::make({.input_bits = bits, .output_bits = bits / 2, .max_bytes = max_bytes}).value();
        EXPECT_GT(allocations, before_making) << "the counter does not count";
        BitString input(bits), seed(amplifier.seed_bits()), output(bits / 2);
        random.fill(input);
        random.fill(seed);
        const std::size_t before = allocations;
        ASSERT_TRUE(amplifier.amplify(input, seed, output));
        EXPECT_EQ(allocations - before, 0U) << to_string(isa) << ", " << bits << " bits";
      }
    }
  }
  ASSERT_TRUE(force_isa(supported_isas().back()));
#else
  GTEST_SKIP() << "SKIPPED: counting needs glibc's malloc, which this build replaces";
#endif
}

}  // namespace
}  // namespace caligo
