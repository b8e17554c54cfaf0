// SPDX-License-Identifier: Apache-2.0
// Result files as text, sums of them, and intervals.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "simulate/simulate_test.hpp"

namespace caligo {
namespace {

using testing::HasSubstr;

ResultRow row_of(const SimulationTask& task, std::uint64_t seed, FrameRange range) {
  return {.counts = count_frames(task, seed, range).value(),
          .decoder = task.decoder_name(),
          .strong_id = task.strong_id(),
          .task = task.to_json(),
          .seed = seed,
          .first_frame = range.first,
          .run = R"({"replay":"caligo simulate -c \"a, b\".json"})"};
}

SimulationTask adaptive() { return small_task("awgn-ebn0:1", {.kind = DecoderKind::adaptive, .list_size = 8}); }

std::string file_of(const std::vector<ResultRow>& rows) {
  std::string text = std::string(result_columns) + "\n";
  for (const ResultRow& row : rows) text += to_csv(row);
  return text;
}

TEST(Results, ReadingGivesWhatWasWritten) {
  const auto reconciliation =
      SimulationTask::make(
          ReconciliationSettings{
              .mode = ReconciliationMode::blind, .block_bits = 4096, .qber = 0.03, .crc = parse_crc("crc24a").value()})
          .value();
  const std::vector<ResultRow> rows{row_of(adaptive(), 1, {0, 100}), row_of(adaptive(), ~std::uint64_t{0}, {7, 3}),
                                    row_of(reconciliation, 1, {0, 2})};
  const ResultFile file = parse_results(file_of(rows), "a.csv").value();
  ASSERT_EQ(file.rows.size(), rows.size());
  EXPECT_FALSE(file.torn);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    EXPECT_TRUE(file.rows[i].counts.same_counts(rows[i].counts));
    EXPECT_EQ(file.rows[i].seed, rows[i].seed);
    EXPECT_EQ(file.rows[i].range(), rows[i].range());
    EXPECT_EQ(file.rows[i].task, rows[i].task);
    EXPECT_EQ(file.rows[i].run, rows[i].run);
    EXPECT_EQ(to_csv(file.rows[i]), to_csv(rows[i]));
    EXPECT_TRUE(summarise_task(file.rows[i].task)) << rows[i].task;
  }
  EXPECT_TRUE(summarise_task(rows[2].task)->is_reconciliation);
}

TEST(Results, EveryTruncationIsTheRowsBeforeIt) {
  const std::string text = file_of({row_of(adaptive(), 1, {0, 10}), row_of(adaptive(), 1, {10, 10})});
  for (std::size_t size = 0; size <= text.size(); ++size) {
    const auto file = parse_results(text.substr(0, size), "a.csv");
    ASSERT_TRUE(file) << size << file.error().message;
    const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.begin() + static_cast<long>(size), '\n'));
    EXPECT_EQ(file->rows.size(), lines > 0 ? lines - 1 : 0);
    EXPECT_EQ(file->torn, size > 0 && text[size - 1] != '\n');
  }
}

TEST(Results, FaultsAreNamedWithFileAndLine) {
  const std::string good = file_of({row_of(adaptive(), 1, {0, 10})});
  const auto refused = [&](std::string text, const std::string& from, const std::string& to, const char* message) {
    const std::size_t at = text.rfind(from);
    ASSERT_NE(at, std::string::npos) << from;
    text.replace(at, from.size(), to);
    const auto file = parse_results(text, "a.csv");
    ASSERT_FALSE(file) << to;
    EXPECT_EQ(file.error().code, ErrorCode::malformed_input);
    EXPECT_THAT(file.error().message, HasSubstr("a.csv: line "));
    EXPECT_THAT(file.error().message, HasSubstr(message));
    EXPECT_EQ(file.error().message.find('\n'), std::string::npos);
    EXPECT_LT(file.error().message.size(), 400U);
  };
  refused(good, "frame_errors", "errors", "line 1: no result file");
  refused(good, "\n10,", "\n-10,", "whole number");
  refused(good, "\n10,", "\n1,", "frame_errors <= frames");
  refused(good, "\n10,", "\n10,10,", "expected 8");
  refused(good, "awgn-ebn0:1", "awgn-ebn0:2", "different problems do not mix");
  refused(good, "\"\"seed\"\":1", "\"\"seed\"\":-1", "seed");
  refused(good, "\"\"seed\"\":1", "\"\"sed\"\":1", "seed");
  refused(good, "\"\"list_", "\"\"lost_", "unknown count");
  refused(good, "\"{", "\"[", "JSON object");
  refused(good, "\"{", "{", "expected 8");
  refused(good, "\"\"run\"\":{", "\"\"run\"\":" + std::string(20000, '[') + "{", "JSON object");
}

