// SPDX-License-Identifier: Apache-2.0
// The reference against itself and against first principles.
#include "reference/list_decoder.hpp"

#include <gtest/gtest.h>
#include <caligo/random.hpp>

#include <cmath>

namespace caligo::reference {
namespace {

struct Problem {
  Bits frozen;
  Bits values;
  std::vector<std::int64_t> llr;
};

Problem random_problem(CounterRandom& random, unsigned n, std::uint64_t range) {
  Problem p;
  const std::size_t length = std::size_t{1} << n;
  for (std::size_t i = 0; i < length; ++i) {
    const double weight = __builtin_popcountll(i) - n / 2.0 + 0.5 * random.gaussian();
    p.frozen.push_back(weight < 0 ? 1 : 0);
    p.values.push_back(static_cast<std::uint8_t>(random.below(2)));
    p.llr.push_back(static_cast<std::int64_t>(random.below(2 * range + 1)) - static_cast<std::int64_t>(range));
  }
  return p;
}

// With LLRs from a wide range ties do not happen, and deciding nodes as wholes must not change one path.
TEST(ReferenceListDecoder, NodesDecideAsTheirBitsDo) {
  for (unsigned n = 3; n <= 9; ++n) {
    for (unsigned round = 0; round < 12; ++round) {
      CounterRandom random(11, n * 100 + round);
      const Problem p = random_problem(random, n, std::uint64_t{1} << 40);
      for (const std::size_t list_size : {1U, 4U, 8U, 32U}) {
        ListDecoder<std::int64_t> bits(p.frozen, p.values, list_size, Schedule::bits);
        ListDecoder<std::int64_t> nodes(p.frozen, p.values, list_size, Schedule::nodes);
        const auto a = bits.decode(p.llr);
        const auto b = nodes.decode(p.llr);
        ASSERT_FALSE(bits.tied());
        ASSERT_EQ(a.size(), b.size());
        for (std::size_t i = 0; i < a.size(); ++i) {
          ASSERT_EQ(a[i].u, b[i].u) << "n " << n << " round " << round << " list " << list_size << " rank " << i;
          ASSERT_EQ(a[i].metric, b[i].metric);
        }
      }
    }
  }
}

// The metric of a path is the sum of |LLR| over the code bits that disagree with their LLR.
TEST(ReferenceListDecoder, MetricIsTheDiscrepancyOfTheCodeword) {
  for (unsigned round = 0; round < 20; ++round) {
    CounterRandom random(12, round);
    const Problem p = random_problem(random, 6, 50);
    ListDecoder<std::int64_t> decoder(p.frozen, p.values, 8, Schedule::bits);
    for (const auto& path : decoder.decode(p.llr)) {
      const Bits x = transform(path.u);
      std::int64_t discrepancy = 0;
      for (std::size_t i = 0; i < x.size(); ++i) {
        const bool against = x[i] != 0 ? p.llr[i] > 0 : p.llr[i] < 0;
        discrepancy += against ? std::abs(p.llr[i]) : 0;
        ASSERT_TRUE(p.frozen[i] == 0 || path.u[i] == p.values[i]);
      }
      ASSERT_EQ(path.metric, discrepancy);
      ASSERT_EQ(path.sums, x);
    }
  }
}

// A list as long as the code is a maximum-likelihood decoder.
TEST(ReferenceListDecoder, FullListFindsTheMaximumLikelihoodWord) {
  for (unsigned round = 0; round < 20; ++round) {
    CounterRandom random(13, round);
    Problem p = random_problem(random, 3, 1000);
    std::size_t unknown = 0;
    for (auto& f : p.frozen) {
      if (f == 0 && ++unknown > 5) f = 1;
    }
    ListDecoder<std::int64_t> decoder(p.frozen, p.values, 32, Schedule::bits);
    const auto list = decoder.decode(p.llr);
    ASSERT_EQ(list.size(), std::size_t{1} << std::min<std::size_t>(unknown, 5));
    std::int64_t best = std::numeric_limits<std::int64_t>::max();
    for (unsigned choice = 0; choice < 256; ++choice) {
      Bits u(8);
      bool valid = true;
      for (unsigned i = 0; i < 8; ++i) {
        u[i] = static_cast<std::uint8_t>((choice >> i) & 1U);
        valid = valid && (p.frozen[i] == 0 || u[i] == p.values[i]);
      }
      if (!valid) continue;
      const Bits x = transform(u);
      std::int64_t metric = 0;
      for (std::size_t i = 0; i < 8; ++i) {
        const bool against = x[i] != 0 ? p.llr[i] > 0 : p.llr[i] < 0;
        metric += against ? std::abs(p.llr[i]) : 0;
      }
      best = std::min(best, metric);
    }
    EXPECT_EQ(list.front().metric, best);
  }
}

}  // namespace
}  // namespace caligo::reference
