// SPDX-License-Identifier: Apache-2.0
#include <caligo/container.hpp>

#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "capi/capi_test.hpp"

namespace caligo::capi_test {
namespace {

class CApiContainer : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::path(testing::TempDir()) / ("capi_container_" + std::to_string(::getpid()));
    std::filesystem::create_directory(folder_);
    path_ = (folder_ / "bits.caligo").string();
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  /// Two blocks, of which the second is appended.
  void write() {
    auto header = sized<caligo_container_header>();
    header.kind = CALIGO_CONTAINER_KEY;
    header.role = CALIGO_ROLE_BOB;
    header.tag = CALIGO_TAG_BLAKE2B;
    header.stream[3] = 7;
    header.has_qber = 1;
    header.qber = 0.02;
    {
      const auto writer = made<Writer>([&](caligo_container_writer** out) {
        return caligo_container_create_file(path_.c_str(), &header, key_.data(), out);
      });
      auto block = sized<caligo_container_block>();
      block.payload = first_.data();
      block.bits = 1001;
      block.basis = CALIGO_BASIS_X;
      block.verified = 1;
      block.has_errors = 1;
      block.errors = 17;
      block.label = 5;
      ASSERT_OK(caligo_container_writer_write(writer.get(), &block));
      block.basis = 3;
      expect_error(caligo_container_writer_write(writer.get(), &block), CALIGO_ERROR_INVALID_ARGUMENT, "basis");
      ASSERT_OK(caligo_container_writer_commit(writer.get()));
    }
    const auto writer = made<Writer>(
        [&](caligo_container_writer** out) { return caligo_container_append_file(path_.c_str(), key_.data(), out); });
    auto block = sized<caligo_container_block>();
    block.payload = second_.data();
    block.bits = 64;
    ASSERT_OK(caligo_container_writer_write(writer.get(), &block));
    ASSERT_OK(caligo_container_writer_commit(writer.get()));
  }

  std::filesystem::path folder_;
  std::string path_;
  std::vector<std::uint8_t> key_ = random_bytes(1, 256);
  std::vector<std::uint8_t> first_ = random_bytes(2, 1001);
  std::vector<std::uint8_t> second_ = random_bytes(3, 64);
};

void expect_blocks(caligo_container_reader* reader, const std::vector<std::uint8_t>& first,
                   const std::vector<std::uint8_t>& second) {
  auto block = sized<caligo_container_block>();
  std::int32_t found = 0;
  ASSERT_OK(caligo_container_reader_next(reader, &block, &found));
  ASSERT_EQ(found, 1);
  EXPECT_EQ(block.bits, 1001U);
  EXPECT_EQ(std::memcmp(block.payload, first.data(), first.size()), 0);
  EXPECT_EQ(block.basis, CALIGO_BASIS_X);
  EXPECT_EQ(block.verified, 1);
  EXPECT_EQ(block.has_errors, 1);
  EXPECT_EQ(block.errors, 17U);
  EXPECT_EQ(block.has_qber, 0);
  EXPECT_EQ(block.label, 5U);
  ASSERT_OK(caligo_container_reader_next(reader, &block, &found));
  EXPECT_EQ(block.index, 1U);
  EXPECT_EQ(std::memcmp(block.payload, second.data(), second.size()), 0);
  ASSERT_OK(caligo_container_reader_next(reader, &block, &found));
  EXPECT_EQ(found, 0);
}

TEST_F(CApiContainer, WritesAndReads) {
  write();
  const auto reader = made<Reader>(
      [&](caligo_container_reader** out) { return caligo_container_open_file(path_.c_str(), key_.data(), out); });
  auto header = sized<caligo_container_header>();
  ASSERT_OK(caligo_container_reader_get_header(reader.get(), &header));
  EXPECT_EQ(header.kind, CALIGO_CONTAINER_KEY);
  EXPECT_EQ(header.role, CALIGO_ROLE_BOB);
  EXPECT_EQ(header.tag, CALIGO_TAG_BLAKE2B);
  EXPECT_EQ(header.stream[3], 7);
  EXPECT_EQ(header.has_qber, 1);
  EXPECT_EQ(header.qber, 0.02);
  EXPECT_EQ(header.has_code, 0);
  expect_blocks(reader.get(), first_, second_);
  auto totals = sized<caligo_container_totals>();
  ASSERT_OK(caligo_container_reader_get_totals(reader.get(), &totals));
  EXPECT_EQ(totals.blocks, 2U);
  EXPECT_EQ(totals.bits, 1065U);
  EXPECT_EQ(totals.authenticated, 1);
}

TEST_F(CApiContainer, ReadsFromMemoryAndNoticesDamage) {
  write();
  std::ifstream file(path_, std::ios::binary);
  std::vector<char> bytes((std::istreambuf_iterator<char>(file)), {});
  std::vector<std::uint64_t> words(words_for(8 * bytes.size()));
  std::memcpy(words.data(), bytes.data(), bytes.size());
  auto* begin = reinterpret_cast<std::uint8_t*>(words.data());
  const auto open = [&](caligo_container_reader** out) {
    return caligo_container_open_memory(begin, bytes.size(), "memory", key_.data(), out);
  };
  expect_blocks(made<Reader>(open).get(), first_, second_);
  caligo_container_reader* none = nullptr;
  expect_error(caligo_container_open_memory(begin + 1, bytes.size() - 1, "memory", nullptr, &none),
               CALIGO_ERROR_INVALID_ARGUMENT, "memory");
  begin[bytes.size() / 2] ^= 1U;
  const auto reader = made<Reader>(open);
  auto block = sized<caligo_container_block>();
  std::int32_t found = 1;
  caligo_error error = CALIGO_OK;
  while (error == CALIGO_OK && found != 0) error = caligo_container_reader_next(reader.get(), &block, &found);
  expect_error(error, CALIGO_ERROR_MALFORMED_INPUT, "memory");
  EXPECT_EQ(found, 0);
}

TEST_F(CApiContainer, RefusesWhatIsWrong) {
  caligo_container_reader* none = nullptr;
  expect_error(caligo_container_open_file(path_.c_str(), nullptr, &none), CALIGO_ERROR_IO, path_);
  caligo_container_writer* writer = nullptr;
  auto header = sized<caligo_container_header>();
  header.tag = CALIGO_TAG_BLAKE2B;
  expect_error(caligo_container_create_file(path_.c_str(), &header, nullptr, &writer), CALIGO_ERROR_INVALID_ARGUMENT,
               "key");
  header.tag = 9;
  expect_error(caligo_container_create_file(path_.c_str(), &header, nullptr, &writer), CALIGO_ERROR_INVALID_ARGUMENT,
               "tag is 9");
  EXPECT_FALSE(std::filesystem::exists(path_));
}

}  // namespace
}  // namespace caligo::capi_test
