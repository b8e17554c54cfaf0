// SPDX-License-Identifier: Apache-2.0
#include "base/file.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <thread>

namespace caligo::base {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class FileTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "caligo-file-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    directory_ = name;
  }
  void TearDown() override { fs::remove_all(directory_); }

  [[nodiscard]] fs::path put(const std::string& name, const std::string& text) const {
    std::ofstream(directory_ / name, std::ios::binary) << text;
    return directory_ / name;
  }
  [[nodiscard]] std::size_t entries() const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(directory_), fs::directory_iterator()));
  }
  fs::path directory_;
};

TEST_F(FileTest, ReadsBinaryContent) {
  const std::string text("a\0b\r\n\xff", 6);
  EXPECT_EQ(read_file(put("f", text), 6).value(), text);
  EXPECT_EQ(read_file(put("empty", ""), 0).value(), "");
}

TEST_F(FileTest, ReadsFilesLargerThanOneChunk) {
  const std::string text(300'001, 'x');
  EXPECT_EQ(read_file(put("f", text), 1'000'000).value(), text);
}

TEST_F(FileTest, MissingFileIsAnIoErrorThatNamesIt) {
  const auto result = read_file(directory_ / "missing", 10);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::io);
  EXPECT_THAT(result.error().message, HasSubstr((directory_ / "missing").string()));
}

TEST_F(FileTest, DirectoryIsAnIoError) {
  const auto result = read_file(directory_, 10);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::io);
}

TEST_F(FileTest, FileOverTheLimitIsMalformed) {
  const auto result = read_file(put("f", "1234567"), 6);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::malformed_input);
  EXPECT_THAT(result.error().message, HasSubstr("6 bytes"));
}

TEST_F(FileTest, EndlessDeviceStopsAtTheLimit) {
  const auto result = read_file("/dev/zero", 100'000);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::malformed_input);
}

TEST_F(FileTest, ReadsPipes) {
  const fs::path pipe = directory_ / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  const std::string text(200'000, 'p');
  std::thread writer([&] { std::ofstream(pipe, std::ios::binary) << text; });
  const auto result = read_file(pipe, 1'000'000);
  writer.join();
  EXPECT_EQ(result.value(), text);
}

TEST_F(FileTest, NothingAppearsBeforeCommit) {
  auto file = AtomicFile::create(directory_ / "out").value();
  file.write("half").value();
  EXPECT_FALSE(fs::exists(directory_ / "out"));
  file.write(" and half").value();
  file.commit().value();
  EXPECT_EQ(read_file(directory_ / "out", 100).value(), "half and half");
  EXPECT_EQ(entries(), 1U);
}

TEST_F(FileTest, AbandonedFileLeavesNothingAndKeepsTheOldOne) {
  const fs::path path = put("out", "old");
  {
    auto file = AtomicFile::create(path).value();
    file.write("new").value();
    EXPECT_EQ(entries(), 2U);
  }
  EXPECT_EQ(entries(), 1U);
  EXPECT_EQ(read_file(path, 100).value(), "old");
}

TEST_F(FileTest, MovedFromFileDoesNotRemoveTheTemporary) {
  auto file = AtomicFile::create(directory_ / "out").value();
  {
    AtomicFile moved(std::move(file));
    moved.write("x").value();
    moved.commit().value();
  }
  EXPECT_EQ(read_file(directory_ / "out", 100).value(), "x");
}

TEST_F(FileTest, WritingAfterCommitIsAnError) {
  auto file = AtomicFile::create(directory_ / "out").value();
  file.commit().value();
  EXPECT_FALSE(file.write("x"));
  EXPECT_FALSE(file.commit());
}

TEST_F(FileTest, ModeIsThatOfTheRequestAndNeverWiderThanTheReplacedFile) {
  const mode_t mask = ::umask(022);
  const auto permissions = [&](const char* name) {
    return static_cast<unsigned>(fs::status(directory_ / name).permissions());
  };
  for (int round = 0; round < 2; ++round) {
    auto file = AtomicFile::create(directory_ / "key", round == 0 ? 0600 : 0644).value();
    file.commit().value();
    EXPECT_EQ(permissions("key"), 0600U);
  }
  auto open = AtomicFile::create(directory_ / "open").value();
  open.commit().value();
  EXPECT_EQ(permissions("open"), 0644U);
  ::umask(mask);
}

TEST_F(FileTest, LinkStaysALink) {
  const fs::path target = put("target", "old");
  fs::create_symlink(target, directory_ / "link");
  auto file = AtomicFile::create(directory_ / "link").value();
  file.write("new").value();
  file.commit().value();
  EXPECT_TRUE(fs::is_symlink(directory_ / "link"));
  EXPECT_EQ(read_file(target, 100).value(), "new");
}

TEST_F(FileTest, LongestPossibleNameWorks) {
  const fs::path path = directory_ / std::string(255, 'n');
  auto file = AtomicFile::create(path).value();
  file.commit().value();
  EXPECT_TRUE(fs::exists(path));
}

TEST_F(FileTest, DirectoryOrMissingParentIsRefused) {
  for (const fs::path& path : {directory_, directory_ / "no" / "out"}) {
    const auto file = AtomicFile::create(path);
    ASSERT_FALSE(file) << path;
    EXPECT_EQ(file.error().code, ErrorCode::io);
    EXPECT_THAT(file.error().message, HasSubstr(path.string()));
  }
}

TEST_F(FileTest, FullDeviceGivesOneIoError) {
  auto file = AtomicFile::create("/dev/full").value();
  const auto result = file.write("x");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::io);
  EXPECT_THAT(result.error().message, HasSubstr("/dev/full"));
  EXPECT_TRUE(fs::is_character_file("/dev/full"));
}

TEST_F(FileTest, PipesAreWrittenDirectly) {
  const fs::path pipe = directory_ / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  const int reader = ::open(pipe.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  ASSERT_GE(reader, 0);
  auto file = AtomicFile::create(pipe).value();
  file.write("through").value();
  file.commit().value();
  char buffer[16];
  EXPECT_EQ(::read(reader, buffer, sizeof buffer), 7);
  ::close(reader);
  EXPECT_TRUE(fs::is_fifo(pipe));
}

TEST_F(FileTest, DashIsStandardOutput) {
  testing::internal::CaptureStdout();
  {
    auto file = AtomicFile::create("-").value();
    file.write("to stdout").value();
    file.commit().value();
  }
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "to stdout");
}

}  // namespace
}  // namespace caligo::base
