// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "capi/leakage.hpp"
#include "capi/session.hpp"

namespace caligo::capi {

namespace {

constexpr std::uint32_t default_sample_bits = 4096;

Result<VerdictTiming> verdicts_of(std::int32_t verdicts) {
  if (verdicts == 0 || verdicts == CALIGO_VERDICTS_EACH_BLOCK) return VerdictTiming::each_block;
  if (verdicts == CALIGO_VERDICTS_AT_END) return VerdictTiming::at_end;
  return invalid(
      fmt::format("verdicts is {}, expected CALIGO_VERDICTS_EACH_BLOCK or CALIGO_VERDICTS_AT_END", verdicts));
}

}  // namespace

Result<SessionSettings> session_settings(const caligo_session_settings* given) {
  auto read = read_struct(given, "settings");
  if (!read) return std::move(read).error();
  SessionSettings settings;
  settings.session_id = read->session_id;
  settings.list_size = value_or(read->list_size, default_list_size);
  auto crc = mode_crc(read->crc, read->mode, settings.list_size);
  if (!crc) return std::move(crc).error();
  settings.crc = std::move(*crc);
  settings.mode = read->mode == CALIGO_MODE_BLIND         ? SessionMode::blind
                  : read->mode == CALIGO_MODE_INTERACTIVE ? SessionMode::interactive
                                                          : SessionMode::one_way;
  auto verdicts = verdicts_of(read->verdicts);
  if (!verdicts) return std::move(verdicts).error();
  settings.verdicts = *verdicts;
  settings.max_log2_block = value_or(read->max_log2_block, settings.max_log2_block);
  settings.target_fer = value_or(read->target_fer, default_target_fer);
  settings.tag_bits = value_or(read->tag_bits, default_tag_bits);
  settings.boldness = value_or(read->boldness, settings.boldness);
  settings.breadth = value_or(read->breadth, settings.breadth);
  settings.max_rounds = value_or(read->max_rounds, settings.max_rounds);
  settings.window = value_or(read->window, settings.window);
  settings.max_codes = value_or(read->max_codes, settings.max_codes);
  if (read->max_frame != 0) settings.max_frame = read->max_frame;
  if (read->has_qber != 0) {
    settings.qber = read->qber;
    settings.sample_bits = read->sample_bits;
  } else {
    settings.sample_bits = value_or(read->sample_bits, default_sample_bits);
  }
  if (read->simulated != 0) settings.simulation_seed = read->seed;
  return settings;
}

}  // namespace caligo::capi
