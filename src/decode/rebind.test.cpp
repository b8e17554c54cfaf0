// SPDX-License-Identifier: Apache-2.0
// A decoder that turns from plan to plan decides as one that is made for each.
#include <optional>

#include "decode/sc_test_frames.hpp"

namespace caligo {
namespace {

using test::Frame;

class RebindTest : public testing::TestWithParam<Isa> {};

TEST_P(RebindTest, DecidesAsANewDecoder) {
  const test::IsaScope scope(GetParam());
  SCOPED_TRACE("CALIGO_TEST_SEED=" + std::to_string(test::seed()));
  CounterRandom random(test::seed() + 30, 0);
  constexpr unsigned list_sizes[] = {8, 32, 1, 2, 16, 4};
  std::optional<Decoder> reused;
  for (unsigned round = 0; round < 300; ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    const auto n = static_cast<unsigned>(3 + random.below(8));  // up and down: the memory is kept or grows
    const CodeSpec code = test::random_code(random, n, CrcPlacement::external);
    const auto plan = DecodePlan::make(code, list_sizes[random.below(std::size(list_sizes))]).value();
    if (reused) {
      reused->rebind(plan);
    } else {
      reused.emplace(plan);
    }
    ASSERT_EQ(&reused->plan(), plan.get());
    Decoder fresh(plan);
    const Frame frame = test::random_frame(random, code, round % 3);
    const DecodeVerdict expected = fresh.decode(frame.input(code)).value();
    const DecodeVerdict verdict = reused->decode(frame.input(code)).value();
    ASSERT_EQ(verdict.accepted, expected.accepted);
    ASSERT_EQ(verdict.rank, expected.rank);
    ASSERT_EQ(verdict.path_metric, expected.path_metric);
    ASSERT_TRUE(equal(reused->u(), fresh.u()));
    ASSERT_TRUE(equal(reused->codeword(), fresh.codeword()));
    ASSERT_TRUE(equal(reused->message(), fresh.message()));
    ASSERT_GE(reused->memory_bytes(), fresh.memory_bytes());
  }
}

INSTANTIATE_TEST_SUITE_P(EveryIsa, RebindTest, testing::ValuesIn(supported_isas()),
                         [](const auto& test) { return std::string(to_string(test.param)); });

}  // namespace
}  // namespace caligo
