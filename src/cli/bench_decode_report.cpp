// SPDX-License-Identifier: Apache-2.0
#include "cli/bench_decode_report.hpp"

#include <fmt/format.h>

#include "cli/bench_report.hpp"

namespace caligo::cli {

namespace {

double total(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum;
}

void add_speed(nlohmann::ordered_json& document, const CodeSpec& code, const Summary& all) {
  const double message_megabits = 1e-6 * static_cast<double>(code.message_bits());
  const double sent_megabits = 1e-6 * static_cast<double>(code.sent_bits());
  std::vector<double> each;
  for (const double rate : all.frames_per_second) each.push_back(message_megabits * rate);
  document["message_mbps"] = total(each);
  document["coded_mbps"] = sent_megabits * total(all.frames_per_second);
  document["message_mbps_per_thread"] = each;
  document["message_mbps_wall"] = message_megabits * all.frames_per_second_wall;
  document["throughput_clock"] = to_string(Clock::thread_cpu);
  document["latency_us_p50"] = percentile(all.latency_us, 0.5);
  document["latency_us_p99"] = percentile(all.latency_us, 0.99);
  document["latency_clock"] = to_string(all.latency_clock);
  document["cpu_seconds"] = all.cpu_seconds;
  document["wall_seconds"] = all.wall_seconds;
}

}  // namespace

Summary summarise(const std::vector<ThreadMeasurement>& threads) {
  Summary all;
  all.latency_clock = threads.front().latency_clock;
  all.decoder_bytes = threads.front().decoder_bytes;
  for (const ThreadMeasurement& one : threads) {
    const auto frames = static_cast<double>(one.timed_frames);
    all.tally.add(one.tally);
    all.frames_per_second.push_back(frames / one.cpu_seconds);
    all.frames_per_second_wall += frames / one.wall_seconds;
    all.cpu_seconds += one.cpu_seconds;
    all.wall_seconds += one.wall_seconds;
    all.latency_us.insert(all.latency_us.end(), one.latency_us.begin(), one.latency_us.end());
    all.allocations =
        all.allocations && one.allocations ? std::optional(*all.allocations + *one.allocations) : std::nullopt;
  }
  return all;
}

Result<void> print_as_json(const DecodeReport& report) {
  const CodeSpec& code = *report.code;
  const Summary& all = report.measured;
  const Interval interval = rate_interval(all.tally.frame_errors, all.tally.frames);
  nlohmann::ordered_json document;
  document["decoder"] = report.decoder;
  document["list"] = report.list_size;
  document["batch_frames"] = report.batch_frames;
  document["n"] = code.log2_length();
  document["k"] = code.message_bits();
  document["crc"] = code.crc().name;
  document["strong_id"] = code.strong_id();
  document["channel"] = report.channel;
  document["llr_scale"] = report.scale;
  document["llr_bits"] = std::stoul(report.llr_bits);
  document["check"] = report.check;
  document["frames"] = all.tally.frames;
  document["frame_errors"] = all.tally.frame_errors;
  document["undetected_errors"] = all.tally.undetected_errors;
  document["fer"] = static_cast<double>(all.tally.frame_errors) / static_cast<double>(all.tally.frames);
  document["fer_low"] = interval.low;
  document["fer_high"] = interval.high;
  add_speed(document, code, all);
  document["decoder_bytes"] = all.decoder_bytes;
  document["allocations"] = or_null(all.allocations);
  document["threads"] = report.threads;
  document["seed"] = report.seed;
  if (auto added = add_origin(document); !added) return added;
  return print_json(document);
}

Result<void> print_as_table(const DecodeReport& report) {
  const CodeSpec& code = *report.code;
  const Summary& all = report.measured;
  const double rate = total(all.frames_per_second);
  const Interval interval = rate_interval(all.tally.frame_errors, all.tally.frames);
  nlohmann::ordered_json origin;
  if (auto added = add_origin(origin); !added) return added;
  const auto bits = [rate](std::size_t per_frame) { return engineering(rate * static_cast<double>(per_frame), "b/s"); };
  const auto latency = [&all](double share) { return engineering(1e-6 * percentile(all.latency_us, share), "s"); };
  return print(two_columns({
      {"decoder", fmt::format("{}, list {}{}, {}, {}", report.decoder, report.list_size,
                              report.batch_frames > 1 ? fmt::format(", {} frames a batch", report.batch_frames) : "",
                              origin["isa"].get<std::string>(),
                              report.threads == 1 ? "one thread" : fmt::format("{} threads", report.threads))},
      {"code",
       fmt::format("N = 2^{}, {} message bits, CRC {}", code.log2_length(), code.message_bits(), code.crc().name)},
      {"channel",
       fmt::format("{}, {}-bit LLRs, scale {}, {}", report.channel, report.llr_bits, report.scale, report.check)},
      {"frames", fmt::format("{}, {} errors, {} undetected", all.tally.frames, all.tally.frame_errors,
                             all.tally.undetected_errors)},
      {"FER", fmt::format("{:.3g} (95 %: {:.3g} to {:.3g})",
                          static_cast<double>(all.tally.frame_errors) / static_cast<double>(all.tally.frames),
                          interval.low, interval.high)},
      {"throughput", fmt::format("{} message, {} coded (CPU time)", bits(code.message_bits()), bits(code.sent_bits()))},
      {report.batch_frames > 1 ? "batch latency" : "latency",
       fmt::format("{} median, {} 99th percentile ({})", latency(0.5), latency(0.99),
                   all.latency_clock == Clock::wall ? "wall clock" : "CPU time")},
      {"memory", fmt::format("{} per decoder, {} allocations while decoding",
                             engineering(static_cast<double>(all.decoder_bytes), "B"),
                             all.allocations ? fmt::format("{}", *all.allocations) : "uncounted")},
  }));
}

}  // namespace caligo::cli
