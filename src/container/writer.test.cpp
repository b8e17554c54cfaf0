// SPDX-License-Identifier: Apache-2.0
// Writers that end well, badly, or not at all: the old file or the new one, never half of one.
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <csignal>

#include "container/chain.hpp"
#include "container/test_files.hpp"

namespace caligo::container {
namespace {

std::size_t files_in(const Folder& folder) {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder.path())) ++count;
  return count;
}

ContainerTotals totals_of(const std::filesystem::path& path) {
  const Bytes bytes = read_bytes(path);
  auto read = read_all(bytes.view());
  EXPECT_TRUE(read) << read.error().message;
  const auto scanned = scan_container(path, nullptr, nullptr, nullptr);
  EXPECT_TRUE(scanned) << scanned.error().message;
  if (!read || !scanned) return {};
  EXPECT_EQ(scanned->uncommitted_bytes, read->uncommitted_bytes);
  EXPECT_EQ(scanned->bytes, read->bytes);
  return *read;
}

TEST(ContainerWriter, NothingIsThereBeforeTheCommit) {
  const Folder folder;
  {
    auto writer = ContainerWriter::create(folder / "file", test_header()).value();
    write_blocks(writer, 0, 3).value();
    EXPECT_FALSE(std::filesystem::exists(folder / "file"));
  }
  EXPECT_EQ(files_in(folder), 0U);
  write_file(folder / "file");
  struct stat status{};
  ASSERT_EQ(::stat((folder / "file").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  EXPECT_EQ(files_in(folder), 1U);
}

TEST(ContainerWriter, AnAppendThatIsAbandonedLeavesNoTrace) {
  const Folder folder;
  write_file(folder / "file");
  const Bytes before = read_bytes(folder / "file");
  {
    auto writer = ContainerWriter::append(folder / "file").value();
    write_blocks(writer, 4, 2).value();
    const ContainerTotals during = totals_of(folder / "file");
    EXPECT_EQ(during.blocks, 4U);
    EXPECT_TRUE(during.append_open);
    EXPECT_GT(during.uncommitted_bytes, 0U);
  }
  EXPECT_TRUE(std::ranges::equal(read_bytes(folder / "file").view(), before.view()));
  ContainerWriter::append(folder / "file").value().commit().value();  // of nothing
  EXPECT_TRUE(std::ranges::equal(read_bytes(folder / "file").view(), before.view()));
}

TEST(ContainerWriter, OneAppendAtATime) {
  const Folder folder;
  write_file(folder / "file");
  auto first = ContainerWriter::append(folder / "file").value();
  const auto second = ContainerWriter::append(folder / "file");
  ASSERT_FALSE(second);
  EXPECT_NE(second.error().message.find("another program does so right now"), std::string::npos);
}

TEST(ContainerWriter, WhatDoesNotFitIsRefused) {
  const Folder folder;
  const ContainerKey key = test_key();
  EXPECT_FALSE(ContainerWriter::create(folder / "f", test_header(ContainerTag::blake2b)));
  EXPECT_FALSE(ContainerWriter::create(folder / "f", test_header(), &key));
  ContainerHeader header = test_header();
  header.simulation = false;
  EXPECT_FALSE(ContainerWriter::create(folder / "f", header)) << "a seed without simulation";
  header = test_header();
  header.qber = 1.5;
  EXPECT_FALSE(ContainerWriter::create(folder / "f", header));
  auto writer = ContainerWriter::create(folder / "f", test_header()).value();
  BlockInfo info;
  info.errors = 11;
  EXPECT_FALSE(writer.write(BitString(10), info));
  info.errors.reset();
  info.epsilon = -0.5;
  EXPECT_FALSE(writer.write(BitString(10), info));
  const std::uint64_t word = 1024;
  EXPECT_FALSE(writer.write(BitView(&word, 10))) << "a pad bit";
  EXPECT_TRUE(writer.write(BitView(&word, 11)));
  EXPECT_TRUE(writer.commit());
  EXPECT_FALSE(writer.write(BitView(&word, 11)));
  EXPECT_FALSE(writer.commit());
  write_file(folder / "tagged", ContainerTag::blake2b);
  EXPECT_FALSE(ContainerWriter::append(folder / "tagged"));
  const ContainerKey wrong = test_key(9);
  EXPECT_FALSE(ContainerWriter::append(folder / "tagged", &wrong));
  EXPECT_FALSE(ContainerWriter::append(folder / "none"));
  EXPECT_FALSE(ContainerWriter::append("/dev/null"));
}

TEST(ContainerWriter, ADamagedFileIsNotAppendedTo) {
  const Folder folder;
  write_file(folder / "file");
  const Bytes whole = read_bytes(folder / "file");
  for (std::size_t size = 0; size < whole.size; size += 8) {
    write_bytes(folder / "cut", whole.view().first(size));
    const auto writer = ContainerWriter::append(folder / "cut");
    ASSERT_FALSE(writer) << size;
    expect_offset(writer.error(), size);
  }
}

// Every moment of an append: the old footer is marked, the new records grow byte by byte, the footer is marked again.
TEST(ContainerWriter, AnAppendMayEndAtAnyByte) {
  const Folder folder;
  write_file(folder / "file");
  Bytes old = read_bytes(folder / "file");
  {
    auto writer = ContainerWriter::append(folder / "file").value();
    write_blocks(writer, 4, 3).value();
    writer.commit().value();
  }
  Bytes state = read_bytes(folder / "file");
  EXPECT_EQ(totals_of(folder / "file").blocks, 7U);
  const std::uint64_t open = static_cast<std::uint64_t>(FooterState::open);
  std::memcpy(state.data() + old.size - 8, &open, 8);
  const std::size_t end = state.size;
  for (state.size = old.size; state.size <= end; ++state.size) {
    const auto read = read_all(state.view());
    ASSERT_TRUE(read) << state.size << ": " << read.error().message;
    ASSERT_EQ(read->blocks, 4U);
    ASSERT_TRUE(read->append_open);
    ASSERT_EQ(read->uncommitted_bytes, state.size - old.size);
    if (state.size % 37 != 0) continue;
    write_bytes(folder / "left", state.view());
    auto writer = ContainerWriter::append(folder / "left");
    ASSERT_TRUE(writer) << writer.error().message;
    write_blocks(*writer, 4, 1).value();
    writer->commit().value();
    const ContainerTotals totals = totals_of(folder / "left");
    ASSERT_EQ(totals.blocks, 5U);
    ASSERT_FALSE(totals.append_open);
  }
}

/// Runs `child` in a process of its own, and waits. True if it ended with `expected`.
template <class Child>
bool run_child(Child child) {
  const pid_t pid = ::fork();
  if (pid == 0) ::_exit(child() ? 0 : 1);
  int status = 0;
  return pid > 0 && ::waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

TEST(ContainerWriter, AFullDiskLeavesTheOldFile) {
  const auto full = ContainerWriter::create("/dev/full", test_header());
  ASSERT_FALSE(full);
  EXPECT_EQ(full.error().code, ErrorCode::io);
  const Folder folder;
  write_file(folder / "file");
  const Bytes before = read_bytes(folder / "file");
  // A limit of the file size fails as a full disk does, within a block.
  EXPECT_TRUE(run_child([&] {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{before.size + 500, before.size + 500};
    if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) return false;
    auto writer = ContainerWriter::append(folder / "file");
    if (!writer || !writer->write(payload_of(4))) return false;
    const auto written = writer->write(BitString(8000));
    return !written && written.error().code == ErrorCode::io && !writer->commit();
  }));
  EXPECT_TRUE(std::ranges::equal(read_bytes(folder / "file").view(), before.view()));
  EXPECT_TRUE(run_child([&] {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{500, 500};
    if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) return false;
    auto writer = ContainerWriter::create(folder / "file", test_header());
    return writer && !writer->write(BitString(8000)) && !writer->commit();
  }));
  EXPECT_TRUE(std::ranges::equal(read_bytes(folder / "file").view(), before.view()));
  EXPECT_EQ(files_in(folder), 1U);
}

/// Kills a child that calls turn(0), turn(1) … after a random time; returns how many of these had ended before.
template <class Turn>
unsigned kill_at_random(CounterRandom& random, Turn turn) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return 0;
  const pid_t pid = ::fork();
  if (pid == 0) {
    for (unsigned i = 0;; ++i) {
      if (!turn(i) || ::write(ends[1], "", 1) != 1) ::_exit(1);
    }
  }
  ::close(ends[1]);
  ::usleep(static_cast<useconds_t>(random.below(12000)));
  ::kill(pid, SIGKILL);
  int status = 0;
  EXPECT_EQ(::waitpid(pid, &status, 0), pid);
  EXPECT_TRUE(WIFSIGNALED(status)) << "the child failed before it was killed";
  unsigned ended = 0;
  for (char byte = 0; ::read(ends[0], &byte, 1) == 1;) ++ended;
  ::close(ends[0]);
  return ended;
}

