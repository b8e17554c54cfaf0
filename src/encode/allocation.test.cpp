// SPDX-License-Identifier: Apache-2.0
// Counts every allocation of this test program while encoders run: there must be none.
#include "tests/allocation_counter.hpp"

#include <gtest/gtest.h>
#include <caligo/construct.hpp>
#include <caligo/encode.hpp>
#include <caligo/isa.hpp>
#include <caligo/random.hpp>

namespace caligo {
namespace {

TEST(Allocation, NoneWhileEncoding) {
#if CALIGO_COUNTS_ALLOCATIONS
  CounterRandom random(7, 0);
  for (const std::size_t shortened : {0U, 100U}) {
    const auto order = construct_order(12, Bsc{0.05}, ConstructionMethod::polarization_weight, shortened);
    const CodeSpec code = make_code(order.value(), 2000, parse_crc("crc16").value(), CrcPlacement::embedded).value();
    BitString message(code.message_bits());
    BitString frozen(code.frozen_bits());
    BitString codeword(code.sent_bits());
    random.fill(message);
    random.fill(frozen);
    for (const Isa isa : supported_isas()) {
      ASSERT_TRUE(force_isa(isa));
      for (const EncodeMode mode : {EncodeMode::non_systematic, EncodeMode::systematic}) {
        const std::size_t before_making = allocations;
        Encoder encoder(code, mode);
        EXPECT_GT(allocations, before_making) << "the counter does not count";
        const std::size_t before = allocations;
        bool done = true;
        for (int frame = 0; frame < 3; ++frame) {
          done = done && encoder.encode(message, {}, codeword).has_value();
          done = done && encoder.encode(message, frozen, codeword).has_value();
          done = done && encoder.extract_message(codeword, message).has_value();
        }
        EXPECT_EQ(allocations - before, 0U) << to_string(isa);
        EXPECT_TRUE(done);
      }
    }
  }
#else
  GTEST_SKIP() << "SKIPPED: counting needs glibc's malloc, which this build replaces";
#endif
}

}  // namespace
}  // namespace caligo
