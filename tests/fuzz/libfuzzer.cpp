// SPDX-License-Identifier: Apache-2.0
// One target as a libFuzzer program; CALIGO_FUZZ_TARGET names it.
#include <cstdio>
#include <cstdlib>

#include "tests/fuzz/targets.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    caligo::fuzz::CALIGO_FUZZ_TARGET({data, size});
  } catch (const caligo::fuzz::Finding& finding) {
    std::fprintf(stderr, "finding: %s\n", finding.what.c_str());
    std::abort();  // libFuzzer keeps the input
  }
  return 0;
}