TEST(ContainerWriter, KillWhileAppending) {
  SCOPED_TRACE("CALIGO_TEST_SEED=" + std::to_string(test_seed()));
  const Folder folder;
  CounterRandom random(test_seed(), 2);
  ContainerWriter::create(folder / "file", test_header()).value().commit().value();
  std::uint64_t blocks = 0;
  unsigned interrupted = 0;
  for (int trial = 0; trial < 60; ++trial) {
    const std::uint64_t first = blocks;
    const unsigned ended = kill_at_random(random, [&](unsigned turn) {
      auto writer = ContainerWriter::append(folder / "file");
      return writer && write_blocks(*writer, first + 20 * turn, 20) && writer->commit();
    });
    const ContainerTotals totals = totals_of(folder / "file");
    ASSERT_TRUE(totals.blocks == first + 20 * ended || totals.blocks == first + 20 * (ended + 1))
        << totals.blocks << " after " << first << " and " << ended << " appends";
    blocks = totals.blocks;
    interrupted += totals.append_open ? 1 : 0;
  }
  RecordProperty("interrupted", static_cast<int>(interrupted));
  EXPECT_GT(interrupted, 0U) << "no append was ever met in its middle";
}

TEST(ContainerWriter, KillWhileCreating) {
  SCOPED_TRACE("CALIGO_TEST_SEED=" + std::to_string(test_seed()));
  const Folder folder;
  CounterRandom random(test_seed(), 3);
  for (int trial = 0; trial < 30; ++trial) {
    const unsigned ended = kill_at_random(random, [&](unsigned turn) {
      auto writer = ContainerWriter::create(folder / "file", test_header());
      return writer && write_blocks(*writer, 0, 1 + turn) && writer->commit();
    });
    const bool exists = std::filesystem::exists(folder / "file");
    ASSERT_TRUE(exists || ended == 0);
    if (exists) {
      const std::uint64_t blocks = totals_of(folder / "file").blocks;
      ASSERT_TRUE(blocks == ended || blocks == ended + 1) << blocks << " after " << ended;
    }
    std::filesystem::remove(folder / "file");
  }
}

}  // namespace
}  // namespace caligo::container