TEST(Results, CombiningAddsDisjointFramesAndDropsTheSameOnes) {
  const SimulationTask task = adaptive();
  const auto other = small_task("bsc:0.08", {});
  const std::vector<ResultRow> rows{row_of(task, 1, {50, 50}), row_of(other, 1, {0, 20}), row_of(task, 2, {0, 30}),
                                    row_of(task, 1, {0, 50}),  row_of(task, 1, {0, 50}),  row_of(task, 1, {200, 5})};
  const Combination all = combine_results(rows).value();
  EXPECT_EQ(all.duplicates, 1U);
  ASSERT_EQ(all.rows.size(), 4U);  // frames 0 … 99 and 200 … 204 of seed 1; seed 2; the other task
  EXPECT_TRUE(all.rows[0].counts.same_counts(count_frames(task, 1, {0, 100}).value()));
  EXPECT_EQ(all.rows[3].strong_id, other.strong_id());
  const auto sums = sum_by_task(all.rows);
  ASSERT_EQ(sums.size(), 2U);
  EXPECT_EQ(sums[0].counts.frames, 135U);
  // In another order the sum is the same.
  const Combination again = combine_results(std::vector<ResultRow>(rows.rbegin(), rows.rend())).value();
  EXPECT_EQ(sum_by_task(again.rows)[1].counts.frames,
            20U + 115U - (sum_by_task(again.rows)[0].counts.frames == 135U ? 115U : 0U));
}

TEST(Results, CombiningRefusesWhatCannotBeAdded) {
  const SimulationTask task = adaptive();
  const auto overlap = combine_results(std::vector{row_of(task, 1, {0, 50}), row_of(task, 1, {40, 50})});
  ASSERT_FALSE(overlap);
  EXPECT_THAT(overlap.error().message, HasSubstr("overlap in part"));
  auto forged = row_of(task, 1, {0, 50});
  ++forged.counts.bit_errors;
  const auto different = combine_results(std::vector{row_of(task, 1, {0, 50}), forged});
  ASSERT_FALSE(different);
  EXPECT_THAT(different.error().message, HasSubstr("different outcomes"));
}

double log_likelihood(double k, double n, double p) {
  return (k > 0 ? k * std::log(p) : 0) + (k < n ? (n - k) * std::log1p(-p) : 0);
}

TEST(Interval, EndsAreWhereTheLikelihoodIsSaid) {
  for (const auto& [errors, frames] : std::vector<std::pair<std::uint64_t, std::uint64_t>>{
           {1, 1'000'000'000}, {1, 2}, {5, 10}, {100, 12345}, {999, 1000}, {3, 1'000'000'000'000}}) {
    const auto k = static_cast<double>(errors);
    const auto n = static_cast<double>(frames);
    const Interval i = likelihood_interval(errors, frames, 1000);
    EXPECT_LT(i.low, k / n);
    EXPECT_GT(i.high, k / n);
    for (const double end : {i.low, i.high}) {
      EXPECT_NEAR(log_likelihood(k, n, k / n) - log_likelihood(k, n, end), std::log(1000), 0.01) << errors;
    }
  }
}

TEST(Interval, IsHonestAtTheEnds) {
  EXPECT_EQ(likelihood_interval(0, 0).high, 1);
  EXPECT_EQ(likelihood_interval(0, 100).low, 0);
  EXPECT_NEAR(likelihood_interval(0, 1'000'000).high, std::log(1000) / 1e6, 1e-9);
  EXPECT_EQ(likelihood_interval(100, 100).high, 1);
  EXPECT_NEAR(likelihood_interval(100, 100).low, std::pow(1000, -0.01), 1e-12);
}

/// Of 2000 runs with a known rate, the interval that corresponds to 95 % covers it in about so many.
TEST(Interval, CoversTheRate) {
  CounterRandom random(20261125, 0);
  int covered = 0;
  for (int run = 0; run < 2000; ++run) {
    BitString draws(2000);
    random.fill_bernoulli(draws, 0.02);
    const Interval i = likelihood_interval(popcount(draws), draws.size(), 6.83);
    covered += i.low <= 0.02 && 0.02 <= i.high ? 1 : 0;
  }
  EXPECT_NEAR(covered, 1900, 60);
}

TEST(Summary, RefusesWhatIsNoTask) {
  EXPECT_FALSE(summarise_task("[]"));
  EXPECT_FALSE(summarise_task("{}"));
  EXPECT_FALSE(summarise_task(R"({"caligo_task":2})"));
  EXPECT_FALSE(summarise_task(R"({"caligo_task":1,"channel":"bsc:9","decoder":"sc"})"));
}

}  // namespace
}  // namespace caligo
