// SPDX-License-Identifier: Apache-2.0
#include "simulate_bind.hpp"

#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>
#include <caligo/simulate.hpp>

#include <array>
#include <filesystem>
#include <limits>
#include <string>
#include <vector>

#include "arrays.hpp"
#include "errors.hpp"
#include "session_bind.hpp"

namespace nb = nanobind;
using namespace nb::literals;

namespace caligo::python {

namespace {

SimulationTask make_decoding_task(const CodeSpec& code, const std::string& channel, const std::string& decoder,
                                  unsigned list_size, unsigned llr_bits, const std::string& check_rule,
                                  std::optional<float> scale) {
  DecoderSettings settings;
  if (decoder == "sc") {
    settings.kind = DecoderKind::sc;
  } else if (decoder == "scl") {
    settings.kind = DecoderKind::scl;
  } else if (decoder == "adaptive") {
    settings.kind = DecoderKind::adaptive;
  } else {
    throw nb::value_error(("decoder: expected 'sc', 'scl' or 'adaptive', got '" + decoder + "'").c_str());
  }
  if (llr_bits != 8 && llr_bits != 16) {
    throw nb::value_error(("llr_bits: expected 8 or 16, got " + std::to_string(llr_bits)).c_str());
  }
  if (check_rule != "min-sum" && check_rule != "corrected") {
    throw nb::value_error(("check: expected 'min-sum' or 'corrected', got '" + check_rule + "'").c_str());
  }
  settings.list_size = list_size;
  settings.arithmetic.width = llr_bits == 16 ? LlrWidth::bits16 : LlrWidth::bits8;
  settings.arithmetic.check = check_rule == "corrected" ? CheckRule::corrected : CheckRule::min_sum;
  settings.scale = scale;
  const Channel parsed = take(parse_channel(channel));
  Result<SimulationTask> made(Error{});
  {
    const nb::gil_scoped_release unlocked;
    made = SimulationTask::make(code, parsed, settings);
  }
  return take(std::move(made));
}

SimulationTask make_reconciliation_task(const std::string& mode, std::size_t block_bits, double qber,
                                        unsigned list_size, const std::string& crc, double target_fer, double boldness,
                                        unsigned breadth, unsigned tag_bits) {
  ReconciliationSettings settings;
  if (mode == "one-way") {
    settings.mode = ReconciliationMode::one_way;
  } else if (mode == "blind") {
    settings.mode = ReconciliationMode::blind;
  } else if (mode == "interactive") {
    settings.mode = ReconciliationMode::interactive;
  } else {
    throw nb::value_error(("mode: expected 'one-way', 'blind' or 'interactive', got '" + mode + "'").c_str());
  }
  settings.block_bits = block_bits;
  settings.qber = qber;
  settings.list_size = list_size;
  settings.crc = take(parse_crc(crc));
  settings.target_fer = target_fer;
  settings.boldness = boldness;
  settings.breadth = breadth;
  settings.tag_bits = tag_bits;
  return take(SimulationTask::make(settings));
}

nb::dict statistics_dict(const Statistics& counts) {
  nb::dict dict;
  dict["frames"] = counts.frames;
  dict["frame_errors"] = counts.frame_errors;
  dict["undetected_errors"] = counts.undetected_errors;
  dict["bit_errors"] = counts.bit_errors;
  dict["cpu_seconds"] = counts.cpu_seconds;
  dict["lists"] = nb::make_tuple(counts.lists[0], counts.lists[1], counts.lists[2], counts.lists[3], counts.lists[4],
                                 counts.lists[5]);
  const ReconciliationCounts& blocks = counts.reconciliation;
  dict["bits"] = blocks.bits;
  dict["channel_errors"] = blocks.channel_errors;
  dict["key_bits"] = blocks.key_bits;
  dict["rounds"] = blocks.rounds;
  dict["messages"] = blocks.messages;
  dict["leaked_bits"] = blocks.leaked.total();
  return dict;
}

/// True if a signal's handler raised; the exception stays set for whoever returns to Python.
bool interrupted() {
  const nb::gil_scoped_acquire locked;
  return PyErr_CheckSignals() != 0;
}

nb::dict count(const SimulationTask& task, std::uint64_t seed, std::uint64_t first, std::uint64_t frames) {
  Result<Statistics> counted(Statistics{});
  {
    const nb::gil_scoped_release unlocked;
    counted = Simulator(task).count(seed, {first, frames}, &interrupted);
  }
  if (PyErr_Occurred() != nullptr) throw nb::python_error();
  return statistics_dict(take(std::move(counted)));
}

/// One call of the progress function: a list of (frames, frame_errors, seconds_left, finished), one for each task.
/// False if it, or a signal's handler, raised.
bool report(nb::handle progress, std::span<const PointProgress> points) {
  const nb::gil_scoped_acquire locked;
  if (PyErr_CheckSignals() != 0) return false;
  if (progress.is_none()) return true;
  try {
    nb::list list;
    for (const PointProgress& point : points) {
      list.append(nb::make_tuple(point.counted.frames, point.counted.frame_errors, point.seconds_left, point.finished));
    }
    progress(list);
  } catch (nb::python_error& raised) {
    raised.restore();
    return false;
  }
  return true;
}

nb::list simulate(const std::vector<SimulationTask>& tasks, std::uint64_t seed, std::uint64_t max_errors,
                  std::uint64_t max_frames, std::optional<double> max_seconds, unsigned threads,
                  const std::optional<std::string>& csv, nb::handle progress) {
  SimulationOptions options;
  options.seed = seed;
  options.stop = {.errors = max_errors,
                  .frames = max_frames,
                  .seconds = max_seconds.value_or(std::numeric_limits<double>::infinity())};
  options.threads = threads;
  if (csv) options.csv = std::filesystem::path(*csv);
  Result<std::vector<Statistics>> counted(Error{});
  {
    const nb::gil_scoped_release unlocked;
    counted =
        simulate_tasks(tasks, options, [&](std::span<const PointProgress> points) { return report(progress, points); });
  }
  if (PyErr_Occurred() != nullptr) throw nb::python_error();
  nb::list list;
  for (const Statistics& statistics : take(std::move(counted))) list.append(statistics_dict(statistics));
  return list;
}

nb::dict row_dict(const ResultRow& row) {
  nb::dict dict = statistics_dict(row.counts);
  const TaskSummary summary = take(summarise_task(row.task));
  dict["decoder"] = row.decoder;
  dict["strong_id"] = row.strong_id;
  dict["seed"] = row.seed;
  dict["first_frame"] = row.first_frame;
  dict["channel"] = to_string(summary.channel);
  dict["list_size"] = summary.list_size;
  dict["block_length"] = summary.sent_bits;
  dict["message_length"] = summary.message_bits;
  dict["crc"] = summary.crc;
  return dict;
}

/// A result file, rows of a task added up.
nb::list read_csv(const std::vector<std::string>& paths) {
  std::vector<ResultRow> rows;
  for (const std::string& path : paths) {
    ResultFile file = take(read_results(path));
    rows.insert(rows.end(), file.rows.begin(), file.rows.end());
  }
  nb::list list;
  const Combination combined = take(combine_results(rows));
  for (const ResultRow& row : sum_by_task(combined.rows)) list.append(row_dict(row));
  return list;
}

}  // namespace

void bind_simulate(nb::module_& module) {
  nb::class_<SimulationTask>(module, "SimulationTask")
      .def_static("decoding", &make_decoding_task, "code"_a, "channel"_a, "decoder"_a, "list_size"_a, "llr_bits"_a,
                  "check"_a, "scale"_a.none())
      .def_static("reconciliation", &make_reconciliation_task, "mode"_a, "block_bits"_a, "qber"_a, "list_size"_a,
                  "crc"_a, "target_fer"_a, "boldness"_a, "breadth"_a, "tag_bits"_a)
      .def_prop_ro("strong_id", &SimulationTask::strong_id)
      .def_prop_ro("decoder_name", &SimulationTask::decoder_name)
      .def_prop_ro("channel", [](const SimulationTask& task) { return to_string(task.channel()); })
      .def_prop_ro("frame_bits", &SimulationTask::frame_bits)
      .def("to_json", &SimulationTask::to_json)
      .def("next_chunk_end",
           [](const SimulationTask& task, std::uint64_t frame) { return next_chunk_end(task, frame); })
      .def("count", &count, "seed"_a, "first"_a, "frames"_a);
  module.def("simulate", &simulate, "tasks"_a, "seed"_a, "max_errors"_a, "max_frames"_a, "max_seconds"_a.none(),
             "threads"_a, "csv"_a.none(), "progress"_a.none());
  module.def("read_results", &read_csv);
  module.def("likelihood_interval", [](std::uint64_t errors, std::uint64_t frames, double ratio) {
    if (errors > frames || !(ratio > 1)) throw nb::value_error("expected errors <= frames and ratio > 1");
    const Interval interval = likelihood_interval(errors, frames, ratio);
    return nb::make_tuple(interval.low, interval.high);
  });
}

}  // namespace caligo::python
