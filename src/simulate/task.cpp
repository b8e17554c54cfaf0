// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <caligo/blind.hpp>
#include <caligo/cascade.hpp>
#include <caligo/simulate.hpp>

#include <nlohmann/json.hpp>
#include <utility>

#include "code/digest.hpp"
#include "simulate/problem.hpp"

namespace caligo {

namespace {

using Json = nlohmann::json;  // sorted keys: the same problem has the same text
using simulate::canonical_crc;
using simulate::DecodeProblem;
using simulate::name_of;
using simulate::Problem;

constexpr int format_version = 1;

Error invalid(std::string message) { return Error{ErrorCode::invalid_argument, std::move(message)}; }

/// As text, so that no JSON library has a say in the digits.
template <class Float>
std::string exact(Float value) {
  return fmt::format("{}", value);
}

Result<void> check_decoder(const DecoderSettings& decoder) {
  if ((decoder.kind == DecoderKind::sc) != (decoder.list_size == 1)) {
    return invalid(fmt::format("decoder {}: expected a list of {}, got {}", name_of(decoder.kind),
                               decoder.kind == DecoderKind::sc ? "1" : "2 to 32", decoder.list_size));
  }
  const bool plain = decoder.arithmetic.width == LlrWidth::bits8 && decoder.arithmetic.check == CheckRule::min_sum;
  if (decoder.kind != DecoderKind::scl && !plain) {
    return invalid(fmt::format("decoder {}: 16-bit LLRs and corrected check nodes are for scl", name_of(decoder.kind)));
  }
  if (decoder.scale && !(*decoder.scale >= 1e-3F && *decoder.scale <= 1e6F)) {
    return invalid(fmt::format("LLR scale: expected 0.001 to 1e6, got {}", *decoder.scale));
  }
  return {};
}

Result<void> check_channel(const Channel& channel, const Channel& resolved, const DecoderSettings& decoder) {
  for (const Channel& c : {channel, resolved}) {
    if (auto domain = parse_channel(to_string(c)); !domain) return std::move(domain).error();
  }
  const bool free = !std::holds_alternative<Awgn>(resolved) && decoder.arithmetic.width == LlrWidth::bits8;
  if (decoder.scale && free) return invalid("LLR scale: only with an AWGN channel or 16-bit LLRs");
  return {};
}

/// In 8 bits the BSC's LLRs are ±1 and the BEC's 0 and ±127 (frames.cpp), whatever the scale; it is then what makes
/// nats of them.
float scale_of(const DecodeProblem& problem) {
  const unsigned n = problem.code.log2_length();
  const LlrWidth width = problem.decoder.arithmetic.width;
  if (problem.decoder.scale) return *problem.decoder.scale;
  return width == LlrWidth::bits8 ? llr_scale(n, problem.channel) : default_llr_scale(n, width);
}

Json describe(const DecodeProblem& problem, const Channel& channel) {
  const CodeSpec& code = problem.code;
  Json task;
  task["caligo_task"] = format_version;
  task["channel"] = to_string(channel);
  task["code"] = code.strong_id();
  task["crc"] = canonical_crc(code.crc());
  task["decoder"] = name_of(problem.decoder.kind);
  task["list"] = problem.decoder.list_size;
  task["llr_bits"] = problem.decoder.arithmetic.width == LlrWidth::bits16 ? 16 : 8;
  task["check"] = problem.decoder.arithmetic.check == CheckRule::corrected ? "corrected" : "min-sum";
  if (std::holds_alternative<Awgn>(problem.channel) || problem.decoder.arithmetic.width == LlrWidth::bits16) {
    task["llr_scale"] = exact(problem.scale);
  }
  task["message_bits"] = code.message_bits();
  task["n"] = code.log2_length();
  task["sent_bits"] = code.sent_bits();
  return task;
}

std::string decoder_name(const DecoderSettings& decoder) {
  std::string name(name_of(decoder.kind));
  if (decoder.kind != DecoderKind::sc) name += fmt::format("-{}", decoder.list_size);
  if (decoder.arithmetic.width == LlrWidth::bits16) name += "-16bit";
  if (decoder.arithmetic.check == CheckRule::corrected) name += "-corrected";
  return name;
}

/// Of noise, encoding and decoding per bit, roughly, on a processor of 2023. Chunks are cut by it, so that a change
/// here changes where runs stop.
double nanoseconds_per_bit(const DecoderSettings& decoder) {
  constexpr double noise = 1.5;
  const double list = 0.4 * decoder.list_size;
  if (decoder.kind == DecoderKind::adaptive) return noise + 1;
  return noise + (decoder.arithmetic.width == LlrWidth::bits16 ? 2 * list : list);
}

// ---- Reconciliation

Result<void> check_reconciliation(const ReconciliationSettings& s) {
  if (!(s.qber > 0 && s.qber <= 0.5)) return invalid(fmt::format("QBER: expected above 0 to 0.5, got {}", s.qber));
  if (s.block_bits < 256 || s.block_bits > std::size_t{1} << 24U) {
    return invalid(fmt::format("block: expected 2^8 to 2^24 bits, got {}", s.block_bits));
  }
  if (s.tag_bits < 1 || s.tag_bits > 64) return invalid(fmt::format("tag: expected 1 to 64 bits, got {}", s.tag_bits));
  return {};
}

/// What both sides agree on, which settings alone do not tell: later versions may choose another code for the same.
Result<Json> describe_choice(const ReconciliationSettings& s) {
  CodeSelector selector;
  Json choice;
  if (s.mode == ReconciliationMode::one_way) {
    auto code = selector.select(
        {.bits = s.block_bits, .qber = s.qber, .list_size = s.list_size, .target_fer = s.target_fer, .crc = s.crc});
    if (!code) return std::move(code).error();
    choice["code"] = code->strong_id();
    choice["target_fer"] = exact(s.target_fer);
  } else if (s.mode == ReconciliationMode::blind) {
    auto code = select_blind_code(selector, s.block_bits, s.qber, s.boldness, s.crc);
    if (!code) return std::move(code).error();
    choice["code"] = (*code)->code().strong_id();
    choice["boldness"] = exact(s.boldness);
  } else {
    const CascadeParameters p = choose_cascade(s.qber, s.block_bits);
    choice["cascade"] = {p.log2_block,    p.log2_first, p.log2_second, p.subsets,
                         p.retry_subsets, p.retries,    p.unit_blocks};
    choice["breadth"] = s.breadth;
  }
  return choice;
}

Result<Json> describe(const ReconciliationSettings& s) {
  auto task = describe_choice(s);
  if (!task) return task;
  (*task)["caligo_task"] = format_version;
  (*task)["channel"] = to_string(Channel(Bsc{s.qber}));
  (*task)["decoder"] = name_of(s.mode);
  (*task)["block_bits"] = s.block_bits;
  (*task)["tag_bits"] = s.tag_bits;
  if (s.mode != ReconciliationMode::interactive) {
    (*task)["crc"] = canonical_crc(s.crc);
    (*task)["list"] = s.list_size;
  }
  return task;
}

}  // namespace

namespace simulate {

std::string task_id(std::string_view json) { return code::digest128_hex(json); }

std::string canonical_crc(const CrcSpec& crc) {
  return crc.width == 0 ? "none" : fmt::format("{}:0x{:x}", crc.width, crc.polynomial);
}

std::string_view name_of(DecoderKind kind) noexcept {
  switch (kind) {
    case DecoderKind::sc:
      return "sc";
    case DecoderKind::scl:
      return "scl";
    case DecoderKind::adaptive:
      break;
  }
  return "adaptive";
}

std::string_view name_of(ReconciliationMode mode) noexcept {
  switch (mode) {
    case ReconciliationMode::one_way:
      return "one-way";
    case ReconciliationMode::blind:
      return "blind";
    case ReconciliationMode::interactive:
      break;
  }
  return "interactive";
}

}  // namespace simulate

Result<SimulationTask> SimulationTask::make(CodeSpec code, const Channel& channel, const DecoderSettings& decoder) {
  if (auto checked = check_decoder(decoder); !checked) return std::move(checked).error();
  const double rate = static_cast<double>(code.message_bits()) / static_cast<double>(code.sent_bits());
  DecodeProblem decode{std::move(code), resolve_rate(channel, rate), decoder, 1, nullptr, nullptr};
  if (auto checked = check_channel(channel, decode.channel, decoder); !checked) return std::move(checked).error();
  if (decoder.kind == DecoderKind::scl) {
    auto plan = DecodePlan::make(decode.code, decoder.list_size, decoder.arithmetic);
    if (!plan) return std::move(plan).error();
    decode.list_plan = std::move(*plan);
  } else {
    auto plan = AdaptivePlan::make(decode.code, decoder.list_size);
    if (!plan) return std::move(plan).error();
    decode.adaptive_plan = std::move(*plan);
  }
  decode.scale = scale_of(decode);
  auto problem = std::make_shared<Problem>();
  problem->json = describe(decode, channel).dump();
  problem->strong_id = simulate::task_id(problem->json);
  problem->decoder_name = ::caligo::decoder_name(decoder);
  problem->channel = channel;
  problem->frame_bits = decode.code.message_bits();
  problem->frame_nanoseconds = nanoseconds_per_bit(decoder) * static_cast<double>(decode.code.block_length());
  problem->decode = std::move(decode);
  return SimulationTask(std::move(problem));
}

Result<SimulationTask> SimulationTask::make(const ReconciliationSettings& settings) {
  if (auto checked = check_reconciliation(settings); !checked) return std::move(checked).error();
  auto task = describe(settings);
  if (!task) return std::move(task).error();
  auto problem = std::make_shared<Problem>();
  problem->json = task->dump();
  problem->strong_id = simulate::task_id(problem->json);
  problem->decoder_name = name_of(settings.mode);
  if (settings.mode != ReconciliationMode::interactive) problem->decoder_name += fmt::format("-{}", settings.list_size);
  problem->channel = Bsc{settings.qber};
  problem->frame_bits = settings.block_bits;
  const double list = settings.mode == ReconciliationMode::interactive ? 8 : 0.4 * settings.list_size;
  problem->frame_nanoseconds = (2 + list) * static_cast<double>(settings.block_bits);
  problem->reconciliation = settings;
  return SimulationTask(std::move(problem));
}

const std::string& SimulationTask::to_json() const noexcept { return problem_->json; }
const std::string& SimulationTask::strong_id() const noexcept { return problem_->strong_id; }
const std::string& SimulationTask::decoder_name() const noexcept { return problem_->decoder_name; }
const Channel& SimulationTask::channel() const noexcept { return problem_->channel; }
std::size_t SimulationTask::frame_bits() const noexcept { return problem_->frame_bits; }

}  // namespace caligo
