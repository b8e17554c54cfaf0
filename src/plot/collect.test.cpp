// SPDX-License-Identifier: Apache-2.0
// From rows to charts: what becomes a curve, its name, its values, its limits, and what is refused.
#include "plot/collect.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <caligo/normal_approximation.hpp>
#include <caligo/simulate.hpp>

#include <cmath>
#include <nlohmann/json.hpp>

#include "plot/json.hpp"
#include "plot/labels.hpp"
#include "plot/limits.hpp"

namespace caligo::plot {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// 32 bits; the first frozen ones are an arbitrary choice: nothing is decoded here.
CodeSpec code(std::size_t frozen, const char* crc = "none", std::size_t first = 0) {
  BitString mask(32);
  for (std::size_t i = 0; i < frozen; ++i) mask.set(i == 0 ? first : i, true);
  const auto spec = parse_crc(crc).value();
  return CodeSpec::make(mask, spec, spec.width == 0 ? CrcPlacement::none : CrcPlacement::embedded).value();
}

ResultRow row(const CodeSpec& spec, const Channel& channel, const DecoderSettings& decoder, std::uint64_t frames,
              std::uint64_t errors, std::uint64_t bit_errors = 0, std::uint64_t seed = 1) {
  const auto task = SimulationTask::make(spec, channel, decoder).value();
  ResultRow r;
  r.counts.frames = frames;
  r.counts.frame_errors = errors;
  r.counts.bit_errors = bit_errors;
  r.decoder = task.decoder_name();
  r.strong_id = task.strong_id();
  r.task = task.to_json();
  r.seed = seed;
  return r;
}

constexpr DecoderSettings sc{.kind = DecoderKind::sc, .list_size = 1};
DecoderSettings scl(unsigned size) { return {.kind = DecoderKind::scl, .list_size = size}; }

TEST(Chart, CurvesAreSortedNamedAndCounted) {
  const CodeSpec plain = code(16);
  const CodeSpec checked = code(16, "crc6");
  const std::vector<NamedRows> files{
      {"a.csv", {row(plain, AwgnEbN0{3}, sc, 1000, 10), row(plain, AwgnEbN0{1}, sc, 1000, 100)}},
      {"b.csv", {row(checked, AwgnEbN0{1}, scl(8), 1000, 50), row(checked, AwgnEbN0{1}, scl(2), 1000, 70)}}};
  const Chart chart = make_chart(files, {}).value();
  ASSERT_EQ(chart.curves.size(), 3U);
  EXPECT_EQ(chart.x, Quantity::ebn0);
  EXPECT_EQ(chart.y, Quantity::frame_error_rate);
  EXPECT_EQ(chart.curves[0].label, "(32, 16), SC, no CRC");
  EXPECT_EQ(chart.curves[1].label, "(32, 10), SCL, L = 8, CRC-6");
  EXPECT_EQ(chart.curves[2].label, "(32, 10), SCL, L = 2, CRC-6");
  EXPECT_EQ(chart.legend_title, "");
  ASSERT_EQ(chart.curves[0].marks.size(), 2U);
  EXPECT_EQ(chart.curves[0].marks[0].x, 1);
  EXPECT_DOUBLE_EQ(chart.curves[0].marks[0].y, 0.1);
  const Interval interval = likelihood_interval(100, 1000, 1000);
  EXPECT_DOUBLE_EQ(chart.curves[0].marks[0].low, interval.low);
  EXPECT_DOUBLE_EQ(chart.curves[0].marks[0].high, interval.high);
}

TEST(Chart, RowsOfOneTaskAreAddedUpAndTheSameFramesCountOnce) {
  const CodeSpec spec = code(16);
  const ResultRow first = row(spec, Bsc{0.05}, sc, 1000, 10);
  const std::vector<NamedRows> files{{"a.csv", {first}}, {"b.csv", {row(spec, Bsc{0.05}, sc, 3000, 20, 0, 2), first}}};
  const Chart chart = make_chart(files, {}).value();
  ASSERT_EQ(chart.curves.size(), 1U);
  EXPECT_EQ(chart.curves[0].marks.at(0).frames, 4000U);
  EXPECT_EQ(chart.curves[0].marks.at(0).frame_errors, 30U);
  EXPECT_EQ(chart.curves[0].label, "(32, 16), SC, no CRC") << "a single curve has all of its name";
}

TEST(Chart, WithoutErrorsThereIsAnUpperLimit) {
  const std::vector<NamedRows> files{{"a.csv", {row(code(16), Bec{0.1}, sc, 1000, 0)}}};
  for (const Quantity y : {Quantity::frame_error_rate, Quantity::bit_error_rate}) {
    const Mark mark = make_chart(files, {.y = y}).value().curves.at(0).marks.at(0);
    EXPECT_TRUE(mark.upper_limit);
    EXPECT_DOUBLE_EQ(mark.low, 0);
    EXPECT_NEAR(mark.high, 1 - std::pow(1000.0, -1e-3), 1e-12);
    EXPECT_DOUBLE_EQ(mark.y, mark.high);
  }
}

TEST(Chart, BitErrorRatesScaleTheIntervalOfFrames) {
  const std::vector<NamedRows> files{{"a.csv", {row(code(16), Bsc{0.1}, sc, 1000, 50, 200)}}};
  const Chart chart = make_chart(files, {.y = Quantity::bit_error_rate}).value();
  const Mark mark = chart.curves.at(0).marks.at(0);
  EXPECT_DOUBLE_EQ(mark.y, 200.0 / (1000 * 16));
  const Interval interval = likelihood_interval(50, 1000, 1000);
  EXPECT_NEAR(mark.high / mark.y, interval.high / 0.05, 1e-12);
  EXPECT_NEAR(mark.low / mark.y, interval.low / 0.05, 1e-12);
  EXPECT_TRUE(chart.limits.empty()) << "the approximation is about frames";
}

TEST(Chart, TheLimitIsTheNormalApproximationForMessageBits) {
  const std::vector<NamedRows> files{{"a.csv", {row(code(16, "crc6"), AwgnEbN0{2}, scl(4), 1000, 50)}}};
  const Chart chart = make_chart(files, {}).value();
  ASSERT_EQ(chart.limits.size(), 1U);
  const Limit& limit = chart.limits[0];
  EXPECT_EQ(limit.k, 10);
  EXPECT_EQ(limit.label, "normal approximation");
  ASSERT_GT(limit.x.size(), 50U);
  for (const std::size_t i : {std::size_t{0}, limit.x.size() / 2}) {
    const auto awgn = resolve_rate(AwgnEbN0{limit.x[i]}, 10.0 / 32);
    EXPECT_DOUBLE_EQ(limit.y[i], normal_approximation_fer(awgn, 32, 10).value());
  }
  EXPECT_TRUE(make_chart(files, {.limits = false}).value().limits.empty());
}

TEST(Chart, OneLimitForEachCode) {
  const std::vector<NamedRows> files{{"a.csv",
                                      {row(code(16), Bsc{0.05}, sc, 100, 5), row(code(16), Bsc{0.05}, scl(4), 100, 5),
                                       row(code(20), Bsc{0.05}, sc, 100, 5)}}};
  const Chart chart = make_chart(files, {}).value();
  ASSERT_EQ(chart.limits.size(), 2U);
  EXPECT_EQ(chart.limits[1].label, "normal approximation (32, 12)");
  EXPECT_EQ(chart.legend_title, "no CRC");
}

TEST(Chart, NoiseIsConvertedWhereItsUnitsDiffer) {
  const CodeSpec spec = code(16);
  const std::vector<NamedRows> files{
      {"a.csv", {row(spec, AwgnEsN0{0}, sc, 100, 5), row(spec, AwgnEbN0{2}, sc, 100, 5)}}};
  const Chart mixed = make_chart(files, {}).value();
  EXPECT_EQ(mixed.x, Quantity::ebn0);
  ASSERT_EQ(mixed.curves.at(0).marks.size(), 2U) << "one curve";
  EXPECT_DOUBLE_EQ(mixed.curves[0].marks[0].x, 2);
  EXPECT_NEAR(mixed.curves[0].marks[1].x, 10 * std::log10(2.0), 1e-12);
  const Chart sigma = make_chart(files, {.x = Quantity::sigma}).value();
  EXPECT_NEAR(sigma.curves.at(0).marks.at(0).x, std::sqrt(0.5), 1e-12) << "Es/N0 = 0 dB";
}

TEST(Chart, CurvesThatOnlyTheirCodeTellsApartHaveTheNameOfTheirFile) {
  const std::vector<NamedRows> files{{"runs/ga.csv", {row(code(16, "none", 0), Bsc{0.05}, sc, 100, 5)}},
                                     {"runs/nr.csv", {row(code(16, "none", 30), Bsc{0.05}, sc, 100, 5)}}};
  const Chart chart = make_chart(files, {}).value();
  EXPECT_EQ(chart.curves.at(0).label, "ga");
  EXPECT_EQ(chart.curves.at(1).label, "nr");
  EXPECT_EQ(chart.legend_title, "(32, 16), SC, no CRC");
  const std::vector<NamedRows> one{{"x.csv", {files[0].rows[0], files[1].rows[0]}}};
  EXPECT_EQ(make_chart(one, {}).value().curves.at(1).label, "no. 2");
}

TEST(Chart, ScalesOfLlrsMakeCurvesOnlyWhereTheyDiffer) {
  const CodeSpec spec = code(16);
  DecoderSettings coarse = scl(4);
  coarse.scale = 1.0F;
  const ResultRow fine_row = row(spec, AwgnEbN0{1}, scl(4), 100, 5);
  const std::vector<NamedRows> apart{{"a.csv", {fine_row, row(spec, AwgnEbN0{2}, coarse, 100, 5)}}};
  EXPECT_EQ(make_chart(apart, {}).value().curves.size(), 1U);
  const std::vector<NamedRows> same{{"a.csv", {fine_row, row(spec, AwgnEbN0{1}, coarse, 100, 5)}}};
  EXPECT_EQ(make_chart(same, {}).value().curves.size(), 2U);
}

TEST(Chart, ReconciliationShowsItsEfficiency) {
  const auto task =
      SimulationTask::make(
          ReconciliationSettings{.mode = ReconciliationMode::interactive, .block_bits = 65536, .qber = 0.02})
          .value();
  ResultRow r;
  r.counts.frames = 10;
  r.counts.reconciliation.bits = 655360;
  r.counts.reconciliation.leaked.questions = 100000;
  r.decoder = task.decoder_name();
  r.strong_id = task.strong_id();
  r.task = task.to_json();
  const std::vector<NamedRows> files{{"a.csv", {r}}};
  const Chart chart = make_chart(files, {}).value();
  EXPECT_EQ(chart.y, Quantity::efficiency);
  EXPECT_EQ(chart.x, Quantity::qber);
  EXPECT_EQ(chart.interval_ratio, 0);
  EXPECT_NEAR(chart.curves.at(0).marks.at(0).y, 100000 / (655360 * binary_entropy(0.02)), 1e-12);
  ASSERT_EQ(chart.limits.size(), 1U);
  EXPECT_NEAR(chart.limits[0].y.at(80), one_way_efficiency_limit(65536, chart.limits[0].x.at(80), 1e-3), 1e-12);
  EXPECT_THAT(make_chart(files, {.y = Quantity::bit_error_rate}).error().message, HasSubstr("ber"));
}

TEST(Chart, RefusesWhatSharesNoAxis) {
  const CodeSpec spec = code(16);
  const std::vector<NamedRows> files{{"a.csv", {row(spec, Bsc{0.05}, sc, 100, 5)}},
                                     {"b.csv", {row(spec, AwgnEbN0{1}, sc, 100, 5)}}};
  const auto mixed = make_chart(files, {});
  ASSERT_FALSE(mixed);
  EXPECT_EQ(mixed.error().code, ErrorCode::invalid_argument);
  EXPECT_THAT(mixed.error().message, testing::AllOf(HasSubstr("a.csv"), HasSubstr("b.csv"), HasSubstr("no axis")));
  const std::vector<NamedRows> bsc{files[0]};
  EXPECT_THAT(make_chart(bsc, {.x = Quantity::esn0}).error().message, HasSubstr("a.csv"));
  EXPECT_THAT(make_chart(bsc, {.y = Quantity::efficiency}).error().message, HasSubstr("reconciliation"));
  const std::vector<NamedRows> empty{{"empty.csv", {}}};
  EXPECT_THAT(make_chart(empty, {}).error().message, HasSubstr("empty.csv"));
  std::vector<ResultRow> many;
  for (std::size_t i = 0; i < most_curves + 1; ++i) {
    many.push_back(row(spec, Bsc{0.05},
                       {.kind = DecoderKind::scl,
                        .list_size = 4,
                        .arithmetic = {.width = LlrWidth::bits16},
                        .scale = 1.0F + static_cast<float>(i)},
                       100, 5));
  }
  EXPECT_THAT(make_chart(std::vector<NamedRows>{{"m.csv", many}}, {}).error().message, HasSubstr("43 curves"));
}

TEST(Chart, JsonHasCountsIntervalsAndLimits) {
  const std::vector<NamedRows> files{
      {"a.csv", {row(code(16), Bsc{0.05}, sc, 1000, 10, 30), row(code(16), Bsc{0.01}, sc, 1000, 0)}}};
  const auto json = to_json(make_chart(files, {}).value());
  EXPECT_EQ(json["x"]["label"], "Crossover probability q");
  EXPECT_EQ(json["y"]["logarithmic"], true);
  const auto& points = json["curves"][0]["points"];
  ASSERT_EQ(points.size(), 2U);
  EXPECT_EQ(points[0]["y"], 0) << "no error: the rate is 0, the interval's end is in high";
  EXPECT_EQ(points[0]["low"], 0);
  EXPECT_GT(points[0]["high"], 0.006);
  EXPECT_EQ(points[1]["channel"], "bsc:0.05");
  EXPECT_EQ(points[1]["bit_errors"], 30);
  EXPECT_EQ(json["limits"][0]["k"], 16);
}

TEST(Labels, CommonPartsGoToTheTitle) {
  const Labels labels = make_labels({{"(8, 4)", "SC", ""}, {"(8, 4)", "SCL", ""}}, {"a", "b"});
  EXPECT_EQ(labels.common, "(8, 4)");
  EXPECT_THAT(labels.each, ElementsAre("SC", "SCL"));
}

TEST(Abscissa, ConversionsAreInverse) {
  for (const Quantity q : {Quantity::ebn0, Quantity::esn0, Quantity::sigma}) {
    for (const Quantity from : {Quantity::ebn0, Quantity::esn0, Quantity::sigma}) {
      const double x = abscissa(channel_at(0.7, from), q, 0.4).value();
      EXPECT_NEAR(abscissa(channel_at(x, q), from, 0.4).value(), 0.7, 1e-12);
    }
  }
  EXPECT_FALSE(abscissa(Bsc{0.1}, Quantity::ebn0, 0.5));
  EXPECT_FALSE(abscissa(Awgn{1}, Quantity::crossover, 0.5));
  EXPECT_FALSE(abscissa(Bec{0.1}, Quantity::crossover, 0.5));
}

}  // namespace
}  // namespace caligo::plot
