// SPDX-License-Identifier: Apache-2.0
// The roles against the readable reference: the same questions, the same answers, the same corrections.
#include "reference/cascade.hpp"

#include <gtest/gtest.h>
#include <caligo/cascade.hpp>
#include <caligo/random.hpp>

#include <cstdlib>

namespace caligo::reference {
namespace {

std::uint64_t test_seed() {
  const char* text = std::getenv("CALIGO_TEST_SEED");
  return text != nullptr ? std::strtoull(text, nullptr, 0) : 7;
}

std::vector<bool> block_of(const BitString& bits, std::size_t offset, std::size_t length) {
  std::vector<bool> block(length);
  for (std::size_t i = 0; i < length && offset + i < bits.size(); ++i) block[i] = bits[offset + i];
  return block;
}

/// Packs bits as a message does.
class Packer {
 public:
  void put(bool bit) {
    if (used_ % 8 == 0) bytes.push_back(0);
    bytes.back() = static_cast<std::uint8_t>(bytes.back() | (bit ? 1U : 0U) << (used_ % 8));
    ++used_;
  }
  std::vector<std::uint8_t> bytes;

 private:
  std::size_t used_ = 0;
};

struct Case {
  CascadeParameters parameters;
  std::size_t bits = 0;
  double qber = 0;
};

/// One unit of blocks, so that a tag comes when all of them are through.
void compare(CounterRandom& random, const Case& run) {
  BitString x(run.bits);
  BitString y(run.bits);
  random.fill(x);
  random.fill_bernoulli(y, run.qber);
  xor_into(y, x);
  const std::size_t length = std::size_t{1} << run.parameters.log2_block;
  std::vector<CascadeBlock> blocks;
  for (std::size_t offset = 0; offset < run.bits; offset += length) {
    blocks.emplace_back(run.parameters, block_of(x, offset, length), block_of(y, offset, length),
                        std::min(length, run.bits - offset));
  }

  CascadeAlice alice = CascadeAlice::make(run.parameters, run.bits).value();
  CascadeBob bob = CascadeBob::make(run.parameters, run.bits).value();
  CascadeMessage question;
  CascadeMessage answer;
  bob.begin(y).value();
  alice.begin(x, {.simulated = test_seed()}, question).value();
  unsigned retries = 0;
  std::size_t asked = 0;
  while (!alice.finished()) {
    Packer parities;
    Packer mismatches;
    for (CascadeBlock& block : blocks) {
      for (const auto& members : block.questions()) {
        parities.put(block.parity_of_x(members));
        mismatches.put(block.differs(members));
        ++asked;
      }
    }
    const bool tagged = parities.bytes.empty();
    if (tagged) {
      ASSERT_EQ(question.size(), 56U);
    } else {
      ASSERT_EQ(question, parities.bytes);
    }
    bob.receive(question, answer).value();
    if (tagged) {
      bool equal = true;
      for (std::size_t b = 0; b < blocks.size(); ++b)
        equal = equal && blocks[b].corrected() == block_of(x, b * length, length);
      ASSERT_EQ(answer, CascadeMessage{static_cast<std::uint8_t>(equal ? 1 : 0)});
      if (!equal && retries < run.parameters.retries) {
        ++retries;
        for (CascadeBlock& block : blocks) {
          block.open_subsets(run.parameters.subsets + retries * run.parameters.retry_subsets);
        }
      }
    } else {
      ASSERT_EQ(answer, mismatches.bytes);
      for (CascadeBlock& block : blocks) {
        if (!block.questions().empty()) block.settle();
      }
    }
    alice.receive(answer, question).value();
  }
  EXPECT_EQ(alice.traffic().parities, asked);
  EXPECT_EQ(alice.units().front().tags, retries + 1);
  for (std::size_t b = 0; b < blocks.size(); ++b) {
    const std::vector<bool> expected = blocks[b].corrected();
    for (std::size_t i = 0; i < length && b * length + i < run.bits; ++i) {
      ASSERT_EQ(bob.corrected()[b * length + i], expected[i]) << "block " << b << " bit " << i;
    }
  }
}

TEST(ReferenceCascade, EqualsTheRoles) {
  const std::uint64_t seed = test_seed();
  SCOPED_TRACE("CALIGO_TEST_SEED=" + std::to_string(seed));
  for (std::uint64_t round = 0; round < 120; ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    CounterRandom random(seed, round);
    Case run;
    CascadeParameters& p = run.parameters;
    p.log2_block = 8 + static_cast<unsigned>(random.below(round % 16 == 0 ? 6 : 3));
    p.log2_first = 1 + static_cast<unsigned>(random.below(p.log2_block - 1));
    p.log2_second = p.log2_first + static_cast<unsigned>(random.below(p.log2_block - p.log2_first));
    p.subsets = static_cast<unsigned>(random.below(9));
    p.retry_subsets = 1 + static_cast<unsigned>(random.below(4));
    p.retries = static_cast<unsigned>(random.below(5));
    p.breadth = static_cast<unsigned>(random.below(4));
    p.shuffle = random.next();
    const std::size_t length = std::size_t{1} << p.log2_block;
    run.bits = 1 + random.below(p.log2_block < 11 ? 3 * length : length);
    run.qber = std::min(0.3, random.uniform() * 3 / static_cast<double>(1U << p.log2_first));
    compare(random, run);
    if (testing::Test::HasFatalFailure()) return;
  }
}

}  // namespace
}  // namespace caligo::reference
