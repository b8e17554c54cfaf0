// SPDX-License-Identifier: Apache-2.0
// The fuzz targets without a fuzzer: the committed corpus, then random inputs from a seed. CALIGO_FUZZ_RUNS says how
// many of these; CALIGO_TEST_SEED gives others.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "tests/fuzz/targets.hpp"

namespace caligo::fuzz {
namespace {

std::uint64_t number_from_environment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text != nullptr ? std::strtoull(text, nullptr, 0) : otherwise;
}

std::string hexadecimal(Bytes input) {
  std::string text;
  for (const std::uint8_t byte : input) {
    text += "0123456789abcdef"[byte >> 4U];
    text += "0123456789abcdef"[byte & 15U];
  }
  return text;
}

std::vector<std::uint8_t> random_input(std::uint64_t seed, std::uint64_t number) {
  CounterRandom random(seed, number);
  std::vector<std::uint8_t> input(random.below(random.below(8) == 0 ? 600 : 40));
  for (auto& byte : input) byte = static_cast<std::uint8_t>(random.next());
  return input;
}

/// True if the target had nothing to find.
bool passes(const Target& target, Bytes input, const std::string& origin) {
  try {
    target.run(input);
    return true;
  } catch (const Finding& finding) {
    ADD_FAILURE() << target.name << ": " << finding.what << "\n  input: " << origin
                  << "\n  bytes: " << hexadecimal(input);
    return false;
  }
}

class Fuzz : public testing::TestWithParam<Target> {};

TEST_P(Fuzz, Corpus) {
  std::size_t inputs = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::string(CALIGO_FUZZ_CORPUS) + "/" + GetParam().name)) {
    std::ifstream file(entry.path(), std::ios::binary);
    const std::vector<char> text{std::istreambuf_iterator<char>(file), {}};
    const std::vector<std::uint8_t> input(text.begin(), text.end());
    passes(GetParam(), input, entry.path().filename().string());
    ++inputs;
  }
  EXPECT_GT(inputs, 0U) << "no corpus";
}

TEST_P(Fuzz, RandomInputs) {
  const std::uint64_t seed = number_from_environment("CALIGO_TEST_SEED", 20261124);
  const std::uint64_t runs = number_from_environment("CALIGO_FUZZ_RUNS", 2000);
  std::cout << "CALIGO_TEST_SEED=" << seed << " CALIGO_FUZZ_RUNS=" << runs << '\n';
  for (std::uint64_t i = 0; i < runs; ++i) {
    const auto input = random_input(seed, i);
    if (!passes(GetParam(), input, "number " + std::to_string(i) + " of CALIGO_TEST_SEED=" + std::to_string(seed)))
      break;
  }
}

INSTANTIATE_TEST_SUITE_P(Target, Fuzz, testing::ValuesIn(targets), [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace caligo::fuzz
