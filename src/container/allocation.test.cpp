// SPDX-License-Identifier: Apache-2.0
#include "tests/allocation_counter.hpp"

#include "container/test_files.hpp"

namespace caligo::container {
namespace {

TEST(ContainerAllocation, ReadingAllocatesNothing) {
#if !CALIGO_COUNTS_ALLOCATIONS
  GTEST_SKIP() << "allocations cannot be counted in this build";
#else
  const Folder folder;
  const ContainerKey key = test_key();
  for (const ContainerTag tag : {ContainerTag::none, ContainerTag::blake2b, ContainerTag::hmac_sha256}) {
    write_file(folder / "file", tag);
    const Bytes bytes = read_bytes(folder / "file");
    std::size_t blocks = 0;
    for (int run = 0; run < 2; ++run) {  // the first one may initialise libsodium
      blocks = 0;
      const std::size_t before = allocations;
      auto reader = ContainerReader::open(bytes.view(), "file", tag == ContainerTag::none ? nullptr : &key);
      for (auto block = reader->next(); block && *block; block = reader->next()) ++blocks;
      if (run == 1) {
        EXPECT_EQ(allocations - before, 0U);
      }
    }
    EXPECT_EQ(blocks, 4U);
  }
#endif
}

}  // namespace
}  // namespace caligo::container
