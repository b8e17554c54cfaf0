// SPDX-License-Identifier: Apache-2.0
#include <caligo/simulate.hpp>

#include <stdexcept>

#include "capi/codec_test.hpp"

namespace caligo::capi_test {
namespace {

using Task = Handle<caligo_simulation_task, caligo_simulation_task_destroy>;
using Simulator = Handle<caligo_simulator, caligo_simulator_destroy>;

Task make_task(const caligo_code* code, const caligo_decode_options* options) {
  return made<Task>(
      [&](caligo_simulation_task** out) { return caligo_simulation_task_create(code, "bsc:0.08", options, out); });
}

TEST(CApiSimulate, CountsWhatTheCppSimulatorCounts) {
  const Code code = make_code();
  for (const std::int32_t kind : {CALIGO_DECODER_LIST, CALIGO_DECODER_ADAPTIVE}) {
    auto options = sized<caligo_decode_options>();
    options.decoder = kind;
    options.list_size = 4;
    const Task task = make_task(code.get(), &options);
    const auto same =
        SimulationTask::make(
            same_code(), Bsc{0.08},
            {.kind = kind == CALIGO_DECODER_LIST ? DecoderKind::scl : DecoderKind::adaptive, .list_size = 4})
            .value();
    EXPECT_EQ(caligo_simulation_task_strong_id(task.get()), same.strong_id());
    EXPECT_EQ(caligo_simulation_task_json(task.get()), same.to_json());
    const auto simulator =
        made<Simulator>([&](caligo_simulator** out) { return caligo_simulator_create(task.get(), out); });
    auto counts = sized<caligo_statistics>();
    ASSERT_OK(caligo_simulator_count(simulator.get(), 3, 100, 500, nullptr, nullptr, &counts));
    const Statistics expected = count_frames(same, 3, {.first = 100, .count = 500}).value();
    EXPECT_EQ(counts.frames, 500U);
    EXPECT_GT(counts.frame_errors, 0U);
    EXPECT_EQ(counts.frame_errors, expected.frame_errors);
    EXPECT_EQ(counts.undetected_errors, expected.undetected_errors);
    EXPECT_EQ(counts.bit_errors, expected.bit_errors);
    for (std::size_t i = 0; i < 6; ++i) EXPECT_EQ(counts.lists[i], expected.lists.at(i));
  }
}

TEST(CApiSimulate, StopsAndRefuses) {
  const Code code = make_code();
  const Task task = make_task(code.get(), nullptr);
  const auto simulator =
      made<Simulator>([&](caligo_simulator** out) { return caligo_simulator_create(task.get(), out); });
  auto counts = sized<caligo_statistics>();
  const auto count = [&](std::uint64_t first, std::uint64_t frames, caligo_stop stop) {
    return caligo_simulator_count(simulator.get(), 3, first, frames, stop, nullptr, &counts);
  };
  expect_error(count(0, 10000, [](void*) { return std::int32_t{1}; }), CALIGO_ERROR_INTERRUPTED, "");
  expect_error(count(0, 10000, [](void*) -> std::int32_t { throw std::runtime_error("thrown by stop"); }),
               CALIGO_ERROR_INTERNAL, "thrown by stop");
  expect_error(count(5, ~std::uint64_t{0}, nullptr), CALIGO_ERROR_INVALID_ARGUMENT, "2^64");
  caligo_simulation_task* none = nullptr;
  expect_error(caligo_simulation_task_create(code.get(), "bsc", nullptr, &none), CALIGO_ERROR_INVALID_ARGUMENT, "bsc");
  auto options = sized<caligo_decode_options>();
  options.decoder = CALIGO_DECODER_BATCH;
  expect_error(caligo_simulation_task_create(code.get(), "bsc:0.1", &options, &none), CALIGO_ERROR_INVALID_ARGUMENT,
               "CALIGO_DECODER_LIST");
  double low = 0;
  double high = 0;
  ASSERT_OK(caligo_likelihood_interval(0, 100, 1000, &low, &high));
  EXPECT_EQ(low, likelihood_interval(0, 100).low);
  EXPECT_EQ(high, likelihood_interval(0, 100).high);
  expect_error(caligo_likelihood_interval(2, 1, 1000, &low, &high), CALIGO_ERROR_INVALID_ARGUMENT, "2");
}

}  // namespace
}  // namespace caligo::capi_test
