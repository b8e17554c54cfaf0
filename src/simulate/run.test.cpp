// SPDX-License-Identifier: Apache-2.0
// Runs: the same counts however the work is cut, interrupted and shared.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <thread>

#include "simulate/run.hpp"
#include "simulate/simulate_test.hpp"

namespace caligo {
namespace {

using testing::HasSubstr;

std::vector<SimulationTask> three_points() {
  return {small_task("awgn-ebn0:1", {.list_size = 4}), small_task("awgn-ebn0:5", {.list_size = 4}),
          small_task("awgn-ebn0:2", {.kind = DecoderKind::adaptive, .list_size = 8})};
}

const StopRule few_errors{.errors = 60, .frames = 60'000};

std::vector<Statistics> run(const SimulationOptions& options) {
  return simulate_tasks(three_points(), options).value();
}

/// What one thread counts without a file.
const std::vector<Statistics>& expected() {
  static const std::vector<Statistics> counts = run({.stop = few_errors});
  return counts;
}

void expect_expected(const std::vector<Statistics>& counts) {
  ASSERT_EQ(counts.size(), expected().size());
  for (std::size_t i = 0; i < counts.size(); ++i) {
    EXPECT_TRUE(counts[i].same_counts(expected()[i]))
        << "point " << i << ": " << counts[i].frame_errors << " of " << counts[i].frames << " against "
        << expected()[i].frame_errors << " of " << expected()[i].frames;
  }
}

/// Nothing twice, nothing missing: the rows of a file join to one range per task, which is what one thread counts.
void expect_expected_file(const std::filesystem::path& path) {
  const ResultFile file = read_results(path).value();
  EXPECT_FALSE(file.torn);
  const Combination all = combine_results(file.rows).value();
  EXPECT_EQ(all.duplicates, 0U);
  ASSERT_EQ(all.rows.size(), expected().size());
  for (const ResultRow& row : all.rows) {
    const auto tasks = three_points();
    for (std::size_t i = 0; i < tasks.size(); ++i) {
      if (tasks[i].strong_id() != row.strong_id) continue;
      EXPECT_EQ(row.first_frame, 0U);
      EXPECT_TRUE(row.counts.same_counts(expected()[i])) << row.decoder << ' ' << row.counts.frames;
    }
  }
}

TEST(Run, StopsByErrorsOrFrames) {
  EXPECT_GE(expected()[0].frame_errors, 60U);
  EXPECT_LT(expected()[0].frames, 60'000U);
  EXPECT_EQ(expected()[1].frames, 60'000U);  // too good for 60 errors
  EXPECT_LT(expected()[1].frame_errors, 60U);
  const auto counts = run({.stop = {.errors = 1'000'000, .frames = 1234}});
  for (const Statistics& c : counts) EXPECT_EQ(c.frames, 1234U);
}

TEST(Run, ThreadsAndBatchesMakeNoDifference) {
  for (const unsigned threads : {1U, 2U, 3U}) {
    for (const std::size_t batch : {1U, 64U, 100U}) {
      expect_expected(run({.stop = few_errors, .threads = threads, .batch = batch}));
    }
  }
}

TEST(Run, ResumedHalvesAreTheWhole) {
  const TemporaryFolder folder;
  const auto csv = folder.path / "a.csv";
  run({.stop = {.errors = 10, .frames = 777}, .threads = 2, .csv = csv});
  run({.stop = {.errors = 30, .frames = 20'001}, .threads = 1, .csv = csv});
  expect_expected(run({.stop = few_errors, .threads = 2, .csv = csv}));
  expect_expected_file(csv);
  // Nothing is left to do.
  const auto size = std::filesystem::file_size(csv);
  expect_expected(run({.stop = few_errors, .threads = 2, .csv = csv}));
  EXPECT_EQ(std::filesystem::file_size(csv), size);
}

TEST(Run, AnInterruptedRunGoesOn) {
  const TemporaryFolder folder;
  const auto csv = folder.path / "a.csv";
  for (int i = 0; i < 3; ++i) {
    const auto stopped = simulate_tasks(three_points(), {.stop = few_errors, .threads = 2, .csv = csv},
                                        [](std::span<const PointProgress> points) { return !points[0].finished; });
    if (stopped) break;
    EXPECT_EQ(stopped.error().code, ErrorCode::interrupted);
  }
  expect_expected(run({.stop = few_errors, .csv = csv}));
  expect_expected_file(csv);
}

TEST(Run, ATornLastRowIsCountedAgain) {
  const TemporaryFolder folder;
  const auto csv = folder.path / "a.csv";
  run({.stop = few_errors, .csv = csv, .row_seconds = 0});
  const auto size = std::filesystem::file_size(csv);
  for (const std::uint64_t cut : {std::uint64_t{1}, std::uint64_t{100}, std::uint64_t{700}}) {
    std::filesystem::resize_file(csv, size - cut);
    EXPECT_TRUE(read_results(csv).value().torn);
    expect_expected(run({.stop = few_errors, .csv = csv}));
    expect_expected_file(csv);
  }
}

TEST(Run, GapsAreFilled) {
  const TemporaryFolder folder;
  const auto csv = folder.path / "a.csv";
  const auto tasks = three_points();
  for (const FrameRange range : {FrameRange{5000, 700}, FrameRange{10, 30}}) {
    ASSERT_TRUE(append_results(csv, std::vector{ResultRow{.counts = count_frames(tasks[1], 1, range).value(),
                                                          .decoder = tasks[1].decoder_name(),
                                                          .strong_id = tasks[1].strong_id(),
                                                          .task = tasks[1].to_json(),
                                                          .seed = 1,
                                                          .first_frame = range.first,
                                                          .run = "{}"}}));
  }
  expect_expected(run({.stop = few_errors, .threads = 2, .csv = csv}));
  expect_expected_file(csv);
}

TEST(Run, OtherSeedsAndTasksInTheFileAreLeftAlone) {
  const TemporaryFolder folder;
  const auto csv = folder.path / "a.csv";
  run({.seed = 2, .stop = few_errors, .csv = csv});
  expect_expected(run({.stop = few_errors, .csv = csv}));
  const Combination all = combine_results(read_results(csv).value().rows).value();
  EXPECT_EQ(all.rows.size(), 6U);
  EXPECT_EQ(sum_by_task(all.rows).size(), 3U);
}

// ---- Processes

pid_t start(const std::filesystem::path& csv, unsigned threads) {
  const pid_t child = ::fork();
  if (child == 0) {
    const auto counts =
        simulate_tasks(three_points(), {.stop = few_errors, .threads = threads, .csv = csv, .workers = 8});
    ::_exit(counts ? 0 : 1);
  }
  return child;
}

int wait_for(pid_t child) {
  int status = 0;
  ::waitpid(child, &status, 0);
  return status;
}

TEST(Run, ProcessesShareAFile) {
  expected();  // before the children, so that they need not
  const TemporaryFolder folder;
  const auto csv = folder.path / "a.csv";
  std::vector<pid_t> children;
  for (int i = 0; i < 4; ++i) children.push_back(start(csv, 1 + static_cast<unsigned>(i % 2)));
  for (const pid_t child : children) EXPECT_EQ(wait_for(child), 0);
  expect_expected_file(csv);
}

/// Another process does everything after this one has read the file: whoever takes a chunk looks again.
TEST(Run, WhatOthersCountedMeanwhileIsNotCountedAgain) {
  const TemporaryFolder folder;
  const auto csv = folder.path / "a.csv";
  const auto tasks = three_points();
  simulate::Run late(tasks, {.stop = few_errors, .csv = csv});
  ASSERT_TRUE(late.prepare());
  run({.stop = few_errors, .csv = csv});
  const auto size = std::filesystem::file_size(csv);
  const auto done = late.execute(nullptr);
  ASSERT_TRUE(done) << done.error().message;
  expect_expected(late.counted());
  EXPECT_EQ(std::filesystem::file_size(csv), size);
}

TEST(Run, WhatAKilledProcessHadCountedStaysAndTheRestIsDoneByOthers) {
  expected();
  for (const int milliseconds : {5, 20, 60, 120}) {
    const TemporaryFolder folder;
    const auto csv = folder.path / "a.csv";
    const pid_t victim = start(csv, 2);
    const pid_t survivor = start(csv, 1);
    std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
    ::kill(victim, SIGKILL);
    wait_for(victim);
    EXPECT_EQ(wait_for(survivor), 0) << milliseconds;
    expect_expected_file(csv);
  }
}

TEST(Run, KilledAgainAndAgainNothingIsCountedTwice) {
  expected();
  const TemporaryFolder folder;
  const auto csv = folder.path / "a.csv";
  for (int i = 0; i < 12; ++i) {
    const pid_t child = start(csv, 2);
    std::this_thread::sleep_for(std::chrono::milliseconds(11 * i));
    ::kill(child, SIGKILL);
    wait_for(child);
  }
  expect_expected(run({.stop = few_errors, .threads = 2, .csv = csv}));
  expect_expected_file(csv);
}

// ---- Refusals

TEST(Run, RefusesFilesThatAreNotItsOwn) {
  const TemporaryFolder folder;
  const auto refused = [&](const std::string& text, const char* message) {
    const auto path = folder.path / "b.csv";
    std::ofstream(path, std::ios::trunc) << text;
    const auto counts = simulate_tasks(three_points(), {.stop = few_errors, .csv = path});
    ASSERT_FALSE(counts) << text;
    EXPECT_THAT(counts.error().message, HasSubstr("b.csv"));
    EXPECT_THAT(counts.error().message, HasSubstr(message));
  };
  refused("a,b,c\n1,2,3\n", "line 1: no result file");
  refused("hello", "line 1: no result file");
  refused(std::string(result_columns) + "\n1,2,3\n", "line 2: expected 8");
  const auto missing = simulate_tasks(three_points(), {.csv = folder.path / "none" / "a.csv"});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::io);
  EXPECT_FALSE(simulate_tasks(three_points(), {.csv = folder.path}));
  EXPECT_FALSE(simulate_tasks(three_points(), {.threads = 0}));
  EXPECT_FALSE(simulate_tasks(three_points(), {.stop = {.frames = 0}}));
}

TEST(Run, ChunksGrowAndDependOnTheTaskOnly) {
  const auto task = small_task("bsc:0.02", {.list_size = 32});
  std::uint64_t frame = 0, last = 0;
  for (int i = 0; i < 500; ++i) {
    const std::uint64_t end = next_chunk_end(task, frame);
    ASSERT_GT(end, frame);
    EXPECT_EQ(next_chunk_end(task, end - 1), end);
    EXPECT_GE(end - frame, last);
    if (end - frame > last && last > 0) {
      EXPECT_LE(end - frame, frame / 16 + 1);
    }
    last = end - frame;
    frame = end;
  }
}

}  // namespace
}  // namespace caligo
