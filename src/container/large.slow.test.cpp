// SPDX-License-Identifier: Apache-2.0
// A container of 4 GiB and more in bounded memory. Its payloads are holes of a sparse file.
#include <sys/resource.h>
#include <sys/statvfs.h>

#include "container/chain.hpp"
#include "container/test_files.hpp"

namespace caligo::container {
namespace {

constexpr std::uint64_t block_bits = std::uint64_t{1} << 33U;  // 1 GiB
constexpr std::uint64_t blocks = 4;

/// Headers, a footer and nothing between them.
void write_sparse(const std::filesystem::path& path) {
  std::ofstream file(path, std::ios::binary);
  const std::vector<std::uint64_t> zeros(std::size_t{1} << 17U);
  Chain chain;
  const auto put = [&](std::uint64_t at, const Record& record) {
    file.seekp(static_cast<std::streamoff>(at));
    file.write(reinterpret_cast<const char*>(record.bytes), record_bytes);
  };
  Record record = make(ContainerHeader{}).value();
  seal(chain, record);
  put(0, record);
  for (std::uint64_t i = 0; i < blocks; ++i) {
    record = make(i, block_bits, {}).value();
    Payload payload(chain, record, block_bits);
    for (std::uint64_t left = block_bits / 64; left > 0; left -= zeros.size()) payload.add(zeros.data(), zeros.size());
    const std::uint64_t at = chain.offset;
    seal(chain, record, block_bits, payload);
    put(at, record);
  }
  const std::uint64_t at = chain.offset;
  record = make(Footer{blocks, chain.totals.bits, at});
  seal(chain, record);
  put(at, record);
}

std::int64_t peak_kib() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

TEST(LargeContainer, FourGibibytesInBoundedMemory) {
  const Folder folder;
  struct statvfs disk{};
  ASSERT_EQ(::statvfs(folder.path().c_str(), &disk), 0);
  if (disk.f_bavail * disk.f_frsize < (std::uint64_t{5} << 30U)) GTEST_SKIP() << "less than 5 GiB of disk are free";
  write_sparse(folder / "file");
  ASSERT_GT(std::filesystem::file_size(folder / "file"), std::uint64_t{4} << 30U);
  const std::int64_t before = peak_kib();
  const auto scanned = scan_container(folder / "file", nullptr, nullptr, nullptr);
  ASSERT_TRUE(scanned) << scanned.error().message;
  EXPECT_EQ(scanned->blocks, blocks);
  auto writer = ContainerWriter::append(folder / "file").value();
  writer.write(payload_of(1)).value();
  writer.commit().value();
  EXPECT_EQ(scan_container(folder / "file", nullptr, nullptr, nullptr).value().blocks, blocks + 1);
  EXPECT_LT(peak_kib() - before, 8192) << "KiB";
  // One bit in the last gibibyte.
  std::fstream file(folder / "file", std::ios::binary | std::ios::in | std::ios::out);
  file.seekp(static_cast<std::streamoff>((std::uint64_t{4} << 30U) - 5));
  file.put(1);
  file.close();
  const auto damaged = scan_container(folder / "file", nullptr, nullptr, nullptr);
  ASSERT_FALSE(damaged);
  EXPECT_NE(damaged.error().message.find("checksum of block 3's payload"), std::string::npos)
      << damaged.error().message;
}

}  // namespace
}  // namespace caligo::container
