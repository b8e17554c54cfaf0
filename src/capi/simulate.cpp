// SPDX-License-Identifier: Apache-2.0
#include <caligo/c/simulate.h>
#include <fmt/format.h>
#include <caligo/simulate.hpp>

#include <algorithm>
#include <functional>
#include <limits>

#include "capi/codec.hpp"

namespace capi = caligo::capi;
using caligo::Result;

struct caligo_simulation_task {
  caligo::SimulationTask task;
};

struct caligo_simulator {
  caligo::Simulator simulator;
};

namespace caligo::capi {

namespace {

/// Decoder kinds of simulations, which count SC as one of its own.
Result<DecoderSettings> simulated_decoder(const CodeSpec& code, const caligo_decode_options& options) {
  auto plan = make_plan(code, options);  // checks the options as decoders do
  if (!plan) return std::move(plan).error();
  if ((*plan)->is_batch) return invalid("decoder: expected CALIGO_DECODER_LIST or CALIGO_DECODER_ADAPTIVE");
  if (!(*plan)->list)
    return DecoderSettings{.kind = DecoderKind::adaptive, .list_size = (*plan)->adaptive->list_size()};
  const unsigned list_size = (*plan)->list->list_size();
  return DecoderSettings{.kind = list_size == 1 ? DecoderKind::sc : DecoderKind::scl,
                         .list_size = list_size,
                         .arithmetic = (*plan)->list->options()};
}

caligo_statistics to_c(const Statistics& counts) noexcept {
  caligo_statistics result{};
  result.frames = counts.frames;
  result.frame_errors = counts.frame_errors;
  result.undetected_errors = counts.undetected_errors;
  result.bit_errors = counts.bit_errors;
  std::copy(counts.lists.begin(), counts.lists.end(), std::begin(result.lists));
  result.cpu_seconds = counts.cpu_seconds;
  return result;
}

}  // namespace

}  // namespace caligo::capi

caligo_error caligo_simulation_task_create(const caligo_code* code, const char* channel,
                                           const caligo_decode_options* options, caligo_simulation_task** task) {
  return capi::create(task, "task", [&]() -> Result<std::unique_ptr<caligo_simulation_task>> {
    if (auto there = capi::need(code, "code"); !there) return there.error();
    if (auto there = capi::need(channel, "channel"); !there) return there.error();
    auto noise = caligo::parse_channel(channel);
    if (!noise) return std::move(noise).error();
    auto wanted = capi::read_struct(options, "options");
    if (!wanted) return std::move(wanted).error();
    auto decoder = capi::simulated_decoder(code->spec, *wanted);
    if (!decoder) return std::move(decoder).error();
    auto made = caligo::SimulationTask::make(code->spec, *noise, *decoder);
    if (!made) return std::move(made).error();
    return std::unique_ptr<caligo_simulation_task>(new caligo_simulation_task{std::move(*made)});
  });
}

const char* caligo_simulation_task_strong_id(const caligo_simulation_task* task) {
  return task == nullptr ? "" : task->task.strong_id().c_str();
}

const char* caligo_simulation_task_json(const caligo_simulation_task* task) {
  return task == nullptr ? "" : task->task.to_json().c_str();
}

void caligo_simulation_task_destroy(caligo_simulation_task* task) { delete task; }

caligo_error caligo_simulator_create(const caligo_simulation_task* task, caligo_simulator** simulator) {
  return capi::create(simulator, "simulator", [&]() -> Result<std::unique_ptr<caligo_simulator>> {
    if (auto there = capi::need(task, "task"); !there) return there.error();
    return std::unique_ptr<caligo_simulator>(new caligo_simulator{caligo::Simulator(task->task)});
  });
}

caligo_error caligo_simulator_count(caligo_simulator* simulator, uint64_t seed, uint64_t first, uint64_t count,
                                    caligo_stop stop, void* context, caligo_statistics* statistics) {
  return capi::guarded([&]() -> Result<void> {
    if (auto there = capi::need(simulator, "simulator"); !there) return there;
    if (auto there = capi::need(statistics, "statistics"); !there) return there;
    if (count > std::numeric_limits<uint64_t>::max() - first) {
      return capi::invalid(fmt::format("first + count is {} + {}, beyond 2^64", first, count));
    }
    std::function<bool()> asked;
    if (stop != nullptr) asked = [stop, context] { return stop(context) != 0; };
    auto counted = simulator->simulator.count(seed, {.first = first, .count = count}, asked);
    if (!counted) return std::move(counted).error();
    return capi::write_struct(capi::to_c(*counted), statistics, "statistics");
  });
}

void caligo_simulator_destroy(caligo_simulator* simulator) { delete simulator; }

caligo_error caligo_likelihood_interval(uint64_t errors, uint64_t frames, double ratio, double* low, double* high) {
  return capi::guarded([&]() -> Result<void> {
    if (auto there = capi::need(low, "low"); !there) return there;
    if (auto there = capi::need(high, "high"); !there) return there;
    if (errors > frames) return capi::invalid(fmt::format("errors is {}, more than {} frames", errors, frames));
    if (!(ratio > 1)) return capi::invalid(fmt::format("ratio is {}, expected above 1", ratio));
    const caligo::Interval interval = caligo::likelihood_interval(errors, frames, ratio);
    *low = interval.low;
    *high = interval.high;
    return {};
  });
}
